// A show that is gone sells nothing: what is held of it can be neither extended nor checked out, and the answer says why.
import assert from 'node:assert/strict';
import test from 'node:test';
import { sql } from '../support/stack.mjs';
import { createShow, hold, registerUser } from '../support/world.mjs';

const ways = [
  ['sales closed', 'SALES_CLOSED', 409, (id) => `UPDATE shows SET sales_end_at = now() - interval '1 s' WHERE id = '${id}'`],
  ['moved into the past', 'SALES_CLOSED', 409, (id) => `UPDATE shows SET starts_at = now() - interval '1 h' WHERE id = '${id}'`],
  ['show deleted', 'SHOW_NOT_FOUND', 404, (id) => `UPDATE shows SET deleted_at = now() WHERE id = '${id}'`],
  ['event deleted', 'SHOW_NOT_FOUND', 404, (id) => `UPDATE events SET deleted_at = now() WHERE id = (SELECT event_id FROM shows WHERE id = '${id}')`],
  ['event unpublished', 'SHOW_NOT_FOUND', 404, (id) => `UPDATE events SET published = false WHERE id = (SELECT event_id FROM shows WHERE id = '${id}')`],
];

for (const [name, code, status, statement] of ways) {
  test(`${name}: a hold taken before is not extended and not checked out`, async () => {
    const [user, show] = await Promise.all([registerUser(), createShow()]);
    const { holdId } = await hold(user, show, ['A1', 'A2']);
    sql(statement(show.id));
    const extended = await user.api.post(`/holds/${holdId}/extend`, undefined, { expect: status });
    assert.equal(extended.body.code, code);
    const ordered = await user.api.post('/checkout', { holdId }, { expect: status });
    assert.equal(ordered.body.code, code);
    assert.deepEqual(sql(`SELECT count(*)::int FROM orders WHERE show_id = '${show.id}'`).flat().map(Number), [0]);
    await user.api.delete(`/holds/${holdId}`, { expect: 204 });
  });
}
