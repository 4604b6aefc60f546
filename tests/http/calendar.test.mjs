// Calendar files of tickets: how long a show lasts, which version is the newest, and what a cancelled one says.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readCalendar } from '../support/calendar.mjs';
import { SITE } from '../support/client.mjs';
import { sql } from '../support/stack.mjs';
import { admin, buy, createEvent, createShow, registerUser } from '../support/world.mjs';

const boss = await admin();
const startsAt = '2031-12-01T12:30:00Z';

async function ticketOf(show, user) {
  const buyer = user ?? (await registerUser());
  const order = await buy(buyer, show, ['A1']);
  const path = `/tickets/${order.tickets[0].id}/event.ics`;
  const read = async (api = buyer.api) => {
    const answer = await api.get(path, { expect: 200 });
    const calendar = readCalendar(answer.text);
    assert.equal(calendar.events.length, 1);
    assert.equal(answer.headers['content-type'], `text/calendar; charset=utf-8; method=${calendar.METHOD}`);
    return { ...calendar, ...calendar.events[0] };
  };
  return { buyer, order, read, path };
}

test('a show without an end lasts as long as its event says, two hours if that says nothing', async () => {
  const event = await createEvent();
  assert.equal(event.defaultDurationMinutes, 120);
  const { read, order } = await ticketOf(await createShow({ eventId: event.id, startsAt }));
  const first = await read();
  assert.deepEqual([first.DTEND, first.SEQUENCE, first.URL], ['20311201T143000Z', '0', `${SITE}/orders/${order.id}`]);
  const changed = (await boss.send('PATCH', `/events/${event.id}`, { body: { defaultDurationMinutes: 95 }, expect: 200 })).body;
  assert.equal(changed.defaultDurationMinutes, 95);
  const second = await read();
  assert.deepEqual([second.DTEND, second.SEQUENCE], ['20311201T140500Z', '1'], 'another end is a newer version');
  await boss.send('PATCH', `/events/${event.id}`, { body: { description: 'Another one' }, expect: 200 });
  assert.equal((await read()).SEQUENCE, '1', 'nothing of the entry has changed');
  const put = (await boss.put(`/events/${event.id}`, { title: event.title, published: true }, { expect: 200 })).body;
  assert.equal(put.defaultDurationMinutes, 120, 'as for every member that a PUT leaves out');
  for (const wrong of [0, -5, 10081, 1.5, '60', null]) {
    const refused = await boss.send('PATCH', `/events/${event.id}`, { body: { defaultDurationMinutes: wrong } });
    if (wrong === null) assert.equal(refused.body.defaultDurationMinutes, 120);
    else assert.deepEqual([refused.status, refused.body.errors.map(({ path }) => path)], [422, ['defaultDurationMinutes']], String(wrong));
  }
});

test('a show with an end lasts until then', async () => {
  const { read } = await ticketOf(await createShow({ startsAt, endsAt: '2031-12-01T15:00:00Z' }));
  const entry = await read();
  assert.deepEqual(
    [entry.DTSTART, entry.DTEND, entry.STATUS, entry.METHOD],
    ['20311201T123000Z', '20311201T150000Z', 'CONFIRMED', 'PUBLISH'],
  );
});

test('each change of when or where is a newer version of the same entry', async () => {
  const event = await createEvent();
  const show = await createShow({ eventId: event.id, startsAt });
  const { read } = await ticketOf(show);
  const first = await read();
  assert.equal(first.SEQUENCE, '0');
  await boss.send('PATCH', `/shows/${show.id}`, { body: { reentry: true }, expect: 200 });
  assert.equal((await read()).SEQUENCE, '0', 'nothing of the entry has changed');
  await boss.send('PATCH', `/shows/${show.id}`, { body: { startsAt: '2031-12-02T12:30:00Z' }, expect: 200 });
  const second = await read();
  await boss.send('PATCH', `/events/${event.id}`, { body: { venue: 'Hall 2' }, expect: 200 });
  const third = await read();
  assert.deepEqual(
    [second, third].map(({ SEQUENCE, DTSTART, LOCATION }) => [SEQUENCE, DTSTART, LOCATION]),
    [
      ['1', '20311202T123000Z', 'Test Hall'],
      ['2', '20311202T123000Z', 'Hall 2'],
    ],
  );
  assert.deepEqual([second.UID, third.UID], [first.UID, first.UID]);
  const times = [first, second, third].map((entry) => entry['LAST-MODIFIED']);
  assert.deepEqual(times, [...times].sort());
});

test('of a show that is over, too', async () => {
  const event = await createEvent();
  const show = await createShow({ eventId: event.id, startsAt });
  const { read } = await ticketOf(show);
  sql(`UPDATE shows SET starts_at = now() - interval '1 day' WHERE id = '${show.id}'`);
  const before = await read();
  await boss.send('PATCH', `/events/${event.id}`, { body: { title: 'A new name' }, expect: 200 });
  const after = await read();
  assert.deepEqual([after.SUMMARY, Number(after.SEQUENCE)], ['A new name', Number(before.SEQUENCE) + 1]);
});

test('a ticket that was refunded cancels its entry, for its owner and for staff', async () => {
  const show = await createShow({ startsAt });
  const { buyer, order, read } = await ticketOf(show);
  const before = await read();
  await boss.post(`/orders/${order.id}/refund`, {}, { expect: [200, 202] });
  for (const api of [buyer.api, boss]) {
    const after = await read(api);
    assert.deepEqual([after.METHOD, after.STATUS, after.UID, after.TRANSP], ['CANCEL', 'CANCELLED', before.UID, 'TRANSPARENT']);
    assert.equal(Number(after.SEQUENCE), Number(before.SEQUENCE) + 1);
  }
});

test('a ticket on its way to another owner has no entry of its own', async () => {
  const friend = await registerUser();
  const { buyer, order, path } = await ticketOf(await createShow({ startsAt }));
  const { claimCode } = (await buyer.api.post(`/tickets/${order.tickets[0].id}/transfer`, { email: friend.email }, { expect: 201 })).body;
  await buyer.api.get(path, { expect: 404 });
  assert.equal((await boss.get(path, { expect: 409 })).code, 'TICKET_NOT_VALID');
  await friend.api.post('/tickets/claim', { code: claimCode }, { expect: 200 });
  const theirs = readCalendar((await friend.api.get(path, { expect: 200 })).text).events[0];
  assert.deepEqual([theirs.STATUS, theirs.URL], ['CONFIRMED', `${SITE}/tickets`], 'the order is not theirs to see');
});
