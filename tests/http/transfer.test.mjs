// Passing a ticket on: the old code is void at once, and only who has the claim code and the address gets the new one.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readCalendar } from '../support/calendar.mjs';
import { SITE, client } from '../support/client.mjs';
import { OfflineGate, pack, ticketsOf } from '../support/gate.mjs';
import { mailsInFolder, untilMailed } from '../support/mail.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';
import { admin, buy, checkout, createEvent, createShow, hold, registerUser, staff, unique } from '../support/world.mjs';

const start = (user, id, email, expect = 201) => user.api.post(`/tickets/${id}/transfer`, { email }, { expect });
const claim = (user, code, expect = 200) => user.api.post('/tickets/claim', { code }, { expect });
const scan = async (qr, expect) => (await staff()).post('/checkins', { qr }, { expect });

async function owner(fields = {}) {
  const [user, friend, show] = [await registerUser(), await registerUser(), await createShow(fields)];
  const order = await buy(user, show, ['A1']);
  const [ticket] = await ticketsOf(user);
  return { user, friend, show, order, ticket };
}

test('from one owner to the next', async () => {
  const { user, friend, show, order, ticket } = await owner();
  const gate = new OfflineGate('N', await pack(await staff(), show));
  assert.equal(gate.judge(ticket.qr), undefined);
  const { body } = await start(user, ticket.id, friend.email.toUpperCase());
  assert.deepEqual(Object.keys(body).sort(), ['claimCode', 'email', 'id', 'status', 'ticketId']);
  assert.match(body.claimCode, /^[A-Za-z0-9_-]{24}$/);
  const refused = await scan(ticket.qr, 409);
  assert.deepEqual([refused.code, refused.body.reason], ['TICKET_NOT_VALID', 'passed_on']);
  gate.inside.clear();
  gate.update(await pack(await staff(), show, gate.version));
  assert.equal(gate.judge(ticket.qr), 'passed on');
  for (const path of ['', '/qr.svg', '/qr.png', '/ticket.pdf']) await user.api.get(`/tickets/${ticket.id}${path}`, { expect: 404 });
  assert.deepEqual([await ticketsOf(user), await ticketsOf(friend)], [[], []]); // nobody has it now
  assert.equal((await claim(friend, body.claimCode)).body.ticketId, ticket.id);
  const [got] = await ticketsOf(friend);
  assert.deepEqual([got.id, got.status, got.orderId], [ticket.id, 'valid', order.id]);
  assert.notEqual(got.qr, ticket.qr);
  assert.deepEqual(await ticketsOf(user), []);
  assert.equal((await friend.api.get(`/orders/${order.id}`, { expect: 404 })).code, 'ORDER_NOT_FOUND'); // it is not theirs what was paid
  assert.equal((await scan(got.qr, 200)).body.alreadyCheckedIn, false);
  assert.equal((await scan(ticket.qr, 409)).code, 'TICKET_NOT_VALID');
  assert.deepEqual(sql(`SELECT action, actor FROM audit_log WHERE subject = '${ticket.id}' ORDER BY id`), [
    ['ticket.transfer_started', user.id],
    ['ticket.transfer_claimed', friend.id],
  ]);
  assert.deepEqual(sql(`SELECT count(*) FROM audit_log WHERE detail::text LIKE '%${body.claimCode}%'`), [['0']]);
  checkInvariants();
});

test('neither the code nor the address alone is enough', async () => {
  const { user, friend, ticket } = await owner();
  const stranger = await registerUser();
  const { claimCode } = (await start(user, ticket.id, friend.email)).body;
  assert.equal((await claim(stranger, claimCode, 404)).code, 'TRANSFER_NOT_FOUND');
  assert.equal((await claim(user, claimCode, 404)).code, 'TRANSFER_NOT_FOUND');
  for (const code of ['x', claimCode.slice(1), claimCode.toLowerCase(), `${claimCode} `])
    assert.equal((await claim(friend, code, 404)).code, 'TRANSFER_NOT_FOUND');
  await client().post('/tickets/claim', { code: claimCode }, { expect: 401 });
  await claim(friend, claimCode);
  await claim(friend, claimCode); // a lost answer
  await claim(stranger, claimCode, 404);
  checkInvariants();
});

test('an address without an account gets the ticket once it has one', async () => {
  const { user, ticket } = await owner();
  const email = `${unique('new')}@example.com`;
  const { claimCode } = (await start(user, ticket.id, email)).body;
  const newcomer = await registerUser({ email });
  await claim(newcomer, claimCode);
  assert.equal((await ticketsOf(newcomer))[0].id, ticket.id);
});

