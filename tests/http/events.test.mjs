// Events: what anybody, a buyer and an admin may do and see; every field wrong in every way; lists; ETags.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { client } from '../support/client.mjs';
import { admin, createEvent, createShow, inDays, registerUser, staff, unique } from '../support/world.mjs';
import { RESPONDERS } from '../support/responders.mjs';
import { state } from '../support/stack.mjs';

const api = client();
const paths = (answer) => answer.body.errors.map((error) => error.path).sort();
const whole = { title: 'Whole', description: 'All fields', venue: 'Hall', imageUrl: 'https://example.com/a.jpg', published: true };

test('an event is created, read, replaced and taken away', async () => {
  const boss = await admin();
  const made = await boss.post('/events', whole, { expect: 201 });
  assert.equal(made.headers.location, `/api/events/${made.body.id}`);
  for (const [name, value] of Object.entries(whole)) assert.equal(made.body[name], value, name);
  assert.equal(made.body.nextShowAt, null);
  assert.deepEqual((await api.get(`/events/${made.body.id}`, { expect: 200 })).body, made.body);

  const put = await boss.put(`/events/${made.body.id}`, { title: 'New', published: true }, { expect: 200 });
  assert.equal(put.body.title, 'New');
  assert.deepEqual([put.body.description, put.body.venue, put.body.imageUrl], [null, null, null], 'the whole object');
  assert.equal(put.body.createdAt, made.body.createdAt);

  await boss.delete(`/events/${made.body.id}`, { expect: 204 });
  assert.equal((await api.get(`/events/${made.body.id}`, { expect: 404 })).code, 'EVENT_NOT_FOUND');
  await boss.get(`/events/${made.body.id}`, { expect: 404 });
  await boss.put(`/events/${made.body.id}`, whole, { expect: 404 });
  await boss.delete(`/events/${made.body.id}`, { expect: 404 });
});

test('a draft exists for admins only, and so do its shows', async () => {
  const boss = await admin();
  const buyer = await registerUser();
  const draft = (await boss.post('/events', { title: unique('draft') }, { expect: 201 })).body;
  assert.equal(draft.published, false);
  const show = await createShow({ eventId: draft.id });
  assert.equal(show.salesOpen, false);
  for (const path of [`/events/${draft.id}`, `/events/${draft.id}/shows`]) {
    for (const who of [api, buyer.api, await staff()]) {
      assert.equal((await who.get(path, { expect: 404 })).code, 'EVENT_NOT_FOUND');
    }
    await boss.get(path, { expect: 200 });
  }
  for (const path of [`/shows/${show.id}`, `/shows/${show.id}/seatmap`, `/shows/${show.id}/availability`]) {
    for (const who of [api, buyer.api]) {
      assert.equal((await who.get(path, { expect: 404 })).code, 'SHOW_NOT_FOUND');
    }
    await boss.get(path, { expect: 200 });
  }
  const find = async (who) => (await who.get('/events', { query: { q: draft.title }, expect: 200 })).body.events.length;
  assert.deepEqual([await find(api), await find(buyer.api), await find(boss)], [0, 0, 1]);
  await boss.put(`/events/${draft.id}`, { title: draft.title, published: true }, { expect: 200 });
  assert.equal(await find(api), 1);
  assert.equal((await api.get(`/shows/${show.id}`, { expect: 200 })).body.salesOpen, true);
});

test('a deleted event takes its shows with it', async () => {
  const boss = await admin();
  const show = await createShow();
  const buyer = await registerUser();
  await boss.delete(`/events/${show.eventId}`, { expect: 204 });
  await api.get(`/events/${show.eventId}/shows`, { expect: 404 });
  for (const path of ['', '/seatmap', '/availability']) await api.get(`/shows/${show.id}${path}`, { expect: 404 });
  await boss.put(`/shows/${show.id}`, { startsAt: inDays(1), seatMapId: 'm1' }, { expect: 404 });
  await boss.delete(`/shows/${show.id}`, { expect: 404 });
  await buyer.api.post('/holds', { showId: show.id, seats: ['A1'] }, { expect: 404 });
});

