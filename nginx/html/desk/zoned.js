// The clock on the venue's wall and the moments it means: what <input type="datetime-local"> shows and takes, in a zone that is not the reader's.

const DAY_MS = 86_400_000;
const formats = new Map(); // time zone → format

function format(timeZone) {
  if (!formats.has(timeZone)) {
    formats.set(timeZone, new Intl.DateTimeFormat('sv-SE', { // writes "2026-12-01 19:30"
      timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    }));
  }
  return formats.get(timeZone);
}

// "2026-12-01T12:30:00Z" → "2026-12-01T19:30" in Asia/Ho_Chi_Minh; '' for null.
export function toWall(moment, timeZone) {
  return moment === null || moment === undefined ? '' : format(timeZone).format(new Date(moment)).replace(' ', 'T');
}

// How far the zone's clock is ahead at that moment, in ms.
function ahead(ms, timeZone) {
  return Date.parse(`${toWall(ms, timeZone)}Z`) - Math.floor(ms / 60_000) * 60_000;
}

// "2026-12-01T19:30" → "2026-12-01T12:30:00Z"; null for ''. Of an hour that the clock shows twice the first is meant. Throws a RangeError for an
// hour that the clock leaves out, because it is put forward then.
export function fromWall(text, timeZone) {
  if (text === '') return null;
  const asUtc = Date.parse(`${text}Z`);
  const moments = [asUtc - DAY_MS, asUtc + DAY_MS].map((near) => asUtc - ahead(near, timeZone));
  const found = moments.filter((moment) => toWall(moment, timeZone) === text.slice(0, 16)).sort((a, b) => a - b)[0];
  if (found === undefined) throw new RangeError(text);
  return new Date(found).toISOString().replace('.000Z', 'Z');
}
