// Paying at Stripe's page and coming back: the order's page waits for the event and goes on by itself. Against the stand-in of Stripe.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { FakeStripe, SECRET_KEY } from '../support/fake_stripe.mjs';
import { ownStack } from '../support/own_stack.mjs';
import { createShow, registerUser, until } from '../support/world.mjs';
import { assertAccessible, launch, visitor } from '../support/browser.mjs';

const SECRET = 'whsec_of_the_browser_tests';
let fake, stack, browser, site;

before(async () => {
  fake = await new FakeStripe(SECRET).listen();
  stack = await ownStack({
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_BASE: fake.base,
  });
  site = `http://localhost:${stack.port}`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  stack?.down();
  await fake?.close();
});

const deliver = (session) => {
  const payload = fake.event('checkout.session.completed', session);
  return stack.api.send('POST', '/webhooks/payments/stripe', {
    raw: payload,
    headers: { 'Content-Type': 'application/json', 'Stripe-Signature': fake.header(payload) },
    expect: 200,
  });
};

// Requests to Stripe's page are meant, and this stack is not the one that the visitors of the other tests come to.
const here = (lines) => lines.filter((line) => !line.startsWith('elsewhere'));

async function atStripe() {
  const [user, show] = [await registerUser({ api: stack.api }), await createShow({}, stack.api)];
  const opened = await visitor(browser);
  const { page } = opened;
  await page.goto(`${site}/login?next=/shows/${show.id}`);
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password').fill(user.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText(/\(live\)/).waitFor();
  await page.locator('details[data-zone=VIP] summary').click();
  await page.locator('.seat-button[aria-label^="A4,"]').click();
  await page.getByRole('button', { name: 'Hold these seats' }).click();
  await page.getByRole('button', { name: 'Go to the payment' }).click();
  await page.getByRole('heading', { name: 'A stand-in for Stripe' }).waitFor();
  return { ...opened, session: fake.sessions.get(new URL(page.url()).pathname.split('/').at(-1)) };
}

test('paid at Stripe: the page that is come back to waits for the event, and has the tickets once it is there', async () => {
  const { context, page, trouble, session } = await atStripe();
  await page.getByRole('button', { name: 'Pay' }).click();
  await page.locator('#order[data-status=pending]').waitFor();
  assert.match(new URL(page.url()).pathname, /^\/orders\/[0-9a-f-]{36}$/);
  await page.getByText('This page notices by itself.').waitFor();
  await assertAccessible(page, 'the page that waits');
  await page.reload();
  await page.locator('#order[data-status=pending]').waitFor();
  await deliver(session);
  await page.locator('#order[data-status=paid]').waitFor();
  await page.locator('.ticket .qr img').waitFor();
  assert.deepEqual(here(trouble), []);
  assert.deepEqual(fake.complaints, []);
  await context.close();
});

test('back from Stripe without paying: the order waits, and the same page takes the money later', async () => {
  const { context, page, trouble, session } = await atStripe();
  await page.getByRole('link', { name: 'Back' }).click();
  await page.locator('#order[data-status=pending]').waitFor();
  await page.getByRole('link', { name: /^Pay VND/ }).click();
  await page.getByRole('button', { name: 'Pay' }).click();
  assert.equal(session.payment_status, 'paid', 'it is the same page of Stripe');
  await deliver(session);
  await page.locator('#order[data-status=paid]').waitFor();
  await until(async () => (await page.locator('.ticket').count()) === 1, { what: 'the ticket' });
  assert.deepEqual(here(trouble), []);
  await context.close();
});
