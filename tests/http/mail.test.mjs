// Mails about orders: to a folder, and through a real SMTP server; read by a MIME parser that is not ours.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readCalendar } from '../support/calendar.mjs';
import { SITE, client } from '../support/client.mjs';
import { MailServer, mailsInFolder, untilMailed } from '../support/mail.mjs';
import { sql } from '../support/stack.mjs';
import { admin, buy, checkout, createEvent, createShow, hold, registerUser, unique, until } from '../support/world.mjs';

const one = (look, address) => untilMailed(() => look(address)[0], `a mail to ${address}`);
const pdfOf = (mail) => {
  assert.equal(mail.attachments.length, 1);
  assert.equal(mail.attachments[0].type, 'application/pdf');
  const bytes = Buffer.from(mail.attachments[0].data, 'base64');
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  assert.match(bytes.subarray(-8).toString(), /%%EOF/);
};

test('who pays gets the tickets by mail, as text, HTML and PDF, in any script', async () => {
  const fullName = 'Nguyễn Thị Ánh Tuyết — 阮氏映雪 with a name that is longer than one encoded word can be';
  const title = 'Đêm nhạc <b>Mùa Xuân</b> & "friends"';
  const user = await registerUser({ fullName });
  const event = await createEvent({ title, venue: 'Sân vận động Mỹ Đình' });
  const order = await buy(user, await createShow({ eventId: event.id }), ['A1', 'A2']);
  const mail = await one(mailsInFolder, user.email);
  assert.deepEqual(mail.to, [{ name: fullName, address: user.email }]);
  assert.equal(mail.headers.subject, `Your tickets: ${title}`);
  for (const part of [fullName, title, 'Sân vận động Mỹ Đình', 'A1', 'A2', 'VIP', '2,400,000 VND', order.id])
    assert.ok(mail.text.includes(part), part);
  assert.match(mail.text, new RegExp(`^Your order: ${SITE}/orders/${order.id}$`, 'm'));
  assert.ok(mail.html.includes(`href="${SITE}/orders/${order.id}"`), mail.html);
  assert.ok(mail.html.includes('Đêm nhạc &lt;b&gt;Mùa Xuân&lt;/b&gt; &amp; &quot;friends&quot;'), mail.html);
  assert.ok(!mail.html.includes('<b>Mùa'));
  assert.match(mail.headers['message-id'], /^<[0-9a-f-]{36}@/);
  assert.equal(mail.headers['auto-submitted'], 'auto-generated');
  assert.ok(Math.abs(Date.parse(mail.headers.date) - Date.now()) < 120_000, mail.headers.date);
  pdfOf(mail);
});

test('who gets money back is told what, and that those tickets are void', async () => {
  const user = await registerUser();
  const order = await buy(user, await createShow(), ['C1', 'C2']);
  await (await admin()).post(`/orders/${order.id}/refund`, { tickets: [order.tickets[1].id] }, { expect: 200 });
  const mails = await untilMailed(() => {
    const all = mailsInFolder(user.email);
    return all.length === 2 && all;
  }, 'two mails');
  const notice = mails.find(({ headers }) => headers.subject.startsWith('Your refund'));
  assert.ok(notice, mails.map(({ headers }) => headers.subject).join());
  assert.ok(notice.text.includes('Seat C2') && !notice.text.includes('Seat C1'), notice.text);
  assert.match(notice.text, /This refund: 800,000 VND/);
  assert.ok(notice.text.includes(`${SITE}/orders/${order.id}`), notice.text);
  assert.deepEqual(notice.attachments.map(({ type }) => type), ['text/calendar']);
  const calendar = readCalendar(Buffer.from(notice.attachments[0].data, 'base64').toString());
  const before = readCalendar((await user.api.get(`/tickets/${order.tickets[0].id}/event.ics`, { expect: 200 })).text).events[0];
  assert.equal(calendar.METHOD, 'CANCEL');
  const uid = before.UID.replace(order.tickets[0].id, order.tickets[1].id);
  assert.deepEqual(
    calendar.events.map(({ UID, STATUS, SEQUENCE, URL: url }) => [UID, STATUS, Number(SEQUENCE), url]),
    [[uid, 'CANCELLED', Number(before.SEQUENCE) + 1, `${SITE}/orders/${order.id}`]],
  );
  pdfOf(mails.find(({ headers }) => headers.subject.startsWith('Your tickets')));
});