test('only admins write', async () => {
  const event = await createEvent();
  const buyer = await registerUser();
  const writes = [
    ['POST', '/events'], ['PUT', `/events/${event.id}`], ['DELETE', `/events/${event.id}`], ['POST', `/events/${event.id}/shows`],
  ];
  for (const [method, path] of writes) {
    const body = method === 'DELETE' ? undefined : whole;
    assert.equal((await api.send(method, path, { body, expect: 401 })).code, 'UNAUTHORIZED');
    assert.equal((await buyer.api.send(method, path, { body, expect: 403 })).code, 'FORBIDDEN');
    assert.equal((await (await staff()).send(method, path, { body, expect: 403 })).code, 'FORBIDDEN');
    await api.send(method, path, { body, token: 'forged', expect: 401 });
  }
  await api.get('/events', { token: 'forged', expect: 401 });
  assert.equal((await api.get(`/events/${event.id}`)).body.title, event.title);
});

const text = [1, 1.5, true, [], {}, 'a\u0001b'];
const wrong = {
  title: [null, '', 'x'.repeat(201), '🎫'.repeat(201), ...text],
  description: ['x'.repeat(10001), ...text],
  venue: ['x'.repeat(201), ...text],
  imageUrl: ['', 'plain', 'ftp://example.com/a', 'javascript:alert(1)', 'http://', `https://example.com/${'x'.repeat(2000)}`, ...text],
  published: [null, 0, 1, 'true', [], {}],
};

test('every field, wrong in every way, is named and changes nothing', async () => {
  const boss = await admin();
  const event = await createEvent();
  const before = (await boss.get(`/events/${event.id}`)).body;
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const body = { ...whole, [name]: value };
      const what = `${name}: ${JSON.stringify(value).slice(0, 60)}`;
      for (const [method, path] of [['POST', '/events'], ['PUT', `/events/${event.id}`]]) {
        const answer = await boss.send(method, path, { body });
        assert.equal(answer.status, 422, what);
        assert.deepEqual(paths(answer), [name], what);
      }
    }
  }
  const all = await boss.post('/events', { description: 1, venue: 2, imageUrl: 3, published: 4, extra: 5 }, { expect: 422 });
  assert.deepEqual(paths(all), ['description', 'extra', 'imageUrl', 'published', 'title', 'venue']);
  for (const body of [[], 'text', 1, null, true]) {
    assert.deepEqual(
      paths(
        await boss.post('/events', undefined, { raw: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }, expect: 422 }),
      ),
      ['$'],
    );
  }
  assert.deepEqual((await boss.get(`/events/${event.id}`)).body, before);
});

test('the longest values are taken as they are', async () => {
  const boss = await admin();
  const body = {
    title: '🎫'.repeat(200),
    description: 'đ'.repeat(10000),
    venue: 'Mỹ'.repeat(66),
    imageUrl: `https://e.com/${'x'.repeat(1986)}`,
    published: false,
  };
  const made = await boss.post('/events', body, { expect: 201 });
  for (const [name, value] of Object.entries(body)) assert.equal(made.body[name], value, name);
  const hostile = `'; DROP TABLE events; -- <script>"\\ %s %n {1}`;
  assert.equal((await boss.post('/events', { title: hostile }, { expect: 201 })).body.title, hostile);
});

test('unknown events, malformed ids, wrong methods', async () => {
  assert.equal((await api.get(`/events/${randomUUID()}`, { expect: 404 })).code, 'EVENT_NOT_FOUND');
  for (const id of ['1', 'x', `${randomUUID()}x`, 'a%20b', randomUUID().replace(/-/g, '')]) {
    await api.get(`/events/${id}`, { expect: [400, 404] });
  }
  const event = await createEvent();
  assert.equal((await api.get(`/events/${event.id.toUpperCase()}`, { expect: 200 })).body.id, event.id);
  assert.match((await api.delete('/events', { expect: 405 })).headers.allow, /GET.*POST/);
  await api.post(`/events/${event.id}`, {}, { expect: 405 });
});

