// The API's pages: every call of the contract with its parameters, fields and codes; found, linked, tried in place; true guides.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { client } from '../support/client.mjs';
import { operations } from '../support/contract.mjs';
import { assertAccessible, assertFits, launch, logIn, SITE, visitor } from '../support/browser.mjs';
import { createShow, registerUser } from '../support/world.mjs';
import { root } from '../support/stack.mjs';

let browser;
let show;
test.before(async () => {
  browser = await launch();
  show = await createShow();
});
test.after(() => browser?.close());

const contract = parse(readFileSync(join(root, 'nginx/html/docs/openapi.yaml'), 'utf8'));
const follow = (node) => (node?.$ref ? follow(node.$ref.slice(2).split('/').reduce((at, name) => at[name], contract)) : node);
const idOf = ({ method, path }) => `${method}${path}`.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/-$/, '');

async function open(options = {}, address = '/docs/') {
  const made = await visitor(browser, options);
  await made.page.goto(`${SITE}${address}`);
  await made.page.getByText(/^\d+ calls$/).waitFor();
  return made;
}

const answered = (card, status) => card.locator('.answer-status', { hasText: new RegExp(`^${status}`) }).waitFor();

// The names of an object's properties, of the parts of an allOf too.
function properties(node) {
  const schema = follow(node) ?? {};
  return [...Object.keys(schema.properties ?? {}), ...(schema.allOf ?? []).flatMap(properties)];
}

test('the JSON that the page reads says what the YAML says', async () => {
  const answer = await client().site('/docs/openapi.json', { expect: 200, check: false });
  assert.deepEqual(JSON.parse(answer.text), JSON.parse(JSON.stringify(contract)));
});

test('every call of the contract is there, with its parameters, fields, statuses and codes', async () => {
  const { context, page, trouble } = await open();
  await page.getByRole('button', { name: 'Open all' }).click();
  const shown = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll('.call[id]')].map((card) => [card.id, {
    text: card.textContent,
    names: [...card.querySelectorAll('.field-name')].map((name) => name.textContent),
    statuses: [...card.querySelectorAll('.answers > dt')].map((status) => status.textContent),
    codes: [...card.querySelectorAll('.codes a')].map((code) => code.textContent),
  }])));
  assert.ok(operations.length > 80);
  for (const operation of operations) {
    const name = `${operation.method} ${operation.path}`;
    const card = shown[idOf(operation)];
    assert.ok(card, name);
    assert.ok(card.text.includes(operation.operation.summary), name);
    assert.doesNotMatch(card.text, /undefined|\[object|\|\s*$/, name);
    for (const line of (operation.operation.description ?? '').split('\n')) {
      assert.ok(card.text.replace(/\s+/g, ' ').includes(line.replaceAll('`', '').replace(/^- /, '').trim()), `${name}: ${line}`);
    }
    const fields = Object.values(operation.operation.requestBody?.content ?? {}).flatMap(({ schema }) => properties(schema));
    for (const wanted of [...operation.operation.parameters.map((one) => follow(one).name), ...fields]) {
      assert.ok(card.names.includes(wanted), `${name}: ${wanted}`);
    }
    const answers = Object.entries(operation.operation.responses);
    const wanted = answers.map(([status]) => (status === 'default' ? 'else' : status)).sort();
    assert.deepEqual([...card.statuses].sort(), wanted, name);
    const codes = answers.flatMap(([, answer]) => {
      const { schema } = follow(answer).content?.['application/problem+json'] ?? {};
      return (schema?.allOf ?? []).flatMap((part) => part.properties?.code?.enum ?? part.properties?.code?.const ?? []);
    });
    assert.deepEqual([...card.codes].sort(), codes.sort(), name);
  }
  assert.deepEqual(trouble, []);
  await context.close();
});

