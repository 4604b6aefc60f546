BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.scan(ticket integer, gate text, show integer DEFAULT NULL, scan_id text DEFAULT NULL, device timestamptz DEFAULT NULL)
RETURNS text LANGUAGE sql AS
$$ SELECT outcome || coalesce(' ' || seat_id, '') || coalesce(' ' || gate, '')
   FROM public.checkin_ticket(pg_temp.id('t', ticket), pg_temp.id('u', 9), gate, pg_temp.id('s', show), scan_id, device) $$;

SELECT pg_temp.hold(1, '{A1,A2,A3}'), pg_temp.buy(1, '{A1,A2,A3}');
SELECT is(pg_temp.scan(11, 'north'), 'not_valid A1', 'an unpaid ticket');
SELECT pg_temp.settle('e1', 1, 300);
SELECT is(pg_temp.scan(99, 'north'), 'not_found', 'no ticket');
SELECT is(pg_temp.scan(11, 'north', 2), 'wrong_show A1', 'another show''s gate');
SELECT is(pg_temp.scan(11, 'north', 1), 'checked_in A1 north', 'the right gate');
SELECT is(pg_temp.scan(11, 'south', 1), 'already A1 north', 'again: the first entry''s gate');
SELECT is(pg_temp.scan(11, 'south'), 'already A1 north', 'and again');
SELECT is((SELECT checked_in_at FROM public.checkin_ticket(pg_temp.id('t', 11), pg_temp.id('u', 9), NULL)),
          (SELECT public.rfc3339(checked_in_at) FROM public.tickets WHERE id = pg_temp.id('t', 11)), 'and time');
SELECT is((SELECT status || checked_in_gate FROM public.tickets WHERE id = pg_temp.id('t', 11)), 'checked_innorth', 'the ticket says so');
SELECT is((SELECT string_agg(outcome || coalesce('/' || code, ''), ' ' ORDER BY server_time) FROM public.checkins WHERE ticket_id = pg_temp.id('t', 11)),
          'refused/not_valid refused/wrong_show accepted duplicate duplicate duplicate', 'each attempt is a row');
SELECT is((SELECT count(*)::integer FROM public.checkins WHERE ticket_id = pg_temp.id('t', 99) AND show_id IS NULL), 1, 'also one without a ticket');

SELECT is(pg_temp.scan(12, 'north', 1, 'scan-1'), 'checked_in A2 north', 'with a scan id');
SELECT is(pg_temp.scan(12, 'north', 1, 'scan-1'), 'checked_in A2 north', 'repeated: the first answer');
SELECT is(pg_temp.scan(12, 'north', 1, 'scan-2'), 'already A2 north', 'another scan: already');
SELECT is(pg_temp.scan(12, 'north', 1, 'scan-2'), 'already A2 north', 'repeated: already');
SELECT is(pg_temp.scan(13, 'north', 2, 'scan-3'), 'wrong_show A3', 'refused');
SELECT is(pg_temp.scan(13, 'north', 1, 'scan-3'), 'wrong_show A3', 'repeated: refused');
SELECT is((SELECT count(*)::integer FROM public.checkins WHERE scan_id IS NOT NULL), 3, 'one row per scan id');
SELECT is(pg_temp.scan(13, 'east', 1, 'scan-4', now() - interval '10 min'), 'checked_in A3 east', 'an offline gate sends later');
SELECT is((SELECT checked_in_at FROM public.tickets WHERE id = pg_temp.id('t', 13)), now() - interval '10 min', 'when the device scanned counts');
SELECT pg_temp.hold(2, '{B1}'), pg_temp.buy(2, '{B1}'), public.cancel_order(pg_temp.id('o', 2), pg_temp.id('u', 1));
SELECT is(pg_temp.scan(21, 'north'), 'not_valid B1', 'a void ticket');

SELECT is_empty(:'invariants', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