test('taken back before it is claimed, or sent elsewhere', async () => {
  const { user, friend, ticket } = await owner();
  const first = (await start(user, ticket.id, 'typo@example.com')).body;
  const second = (await start(user, ticket.id, friend.email)).body;
  assert.equal(second.id, first.id);
  await friend.api.delete(`/tickets/${ticket.id}/transfer`, { expect: 404 });
  await client().delete(`/tickets/${ticket.id}/transfer`, { expect: 401 });
  await user.api.delete(`/tickets/${ticket.id}/transfer`, { expect: 204 });
  assert.equal((await user.api.delete(`/tickets/${ticket.id}/transfer`, { expect: 404 })).code, 'TRANSFER_NOT_FOUND');
  await claim(friend, second.claimCode, 404);
  const [back] = await ticketsOf(user);
  assert.notEqual(back.qr, ticket.qr);
  assert.equal((await scan(ticket.qr, 409)).body.reason, 'passed_on');
  assert.equal((await scan(back.qr, 200)).body.alreadyCheckedIn, false);
  assert.equal((await start(user, ticket.id, friend.email, 409)).code, 'TICKET_NOT_VALID'); // used
  checkInvariants();
});

test('a ticket refunded on its way cannot be claimed', async () => {
  const { user, friend, order, ticket } = await owner();
  const { claimCode } = (await start(user, ticket.id, friend.email)).body;
  await (await admin()).post(`/orders/${order.id}/refund`, {}, { expect: [200, 202] });
  assert.equal((await claim(friend, claimCode, 409)).code, 'TICKET_NOT_VALID');
  assert.equal((await user.api.delete(`/tickets/${ticket.id}/transfer`, { expect: 409 })).code, 'TICKET_NOT_VALID');
  assert.deepEqual((await ticketsOf(user)).map(({ id, status, qr }) => [id, status, qr]), [[ticket.id, 'void', null]]);
  checkInvariants();
});

test('a ticket refunded after its claim is not claimed once more', async () => {
  const { user, friend, order, ticket } = await owner();
  const { claimCode } = (await start(user, ticket.id, friend.email)).body;
  await claim(friend, claimCode);
  await (await admin()).post(`/orders/${order.id}/refund`, {}, { expect: [200, 202] });
  assert.equal((await claim(friend, claimCode, 409)).code, 'TICKET_NOT_VALID');
  checkInvariants();
});

test('on its way it admits nobody, and nobody can read its code', async () => {
  const { user, friend, ticket } = await owner();
  const { claimCode } = (await start(user, ticket.id, friend.email)).body;
  const { api } = { api: await staff() };
  assert.equal((await api.get(`/tickets/${ticket.id}`, { expect: 200 })).body.qr, null);
  for (const path of ['qr.svg', 'qr.png', 'ticket.pdf'])
    assert.equal((await api.get(`/tickets/${ticket.id}/${path}`, { expect: 409 })).code, 'TICKET_NOT_VALID');
  const refused = await api.post(`/tickets/${ticket.id}/checkin`, {}, { expect: 409 });
  assert.deepEqual([refused.code, refused.body.reason], ['TICKET_NOT_VALID', 'on_its_way']);
  await claim(friend, claimCode);
  assert.notEqual((await api.get(`/tickets/${ticket.id}`, { expect: 200 })).body.qr, null);
  await api.post(`/tickets/${ticket.id}/checkin`, {}, { expect: 200 });
  checkInvariants();
});

test('both sides are told by mail of the offer, the claim and the refund', async () => {
  const { user, friend, order, ticket } = await owner();
  const subjects = (address) =>
    mailsInFolder(address)
      .map(({ headers }) => headers.subject.split(':')[0])
      .filter((subject) => !['Your tickets', 'Your refund'].includes(subject));
  const told = (what, ...addresses) =>
    untilMailed(() => addresses.every(([address, subject]) => subjects(address).includes(subject)), what);
  const { claimCode } = (await start(user, ticket.id, friend.email)).body;
  await told('the offer', [user.email, 'Your ticket is on its way'], [friend.email, 'A ticket for you']);
  assert.ok(
    mailsInFolder(friend.email).every(
      ({ text, html }) => text.includes(user.email) && !text.includes(claimCode) && !html.includes(ticket.qr),
    ),
  );
  await claim(friend, claimCode);
  await told('the claim', [user.email, 'Your ticket was claimed'], [friend.email, 'The ticket is yours']);
  await (await admin()).post(`/orders/${order.id}/refund`, {}, { expect: [200, 202] });
  await told(
    'the refund',
    [user.email, 'A ticket that you passed on was refunded'],
    [friend.email, 'A ticket that was passed on to you was refunded'],
  );
  const notice = mailsInFolder(friend.email).find(({ headers }) => headers.subject.startsWith('A ticket that was passed on'));
  assert.ok(notice.text.includes(`Your tickets: ${SITE}/tickets`), notice.text);
  const calendar = readCalendar(Buffer.from(notice.attachments[0].data, 'base64').toString());
  assert.deepEqual([calendar.METHOD, calendar.events.map(({ UID }) => UID)], ['CANCEL', [`ticket-${ticket.id}@event-ticketing`]]);
});

