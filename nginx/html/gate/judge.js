// Judges a code by what this device knows, and writes down whom it lets in. Judging and writing are one transaction: two tabs never let one
// ticket in twice.
import { now } from '/shared/api.js';
import { verify } from './signature.js';
import { answered, transact } from './store.js';

const no = (reason) => ({ kind: 'no', reason });

// Is the code genuine? null: yes; else a verdict. `certain`: nothing that the service could say makes it better.
export async function genuine(code, keys) {
  if (code === null) return { ...no('qr_malformed'), certain: true };
  const key = keys.find(({ kid }) => kid === code.keyId);
  if (key === undefined) return no('qr_unknown_key');
  const good = await verify(key.x, code.signed, code.signature);
  if (good === null) return no('unchecked');
  return good ? null : { ...no('qr_forged'), certain: true };
}

function doors(about) {
  const time = now();
  if (about.deleted) return no('show_deleted');
  if (about.admissionStartAt && time < Date.parse(about.admissionStartAt)) return no('too_early');
  if (about.admissionEndAt && time >= Date.parse(about.admissionEndAt)) return no('too_late');
  return null;
}

// What is known of where the ticket is: the later of what the pack says and what was done here.
function latest(mark, mine) {
  if (mine === undefined) return mark ?? {};
  return mark?.inside === undefined || mine.pending || mine.at >= mark.at ? mine : mark;
}

function standing(code, about, mark, last, direction) {
  if (code.showId !== about.id) return no('wrong_show');
  if (mark?.void) return no('void');
  if (code.revision < (mark?.revision ?? 0)) return no('passed_on');
  if (direction === 'out') return last.inside === false ? { kind: 'again', at: last.at, gate: last.gate } : { kind: 'yes' };
  const closed = doors(about);
  if (closed) return closed;
  if (last.inside) return { kind: 'again', at: last.at, gate: last.gate };
  if (last.inside === false) return about.reentry ? { kind: 'yes', reentry: true } : no('no_reentry');
  return { kind: 'yes' };
}

// {kind: 'yes' | 'again' | 'no', reason, at: ms, gate, reentry}. A yes is in the queue, on the disk, before it is told.
export function judge(code, about, scan) {
  const key = [about.id, code.ticketId];
  return transact(['marks', 'mine', 'scans'], async ({ marks, mine, scans }) => {
    const [mark, own] = [await answered(marks.get(key)), await answered(mine.get(key))];
    const verdict = standing(code, about, mark, latest(mark, own), scan.direction);
    if (verdict.kind === 'yes') {
      scans.put(scan);
      mine.put({ show: key[0], ticket: key[1], inside: scan.direction === 'in', at: Date.parse(scan.scannedAt), gate: scan.gate, scanId: scan.scanId, pending: true });
    }
    return verdict;
  });
}

// What the service has let in or out here, so that it is known without a network too.
export function remember(ticket, show, { inside, at, gate, scanId }) {
  return transact(['mine'], ({ mine }) => void mine.put({ show, ticket, inside, at, gate, scanId, pending: false }));
}
