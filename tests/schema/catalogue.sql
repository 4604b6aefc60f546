BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.change(show integer, map text, version integer DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT public.update_show(pg_temp.id('s', show), now() + interval '40 days', NULL, NULL, NULL, map, version, 'EUR', '{"Z":5}') $$;

SELECT is(public.put_seatmap('new-map', 'New', '{"b":1,"a":2}', 5), 1, 'the first version');
SELECT is(public.put_seatmap('new-map', 'New', '{"b":1,"a":2}', 5), 1, 'the same template is no new version');
SELECT is(public.put_seatmap('new-map', 'New', '{"a":2,"b":1}', 5), 2, 'another one is');
SELECT is(public.put_seatmap('new-map', 'New', '{"b":1,"a":2}', 5), 3, 'also when an older version had it');
SELECT is((SELECT template::text FROM public.seatmaps WHERE id = 'new-map' AND version = 1), '{"b":1,"a":2}', 'members keep their order');

SELECT is(pg_temp.change(1, 'test-hall'), 'updated', 'everything but the seat map');
SELECT results_eq($$SELECT seatmap_version, currency, price_tiers, ends_at FROM public.shows WHERE id = pg_temp.id('s', 1)$$,
                  $$VALUES (1, 'EUR'::text, '{"Z":5}'::jsonb, NULL::timestamptz)$$, 'the pinned version stays');
SELECT is(pg_temp.change(1, 'test-yard'), 'updated', 'another seat map');
SELECT is(pg_temp.change(1, 'test-hall'), 'updated', 'and back');
SELECT is((SELECT seatmap_version FROM public.shows WHERE id = pg_temp.id('s', 1)), 2, 'to the newest version');
SELECT is(pg_temp.change(1, 'test-hall', 1), 'updated', 'or a given one');
SELECT is(pg_temp.change(1, 'test-hall', 9), 'seatmap_not_found', 'a version that is not there');
SELECT is(pg_temp.change(1, 'no-map'), 'seatmap_not_found', 'a seat map that is not there');
SELECT is(pg_temp.change(9, 'test-hall'), 'not_found', 'a show that is not there');
SELECT pg_temp.hold(1, '{A1}');
SELECT is(pg_temp.change(1, 'test-yard'), 'has_claims', 'not while a seat is held');
SELECT is(pg_temp.change(1, 'test-hall', 2), 'has_claims', 'nor to another version');
SELECT is(pg_temp.change(1, 'test-hall'), 'updated', 'all else may change');
SELECT pg_temp.lapse_hold(1);
SELECT is(pg_temp.change(1, 'test-yard'), 'updated', 'a lapsed hold is none');
SELECT is(pg_temp.change(1, 'test-hall', 1), 'updated', 'back again');
SELECT pg_temp.hold(2, '{A1}'), pg_temp.buy(2, '{A1}', 1, 0);
SELECT is(pg_temp.change(1, 'test-yard'), 'has_claims', 'not when a seat is sold');
UPDATE public.shows SET deleted_at = now() WHERE id = pg_temp.id('s', 2);
SELECT is(pg_temp.change(2, 'test-hall'), 'not_found', 'a deleted show');
UPDATE public.events SET deleted_at = now() WHERE id = pg_temp.id('e', 2);
SELECT is(pg_temp.change(3, 'test-hall'), 'not_found', 'a show of a deleted event');

SELECT is(public.rfc3339('2026-02-28 23:59:59.999-01'), '2026-03-01T00:59:59Z', 'times are UTC, whole seconds');
SELECT is(public.rfc3339(NULL), NULL, 'no time is none');
SELECT * FROM finish();
ROLLBACK;