test('limits, types and what is needed stand beside a field', async () => {
  const { context, page } = await open({}, '/docs/#post-auth-register');
  const field = page.locator('#post-auth-register .fields > li', { hasText: 'fullName' }).first();
  await field.waitFor();
  assert.match(await field.innerText(), /fullName\s+string\s+required\s+1 to 100 characters/);
  await context.close();
});

test('a call is found by words and by its code, and has an address', async () => {
  const { context, page, trouble } = await open();
  await page.getByLabel('Find a call').fill('seats_unavailable');
  await page.getByText(/^\d+ of \d+ calls$/).waitFor();
  assert.ok(await page.locator('#post-holds').isVisible());
  assert.ok(await page.locator('#get-auth-me').isHidden());
  await page.getByLabel('Find a call').fill('no such words');
  await page.getByText('No call has all of these words.').waitFor();
  await page.getByLabel('Find a call').fill('');
  await page.goto(`${SITE}/docs/#get-shows-id`);
  await page.locator('#get-shows-id .answers').waitFor();
  assert.ok(await page.locator('#get-shows-id').evaluate((card) => card.open && card.getBoundingClientRect().top < innerHeight));
  await page.locator('#get-shows-id .codes a', { hasText: 'SHOW_NOT_FOUND' }).click();
  await page.locator('#code-SHOW_NOT_FOUND a[href="#get-shows-id"]').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a call is tried without a token, and the answer is the real one', async () => {
  const { context, page, trouble } = await open({}, '/docs/#get-shows-id');
  const card = page.locator('#get-shows-id');
  await card.getByText('Try it').click();
  await card.getByLabel('id, path').fill(show.id);
  await card.getByRole('button', { name: 'Send' }).click();
  await answered(card, 200);
  assert.deepEqual(JSON.parse(await card.locator('.answer-body').innerText()), (await client().get(`/shows/${show.id}`)).body);
  await card.getByText('Headers', { exact: true }).click();
  assert.match(await card.locator('.try-answer dl').innerText(), /x-request-id/);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a call is tried with the session of the pages; its cURL line does the same', async () => {
  const user = await registerUser();
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 422 });
  await logIn(page, user);
  await page.goto(`${SITE}/docs/#put-auth-me`);
  await page.getByText(`Requests are sent as ${user.email}`).waitFor();
  const card = page.locator('#put-auth-me');
  await card.getByText('Try it').click();
  await card.getByLabel('Body', { exact: true }).fill('{"fullName": "O\'Brien 🎭"}');
  await card.getByRole('button', { name: 'Send' }).click();
  await answered(card, 200);
  assert.equal((await user.api.get('/auth/me')).body.fullName, "O'Brien 🎭");
  const line = await card.locator('.curl').innerText();
  const run = spawnSync('sh', ['-c', line], { encoding: 'utf8', env: { ...process.env, TOKEN: user.token }, timeout: 30_000 });
  assert.match(run.stdout, /^HTTP\/1\.1 200/, line);
  assert.match(run.stdout, /O'Brien 🎭/);
  assert.ok(!line.includes(user.token));
  await card.getByLabel('Body', { exact: true }).fill('{"fullName": 1}');
  await card.getByRole('button', { name: 'Send' }).click();
  await answered(card, 422);
  assert.equal(JSON.parse(await card.locator('.answer-body').innerText()).code, 'VALIDATION_FAILED');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a pasted token is sent instead, another method too; a stream is stopped', async () => {
  const user = await registerUser();
  const { context, page, trouble } = await open({ allow: (url, status) => [404, 405].includes(status) }, '/docs/#get-auth-me');
  await page.getByLabel('Another token').fill(`Bearer ${user.token}`);
  await page.getByText('the pasted token').waitFor();
  const me = page.locator('#get-auth-me');
  await me.getByText('Try it').click();
  await me.getByRole('button', { name: 'Send' }).click();
  await answered(me, 200);
  assert.equal(JSON.parse(await me.locator('.answer-body').innerText()).email, user.email);
  await me.getByLabel('Method').selectOption('DELETE');
  await me.getByRole('button', { name: 'Send' }).click();
  await answered(me, 405);
  await page.goto(`${SITE}/docs/#get-shows-id-live`);
  const live = page.locator('#get-shows-id-live');
  await live.getByText('Try it').click();
  await live.getByLabel('id, path').fill(show.id);
  await live.getByRole('button', { name: 'Send' }).click();
  await answered(live, 200);
  await live.getByRole('button', { name: 'Stop' }).click();
  await live.getByText('Stopped.').waitFor();
  await live.getByRole('button', { name: 'Send' }).isEnabled();
  assert.deepEqual(trouble, []);
  await context.close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`open calls and their forms are accessible and fit a phone (${colorScheme})`, async () => {
    const { context, page, trouble } = await open({ colorScheme }, '/docs/#post-checkins-batch');
    for (const id of ['post-checkins-batch', 'put-events-id', 'get-orders']) {
      await page.goto(`${SITE}/docs/#${id}`);
      await page.locator(`#${id}`).getByText('Try it').click();
      for (const summary of await page.locator(`#${id} .shape > summary`).all()) await summary.click();
    }
    await page.locator('#code-SEATS_UNAVAILABLE > summary').click();
    await assertAccessible(page, `/docs/ ${colorScheme}`);
    for (const width of [360, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await assertFits(page, `/docs/ ${width}`);
    }
    assert.deepEqual(trouble, []);
    await context.close();
  });
}

