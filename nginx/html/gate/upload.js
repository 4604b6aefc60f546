// Sends the queue of scans. One tab at a time; a scan leaves the queue with its answer, in one transaction with what the answer said.
import { post } from '/shared/api.js';
import { answered, oldestScans, transact } from './store.js';

const MOST = 500; // scans of one request; the service takes 10,000

const isConflict = ({ outcome, flag }) => outcome !== 'accepted' || flag !== undefined;

function conflict({ scanId, outcome, reason, flag, seatId, earlier }, scan) {
  return { scanId, outcome, reason: reason ?? flag ?? null, seat: seatId ?? scan.seat, gate: scan.gate, at: Date.parse(scan.scannedAt), direction: scan.direction,
    earlier: earlier && { at: Date.parse(earlier.scannedAt), gate: earlier.gate } };
}

// → the conflicts among them
function acknowledge(sent, results) {
  return transact(['scans', 'mine', 'conflicts'], async ({ scans, mine, conflicts }) => {
    const found = [];
    for (const [i, result] of results.entries()) {
      const scan = sent[i];
      if (result.scanId !== scan.scanId) throw new Error('the answer is of another scan');
      scans.delete(scan.scanId);
      const own = await answered(mine.get([scan.showId, scan.ticket]));
      if (own?.scanId === scan.scanId) mine.put({ ...own, pending: false });
      if (isConflict(result)) found.push(conflict(result, scan));
    }
    for (const one of found) conflicts.put(one);
    return found;
  });
}

async function sendSome() {
  const scans = await oldestScans(MOST);
  if (scans.length === 0) return { sent: 0, conflicts: [] };
  const sent = scans.map(({ scanId, qr, scannedAt, gate, showId, direction }) => ({ scanId, qr, scannedAt, gate, showId, direction }));
  const { results } = await post('/checkins/batch', { scans: sent, sentAt: new Date().toISOString() });
  return { sent: scans.length, conflicts: await acknowledge(scans, results) };
}

const alone = (action) => (navigator.locks ? navigator.locks.request('gate-upload', action) : action());

// Until the queue is empty; throws the Problem that stopped it. → {sent, conflicts}
export function upload() {
  return alone(async () => {
    const all = { sent: 0, conflicts: [] };
    for (;;) {
      const { sent, conflicts } = await sendSome();
      if (sent === 0) return all;
      all.sent += sent;
      all.conflicts.push(...conflicts);
    }
  });
}