const refundsTo = (email, count) =>
  untilMailed(() => {
    const all = mailsInFolder(email).filter(({ headers }) => /refund|cancelled/.test(headers.subject));
    return all.length === count && all;
  }, `${count} mails about refunds`);

test('each mail about a refund tells its own seats and amount, and all refunds so far by that name', async () => {
  const user = await registerUser();
  const order = await buy(user, await createShow(), ['C1', 'C2', 'C3']);
  const desk = await admin();
  for (const [index, ticket] of order.tickets.entries()) {
    await desk.post(`/orders/${order.id}/refund`, { tickets: [ticket.id] }, { expect: 200 });
    await refundsTo(user.email, index + 1);
  }
  const notices = await refundsTo(user.email, 3);
  const told = notices.map(({ text }) => [
    text.match(/Seat C\d/g).join(' '),
    text.match(/This refund: (.*)/)[1],
    text.match(/All refunds of this order so far: (.*)/)[1],
  ]);
  assert.deepEqual(told.sort(), [
    ['Seat C1', '800,000 VND', '800,000 VND'], ['Seat C2', '800,000 VND', '1,600,000 VND'], ['Seat C3', '800,000 VND', '2,400,000 VND'],
  ]);
  for (const { text } of notices) assert.match(text, /have sent your money/, 'the mail is written when the money was sent');
});

test('who has a free ticket reads no word of money, neither when it comes nor when it is taken back', async () => {
  const user = await registerUser();
  const order = await checkout(user, await hold(user, await createShow({ priceTiers: { VIP: 0, A: 0, B: 0 } }), ['A1', 'A2']));
  await (await admin()).post(`/orders/${order.id}/refund`, { tickets: [order.tickets[1].id] }, { expect: 200 });
  const [notice] = await refundsTo(user.email, 1);
  assert.ok(notice.text.includes('Seat A2') && !notice.text.includes('Seat A1'), notice.text);
  for (const { text, headers } of mailsInFolder(user.email))
    assert.doesNotMatch(headers.subject + text, /refund|money|payment|total|VND|bank/i);
});

test('two shows at 02:30 in the hour that the clocks are set back are told apart', async () => {
  const user = await registerUser();
  const event = await createEvent({ timeZone: 'Europe/Berlin' });
  for (const startsAt of ['2027-10-31T00:30:00Z', '2027-10-31T01:30:00Z'])
    await buy(user, await createShow({ eventId: event.id, startsAt }), ['A1']);
  const mails = await untilMailed(() => mailsInFolder(user.email).length === 2 && mailsInFolder(user.email), 'two mails');
  assert.deepEqual(mails.map(({ text }) => text.match(/Starts: (.*)/)[1]).sort(), [
    'Sunday, 31 October 2027, 02:30 (Europe/Berlin, UTC+01:00)', 'Sunday, 31 October 2027, 02:30 (Europe/Berlin, UTC+02:00)',
  ]);
});

