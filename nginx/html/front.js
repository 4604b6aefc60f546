// The front page: is the service well, and what is on.
import { day, time as timeText } from '/format.js';

const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

async function showHealth() {
  const line = document.getElementById('health');
  try {
    const answer = await fetch('/healthz');
    const health = await answer.json();
    const ill = Object.entries(health.responders ?? {}).filter(([, state]) => state !== 'ok').map(([name]) => name);
    if (health.database !== undefined && health.database !== 'ok') ill.push('database');
    line.textContent = answer.ok ? 'The service runs.' : `The service is not well: ${ill.join(', ') || health.title}.`;
    line.className = answer.ok ? 'good' : 'bad';
  } catch {
    line.textContent = 'The service does not answer.';
    line.className = 'bad';
  }
}

function eventItem(event) {
  const item = document.createElement('li');
  item.append(element('h3', event.title));
  if (event.venue) item.append(element('p', event.venue, { class: 'quiet' }));
  if (event.nextShowAt) {
    item.append(element('time', timeText(event.nextShowAt, event.timeZone), { datetime: event.nextShowAt }));
  }
  addShows(event, item);
  return item;
}

// Links to the seats of the event's shows.
async function addShows(event, item) {
  const answer = await fetch(`/api/events/${event.id}/shows?limit=5`);
  if (!answer.ok) return;
  const { shows } = await answer.json();
  for (const show of shows) {
    const line = element('p', '');
    line.append(element('a', `Seats on ${day(show.startsAt, event.timeZone)}`, { href: `/show.html?id=${show.id}` }));
    item.append(line);
  }
}

async function showEvents() {
  const note = document.getElementById('events-note');
  try {
    const answer = await fetch('/api/events?limit=50');
    if (!answer.ok) throw new Error(String(answer.status));
    const { events } = await answer.json();
    document.getElementById('events').replaceChildren(...events.map(eventItem));
    note.textContent = events.length === 0 ? 'No event is published yet.' : '';
  } catch {
    note.textContent = 'The events cannot be shown just now.';
  }
}

showHealth();
showEvents();
