BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.told() RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(right(d.key::text, 1), '' ORDER BY d.id), '') FROM public.webhook_deliveries AS d
   JOIN public.webhook_endpoints AS e ON e.id = d.endpoint_id WHERE e.kind = 'show_mail' $$;
CREATE FUNCTION pg_temp.claim() RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(right(key::text, 1) || ':' || kind || '#' || attempt, ' ' ORDER BY delivery), '')
   FROM public.claim_deliveries(100, 100, 60) WHERE type = 'show.changed' $$;
CREATE FUNCTION pg_temp.move(hours integer) RETURNS void LANGUAGE sql AS
$$ UPDATE public.shows SET ends_at = starts_at + make_interval(hours => hours) WHERE id = pg_temp.id('s', 1) $$;

SELECT pg_temp.hold(n, seats, n), pg_temp.buy(n, seats::text[], n), pg_temp.settle('e' || n, n, 100 * cardinality(seats::text[]))
FROM (VALUES (1, '{A1,A2}'), (2, '{A3}'), (3, '{B1}'), (4, '{B2}'), (5, '{B3}')) AS bought (n, seats);
SELECT pg_temp.hold(6, '{C1}', 1), pg_temp.buy(6, '{C1}', 1), pg_temp.settle('e6', 6, 100); -- a second order of the first buyer
SELECT public.offer_ticket(pg_temp.id('x', 1), pg_temp.id('t', 21), pg_temp.id('u', 2), 'a@example.com', 'b@example.com', 'b@example.com',
                           repeat('a', 64));
UPDATE public.tickets SET status = 'void' WHERE id = pg_temp.id('t', 51);
UPDATE public.orders SET created_at = clock_timestamp() + interval '1 hour' WHERE id = pg_temp.id('o', 4);
SELECT public.dispatch_outbox(100);
SELECT is(public.queue_show_mails(2), false, 'no show has changed');

SELECT pg_temp.move(2);
SELECT is((SELECT count(*)::integer FROM public.show_mailings), 0, 'not yet dispatched');
SELECT public.dispatch_outbox(100);
SELECT is(pg_temp.told(), '', 'dispatched, nobody is told yet');
SELECT is(public.queue_show_mails(2), true, 'two at a time');
SELECT is(pg_temp.told(), '12', 'the first two: one of two orders, one whose ticket is on its way');
SAVEPOINT dies;
SELECT is(public.queue_show_mails(2), true, 'the next');
SELECT is(pg_temp.told(), '123', 'is the third');
ROLLBACK TO dies;
SELECT is(pg_temp.told(), '12', 'a process that dies has lost nothing');
SELECT is(public.queue_show_mails(2), true, 'another takes over');
SELECT is(pg_temp.told(), '123', 'each is told once; not the one of a void ticket, nor the one who bought after the change');
SELECT is(public.queue_show_mails(2), false, 'that was all');
SELECT is((SELECT count(*)::integer FROM public.show_mailings), 0, 'the mailing has ended');

SELECT pg_temp.move(3);
SELECT public.dispatch_outbox(100), public.queue_show_mails(500);
SELECT is(pg_temp.told(), '123123', 'a second change is told again');
SELECT is(pg_temp.claim(), '1:show_mail#1 2:show_mail#1 3:show_mail#1', 'to each person the first change first');
SELECT public.finish_delivery(d.id, 1, 'failed', NULL, 'a test', 1) FROM public.webhook_deliveries AS d
WHERE d.key = pg_temp.id('u', 1) AND d.lease_until IS NOT NULL;
SELECT public.finish_delivery(d.id, 1, 'delivered', NULL, NULL, 1) FROM public.webhook_deliveries AS d
WHERE d.key IN (pg_temp.id('u', 2), pg_temp.id('u', 3)) AND d.lease_until IS NOT NULL;
SELECT is(pg_temp.claim(), '2:show_mail#1 3:show_mail#1', 'and nobody waits for the mail of another person');

UPDATE public.webhook_endpoints SET disabled_at = now(), disabled_reason = 'a test' WHERE kind = 'show_mail';
SELECT pg_temp.move(4);
SELECT public.dispatch_outbox(100);
SELECT is(public.queue_show_mails(500), true, 'while such mails are switched off');
SELECT is(pg_temp.told(), '123123', 'nobody is told');
UPDATE public.webhook_endpoints SET disabled_at = NULL, disabled_reason = NULL WHERE kind = 'show_mail';
UPDATE public.shows SET starts_at = now() - interval '2 days', ends_at = NULL WHERE id = pg_temp.id('s', 1);
SELECT public.dispatch_outbox(100);
SELECT is((SELECT count(*)::integer FROM public.show_mailings), 0, 'what is over is not told');

-- What a claim reads does not grow with what waits.
UPDATE public.shows SET starts_at = now() + interval '2 days' WHERE id = pg_temp.id('s', 1);
SELECT public.dispatch_outbox(100);
INSERT INTO public.webhook_deliveries (endpoint_id, outbox_id, key)
SELECT e.id, (SELECT max(o.id) FROM public.outbox AS o WHERE o.type = 'show.changed'), gen_random_uuid()
FROM public.webhook_endpoints AS e, generate_series(1, 4000) WHERE e.kind = 'show_mail';
ANALYZE public.webhook_deliveries;
CREATE FUNCTION pg_temp.rows_read() RETURNS bigint LANGUAGE sql AS
$$ SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'webhook_deliveries' $$;
SELECT public.claim_deliveries(64, 8, 60) IS NOT NULL;
SELECT set_config('test.read', pg_temp.rows_read()::text, true);
SELECT is((SELECT count(*)::integer FROM public.claim_deliveries(64, 16, 60)), 8, 'eight more of thousands');
SELECT cmp_ok(pg_temp.rows_read() - current_setting('test.read')::bigint, '<', 500::bigint, 'cost what eight cost');
SELECT * FROM finish();
ROLLBACK;