test('no name or title can add a header, a recipient or end the mail', async () => {
  const evil = 'Eve\r\nBcc: victim@example.com\r\n\r\n.\r\nMAIL FROM:<eve@example.com>';
  const answer = await client().post('/auth/register', { email: `${unique('eve')}@example.com`, password: 'pass123', fullName: evil });
  const user =
    answer.status === 201
      ? await registerUser({ fullName: evil })
      : await registerUser({ fullName: 'Eve "quoted\\" <x@example.com>, =?UTF-8?Q?odd?=' });
  await (await admin()).post('/events', { title: 'Title\nBcc: victim@example.com', published: true }, { expect: 422 });
  const event = await createEvent({ title: 'Title, =?UTF-8?Q?odd?= <victim@example.com>' });
  await buy(user, await createShow({ eventId: event.id }), ['A1']);
  const mail = await one(mailsInFolder, user.email);
  assert.deepEqual(mail.names.sort(), ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to']);
  assert.deepEqual(mail.to.map(({ address }) => address), [user.email]);
  assert.ok(mail.headers.subject.startsWith('Your tickets: Title'));
});

test('through an SMTP server that was down: everything arrives once it is up; who is unknown there is given up', async () => {
  const base = client({ baseUrl: process.env.SHORT_URL, state: process.env.SHORT_STATE });
  const query = (text) => sql(text, process.env.SHORT_STATE);
  const purchase = async (user) => {
    const order = await checkout(user, await hold(user, await createShow({}, base), ['A1']));
    await base.post(order.payment.url, undefined, { expect: 200 });
    return order;
  };
  const [anna, nobody] = [
    await registerUser({ api: base, fullName: 'Anna Đỗ' }),
    await registerUser({ api: base, email: `${unique('unknown')}@example.com` }),
  ];
  const orders = [await purchase(anna), await purchase(nobody)];
  const state = ({ id }) =>
    query(
      `SELECT d.state, d.attempts FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
          WHERE e.kind = 'mail' AND d.key = '${id}'`,
    )[0] ?? [];
  await until(() => query("SELECT 1 FROM webhook_endpoints WHERE kind = 'mail' AND failures > 0").length > 0, {
    what: 'a failure',
    every: 300,
  });
  await until(() => orders.every((order) => state(order)[0] === 'waiting'), { what: 'both mails waiting', every: 200 });
  const server = await new MailServer().start();
  try {
    query("UPDATE webhook_endpoints SET paused_until = '-infinity' WHERE kind = 'mail'");
    const mail = await one((address) => server.to(address), anna.email);
    assert.deepEqual(mail.to, [{ name: 'Anna Đỗ', address: anna.email }]);
    assert.equal(mail.headers['x-mailfrom'], 'tickets@localhost');
    assert.equal(mail.headers['x-rcptto'], anna.email);
    pdfOf(mail);
    await until(() => state(orders[1])[0] === 'parked', { what: 'the unknown mailbox', every: 300 });
    await until(() => state(orders[0])[0] === 'delivered', { what: 'delivered', every: 300 });
    assert.equal(server.to(nobody.email).length, 0);
  } finally {
    server.stop();
  }
});

test('one refused recipient stops nobody else: each answer to RCPT or to the message is about that mail', async () => {
  const base = client({ baseUrl: process.env.SHORT_URL, state: process.env.SHORT_STATE });
  const query = (text) => sql(text, process.env.SHORT_STATE);
  const server = await new MailServer().start();
  const purchase = async (email) => {
    const user = await registerUser({ api: base, email });
    const order = await checkout(user, await hold(user, await createShow({}, base), ['A1']));
    await base.post(order.payment.url, undefined, { expect: 200 });
    return { ...order, email };
  };
  const state = ({ id }) =>
    query(
      `SELECT d.state FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE e.kind = 'mail' AND d.key = '${id}'`,
    )[0]?.[0];
  try {
    query("UPDATE webhook_endpoints SET paused_until = '-infinity', failures = 0 WHERE kind = 'mail'");
    const lasting = [];
    for (const prefix of ['reply-501', 'reply-552', 'reply-554', 'content-554'])
      lasting.push(await purchase(`${unique(prefix)}@example.com`));
    const passing = [];
    for (const prefix of ['reply-450', 'reply-452', 'content-451']) passing.push(await purchase(`${unique(prefix)}@example.com`));
    await until(() => lasting.every((order) => state(order) === 'parked'), { what: 'lasting refusals parked', every: 200 });
    const anna = await purchase(`${unique('anna')}@example.com`);
    await until(() => server.to(anna.email)[0], { what: 'the mail of another buyer', every: 200 });
    assert.deepEqual(query("SELECT failures, paused_until = '-infinity' FROM webhook_endpoints WHERE kind = 'mail'"), [['0', 't']]);
    for (const order of passing) assert.equal(state(order), 'waiting');
  } finally {
    server.stop();
  }
});
