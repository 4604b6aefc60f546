// The address on the pages: proved by the link or the code of a mail; a guest who comes back by the link of a mail, and who stays.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { mailsInFolder, untilMailed } from '../support/mail.mjs';
import { buy, createShow, login, registerUser, unique } from '../support/world.mjs';
import { assertAccessible, assertFits, launch, logIn, SITE, visitor } from '../support/browser.mjs';

let browser;
test.before(async () => (browser = await launch()));
test.after(() => browser?.close());

const api = client();
const proofIn = ({ text }) => ({ link: new URL(/(\S+\/verify#token=\S+)/.exec(text)[1]), code: /The code is: (\d{6})/.exec(text)[1] });
const proofMailed = async (email) => proofIn((await untilMailed(() => {
  const found = mailsInFolder(email).filter(({ text }) => text.includes('/verify#token='));
  return found.length > 0 && found;
}, `a mail to ${email}`))[0]);
const verified = async (user) => (await user.api.get('/auth/me', { expect: 200 })).body.emailVerified;

async function looksRight(page, what) {
  await assertAccessible(page, what);
  for (const width of [360, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await assertFits(page, `${what} at ${width}`);
  }
}

test('who registers is told to look into the mailbox, and proves the address by the code on the account page', async () => {
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 422 });
  const email = `${unique('proof')}@example.com`;
  await page.goto(`${SITE}/register?next=%2Faccount`);
  await page.getByLabel('Full name').fill('Trần Văn Thật');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill('pass-of-a-test');
  await page.getByRole('button', { name: 'Open the account' }).click();
  await page.getByText('A mail on its way to you asks').waitFor();
  const { code } = await proofMailed(email);
  await page.getByText('Not proved yet').waitFor();
  await page.getByRole('button', { name: 'Send the mail' }).click();
  await page.getByLabel('Code').fill('12345');
  await page.getByRole('button', { name: 'Check the code' }).click();
  await page.getByText('The code has six digits.').waitFor();
  await looksRight(page, 'the account page that asks for a code');
  const newest = await untilMailed(() => mailsInFolder(email).map(proofIn).find((proof) => proof.code !== code), 'the second mail');
  await page.getByLabel('Code').fill(`${newest.code.slice(0, 3)} ${newest.code.slice(3)}`);
  await page.getByRole('button', { name: 'Check the code' }).click();
  await page.getByText('Proved', { exact: true }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`the link of the mail leads to a button, by way of the login (${colorScheme})`, async () => {
    const user = await registerUser();
    await user.api.post('/auth/verify/send', undefined, { expect: 202 });
    const { link } = await proofMailed(user.email);
    const { context, page, trouble } = await visitor(browser, { colorScheme });
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${SITE}${link.pathname}${link.hash}`);
    await page.getByText('Log in first, with the account that the mail is for').waitFor();
    await looksRight(page, 'the link before the login');
    await page.getByRole('main').getByRole('link', { name: 'Log in' }).click();
    await page.getByLabel('E-mail address').fill(user.email);
    await page.getByLabel('Password').fill(user.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText(`Is ${user.email} your e-mail address?`).waitFor();
    await looksRight(page, 'the button of the link');
    assert.equal(await verified(user), false, 'to open the link proves nothing');
    assert.ok(!asked.some((url) => url.includes(link.hash.slice(7))) && !page.url().includes('token'), 'the token is in no address');
    await page.getByRole('button', { name: 'Yes, it is mine' }).click();
    await page.getByText(`${user.email} is proved to be yours`).waitFor();
    await looksRight(page, 'a proved address');
    assert.equal(await verified(user), true);
    assert.deepEqual(trouble, []);
    await context.close();
  });
}

test('the link of another user\'s mail says that it is not valid, and offers the code', async () => {
  const [user, other] = [await registerUser(), await registerUser()];
  await user.api.post('/auth/verify/send', undefined, { expect: 202 });
  const { link } = await proofMailed(user.email);
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 422 });
  await logIn(page, other);
  await page.goto(`${SITE}${link.pathname}${link.hash}`);
  await page.getByRole('button', { name: 'Yes, it is mine' }).click();
  await page.getByText('This link or code is used or too old').waitFor();
  await page.getByText('Type the code instead').click();
  await page.getByLabel('Code').waitFor();
  assert.deepEqual([await verified(user), await verified(other)], [false, false]);
  assert.deepEqual(trouble, []);
  await context.close();
});

// A guest with one order, and the link of the mail that has its tickets.
async function guestOrder() {
  const email = `${unique('guest')}@example.com`;
  const { body } = await api.post('/auth/guest', { email, fullName: 'Guest Of The House' }, { expect: 200 });
  const guest = { email, api: api.with({ token: body.token }) };
  const order = await buy(guest, await createShow(), ['A1']);
  const linkIn = ({ text }) => /\/guest(#key=\S+)/.exec(text);
  const [, hash] = await untilMailed(() => mailsInFolder(email).map(linkIn).find(Boolean), `tickets to ${email}`);
  return { guest, order, hash };
}

test('the link of a guest\'s mail opens the order in another browser, and a password keeps it', async () => {
  const { guest, order, hash } = await guestOrder();
  const { context, page, trouble } = await visitor(browser);
  await page.goto(`${SITE}/guest${hash}`);
  await page.getByText('What this link opens was bought by a guest.').waitFor();
  await page.getByRole('button', { name: 'Open it as the guest' }).click();
  await page.waitForURL(`**/orders/${order.id}`);
  await page.locator('.ticket .qr img').first().waitFor();
  await page.reload();
  await page.locator('.ticket .qr img').first().waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Account' }).click();
  await page.getByText('You are here as a guest.').waitFor();
  await looksRight(page, 'the account page of a guest');
  await page.getByLabel('Password').fill('a password of mine');
  await page.getByRole('button', { name: 'Open the account' }).click();
  await page.getByText('It is your account now.').waitFor();
  await page.getByLabel('Current password').waitFor();
  const account = await login(guest.email, 'a password of mine');
  assert.equal((await account.api.get(`/orders/${order.id}`, { expect: 200 })).body.status, 'paid');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('who is logged in is asked before a guest\'s link takes the place; a link that opens nothing says so', async () => {
  const { guest, order, hash } = await guestOrder();
  const user = await registerUser();
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 401 });
  await logIn(page, user);
  await page.goto(`${SITE}/guest${hash}`);
  await page.getByText(`You are logged in as ${user.email}.`).waitFor();
  await looksRight(page, 'the question of a guest\'s link');
  await page.getByRole('button', { name: 'Open it as the guest' }).click();
  await page.waitForURL(`**/orders/${order.id}`);
  await page.goto(`${SITE}/account`);
  await page.getByText(guest.email).first().waitFor();
  await page.goto(`${SITE}/guest#key=no-key-of-ours&order=${order.id}`);
  await page.getByRole('button', { name: 'Open it as the guest' }).click();
  await page.getByText('This link opens nothing (any more).').waitFor();
  await looksRight(page, 'a guest\'s link that opens nothing');
  await page.goto(`${SITE}/guest`);
  await page.reload();
  await page.getByText('This page is opened by the link of a mail.').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});
