// Shows and events that several orders or tickets name, read once a visit of a screen.
import { get, Problem } from '/shared/api.js';

const KEPT_MS = 30_000;
const kept = new Map(); // show id → {at, promise}
const MOST = 200;

async function read(showId) {
  try {
    const show = await get(`/shows/${showId}`);
    return { show, event: await get(`/events/${show.eventId}`) };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return { show: null, event: null }; // taken away; the order stays
    throw error;
  }
}

// {show, event}; both null when the show is no longer there.
export function known(showId) {
  const found = kept.get(showId);
  if (found && Date.now() - found.at < KEPT_MS) return found.promise;
  if (kept.size >= MOST) kept.clear();
  const promise = read(showId);
  kept.set(showId, { at: Date.now(), promise });
  promise.catch(() => kept.delete(showId));
  return promise;
}

export const orderKind = ({ status }) => ({ paid: 'good', pending: 'warn', cancelled: '', expired: '', refunded: '', partially_refunded: 'good' })[status];
