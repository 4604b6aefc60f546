BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.refund(number integer, tickets integer[] DEFAULT NULL, forced boolean DEFAULT false) RETURNS text LANGUAGE sql AS
$$ SELECT outcome FROM public.refund_order(gen_random_uuid(), pg_temp.id('o', number),
    (SELECT array_agg(pg_temp.id('t', t)) FROM unnest(tickets) AS t),
                                           forced, pg_temp.id('u', 9), 'a test') $$;
CREATE FUNCTION pg_temp.refunds(number integer) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(amount || ' ' || status, ', ' ORDER BY created_at, amount) FROM public.refunds
    WHERE order_id = pg_temp.id('o', number) $$;

SELECT pg_temp.hold(1, '{A1,A2,A3}'), pg_temp.buy(1, '{A1,A2,A3}');
SELECT is(pg_temp.refund(1), 'not_paid', 'what has not been paid cannot be refunded');
SELECT is(pg_temp.refund(99), 'not_found', 'nor what is not there');
SELECT pg_temp.settle('e1', 1, 300);
SELECT is(pg_temp.refund(1, '{11,99}'), 'unknown_ticket', 'a ticket of another order');
SELECT is(pg_temp.refund(1, '{12}'), 'refunded', 'one ticket');
SELECT is(pg_temp.order_state(1), 'partially_refunded: valid void valid: partially_refunded', 'is void');
SELECT is(pg_temp.claims(), 'A1=sold A3=sold', 'and its seat free');
SELECT is(pg_temp.refund(1, '{12}'), 'not_valid', 'once');
UPDATE public.tickets SET status = 'checked_in', checked_in_at = now() WHERE id = pg_temp.id('t', 11);
INSERT INTO public.checkins (id, ticket_id, show_id, seat_id, by_user, outcome)
    VALUES (pg_temp.id('c', 1), pg_temp.id('t', 11), pg_temp.id('s', 1), 'A1', pg_temp.id('u', 9), 'accepted');
SELECT is(pg_temp.refund(1), 'checked_in', 'a used ticket');
SELECT is(pg_temp.refund(1, '{13}'), 'refunded', 'does not keep the others');
SELECT is(pg_temp.refund(1, '{11}', true), 'refunded', 'and may be refunded by force');
SELECT is(pg_temp.order_state(1), 'refunded: void void void: refunded', 'then all is refunded');
SELECT is(pg_temp.refund(1), 'not_paid', 'and nothing left');
SELECT is_empty(:'invariants', 'the invariants hold');

SELECT is_empty($$SELECT FROM public.outbox WHERE type = 'order.refunded'$$, 'nobody is told before the money was given back');

-- the way to the provider
SELECT is((SELECT count(*) FROM public.claim_refunds('test', 2, 60)), 2::bigint, 'two are claimed');
SELECT is((SELECT count(*) FROM public.claim_refunds('test', 5, 60)), 1::bigint, 'the others by somebody else');
SELECT is((SELECT count(*) FROM public.claim_refunds('test', 5, 60)), 0::bigint, 'none twice');
SELECT is((SELECT count(*) FROM public.claim_refunds('other', 5, 60)), 0::bigint, 'none of another provider');
SELECT is(array_agg(public.finish_refund(id, 'test', 'succeeded', 're_' || id, NULL)), array_fill('refund_succeeded'::text, ARRAY[2]),
    'two succeed')
FROM (SELECT id FROM public.refunds ORDER BY id LIMIT 2) AS r;
SELECT results_eq($$SELECT (data -> 'refund' ->> 'amount')::integer, (data -> 'refund' ->> 'total')::integer,
    data -> 'refund' -> 'tickets' ->> 0
                    FROM public.outbox WHERE type = 'order.refunded' AND key = pg_temp.id('o', 1) ORDER BY id$$,
    $$SELECT 100, 100 * row_number() OVER (ORDER BY r.settled_at)::integer, r.tickets[1]::text
      FROM public.refunds AS r WHERE r.status = 'succeeded' ORDER BY r.settled_at$$,
    'each event tells of its own refund');
SELECT is(public.finish_refund(id, 'test', 'failed', 're_x', 'no'), 'refund_failed', 'one fails') FROM public.refunds
    WHERE status = 'pending';
