BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();
\set demo `cat "${SCHEMA_FOLDER:-schema}/demo.sql"`
DELETE FROM public.shows WHERE seatmap_id IN ('m1', 'theatre', 'stadium');
DELETE FROM public.seatmaps WHERE id IN ('m1', 'theatre', 'stadium');
SELECT throws_like(:'demo', '%seat map m1 is not loaded%', 'without its seat maps it says so');
SELECT public.put_seatmap(map, map, '{"currency":"USD"}', 1) FROM unnest('{m1,theatre,stadium,m1}'::text[]) AS map;
SELECT lives_ok(:'demo', 'it runs');
CREATE TEMPORARY TABLE first_run AS SELECT id, starts_at FROM public.shows WHERE id::text LIKE 'de300000-%';
SELECT lives_ok(:'demo', 'it runs again');
SELECT results_eq('SELECT id, starts_at FROM public.shows WHERE id::text LIKE ''de300000-%'' ORDER BY id',
    'SELECT id, starts_at FROM first_run ORDER BY id', 'and changes nothing');
SELECT results_eq($$SELECT s.seatmap_id, s.currency, e.published, round(extract(epoch FROM s.starts_at - now()) / 86400 / 10)::integer
    FROM public.shows AS s JOIN public.events AS e ON e.id = s.event_id WHERE s.id::text LIKE 'de300000-%' ORDER BY s.id$$,
    $$VALUES ('m1'::text, 'USD'::text, true, 3), ('theatre', 'USD', true, 6), ('stadium', 'USD', true, 9)$$,
    'three shows of published events, one, two and three months ahead');
SELECT * FROM finish();
ROLLBACK;