test('without openapi.json the page says so', async () => {
  const { context, page } = await visitor(browser, { allow: () => true });
  await page.route('**/docs/openapi.json', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(`${SITE}/docs/`);
  await page.getByRole('alert').getByText('cannot be read just now').waitFor();
  await context.close();
});

test('the code of the guide for webhooks verifies a signature, and only a right and recent one', async () => {
  const { context, page } = await visitor(browser);
  await page.goto(`${SITE}/docs/webhooks.html`);
  const code = async (name) => page.locator(`#verify-${name}`).innerText();
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  const write = async (name, ending, more) => writeFileSync(join(folder, `verify.${ending}`), `${await code(name)}\n${more}`);
  await write('sh', 'sh', '');
  await write('python', 'py', "import os, sys\n" +
    "sys.exit(not genuine(os.environ['WEBHOOK_SECRET'], sys.argv[1], sys.stdin.buffer.read()))\n");
  await write('node', 'mjs', "import { readFileSync } from 'node:fs';\nprocess.exit(genuine(process.env.WEBHOOK_SECRET, process.argv[2], " +
    'readFileSync(0)) ? 0 : 1);\n');
  await context.close();
  const secret = 'whsec_a-secret';
  const body = '{"id":"1","data":{"fullName":"Nguyễn Văn An"}}';
  const now = Math.floor(Date.now() / 1000);
  const mac = (text, t, key = secret) => createHmac('sha256', key).update(`${t}.${text}`).digest('hex');
  const cases = [
    [`t=${now},v1=${mac(body, now)}`, body, true],
    [`t=${now},v1=${mac(body, now, 'another')},v1=${mac(body, now)}`, body, true],
    [`t=${now},v1=${mac(body, now)}`, `${body}\n`, false],
    [`t=${now},v1=${mac(body, now, 'another')}`, body, false],
    [`t=${now - 400},v1=${mac(body, now - 400)}`, body, false],
  ];
  try {
    for (const [program, file] of [['sh', 'verify.sh'], ['python3', 'verify.py'], ['node', 'verify.mjs']]) {
      for (const [header, input, good] of cases) {
        const env = { ...process.env, WEBHOOK_SECRET: secret };
        const run = spawnSync(program, [join(folder, file), header], { input, env, encoding: 'utf8' });
        assert.equal(run.status === 0, good, `${file} ${header}: ${run.stderr}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
