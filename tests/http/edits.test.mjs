// Edits of events and shows: merge patches, If-Match, two admins at once, what is told and written down of them, and
// what cannot be deleted.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { admin, buy, checkout, createEvent, createShow, hold, inDays, registerUser } from '../support/world.mjs';
import { sql } from '../support/stack.mjs';

const api = client();
const paths = (answer) => answer.body.errors.map((error) => error.path).sort();
const full = () => ({
  startsAt: inDays(30), endsAt: inDays(31), salesStartAt: inDays(-1), salesEndAt: inDays(29), currency: 'EUR', priceTiers: { VIP: 9900 },
  admissionStartAt: inDays(29), admissionEndAt: inDays(31), reentry: true,
});
const without = (body, ...names) => Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));

test('PATCH changes what it names and nothing else', async () => {
  const boss = await admin();
  const event = await createEvent({ timeZone: 'Europe/Berlin', transferable: false });
  const show = await createShow({ eventId: event.id, ...full() });
  const moved = (await boss.send('PATCH', `/shows/${show.id}`, { body: { startsAt: inDays(30.5) }, expect: 200 })).body;
  assert.deepEqual(without(moved, 'startsAt', 'updatedAt'), without(show, 'startsAt', 'updatedAt'));
  assert.notEqual(moved.startsAt, show.startsAt);
  const merge = {
    headers: { 'Content-Type': 'application/merge-patch+json' },
    raw: JSON.stringify({ priceTiers: { A: 5 }, endsAt: null }),
    expect: 200,
  };
  const priced = (await boss.send('PATCH', `/shows/${show.id}`, merge)).body;
  assert.deepEqual([priced.priceTiers.VIP, priced.priceTiers.A, priced.endsAt], [9900, 5, null]);
  const named = (await boss.send('PATCH', `/events/${event.id}`, { body: { title: 'Other' }, expect: 200 })).body;
  assert.deepEqual(without(named, 'title', 'updatedAt'), without((await api.get(`/events/${event.id}`)).body, 'title', 'updatedAt'));
  assert.deepEqual(
    [named.title, named.timeZone, named.published, named.transferable, named.venue],
    ['Other', 'Europe/Berlin', true, false, event.venue],
  );
  assert.deepEqual(paths(await boss.send('PATCH', `/shows/${show.id}`, { body: { startsAt: null, nothing: 1 }, expect: 422 })), [
    'nothing',
    'startsAt',
  ]);
  assert.deepEqual(paths(await boss.send('PATCH', `/events/${event.id}`, { body: { id: show.id }, expect: 422 })), ['id']);
});

test('what GET gives can be PUT', async () => {
  const boss = await admin();
  const show = await createShow(full());
  for (const path of [`/shows/${show.id}`, `/events/${show.eventId}`]) {
    const was = (await boss.get(path, { expect: 200 })).body;
    const put = (
      await boss.put(path, without(was, ...Object.keys(was).filter((name) => was[name] === null && name !== 'nextShowAt')), { expect: 200 })
    ).body;
    assert.deepEqual(without(put, 'updatedAt'), without(was, 'updatedAt'));
  }
});

test('If-Match: only what was seen is changed or deleted', async () => {
  const boss = await admin();
  const show = await createShow();
  for (const [path, change] of [[`/shows/${show.id}`, { reentry: true }], [`/events/${show.eventId}`, { venue: 'Elsewhere' }]]) {
    const { headers: { etag }, body } = await boss.get(path, { expect: 200 });
    await boss.send('PATCH', path, { body: change, headers: { 'If-Match': etag }, expect: 200 });
    for (const [method, sent] of [['PATCH', change], ['PUT', body], ['DELETE', undefined]]) {
      assert.equal(
        (await boss.send(method, path, { body: sent, headers: { 'If-Match': etag }, expect: 412 })).code,
        'PRECONDITION_FAILED',
        `${method} ${path}`,
      );
    }
    await boss.send('PATCH', path, { body: change, headers: { 'If-Match': '*' }, expect: 200 });
  }
  for (const path of [`/shows/${show.id}`, `/events/${show.eventId}`]) {
    const { headers: { etag } } = await boss.get(path, { expect: 200 });
    await boss.send('DELETE', path, { headers: { 'If-Match': etag }, expect: 204 });
  }
});

test('two who edit at once lose nothing of each other, and of two with one ETag one is told', async () => {
  const boss = await admin();
  const show = await createShow();
  const fields = [{ reentry: true }, { endsAt: inDays(40) }, { salesEndAt: inDays(20) }, { admissionStartAt: inDays(29) }];
  for (let round = 0; round < 5; round++) {
    const fresh = await createShow({ eventId: show.eventId });
    await Promise.all(fields.map((body) => boss.send('PATCH', `/shows/${fresh.id}`, { body, expect: 200 })));
    const now = (await api.get(`/shows/${fresh.id}`)).body;
    for (const body of fields) for (const [name, value] of Object.entries(body)) assert.equal(now[name], value, name);
    const { headers: { etag } } = await boss.get(`/events/${show.eventId}`);
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((venue) =>
        boss.send('PATCH', `/events/${show.eventId}`, { body: { venue: `${venue}${round}` }, headers: { 'If-Match': etag } }),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412]);
  }
});

