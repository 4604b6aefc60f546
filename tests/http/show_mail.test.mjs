// What holders of tickets are told by mail when a show changes: each once a change, with the old and the new, and a calendar file.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readCalendar } from '../support/calendar.mjs';
import { SITE } from '../support/client.mjs';
import { mailsInFolder } from '../support/mail.mjs';
import { killAndWait } from '../support/processes.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';
import { admin, buy, createEvent, createShow, registerUser, until } from '../support/world.mjs';

const boss = await admin();
const change = (path, body) => boss.send('PATCH', path, { body, expect: 200 });
const changes = ({ email }) => mailsInFolder(email).filter(({ headers }) => headers.subject.startsWith('Changed: '));
const told = (people, count = 1) =>
  until(() => people.every((user) => changes(user).length >= count), { what: `${count} mails to each`, every: 200, timeout: 60_000 });
// Everything is told that will be: no event, no holder and no mail is waiting.
const settled = () =>
  until(
    () =>
      sql(`SELECT (SELECT count(*) FROM outbox WHERE position IS NULL) + (SELECT count(*) FROM show_mailings)
  + (SELECT count(*) FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
     WHERE e.kind <> 'webhook' AND d.state = 'waiting')`)[0][0] ===
      '0',
    { what: 'all mails to be sent', every: 200, timeout: 60_000 },
  );
const calendarOf = (mail) => {
  assert.deepEqual(
    mail.attachments.map(({ name, type }) => [name, type]),
    [['event.ics', 'text/calendar']],
  );
  return readCalendar(Buffer.from(mail.attachments[0].data, 'base64').toString());
};

test('a moved show is told with the old and the new time on the clock of the venue, and its calendar entries', async () => {
  const event = await createEvent({ timeZone: 'Europe/Berlin', title: 'Über <uns>' });
  const show = await createShow({ eventId: event.id, startsAt: '2027-10-31T00:30:00Z' });
  const user = await registerUser({ fullName: 'Anna Đỗ' });
  await buy(user, show, ['A1', 'A2']);
  await change(`/shows/${show.id}`, { startsAt: '2027-10-31T01:30:00Z' });
  await told([user]);
  const [mail] = changes(user);
  assert.equal(mail.headers.subject, 'Changed: Über <uns>');
  assert.deepEqual(mail.to, [{ name: 'Anna Đỗ', address: user.email }]);
  assert.match(mail.text, /^New start: Sunday, 31 October 2027, 02:30 \(Europe\/Berlin, UTC\+01:00\)$/m);
  assert.match(mail.text, /^Old start: Sunday, 31 October 2027, 02:30 \(Europe\/Berlin, UTC\+02:00\)$/m);
  assert.match(mail.text, new RegExp(`^Your tickets: ${SITE}/tickets$`, 'm'));
  for (const part of ['Anna Đỗ', 'Seat A1, ', 'Seat A2, ', 'Venue: Test Hall'])
    assert.ok(mail.text.includes(part), `${part} in ${mail.text}`);
  assert.ok(mail.html.includes('Über &lt;uns&gt;'), mail.html);
  const calendar = calendarOf(mail);
  assert.equal(calendar.METHOD, 'PUBLISH');
  assert.deepEqual(
    calendar.events.map(({ DTSTART, SEQUENCE }) => [DTSTART, SEQUENCE]),
    [
      ['20271031T013000Z', '1'],
      ['20271031T013000Z', '1'],
    ],
  );
});

test('a new venue or zone is told for every show of the event', async () => {
  const event = await createEvent({ timeZone: 'Asia/Tokyo' });
  const [user, other] = [await registerUser(), await registerUser()];
  const startsAt = '2027-06-01T01:00:00Z';
  await buy(user, await createShow({ eventId: event.id, startsAt }), ['A1']);
  await buy(other, await createShow({ eventId: event.id, startsAt }), ['A1']);
  await change(`/events/${event.id}`, { venue: 'Hall 2', timeZone: 'America/New_York' });
  await told([user, other]);
  for (const [mail] of [changes(user), changes(other)]) {
    assert.match(mail.text, /^New venue: Hall 2$/m);
    assert.match(mail.text, /^Old venue: Test Hall$/m);
    assert.match(mail.text, /^New start: Monday, 31 May 2027, 21:00 \(America\/New_York, UTC-04:00\)$/m);
    assert.match(mail.text, /^Old start: Tuesday, 1 June 2027, 10:00 \(Asia\/Tokyo, UTC\+09:00\)$/m);
    assert.equal(calendarOf(mail).events[0].LOCATION, 'Hall 2');
  }
});

