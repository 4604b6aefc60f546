// What the gate keeps in this browser (IndexedDB), shared by its tabs:
// kept      settings, seats and times, by name
// packs     the newest gate pack of a show without its lists
// marks     what the pack says of a ticket: [show, ticket] → {void, revision, inside, at, gate}
// mine      what this device has done with a ticket: [show, ticket] → {inside, at, gate, scanId, pending}
// scans     the queue: scans that the service has not acknowledged; one leaves it only with its answer
// conflicts what the service said of scans that were let in without it
const NAME = 'gate';
const VERSION = 1;
const STORES = { kept: undefined, packs: 'show', marks: ['show', 'ticket'], mine: ['show', 'ticket'], scans: 'scanId', conflicts: 'scanId' };
let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, keyPath && { keyPath });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => {
      opening = undefined;
      reject(request.error);
    };
  });
  return opening;
}

export const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// Runs action(stores by name) as one transaction; → what it returns, once everything is on the disk. The action may await only requests of
// these stores.
export async function transact(names, action, mode = 'readwrite') {
  const transaction = (await open()).transaction(names, mode, { durability: 'strict' });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was given up'));
  });
  done.catch(() => {}); // told below
  let result;
  try {
    result = await action(Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)])));
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // it has ended by itself
    }
    throw error;
  }
  await done;
  return result;
}

const read = (names, action) => transact(names, action, 'readonly');

export const kept = (name) => read(['kept'], (stores) => answered(stores.kept.get(name)));
export const keep = (name, value) => transact(['kept'], (stores) => void stores.kept.put(value, name));
export const packOf = (show) => read(['packs'], (stores) => answered(stores.packs.get(show)));
export const packs = () => read(['packs'], (stores) => answered(stores.packs.getAll()));
export const waiting = () => read(['scans'], (stores) => answered(stores.scans.count()));
export const oldestScans = (most) => read(['scans'], (stores) => answered(stores.scans.getAll(null, most)));
export const conflicts = () => read(['conflicts'], (stores) => answered(stores.conflicts.getAll()));
export const clearConflicts = () => transact(['conflicts'], (stores) => void stores.conflicts.clear());

export const ofShow = (show) => IDBKeyRange.bound([show], [show, []]);

// Forgets a show: its pack, its seats, what was done with its tickets. The queue stays: it is not ours to forget.
export function forget(show) {
  return transact(['kept', 'packs', 'marks', 'mine'], (stores) => {
    stores.packs.delete(show);
    stores.marks.delete(ofShow(show));
    stores.mine.delete(ofShow(show));
    stores.kept.delete(`seats ${show}`);
  });
}

export function forgetAll() {
  return transact(['kept', 'packs', 'marks', 'mine', 'conflicts'], (stores) => {
    for (const store of Object.values(stores)) store.clear();
  });
}
