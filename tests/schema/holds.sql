BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

SELECT is(pg_temp.hold(1, '{A1,A2}'), 'granted', 'free seats are granted');
SELECT is(pg_temp.claims(), 'A1=held A2=held', 'and held');
SELECT is((SELECT seats::text || state FROM public.holds WHERE id = pg_temp.id('h', 1)), '{A1,A2}live', 'the hold is stored');
SELECT is((SELECT count(*)::integer FROM public.seat_claims WHERE changed = pg_current_xact_id()), 2, 'claims carry the transaction id');
SELECT is((SELECT count(DISTINCT x)::integer
    FROM (SELECT expires_at AS x FROM public.holds UNION ALL SELECT expires_at FROM public.seat_claims) AS both_tables), 1,
          'hold and claims end at the same moment');
SELECT results_eq($$SELECT request, outcome, expires_at_ms - (extract(epoch FROM clock_timestamp()) * 1000)::bigint BETWEEN 290000
    AND 300000
    FROM public.hold_seats('{42}', ARRAY[pg_temp.id('h', 2)], ARRAY[pg_temp.id('u', 2)], ARRAY[pg_temp.id('s', 1)], '{test-hall}', '{1}',
    '{"{Z9}"}', 300, 20)$$,
    $$VALUES (42, 'granted'::text, true)$$, 'the answer has the request number and milliseconds');

SELECT is(pg_temp.hold(3, '{B1,A2,A1}', 2), 'seats_unavailable {A2,A1}', 'taken seats are named in the order asked');
SELECT is(pg_temp.claims(), 'A1=held A2=held Z9=held', 'a loser changes no claim');
SELECT is((SELECT count(*)::integer FROM public.seat_claims WHERE seat_id = 'B1'), 0, 'and writes none');
SELECT is((SELECT count(*)::integer FROM public.holds WHERE id = pg_temp.id('h', 3)), 0, 'and no hold');
SELECT is(pg_temp.hold(4, '{A1,A2}', 2, 2), 'granted', 'the same seats of another show are other seats');

SELECT is(pg_temp.hold(5, '{A9}', 2, 99), 'show_not_found', 'unknown show');
SELECT is(pg_temp.hold(5, '{A9}', 2, 3), 'show_not_found', 'a draft event cannot be held');
SELECT is(pg_temp.hold(5, '{A9}', 2, 1, 2), 'show_changed', 'another version of the seat map');
UPDATE public.shows SET deleted_at = now() WHERE id = pg_temp.id('s', 2);
SELECT is(pg_temp.hold(5, '{A9}', 2, 2), 'show_not_found', 'a deleted show');
UPDATE public.shows SET deleted_at = NULL, sales_start_at = now() + interval '1 h' WHERE id = pg_temp.id('s', 2);
SELECT is(pg_temp.hold(5, '{A9}', 2, 2), 'sales_closed', 'sales have not begun');
UPDATE public.shows SET sales_start_at = NULL, sales_end_at = now() - interval '1 h' WHERE id = pg_temp.id('s', 2);
SELECT is(pg_temp.hold(5, '{A9}', 2, 2), 'sales_closed', 'sales are over');
UPDATE public.shows SET sales_end_at = NULL, starts_at = now() - interval '1 h' WHERE id = pg_temp.id('s', 2);
SELECT is(pg_temp.hold(5, '{A9}', 2, 2), 'sales_closed', 'the show has begun');
UPDATE public.shows SET ends_at = now() + interval '1 h' WHERE id = pg_temp.id('s', 2);
SELECT is(pg_temp.hold(5, '{A9}', 2, 2), 'granted', 'sales go on until the end when there is one');
UPDATE public.events SET deleted_at = now() WHERE id = pg_temp.id('e', 1);
SELECT is(pg_temp.hold(6, '{A9}', 2), 'show_not_found', 'a deleted event');
UPDATE public.events SET deleted_at = NULL WHERE id = pg_temp.id('e', 1);