SELECT is((SELECT count(*) FROM public.outbox WHERE type = 'order.refunded'), 2::bigint, 'of which nobody is told');
SELECT is_empty(:'invariants', 'it is owed all the same');
SELECT is(pg_temp.refund(1), 'retried', 'an admin has it tried again');
SELECT is((SELECT count(*) FROM public.refunds WHERE status = 'pending' AND attempt = 2), 1::bigint, 'under another number');
SELECT is(public.finish_refund(id, 'test', 'failed', 're_x', 'no'), 'already_settled', 'what is said of the first attempt changes nothing')
FROM public.refunds WHERE status = 'pending';
SELECT is(public.finish_refund(pg_temp.id('r', 77), 'test', 'succeeded', NULL, NULL), 'unknown_refund', 'an unknown refund');

-- steps that are not in the table
SELECT pg_temp.hold(2, '{B1}'), pg_temp.buy(2, '{B1}');
SELECT throws_ok(statement, '23514', NULL, statement) FROM (VALUES
    ($$UPDATE public.orders SET status = 'refunded', paid_at = now() WHERE id = pg_temp.id('o', 2)$$),
    ($$UPDATE public.orders SET status = 'pending', paid_at = NULL WHERE id = pg_temp.id('o', 1)$$),
    ($$UPDATE public.payments SET status = 'pending' WHERE order_id = pg_temp.id('o', 1)$$),
    ($$UPDATE public.payments SET status = 'partially_refunded' WHERE id = pg_temp.id('p', 2)$$),
    ($$UPDATE public.refunds SET status = 'pending' WHERE status = 'succeeded'$$)
) AS v (statement);
SELECT results_eq($$SELECT detail ->> 'was', detail ->> 'becomes', actor FROM public.audit_log
    WHERE subject = 'order ' || pg_temp.id('o', 1) AND detail ? 'was' ORDER BY id$$,
    $$VALUES ('new', 'pending', pg_temp.id('u', 1)), ('pending', 'paid', NULL), ('paid', 'partially_refunded', pg_temp.id('u', 9)),
             ('partially_refunded', 'refunded', pg_temp.id('u', 9))$$, 'each step is written down with who took it');

-- attempts
SELECT pg_temp.hold(3, '{C1}'), pg_temp.buy(3, '{C1}');
SELECT is((SELECT outcome || attempt FROM public.open_payment(pg_temp.id('p', 3), 'test', 0, 1800, 80000)), 'attempt1',
    'the first attempt');
SELECT is((SELECT outcome || attempt FROM public.open_payment(pg_temp.id('p', 3), 'test', 0, 1800, 80000)), 'attempt1',
    'is repeated under its number');
SELECT is((SELECT outcome || attempt FROM public.open_payment(pg_temp.id('p', 3), 'test', 1, 1800, 80000)), 'attempt2',
    'until it is refused');
SELECT ok(public.record_attempt(pg_temp.id('p', 3), 2, 'cs_3', 'https://pay.example/3'), 'the answer is kept');
SELECT ok(NOT public.record_attempt(pg_temp.id('p', 3), 1, 'cs_x', 'https://pay.example/x'), 'that of an earlier attempt is not');
SELECT is((SELECT outcome || page FROM public.open_payment(pg_temp.id('p', 3), 'test', 0, 1800, 80000)), 'openhttps://pay.example/3',
    'the page is open');
SELECT is((SELECT count(*) FROM public.claim_checks('test', 5, 60)), 0::bigint, 'nothing to ask yet');
SELECT public.cancel_order(pg_temp.id('o', 3), pg_temp.id('u', 1));
SELECT results_eq($$SELECT reference, ended FROM public.claim_checks('test', 5, 60)$$, $$VALUES ('cs_3'::text, true)$$,
    'an order that ends has its page looked at');
SELECT is((SELECT count(*) FROM public.claim_checks('test', 5, 60)), 0::bigint, 'by one');
SELECT is((SELECT outcome FROM public.open_payment(pg_temp.id('p', 3), 'test', 0, 1800, 80000)), 'ended', 'and opens no more');
SELECT ok(NOT public.end_attempt(pg_temp.id('p', 3), 'cs_x') AND public.end_attempt(pg_temp.id('p', 3), 'cs_3'), 'it ends by its name');
SELECT is(public.mark_paid(pg_temp.id('o', 2), pg_temp.id('u', 9), 'cash', NULL), 'other_provider',
    'only payments by hand are marked as paid');
SELECT is_empty(:'invariants', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