test('lists: filters', async () => {
  const mark = unique('Ünique');
  const near = await createEvent({ title: `${mark} near`, venue: 'Opera 100%' });
  const far = await createEvent({ title: 'other', venue: `HALL ${mark}` });
  const starts = { near: inDays(10), far: inDays(400) };
  await createShow({ eventId: near.id, startsAt: starts.near });
  await createShow({ eventId: near.id, startsAt: inDays(20) });
  await createShow({ eventId: far.id, startsAt: starts.far });
  const ids = async (query) => (await api.get('/events', { query, expect: 200 })).body.events.map((event) => event.id);
  assert.deepEqual(await ids({ q: mark }), [far.id, near.id], 'the newest first; title or venue');
  assert.deepEqual(await ids({ q: mark.toUpperCase() }), [far.id, near.id]);
  assert.deepEqual(await ids({ q: `${mark}%` }), [], 'no wildcards');
  assert.deepEqual(await ids({ q: mark, to: inDays(30) }), [near.id]);
  assert.deepEqual(await ids({ q: mark, from: inDays(30) }), [far.id]);
  assert.deepEqual(await ids({ q: mark, from: starts.near, to: inDays(11) }), [near.id], 'from is inclusive');
  assert.deepEqual(await ids({ q: mark, from: inDays(1), to: starts.near }), [], 'to is exclusive');
  assert.deepEqual(await ids({ q: mark, from: inDays(500) }), []);
  assert.equal((await api.get(`/events/${near.id}`)).body.nextShowAt, starts.near);
  const bad = {
    limit: ['0', '101', '-1', 'x', '1.5'],
    cursor: ['x', '!!!', 'x'.repeat(300)],
    from: ['x', '2026-13-01T00:00:00Z', '1'],
    to: ['yesterday'],
    q: ['x'.repeat(201)],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values)
      assert.deepEqual(paths(await api.get('/events', { query: { [name]: value }, expect: 422 })), [name], `${name}=${value}`);
  }
});

test('lists: pages are stable while events are inserted and deleted', async () => {
  const mark = unique('page');
  const boss = await admin();
  const made = [];
  for (let i = 0; i < 7; i++) made.push((await createEvent({ title: `${mark} ${i}` })).id);
  const got = [];
  let cursor;
  for (let page = 0; page < 10; page++) {
    const { body } = await api.get('/events', { query: { q: mark, limit: 2, ...(cursor && { cursor }) }, expect: 200 });
    got.push(...body.events.map((event) => event.id));
    cursor = body.nextCursor;
    if (cursor === null) break;
    assert.equal(body.events.length, 2);
    await createEvent({ title: `${mark} later ${page}` });
    if (page === 0) await boss.delete(`/events/${got[1]}`, { expect: 204 }); // the one that the cursor points at
  }
  assert.deepEqual(got, made.reverse(), 'each once, none of the later ones');
});

test('ETag: unchanged is 304, changed is not', async () => {
  const boss = await admin();
  const event = await createEvent();
  await createShow({ eventId: event.id });
  const list = (tag) => api.get('/events', { query: { q: event.title }, headers: tag ? { 'If-None-Match': tag } : {} });
  const one = (tag) => api.get(`/events/${event.id}`, { headers: tag ? { 'If-None-Match': tag } : {} });
  const shows = (tag) => api.get(`/events/${event.id}/shows`, { headers: tag ? { 'If-None-Match': tag } : {} });
  const tags = [];
  for (const read of [list, one, shows]) {
    const tag = (await read()).headers.etag;
    tags.push(tag);
    const same = await read(tag);
    assert.equal(same.status, 304);
    assert.equal(same.bytes.length, 0);
    assert.equal(same.headers.etag, tag);
    assert.equal((await read('"other"')).status, 200);
    assert.equal((await read(`"other", ${tag}`)).status, 304);
  }
  await boss.put(`/events/${event.id}`, { title: event.title, venue: 'moved', published: true }, { expect: 200 });
  assert.equal((await list(tags[0])).status, 200);
  assert.equal((await one(tags[1])).status, 200);
  await createShow({ eventId: event.id });
  assert.equal((await shows(tags[2])).status, 200);
  const head = await api.send('HEAD', `/events/${event.id}`, { expect: 200 });
  assert.equal(head.headers.etag, (await one()).headers.etag);
});