SELECT is(pg_temp.hold(10, '{L1,L2,L3,L4,L5,L6,L7,L8,L9,L10}', 3), 'granted', 'ten seats');
SELECT is(pg_temp.hold(11, '{M1,M2,M3,M4,M5,M6,M7,M8,M9}', 3), 'granted', 'nine more');
SELECT is(pg_temp.hold(12, '{N1,N2}', 3), 'hold_limit', 'two more are too many');
SELECT is(pg_temp.hold(12, '{N1}', 3), 'granted', 'one more is not');
SELECT is(pg_temp.hold(13, '{N2}', 3), 'hold_limit', 'then none');
SELECT is(pg_temp.hold(14, '{N2}', 3, 2), 'granted', 'the limit is per show');
SELECT pg_temp.buy(10, '{L1,L2,L3,L4,L5,L6,L7,L8,L9,L10}', 3);
SELECT is(pg_temp.hold(13, '{N2}', 3), 'hold_limit', 'seats of an unpaid order count');
SELECT pg_temp.lapse_order(10);
SELECT is(pg_temp.hold(13, '{N2}', 3), 'granted', 'those of an overdue one do not');
SELECT pg_temp.lapse_hold(11);
SELECT is(pg_temp.hold(15, '{M1,M2,M3,M4,M5,M6,M7,M8,M9}', 3), 'granted', 'nor do lapsed holds, and their seats can be had');

SELECT pg_temp.lapse_hold(1);
SELECT is(pg_temp.hold(20, '{A1}', 4), 'granted', 'a lapsed claim is free without any sweeper');
SELECT results_eq($$SELECT hold_id, order_id, ticket_id FROM public.seat_claims WHERE show_id = pg_temp.id('s', 1) AND seat_id = 'A1'$$,
                  $$VALUES (pg_temp.id('h', 20), NULL::uuid, NULL::uuid)$$, 'and belongs to the new hold');

-- batches
SELECT results_eq($$SELECT * FROM pg_temp.batch('{5,6,7,8}', '{"{C1,C2}","{C2,C3}","{C3,C4}","{C5}"}')$$,
    ARRAY['1 granted', '2 seats_unavailable {C2,C3}', '3 granted', '4 granted'],
    'the earlier request wins; a loser does not block those behind it');
SELECT is((SELECT count(*)::integer FROM public.holds
    WHERE id IN (pg_temp.id('h', 101), pg_temp.id('h', 102), pg_temp.id('h', 103), pg_temp.id('h', 104))), 3,
          'a loser of the batch leaves no hold');
-- holds of the batch before are 101 to 104: give them other numbers
UPDATE public.holds SET id = pg_temp.id('g', right(id::text, 4)::integer)
    WHERE id IN (pg_temp.id('h', 101), pg_temp.id('h', 103), pg_temp.id('h', 104));
UPDATE public.seat_claims SET hold_id = pg_temp.id('g', right(hold_id::text, 4)::integer)
WHERE hold_id IN (pg_temp.id('h', 101), pg_temp.id('h', 103), pg_temp.id('h', 104));
SELECT results_eq($$SELECT * FROM pg_temp.batch('{9,9,9,5}',
    '{"{D1,D2,D3,D4,D5,D6,D7,D8,D9,D10}","{E1,E2,E3,E4,E5,E6,E7,E8,E9,E10}","{F1}","{C5,F2,D1}"}')$$,
    ARRAY['1 granted', '2 granted', '3 hold_limit', '4 seats_unavailable {C5,D1}'],
    'earlier requests count towards the limit; taken before and in the batch are both named');

-- release
SELECT ok(NOT public.release_hold(pg_temp.id('h', 20), pg_temp.id('u', 1)), 'somebody else''s hold is not released');
SELECT ok(public.release_hold(pg_temp.id('h', 20), pg_temp.id('u', 4)), 'an own one is');
SELECT is((SELECT state FROM public.seat_claims WHERE hold_id = pg_temp.id('h', 20)), 'released', 'its seat is free');
SELECT ok(NOT public.release_hold(pg_temp.id('h', 20), pg_temp.id('u', 4)), 'once only');
SELECT ok(NOT public.release_hold(pg_temp.id('h', 999), pg_temp.id('u', 4)), 'an unknown one is not there');
SELECT is(pg_temp.hold(21, '{A1}', 5), 'granted', 'the seat can be held at once');
SELECT pg_temp.lapse_hold(21);
SELECT ok(NOT public.release_hold(pg_temp.id('h', 21), pg_temp.id('u', 5)), 'a lapsed hold is not there');

