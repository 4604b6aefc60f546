// Buyers without an account: what a guest may do, what nobody sees of another, and how a guest becomes an account.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { client } from '../support/client.mjs';
import { mailsInFolder, untilMailed } from '../support/mail.mjs';
import { sql } from '../support/stack.mjs';
import { admin, buy, checkout, createShow, hold, login, registerUser, unique, until } from '../support/world.mjs';

const api = client();
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

// A guest as registerUser() gives a user: {id, email, token, refreshToken, api}.
async function beGuest({ email = `${unique('guest')}@example.com`, fullName = 'Guest Of The House' } = {}) {
  const { body } = await api.post('/auth/guest', { email, fullName }, { expect: 200 });
  return { id: claimsOf(body.token).sub, email, ...body, api: api.with({ token: body.token }) };
}

// A key as a mail of the guest's order carries it.
function keyOf(guest, until = "now() + interval '1 day'") {
  const key = randomBytes(24).toString('base64url');
  const hash = createHash('sha256').update(key).digest('hex');
  assert.equal(sql(`SELECT auth.guest_key_add('${guest.id}', '${hash}', ${until})`)[0][0], 't');
  return key;
}

const open = (key, options) => api.post('/auth/guest/open', { key }, options);
const opened = async (key) => api.with({ token: (await open(key, { expect: 200 })).body.token });

test('a guest holds, buys and sees what was bought', async () => {
  const [guest, show] = [await beGuest(), await createShow()];
  const me = (await guest.api.get('/auth/me', { expect: 200 })).body;
  assert.deepEqual([me.guest, me.emailVerified, me.email, me.roles], [true, false, guest.email, ['user']]);
  const order = await buy(guest, show, ['A1', 'A2']);
  assert.equal((await guest.api.get(`/orders/${order.id}`, { expect: 200 })).body.status, 'paid');
  assert.equal((await guest.api.get('/tickets', { expect: 200 })).body.tickets.length, 2);
  const again = (await api.post('/auth/refresh', { refreshToken: guest.refreshToken }, { expect: 200 })).body;
  assert.equal(claimsOf(again.token).guest, true);
});

test('guests of one address, and its account, see nothing of one another', async () => {
  const email = `${unique('shared')}@example.com`;
  const account = await registerUser({ email });
  const [one, two] = [await beGuest({ email }), await beGuest({ email: email.toUpperCase() })];
  const show = await createShow();
  const orders = [await buy(one, show, ['A1']), await buy(two, show, ['A2']), await buy(account, show, ['A3'])];
  for (const [index, who] of [one, two, account].entries()) {
    assert.deepEqual((await who.api.get('/orders', { expect: 200 })).body.orders.map(({ id }) => id), [orders[index].id]);
    for (const other of orders.filter((order) => order !== orders[index])) await who.api.get(`/orders/${other.id}`, { expect: 404 });
  }
  assert.equal((await login(email, account.password)).token.split('.').length, 3, 'the account logs in as before');
  await api.post('/auth/login', { email, password: '$guest' }, { expect: 401 });
  await api.post('/auth/register', { email, password: 'pass123', fullName: 'Second' }, { expect: 409 });
});

test('an address that only guests gave can be registered, and a reset mail goes to accounts alone', async () => {
  const guest = await beGuest();
  await api.post('/auth/login', { email: guest.email, password: '$guest' }, { expect: 401 });
  await api.post('/auth/password/forgot', { email: guest.email }, { expect: 202 });
  assert.equal(sql(`SELECT count(*) FROM auth.password_resets WHERE user_id = '${guest.id}'`)[0][0], '0');
  const account = await registerUser({ email: guest.email });
  assert.notEqual(account.id, guest.id);
});