test('each holder gets one mail a change: buyers of two orders, new owners, not the refunded or those who passed theirs on', async () => {
  const show = await createShow();
  const [twice, giver, taker, waiting, refunded, later] = await Promise.all(Array.from({ length: 6 }, () => registerUser()));
  await buy(twice, show, ['A1']);
  await buy(twice, show, ['A2', 'A3']);
  const pass = async (from, to, order) =>
    (await from.api.post(`/tickets/${order.tickets[0].id}/transfer`, { email: to.email }, { expect: 201 })).body.claimCode;
  const code = await pass(giver, taker, await buy(giver, show, ['B1']));
  await taker.api.post('/tickets/claim', { code }, { expect: 200 });
  await pass(waiting, await registerUser(), await buy(waiting, show, ['B2']));
  await boss.post(`/orders/${(await buy(refunded, show, ['B3'])).id}/refund`, {}, { expect: [200, 202] });
  await change(`/shows/${show.id}`, { endsAt: new Date(Date.parse(show.startsAt) + 3_600_000).toISOString().replace('.000Z', 'Z') });
  await told([twice, taker, waiting]);
  await settled();
  await buy(later, show, ['C1']);
  await settled();
  assert.deepEqual(
    [twice, giver, taker, waiting, refunded, later].map((user) => changes(user).length),
    [1, 0, 1, 1, 0, 0],
  );
  const [mail] = changes(twice);
  assert.match(mail.text, /^New end: /m);
  assert.match(mail.text, /^Old end: not said$/m);
  assert.equal(calendarOf(mail).events.length, 3);
  await change(`/shows/${show.id}`, { reentry: true }); // nothing of when or where
  await change(`/shows/${show.id}`, { endsAt: null });
  await told([twice, later], 1);
  await settled();
  assert.deepEqual(
    [twice, later].map((user) => changes(user).length),
    [2, 1],
  );
  checkInvariants();
});

test('a show that is over tells nobody', async () => {
  const user = await registerUser();
  const show = await createShow();
  await buy(user, show, ['A1']);
  sql(`UPDATE shows SET starts_at = now() - interval '3 days', ends_at = NULL WHERE id = '${show.id}'`);
  await change(`/shows/${show.id}`, { endsAt: new Date(Date.now() - 2 * 86_400_000).toISOString() });
  await settled();
  assert.deepEqual(changes(user), []);
});

test('kill -9 while holders are told: each gets the mail, and none of them twice', async () => {
  const show = await createShow();
  const people = await Promise.all(Array.from({ length: 12 }, () => registerUser()));
  for (const [index, user] of people.entries()) await buy(user, show, [`A${index + 1}`]);
  await change(`/shows/${show.id}`, { endsAt: new Date(Date.parse(show.startsAt) + 7_200_000).toISOString().replace('.000Z', 'Z') });
  for (let i = 0; i < 4; i += 1) await killAndWait('checkout');
  // Leases of the dead processes run out after a minute: not waited for.
  await until(
    () => {
      sql(
        "UPDATE webhook_deliveries SET lease_until = clock_timestamp() WHERE lease_until > clock_timestamp() + interval '30 seconds'",
      );
      return people.every((user) => changes(user).length === 1);
    },
    { what: 'a mail to each', every: 500, timeout: 60_000 },
  );
  assert.deepEqual(
    sql(`SELECT count(*), count(DISTINCT d.key) FROM webhook_deliveries d JOIN outbox o ON o.id = d.outbox_id
    JOIN webhook_endpoints e ON e.id = d.endpoint_id
    WHERE o.key = '${show.id}' AND o.type = 'show.changed' AND e.kind = 'show_mail'`),
    [['12', '12']],
  );
});