-- several at once: an own one, somebody else's, one twice, an unknown and a lapsed one
SELECT is(pg_temp.hold(22, '{H1,H2}', 6), 'granted', 'a hold to give back');
SELECT is(pg_temp.hold(23, '{H3}', 7), 'granted', 'another');
SELECT results_eq($$SELECT request, outcome FROM public.release_holds('{7,3,5,1,9}',
        ARRAY[pg_temp.id('h', 22), pg_temp.id('h', 23), pg_temp.id('h', 22), pg_temp.id('h', 999), pg_temp.id('h', 21)],
        ARRAY[pg_temp.id('u', 1), pg_temp.id('u', 7), pg_temp.id('u', 6), pg_temp.id('u', 6), pg_temp.id('u', 5)])$$,
    $$VALUES (7, 'not_found'::text), (3, 'released'), (5, 'released'), (1, 'not_found'), (9, 'not_found')$$,
    'of a batch each release has its own outcome');
SELECT results_eq($$SELECT seat_id, state, expires_at, changed = pg_current_xact_id() FROM public.seat_claims
        WHERE hold_id IN (pg_temp.id('h', 22), pg_temp.id('h', 23)) ORDER BY seat_id$$,
    $$VALUES ('H1'::text COLLATE "C", 'released'::text, NULL::timestamptz, true), ('H2', 'released', NULL, true),
    ('H3', 'released', NULL, true)$$, 'all seats are free');
SELECT is((SELECT string_agg(state, ' ') FROM public.holds WHERE id IN (pg_temp.id('h', 22), pg_temp.id('h', 23))), 'released released',
    'and the holds over');
SELECT is(pg_temp.hold(24, '{H1,H4}', 8), 'granted', 'which anybody can hold at once');
SELECT results_eq($$SELECT outcome
    FROM public.release_holds('{1,2}', array_fill(pg_temp.id('h', 24), ARRAY[2]), array_fill(pg_temp.id('u', 8), ARRAY[2]))
    ORDER BY outcome$$,
    $$VALUES ('not_found'::text), ('released')$$, 'asked twice, it is given back once');
SELECT is_empty($$SELECT FROM public.release_holds('{}', '{}', '{}')$$, 'no request, no answer');

-- extend
SELECT is(pg_temp.hold(30, '{G2,G1}', 10), 'granted', 'a hold to extend');
SELECT results_eq($$SELECT outcome, show_id, seats::text,
    round((expires_at_ms - extract(epoch FROM clock_timestamp()) * 1000) / 10000)::integer
    FROM public.extend_hold(pg_temp.id('h', 30), pg_temp.id('u', 10), 400, 900)$$,
    $$VALUES ('extended'::text, pg_temp.id('s', 1), '{G2,G1}'::text, 40)$$, 'it lasts from now on');
SELECT is((SELECT count(DISTINCT x)::integer FROM (SELECT expires_at AS x FROM public.holds WHERE id = pg_temp.id('h', 30)
           UNION ALL SELECT expires_at FROM public.seat_claims WHERE hold_id = pg_temp.id('h', 30)) AS both_tables), 1,
           'hold and claims alike');
SELECT is((SELECT outcome FROM public.extend_hold(pg_temp.id('h', 30), pg_temp.id('u', 10), 300, 900)), 'max_duration',
    'it never becomes shorter');
SELECT is((SELECT outcome FROM public.extend_hold(pg_temp.id('h', 30), pg_temp.id('u', 10), 1000, 900)), 'extended', 'up to the maximum');
SELECT is((SELECT extract(epoch FROM expires_at - created_at)::integer FROM public.holds WHERE id = pg_temp.id('h', 30)), 900,
    'which is counted from its start');
SELECT is((SELECT outcome FROM public.extend_hold(pg_temp.id('h', 30), pg_temp.id('u', 10), 1000, 900)), 'max_duration', 'and is the end');
SELECT is((SELECT outcome FROM public.extend_hold(pg_temp.id('h', 30), pg_temp.id('u', 1), 1000, 2000)), 'not_found', 'somebody else''s');
SELECT is((SELECT outcome FROM public.extend_hold(pg_temp.id('h', 20), pg_temp.id('u', 4), 1000, 2000)), 'not_found', 'a released one');
SELECT is((SELECT outcome FROM public.extend_hold(pg_temp.id('h', 21), pg_temp.id('u', 5), 1000, 5000)), 'not_found', 'a lapsed one');

SELECT is_empty(:'invariants', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