test('the mails of a transfer tell the start on the clock of the venue, with its zone and offset', async () => {
  const event = await createEvent({ timeZone: 'Europe/Berlin' });
  const { user, friend, ticket } = await owner({ eventId: event.id, startsAt: '2027-10-31T01:30:00Z' });
  await start(user, ticket.id, friend.email);
  const mail = await untilMailed(() => mailsInFolder(friend.email)[0], 'the offer');
  assert.equal(mail.text.match(/Starts: (.*)/)[1], 'Sunday, 31 October 2027, 02:30 (Europe/Berlin, UTC+01:00)');
});

test('an address is the same however its domain is spelled', async () => {
  const { user, ticket } = await owner();
  const name = unique('friend');
  const friend = await registerUser({ email: `${name}@bücher.example.com` });
  const { claimCode } = (await start(user, ticket.id, `${name.toUpperCase()}@XN--bcher-kva.example.com`)).body;
  const stranger = await registerUser({ email: `${name}@bucher.example.com` });
  await claim(stranger, claimCode, 404);
  await claim(friend, claimCode);
  const again = (await start(friend, ticket.id, `${name}@xn--bcher-kva.example.com`, 422)).body;
  assert.deepEqual(again.errors.map(({ path }) => path), ['email'], 'it is their own');
  checkInvariants();
});

test('two who claim at once, and an owner who takes back meanwhile: one of them has it', async () => {
  for (let i = 0; i < 5; i += 1) {
    const { user, friend, ticket } = await owner();
    const { claimCode } = (await start(user, ticket.id, friend.email)).body;
    const answers = await Promise.all([
      claim(friend, claimCode, [200, 404]),
      claim(friend, claimCode, [200, 404]),
      user.api.delete(`/tickets/${ticket.id}/transfer`, { expect: [204, 404] }),
    ]);
    const taken = answers[2].status === 204;
    assert.deepEqual([(await ticketsOf(user)).length, (await ticketsOf(friend)).length], taken ? [1, 0] : [0, 1]);
    assert.deepEqual(answers.slice(0, 2).map(({ status }) => status), taken ? [404, 404] : [200, 200]);
  }
  checkInvariants();
});

test('what is not one’s own, unpaid or not to be passed on stays', async () => {
  const { user, friend, show, ticket } = await owner();
  assert.equal((await start(friend, ticket.id, 'x@example.com', 404)).code, 'TICKET_NOT_FOUND');
  assert.equal((await start(user, randomUUID(), 'x@example.com', 404)).code, 'TICKET_NOT_FOUND');
  await client().post(`/tickets/${ticket.id}/transfer`, { email: 'x@example.com' }, { expect: 401 });
  const pending = await checkout(user, await hold(user, show, ['A2']));
  assert.equal((await start(user, pending.tickets[0].id, 'x@example.com', 404)).code, 'TICKET_NOT_FOUND');
  for (const email of [user.email, user.email.toUpperCase(), 'x', '', null, 1]) {
    assert.deepEqual((await start(user, ticket.id, email, 422)).body.errors.map(({ path }) => path), ['email']);
  }
  for (const code of [null, 1, '', 'x'.repeat(65)])
    assert.deepEqual(
      (await claim(user, code, 422)).body.errors.map(({ path }) => path),
      ['code'],
    );
  const event = await createEvent({ transferable: false });
  assert.equal(event.transferable, false);
  const fixed = await createShow({ eventId: event.id });
  await buy(user, fixed, ['A1']);
  const [held] = await ticketsOf(user);
  assert.equal((await start(user, held.id, friend.email, 409)).code, 'TRANSFER_NOT_ALLOWED');
  const { title } = event;
  assert.equal((await (await admin()).put(`/events/${event.id}`, { title, published: true }, { expect: 200 })).body.transferable, true);
  await start(user, held.id, friend.email);
  checkInvariants();
});