test('the key of a mail opens the orders, as often as it is shown, until its time is over', async () => {
  const [guest, show] = [await beGuest(), await createShow()];
  const order = await buy(guest, show, ['A1']);
  const key = keyOf(guest);
  for (let i = 0; i < 2; i += 1) {
    const session = api.with({ token: (await open(key, { expect: 200 })).body.token });
    await session.get(`/orders/${order.id}`, { expect: 200 });
    assert.equal((await session.get('/auth/me', { expect: 200 })).body.emailVerified, true);
  }
  assert.equal((await open('no-such-key', { expect: 401 })).code, 'GUEST_KEY_INVALID');
  await open(keyOf(guest, "now() - interval '1 s'"), { expect: 401 });
  const page = await api.post('/auth/guest/open', { key }, { headers: { 'X-Session': 'cookie' }, expect: 200 });
  assert.match([page.headers['set-cookie']].flat()[0], /^ticketing_refresh=[^;]{20,};/);
  assert.equal('refreshToken' in page.body, false);
});

test('who began as a guest with the address of another is out once the owner of the mailbox comes', async () => {
  const [thief, show] = [await beGuest(), await createShow()];
  await buy(thief, show, ['A1']);
  const { body } = await open(keyOf(thief), { expect: 200 });
  const owner = { ...body, api: api.with({ token: body.token }) };
  const [ticket] = (await buy(owner, show, ['A2'])).tickets;
  assert.equal((await thief.api.get('/tickets', { expect: 401 })).code, 'UNAUTHORIZED');
  await thief.api.post(`/tickets/${ticket.id}/transfer`, { email: 'thief@example.com' }, { expect: 401 });
  await api.post('/auth/refresh', { refreshToken: thief.refreshToken }, { expect: 401 });
  assert.equal((await owner.api.get('/tickets', { expect: 200 })).body.tickets.length, 2);
  await open(keyOf(thief), { expect: 200 });
  await owner.api.get('/tickets', { expect: 200 }); // a session that has shown the mailbox stays
});

test('the mail with the tickets carries a link that opens the order; that of an account does not', async () => {
  const [guest, account, show] = [await beGuest(), await registerUser(), await createShow()];
  const [order, other] = [await buy(guest, show, ['A1']), await buy(account, show, ['A2'])];
  const mailOf = async ({ email }) => {
    await untilMailed(() => mailsInFolder(email).length > 0, 'the mail');
    return mailsInFolder(email)[0].text;
  };
  const [, key, id] = /\/guest#key=([A-Za-z0-9_-]{43})&order=([0-9a-f-]{36})/.exec(await mailOf(guest));
  assert.equal(id, order.id);
  const session = api.with({ token: (await open(key, { expect: 200 })).body.token });
  await session.get(`/orders/${order.id}`, { expect: 200 });
  const text = await mailOf(account);
  assert.ok(text.includes(`/orders/${other.id}`) && !text.includes('key='), text);
  const [[until]] = sql(`SELECT expires_at > now() + interval '30 days' FROM auth.guest_keys WHERE user_id = '${guest.id}'`);
  assert.equal(until, 't');
});

test('a guest whom nothing leads to any more goes after a week, and the order stays', async () => {
  const [guest, kept, show] = [await beGuest(), await beGuest(), await createShow()];
  const order = await buy(guest, show, ['A1']);
  await untilMailed(() => mailsInFolder(guest.email).length > 0, 'the mail');
  keyOf(kept);
  const who = `IN ('${guest.id}', '${kept.id}')`;
  sql(`UPDATE auth.users SET created_at = now() - interval '8 days' WHERE id ${who}`);
  sql(`DELETE FROM auth.guest_keys WHERE user_id = '${guest.id}'`);
  sql(`UPDATE auth.sessions SET created_at = now() - interval '9 days', expires_at = now() - interval '2 days' WHERE user_id ${who}`);
  await until(() => sql(`SELECT count(*) FROM auth.users WHERE id ${who}`)[0][0] === '1', { what: 'the cleaning', timeout: 120_000 });
  assert.equal(sql(`SELECT id FROM auth.users WHERE id ${who}`)[0][0], kept.id);
  assert.equal((await (await admin()).get(`/orders/${order.id}`, { expect: 200 })).body.status, 'paid');
});