// What lies on the loopback-only side: HTTP on a unix socket.
const inside = (path) => new Promise((resolve, reject) => {
  const request = http.get({ socketPath: join(realpathSync(join(state, 'run')), 'internal.sock'), path }, (answer) => {
    const chunks = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString() }));
  });
  request.on('error', reject);
});

test('metrics of all processes are one valid text', async () => {
  await api.get('/events', { expect: 200 });
  const { status, headers, text } = await inside('/metrics');
  assert.equal(status, 200);
  assert.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
  const families = new Map(); // name → {help, type, samples}
  const series = new Set();
  let open;
  for (const line of text.trimEnd().split('\n')) {
    const head = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (head) {
      if (open !== head[2]) assert.ok(!families.has(head[2]), `${head[2]} comes twice`);
      open = head[2];
      const family = families.get(open) ?? {};
      assert.equal(family[head[1]], undefined, line);
      families.set(open, { ...family, [head[1]]: head[3] });
      continue;
    }
    const sample = /^([a-z_]+)(\{[^}]*\}) (-?[0-9.e+]+|NaN)$/.exec(line);
    assert.ok(sample, `no sample: ${line}`);
    const base = families.get(open)?.TYPE === 'histogram' ? sample[1].replace(/_(bucket|sum|count)$/, '') : sample[1];
    assert.equal(base, open, `${line} under ${open}`);
    assert.ok(!series.has(sample[1] + sample[2]), `${line} comes twice`);
    series.add(sample[1] + sample[2]);
  }
  for (const [name, { HELP, TYPE }] of families) assert.ok(HELP && TYPE, name);
  for (const process of RESPONDERS) {
    assert.ok(text.includes(`\nticketing_up{process="${process}"} 1\n`), process);
    assert.ok(series.has(`ticketing_holds_granted_total{process="${process}"}`), process);
  }
  assert.ok(text.includes('ticketing_http_requests_total{process="events",method="GET",route="/events",status="200"}'));
});

test('the whole service says how it is', async () => {
  const { body } = await api.health();
  assert.equal(body.status, 'ok');
  assert.equal(body.database, 'ok');
  assert.deepEqual(body.responders, { auth: 'ok', events: 'ok', holds: 'ok', checkout: 'ok' });
});

test('lists: words are found without their accents, in any order and form', async () => {
  const mark = unique('w').replaceAll('-', '');
  const titles = ['Nguyễn Du Kiều', 'Žižkov nights', 'Søren Ø', 'Ｆｕｌｌ width', 'Amélie'.normalize('NFD')];
  const ids = [];
  for (const title of titles) ids.push((await createEvent({ title: `${title} ${mark}`, venue: 'Đà Nẵng 100%' })).id);
  const found = async (q) =>
    (await api.get('/events', { query: { q: `${q} ${mark}` }, expect: 200 })).body.events.map((event) => titles[ids.indexOf(event.id)]);
  for (const [q, index] of [
    ['kieu', 0],
    ['kieu nguyen', 0],
    ['KIỀU'.normalize('NFD'), 0],
    ['du nang da kieu', 0],
    ['zizkov', 1],
    ['NIGHTS Žižkov', 1],
    ['soren', 2],
    ['SØREN', 2],
    ['full', 3],
    ['ｗｉｄｔｈ', 3],
    ['amelie', 4],
    ['Amélie', 4],
  ]) {
    assert.deepEqual(await found(q), [titles[index]], q);
  }
  assert.deepEqual(await found('kieu soren'), [], 'every word');
  assert.equal((await found('da nang 100%')).length, titles.length);
  assert.deepEqual(await found('100_'), []);
  assert.equal((await found(' ')).length, titles.length);
});
