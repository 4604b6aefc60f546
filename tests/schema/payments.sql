BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

SELECT pg_temp.hold(1, '{A1,A2}'), pg_temp.buy(1, '{A1,A2}');
SELECT is(pg_temp.settle('e1', 1, 199), 'amount_mismatch', 'another amount');
SELECT is(public.settle_payment('test', 'e2', 'payment.succeeded', pg_temp.id('p', 1), 200, 'USD', '{}'), 'amount_mismatch',
    'another currency');
SELECT is(public.settle_payment('other', 'e2', 'payment.succeeded', pg_temp.id('p', 1), 200, 'VND', '{}'), 'unknown_payment',
    'another provider');
SELECT is(pg_temp.settle('e3', 99, 200), 'unknown_payment', 'an unknown payment');
SELECT is(pg_temp.settle('e4', 1, 200, 'payment.surprise'), 'unknown_type', 'an unknown type');
SELECT is(pg_temp.order_state(1), 'pending: reserved reserved: pending', 'none of which changes anything');
SELECT is(pg_temp.settle('e5', 1, 200, 'payment.declined'), 'declined', 'a declined payment');
SELECT is(pg_temp.order_state(1), 'pending: reserved reserved: declined', 'leaves the order pending');
SELECT is(pg_temp.settle('e6', 1, 200), 'paid', 'a second attempt pays');
SELECT is(pg_temp.order_state(1), 'paid: valid valid: succeeded', 'order, tickets and payment');
SELECT is(pg_temp.claims(), 'A1=sold A2=sold', 'and claims');
SELECT is(pg_temp.settle('e6', 1, 200), 'duplicate', 'the same event again');
SELECT is(pg_temp.settle('e7', 1, 200), 'already_settled', 'another event for a settled payment');
SELECT is(pg_temp.settle('e8', 1, 200, 'payment.declined'), 'already_settled', 'a decline that comes after success');
SELECT is(pg_temp.order_state(1), 'paid: valid valid: succeeded', 'change nothing');
SELECT results_eq($$SELECT provider || ' ' || event_id || ' ' || outcome FROM public.payment_events ORDER BY received_at$$,
    ARRAY['test e1 amount_mismatch', 'test e2 amount_mismatch', 'other e2 unknown_payment', 'test e3 unknown_payment',
    'test e4 unknown_type',
          'test e5 declined', 'test e6 paid', 'test e7 already_settled', 'test e8 already_settled'],
          'each event is stored once with what it led to');

-- late, seats still free
SELECT pg_temp.hold(2, '{B1,B2}'), pg_temp.buy(2, '{B1,B2}'), pg_temp.lapse_order(2);
SELECT is(pg_temp.settle('f1', 2, 200), 'late_paid', 'overdue, nobody came between');
SELECT is(pg_temp.order_state(2), 'paid: valid valid: succeeded', 'is paid');
SELECT isnt((SELECT note FROM public.orders WHERE id = pg_temp.id('o', 2)), NULL, 'and says so');
SELECT pg_temp.hold(3, '{C1,C2}'), pg_temp.buy(3, '{C1,C2}'), pg_temp.lapse_order(3), public.expire_orders(10);
SELECT is(pg_temp.order_state(3), 'expired: void void: pending', 'an expired order');
SELECT is(pg_temp.settle('f2', 3, 200), 'late_paid', 'takes its free seats again');
SELECT is(pg_temp.order_state(3), 'paid: valid valid: succeeded', 'with the same tickets');
SELECT pg_temp.hold(4, '{D1}'), pg_temp.buy(4, '{D1}'), public.cancel_order(pg_temp.id('o', 4), pg_temp.id('u', 1));
SELECT is(pg_temp.settle('f3', 4, 100), 'late_paid', 'so does a cancelled one');
SELECT is(pg_temp.claims(), 'A1=sold A2=sold B1=sold B2=sold C1=sold C2=sold D1=sold', 'all sold');

-- late, a seat gone
SELECT pg_temp.hold(5, '{E1,E2}'), pg_temp.buy(5, '{E1,E2}'), pg_temp.lapse_order(5);
SELECT is(pg_temp.hold(6, '{E2}', 2), 'granted', 'somebody holds one seat of an overdue order');
SELECT is(pg_temp.settle('g1', 5, 200), 'late_refund', 'the late payment goes back');
SELECT is(pg_temp.order_state(5), 'expired: void void: refunded', 'and the order is over');
SELECT results_eq($$SELECT amount, reason FROM public.refunds WHERE order_id = pg_temp.id('o', 5)$$,
    $$VALUES (200::bigint, 'late payment'::text)$$, 'with a refund');
SELECT is((SELECT state FROM public.seat_claims WHERE show_id = pg_temp.id('s', 1) AND seat_id = 'E1'), 'released',
    'its other seat is free');
SELECT is(pg_temp.buy(6, '{E2}', 2), 'created', 'the seat can be bought');
SELECT is(pg_temp.settle('g2', 5, 200), 'already_settled', 'once only');

-- late, and the seats are reserved by another overdue order
SELECT pg_temp.hold(7, '{F1}'), pg_temp.buy(7, '{F1}'), pg_temp.lapse_order(7), public.expire_orders(10);
SELECT pg_temp.hold(8, '{F1,F2}', 2), pg_temp.buy(8, '{F1,F2}', 2), pg_temp.lapse_order(8);
SELECT is(pg_temp.settle('h1', 7, 100), 'late_paid', 'an overdue order does not keep a late payment from its seat');
SELECT is(pg_temp.order_state(8), 'expired: void void: pending', 'but ends');
SELECT is(pg_temp.settle('h2', 8, 200), 'late_refund', 'and its own late payment goes back');

-- two payments of one order
INSERT INTO public.payments (id, order_id, show_id, provider, amount, currency)
    VALUES (pg_temp.id('p', 50), pg_temp.id('o', 1), pg_temp.id('s', 1), 'test', 200, 'VND');
SELECT is(pg_temp.settle('i1', 50, 200), 'late_refund', 'the second payment of a paid order goes back');
SELECT is((SELECT status FROM public.orders WHERE id = pg_temp.id('o', 1)), 'paid', 'which stays paid');

SELECT is_empty(:'invariants', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