test('a moved show is an event with what was before, edits leave audit rows with before and after', async () => {
  const boss = await admin();
  const show = await createShow();
  const me = (await boss.get('/auth/me')).body.id;
  await boss.send('PATCH', `/shows/${show.id}`, { body: { startsAt: inDays(33) }, expect: 200 });
  await boss.send('PATCH', `/shows/${show.id}`, { body: { reentry: true }, expect: 200 });
  await boss.send('PATCH', `/events/${show.eventId}`, { body: { venue: 'Hall 2' }, expect: 200 });
  const told = sql(
    `SELECT data ->> 'startsAt', data -> 'was' ->> 'startsAt', data ->> 'venue', data -> 'was' ->> 'venue' FROM outbox
        WHERE key = '${show.id}' AND type = 'show.changed' ORDER BY id`,
  );
  const now = (await api.get(`/shows/${show.id}`)).body.startsAt;
  assert.deepEqual(
    told.map((row) => row.map((value) => value || null)),
    [
      [now, show.startsAt, 'Test Hall', null],
      [now, null, 'Hall 2', 'Test Hall'],
    ],
  );
  await boss.delete(`/shows/${show.id}`, { expect: 204 });
  await boss.delete(`/events/${show.eventId}`, { expect: 204 });
  const audit = (subject) =>
    sql(
      `SELECT action, actor, detail -> 'before' ->> 'venue', detail -> 'after' ->> 'venue' FROM audit_log WHERE subject = '${subject}'
          ORDER BY id`,
    );
  const ofShow = audit(`show ${show.id}`);
  assert.ok(ofShow.every(([, actor]) => actor === me));
  assert.deepEqual([...new Set(ofShow.map(([action]) => action))], ['show.created', 'show.changed', 'show.deleted']);
  assert.deepEqual(audit(`event ${show.eventId}`).map((row) => row.map((value) => value || null)),
    [['event.created', me, null, 'Test Hall'], ['event.changed', me, 'Test Hall', 'Hall 2'], ['event.deleted', me, 'Hall 2', null]]);
});

test('the times of a show are compared with one another', async () => {
  const event = await createEvent();
  const boss = await admin();
  const base = { startsAt: inDays(30), endsAt: inDays(31), seatMapId: 'm1' };
  const refused = async (fields, expected) =>
    assert.deepEqual(paths(await boss.post(`/events/${event.id}/shows`, { ...base, ...fields }, { expect: 422 })), expected);
  await refused({ admissionStartAt: inDays(31) }, ['admissionStartAt']);
  await refused({ salesEndAt: inDays(32) }, ['salesEndAt']);
  await refused({ salesEndAt: inDays(32), admissionStartAt: inDays(33) }, ['admissionStartAt', 'salesEndAt']);
});

test('nothing is deleted that people have bought or are paying for', async () => {
  const boss = await admin();
  const buyer = await registerUser();
  const show = await createShow();
  const order = await checkout(buyer, await hold(buyer, show, ['A1', 'A2']));
  for (const path of [`/shows/${show.id}`, `/events/${show.eventId}`]) {
    const { code, body } = await boss.delete(path, { expect: 409 });
    assert.deepEqual([code, body.ticketsSold, body.ordersPending], ['SHOW_HAS_ORDERS', 0, 1]);
  }
  const change = { body: { seatMapId: 'theatre' }, expect: 409 };
  assert.equal((await boss.send('PATCH', `/shows/${show.id}`, change)).code, 'SHOW_HAS_CLAIMS');
  await buyer.api.post(`/orders/${order.id}/cancel`, undefined, { expect: 200 });
  await buy(buyer, show, ['A3']);
  for (const path of [`/shows/${show.id}`, `/events/${show.eventId}`]) {
    const { code, body } = await boss.delete(path, { expect: 409 });
    assert.deepEqual([code, body.ticketsSold, body.ordersPending], ['SHOW_HAS_ORDERS', 1, 0]);
  }
  assert.equal((await api.get(`/shows/${show.id}`)).status, 200);
});

test('a double click on "create" makes one event and one show', async () => {
  const boss = await admin();
  const event = { title: 'Once', published: true };
  const once = async (path, body) => {
    const headers = { 'Idempotency-Key': `double-${path.length}-${Date.now()}` };
    const first = await boss.post(path, body, { headers, expect: 201 });
    const second = await boss.post(path, body, { headers, expect: 201 });
    assert.deepEqual(
      [second.body, second.headers.location, second.headers['idempotent-replayed']],
      [first.body, first.headers.location, 'true'],
    );
    assert.equal(
      (
        await boss.post(
          path,
          { ...body, extra: undefined, title: body.title && 'Other', endsAt: body.startsAt && inDays(90) },
          { headers, expect: 422 },
        )
      ).code,
      'IDEMPOTENCY_KEY_REUSED',
    );
    return first.body;
  };
  const made = await once('/events', event);
  await once(`/events/${made.id}/shows`, { startsAt: inDays(3), seatMapId: 'm1' });
  assert.equal((await api.get(`/events/${made.id}/shows`)).body.shows.length, 1);
});
