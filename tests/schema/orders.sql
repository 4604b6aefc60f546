BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

-- create_order
SELECT pg_temp.hold(1, '{A1,A2}');
SELECT is(pg_temp.buy(1, '{A2,A1}'), 'hold_changed', 'other seats than the hold''s');
SELECT is(pg_temp.buy(1, '{A1,A2}', 2), 'hold_not_found', 'somebody else''s hold');
SELECT is(pg_temp.buy(1, '{A1,A2}'), 'created', 'a live hold becomes an order');
SELECT is(pg_temp.order_state(1), 'pending: reserved reserved: pending', 'pending, with reserved tickets');
SELECT is((SELECT total FROM public.orders WHERE id = pg_temp.id('o', 1)), 200::bigint, 'its total is the sum');
SELECT is((SELECT state FROM public.holds WHERE id = pg_temp.id('h', 1)), 'consumed', 'the hold is used up');
SELECT is((SELECT count(*)::integer FROM public.seat_claims AS c JOIN public.tickets AS t ON t.id = c.ticket_id AND t.seat_id = c.seat_id
           JOIN public.orders AS o ON o.id = c.order_id AND o.expires_at = c.expires_at WHERE c.state = 'held'), 2,
           'the claims are the order''s now');
SELECT results_eq($$SELECT * FROM public.create_order(pg_temp.id('o', 77), pg_temp.id('h', 1), pg_temp.id('u', 1), 'a@b', 'A', '{A1,A2}',
    '{Z,Z}', '{A,A}',
    '{1,2}', '{1,1}', ARRAY[pg_temp.id('t', 770), pg_temp.id('t', 771)], 'VND', 900, pg_temp.id('p', 77), 'test')$$,
    $$VALUES ('existing'::text, pg_temp.id('o', 1))$$, 'the same hold again is the same order');
SELECT is((SELECT count(*)::integer FROM public.orders), 1, 'and there is just one');
SELECT ok(NOT public.release_hold(pg_temp.id('h', 1), pg_temp.id('u', 1)), 'a consumed hold cannot be released');
SELECT is((SELECT outcome FROM public.extend_hold(pg_temp.id('h', 1), pg_temp.id('u', 1), 800, 900)), 'not_found', 'nor extended');
SELECT is(pg_temp.hold(2, '{A1}', 2), 'seats_unavailable {A1}', 'seats of an unpaid order are taken');
SELECT is(pg_temp.buy(99, '{A1}'), 'hold_not_found', 'an unknown hold');
SELECT pg_temp.hold(3, '{A3}'), pg_temp.hold(4, '{A4}'), public.release_hold(pg_temp.id('h', 4), pg_temp.id('u', 1)), pg_temp.lapse_hold(3);
SELECT is(pg_temp.buy(3, '{A3}'), 'hold_expired', 'a lapsed hold');
SELECT is(pg_temp.buy(4, '{A4}'), 'hold_not_found', 'a released hold');
SELECT pg_temp.hold(5, '{A5}');
SELECT is(pg_temp.buy(5, '{A5}', 1, 0), 'created', 'free seats');
SELECT is(pg_temp.order_state(5), 'paid: valid: succeeded', 'are paid at once');
SELECT is(pg_temp.claims(), 'A1=held A2=held A5=sold', 'and sold');

-- cancel_order
SELECT is(public.cancel_order(pg_temp.id('o', 1), pg_temp.id('u', 2)), 'not_found', 'somebody else''s order');
SELECT is(public.cancel_order(pg_temp.id('o', 5), pg_temp.id('u', 1)), 'not_pending', 'a paid order is not cancelled');
SELECT is(public.cancel_order(pg_temp.id('o', 1), pg_temp.id('u', 1)), 'cancelled', 'a pending one is');
SELECT is(pg_temp.order_state(1), 'cancelled: void void: pending', 'its tickets are void');
SELECT is(pg_temp.claims(), 'A5=sold', 'its seats are free');
SELECT is(public.cancel_order(pg_temp.id('o', 1), pg_temp.id('u', 1)), 'not_pending', 'once only');
SELECT pg_temp.hold(6, '{A1}'), pg_temp.buy(6, '{A1}'), pg_temp.lapse_order(6);
SELECT is(public.cancel_order(pg_temp.id('o', 6), pg_temp.id('u', 1)), 'not_pending', 'an overdue order is not cancelled');
SELECT is(pg_temp.order_state(6), 'expired: void: pending', 'but expires');

-- expire_orders
SELECT is(public.expire_orders(10), 0, 'nothing is overdue');
SELECT pg_temp.hold(n, '{B' || n || ',C' || n || '}', n), pg_temp.buy(n, ARRAY['B' || n, 'C' || n], n) FROM generate_series(7, 10) AS n;
SELECT pg_temp.lapse_order(7), pg_temp.lapse_order(8), pg_temp.lapse_order(9);
SELECT is(pg_temp.hold(11, '{B7}', 11), 'granted', 'an overdue order''s seat can be held before anything expires it');
SELECT is(public.expire_orders(2), 2, 'at most as many as asked');
SELECT is(public.expire_orders(10), 1, 'then the rest');
SELECT is(public.expire_orders(10), 0, 'then none');
SELECT is(pg_temp.claims(), 'A5=sold B10=held B7=held C10=held', 'seats that others took meanwhile stay theirs');
SELECT is(pg_temp.order_state(7) || ', ' || pg_temp.order_state(10), 'expired: void void: pending, pending: reserved reserved: pending',
    'only overdue ones');

-- an overdue order in the way of a new one
SELECT pg_temp.hold(12, '{D1,D2}', 12), pg_temp.buy(12, '{D1,D2}', 12), pg_temp.lapse_order(12);
SELECT is(pg_temp.hold(13, '{D2,D3}', 13), 'granted', 'a seat of an overdue order is held');
SELECT is(pg_temp.buy(13, '{D2,D3}', 13), 'created', 'and ordered');
SELECT is(pg_temp.order_state(12), 'expired: void void: pending', 'which expires the overdue one');
SELECT is((SELECT state FROM public.seat_claims WHERE show_id = pg_temp.id('s', 1) AND seat_id = 'D1'), 'released', 'all of it');

SELECT is_empty(:'invariants', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