test('a guest whose address is proved becomes an account with a password, and keeps the orders', async () => {
  const [guest, show] = [await beGuest(), await createShow()];
  const order = await buy(guest, show, ['A1']);
  assert.equal((await guest.api.post('/auth/guest/password', { password: 'pass123' }, { expect: 409 })).code, 'EMAIL_NOT_VERIFIED');
  const key = keyOf(guest);
  const back = await opened(key);
  await back.post('/auth/guest/password', { password: 'short' }, { expect: 422 });
  await back.post('/auth/guest/password', { password: 'pass123' }, { expect: 204 });
  const account = await login(guest.email, 'pass123');
  assert.equal((await account.api.get(`/orders/${order.id}`, { expect: 200 })).body.id, order.id);
  assert.deepEqual([claimsOf(account.token).guest, claimsOf(account.token).sub], [undefined, guest.id]);
  await open(key, { expect: 401 });
  const again = await account.api.post('/auth/guest/password', { password: 'pass1234' }, { expect: 409 });
  assert.equal(again.code, 'NOT_A_GUEST');
});

test('a guest does not become the account that another has', async () => {
  const account = await registerUser();
  const guest = await beGuest({ email: account.email });
  const back = await opened(keyOf(guest));
  assert.equal((await back.post('/auth/guest/password', { password: 'mine now' }, { expect: 409 })).code, 'EMAIL_TAKEN');
  await login(account.email, account.password);
  const twins = [await beGuest(), null];
  twins[1] = await beGuest({ email: twins[0].email });
  const backs = await Promise.all(twins.map((twin) => opened(keyOf(twin))));
  const answers = await Promise.all(backs.map((twin) => twin.post('/auth/guest/password', { password: 'pass123' })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409]);
});

test('what needs an account is refused, and bad input is named', async () => {
  const [guest, seller, show] = [await beGuest(), await registerUser(), await createShow()];
  const order = await buy(seller, show, ['A1']);
  const ticket = (await seller.api.get('/tickets', { expect: 200 })).body.tickets.find((each) => each.orderId === order.id);
  const offer = await seller.api.post(`/tickets/${ticket.id}/transfer`, { email: guest.email });
  assert.ok(offer.status < 300, offer.text);
  assert.equal((await guest.api.post('/tickets/claim', { code: 'some-code-of-a-mail' }, { expect: 403 })).code, 'ACCOUNT_REQUIRED');
  await guest.api.put('/auth/password', { currentPassword: '$guest', newPassword: 'pass123' }, { expect: 401 });
  const desk = await admin();
  await desk.put(`/auth/users/${guest.id}/roles`, { roles: ['user', 'admin'] }, { expect: 404 });
  const { email } = guest;
  for (const body of [{}, { email: 'x', fullName: 'G' }, { email, fullName: 'two\nlines' }, { email, fullName: '' }])
    await api.post('/auth/guest', body, { expect: 422 });
  const listed = (await desk.get(`/auth/users?q=${encodeURIComponent(guest.email)}`, { expect: 200 })).body.users;
  assert.deepEqual(listed.map(({ guest: is }) => is), [true]);
});

test('a hold of a guest is not that of another one', async () => {
  const email = `${unique('rivals')}@example.com`;
  const [one, two, show] = [await beGuest({ email }), await beGuest({ email }), await createShow()];
  const held = await hold(one, show, ['A1']);
  await two.api.post('/holds', { showId: show.id, seats: ['A1'] }, { expect: 409 });
  await two.api.get(`/holds/${held.holdId}`, { expect: 404 });
  await two.api.post('/checkout', { holdId: held.holdId }, { expect: 404 });
  assert.equal((await checkout(one, held)).status, 'pending');
});

test('a stranger who was a guest with the address gains nothing by its owner\'s opening of the mail', async () => {
  const stranger = await beGuest();
  const key = keyOf(stranger);
  const owner = api.with({ token: (await open(key, { expect: 200 })).body.token });
  await stranger.api.post('/auth/guest/password', { password: 'a stranger' }, { expect: 401 });
  await owner.post('/auth/guest/password', { password: 'the owner' }, { expect: 204 });
  await stranger.api.get('/auth/me', { expect: 401 });
  await api.post('/auth/refresh', { refreshToken: stranger.refreshToken }, { expect: 401 });
  assert.equal((await owner.get('/auth/me', { expect: 200 })).body.guest, false);
});
