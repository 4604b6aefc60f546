BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

-- Receivers of the tests: one, and the mail to buyers that is always there.
INSERT INTO public.webhook_endpoints (id, url, events, secret)
VALUES ('00000000-0000-4000-8000-0000000000e1', 'https://one.example.com', '{order.paid,order.expired,ticket.checked_in}', 's');
UPDATE public.webhook_endpoints SET disabled_at = now(), disabled_reason = 'not in this test' WHERE kind = 'mail';
CREATE FUNCTION pg_temp.event(key integer, type text) RETURNS void LANGUAGE sql AS
$$INSERT INTO public.outbox (key, type, data) VALUES (pg_temp.id('o', key), type, json_build_object('id', pg_temp.id('o', key)))$$;
-- Leases what is due; "order:type" of each.
CREATE FUNCTION pg_temp.claim(wanted integer DEFAULT 10) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(right(key::text, 1) || ':' || type || '#' || attempt, ' ' ORDER BY delivery), '')
    FROM public.claim_deliveries(wanted, 8, 60)$$;
CREATE FUNCTION pg_temp.finish(order_number integer, event_type text, outcome text,
    attempt integer DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT public.finish_delivery(d.id, coalesce(attempt, d.attempts), outcome, 200, NULL, 5)
    FROM public.webhook_deliveries AS d JOIN public.outbox AS o ON o.id = d.outbox_id
    WHERE o.key = pg_temp.id('o', order_number) AND o.type = event_type$$;

SELECT pg_temp.event(1, 'order.paid'), pg_temp.event(1, 'ticket.checked_in'), pg_temp.event(2, 'order.paid'),
    pg_temp.event(3, 'order.refunded');
SELECT is(public.dispatch_outbox(3), 3, 'a batch is dispatched');
SELECT is(public.dispatch_outbox(3), 1, 'then the rest');
SELECT is(public.dispatch_outbox(3), 0, 'then nothing');
SELECT is((SELECT array_agg(position ORDER BY id) FROM public.outbox), ARRAY[1, 2, 3, 4]::bigint[], 'positions follow each other');
SELECT throws_ok($$UPDATE public.outbox SET position = 1 WHERE position = 2$$, '23505', NULL, 'a position is given once');
SELECT is((SELECT count(*)::integer FROM public.webhook_deliveries), 3, 'only events somebody asked for are queued');

SELECT is(pg_temp.claim(), '1:order.paid#1 2:order.paid#1', 'of each order only the first event is due');
SELECT is(pg_temp.claim(), '', 'what is leased is not leased again');
SELECT is(pg_temp.finish(1, 'order.paid', 'delivered'), 'delivered', 'an attempt that succeeded');
SELECT is(pg_temp.claim(), '1:ticket.checked_in#1', 'makes the next event of its order due');
SELECT is(pg_temp.finish(1, 'ticket.checked_in', 'delivered'), 'delivered', 'which is delivered too');
SELECT is(pg_temp.finish(2, 'order.paid', 'failed'), 'waiting', 'one that failed');
SELECT is(pg_temp.claim(), '', 'waits');
SELECT ok((SELECT next_attempt_at - clock_timestamp() BETWEEN interval '2 seconds' AND interval '5 seconds' FROM public.webhook_deliveries
           WHERE key = pg_temp.id('o', 2)), 'for some seconds');
UPDATE public.webhook_deliveries SET next_attempt_at = '-infinity';
SELECT is(pg_temp.claim(), '2:order.paid#2', 'and is tried again');

-- A worker whose lease ran out
UPDATE public.webhook_deliveries SET lease_until = clock_timestamp() - interval '1 second' WHERE key = pg_temp.id('o', 2);
SELECT is(pg_temp.claim(), '2:order.paid#3', 'another takes over when a lease has run out');
SELECT is(pg_temp.finish(2, 'order.paid', 'failed', 2), 'waiting', 'what the late one says about its failure');
SELECT is(pg_temp.claim(), '', 'leaves the lease of the other alone');
SELECT is(pg_temp.finish(2, 'order.paid', 'delivered', 2), 'delivered', 'but a success is a success');
SELECT is(pg_temp.finish(2, 'order.paid', 'failed', 3), 'delivered', 'whatever the other says then');

-- A receiver that cannot be reached
SELECT pg_temp.event(4, 'order.paid'), pg_temp.event(5, 'order.paid'), public.dispatch_outbox(10);
SELECT is(pg_temp.claim(), '4:order.paid#1 5:order.paid#1', 'two under way');
SELECT pg_temp.finish(4, 'order.paid', 'unreachable'), pg_temp.finish(5, 'order.paid', 'unreachable');
SELECT is((SELECT failures FROM public.webhook_endpoints WHERE kind = 'webhook'), 1, 'failing together counts once');
SELECT is(pg_temp.claim(), '', 'and everything pauses');
UPDATE public.webhook_endpoints SET paused_until = '-infinity';
SELECT is(pg_temp.claim(), '4:order.paid#2', 'then one is tried');
SELECT is(pg_temp.claim(), '', 'only one');
SELECT is(pg_temp.finish(4, 'order.paid', 'delivered'), 'delivered', 'when it arrives');
SELECT is((SELECT failures FROM public.webhook_endpoints WHERE kind = 'webhook'), 0, 'the receiver is well again');
SELECT is(pg_temp.claim(), '5:order.paid#2', 'and gets the others');

-- Three days
UPDATE public.webhook_deliveries SET created_at = created_at - interval '73 hours' WHERE key = pg_temp.id('o', 5);
SELECT is(pg_temp.finish(5, 'order.paid', 'unreachable'), 'parked', 'after three days it is given up');
SELECT is((SELECT count(*)::integer FROM public.webhook_attempts AS a JOIN public.webhook_deliveries AS d ON d.id = a.delivery_id
           WHERE d.key = pg_temp.id('o', 5)), 2, 'every attempt is in the log');

-- Replay
SELECT is(public.replay_deliveries('00000000-0000-4000-8000-0000000000e1', (SELECT event_id FROM public.outbox WHERE position = 3)), 2,
    'what came after');
SELECT is(pg_temp.finish(4, 'order.paid', 'delivered', 2), 'waiting', 'an answer from before the replay does not end it');
SELECT is(pg_temp.claim(), '4:order.paid#1 5:order.paid#1', 'is due again');
SELECT is(public.replay_deliveries('00000000-0000-4000-8000-0000000000e1', gen_random_uuid()), NULL,
    'nothing comes after an event that is none');

-- 410
SELECT is(pg_temp.finish(4, 'order.paid', 'gone'), 'parked', 'who is gone');
SELECT is((SELECT string_agg(state, ' ') FROM public.webhook_deliveries WHERE state <> 'delivered'), 'parked parked',
    'is sent nothing more');
SELECT pg_temp.event(6, 'order.paid'), public.dispatch_outbox(10);
SELECT is(pg_temp.claim(), '', 'not even what is new');

SELECT throws_ok($$INSERT INTO public.webhook_deliveries (endpoint_id, outbox_id, key, state) SELECT id, 1, gen_random_uuid(), 'delivered'
                   FROM public.webhook_endpoints$$, '23514', NULL, 'a finished delivery says when');
SELECT throws_ok($$UPDATE public.outbox SET processed_at = NULL$$, '23514', NULL, 'a position and its time belong together');

-- What the functions of orders write
SELECT pg_temp.hold(7, '{A1,A2}'), pg_temp.buy(7, '{A1,A2}'), pg_temp.settle('e7', 7, 200);
SELECT is((SELECT array_agg(type) FROM public.outbox WHERE key = pg_temp.id('o', 7)), ARRAY['order.paid'], 'a payment is told');
SELECT is((SELECT data ->> 'status' || ' ' || (data -> 'tickets' -> 0 ->> 'status') || ' ' || (data -> 'payment' ->> 'status')
    FROM public.outbox
           WHERE key = pg_temp.id('o', 7)), 'paid valid succeeded', 'with everything as the transaction left it');
SELECT pg_temp.hold(8, '{B1}'), pg_temp.buy(8, '{B1}'), pg_temp.lapse_order(8), public.expire_orders(10);
SELECT is((SELECT array_agg(type || ' ' || (data ->> 'status')) FROM public.outbox WHERE key = pg_temp.id('o', 8)),
    ARRAY['order.expired expired'], 'expiry is told');

SELECT * FROM finish();
ROLLBACK;
