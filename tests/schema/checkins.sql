BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

-- A scan as JSON; scan() records one: "outcome code? seat? gate?", an exclamation mark when it is a repetition.
CREATE FUNCTION pg_temp.entry(n integer, ticket integer, gate text, scan text DEFAULT NULL, direction text DEFAULT 'in',
                              show integer DEFAULT NULL, scanned timestamptz DEFAULT NULL,
                              more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_strip_nulls(jsonb_build_object('n', n, 'id', gen_random_uuid(), 'ticket', pg_temp.id('t', ticket), 'gate', gate, 'scan',
    scan,
          'direction', direction, 'show', pg_temp.id('s', show), 'scanned_at', scanned)) || more $$;
CREATE FUNCTION pg_temp.record(VARIADIC entries jsonb[]) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(concat_ws(' ', CASE WHEN reentry THEN 're-' END || outcome, CASE WHEN reentry IS NOT TRUE THEN outcome END, code,
    seat_id,
                               coalesce(earlier_gate, gate)) || CASE WHEN replayed THEN '!' ELSE '' END, ', ' ORDER BY n)
   FROM public.record_scans(pg_temp.id('u', 9), array_to_json(entries)) $$;
CREATE FUNCTION pg_temp.scan(ticket integer, gate text, show integer DEFAULT NULL, scan_id text DEFAULT NULL,
    device timestamptz DEFAULT NULL,
                             direction text DEFAULT 'in') RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.record(pg_temp.entry(0, ticket, gate, scan_id, direction, show, device)) $$;

SELECT pg_temp.hold(1, '{A1,A2,A3,A4,A5}'), pg_temp.buy(1, '{A1,A2,A3,A4,A5}');
SELECT is(pg_temp.scan(11, 'north'), 'refused unpaid A1 north', 'an unpaid ticket');
SELECT pg_temp.settle('e1', 1, 500);
UPDATE public.orders SET paid_at = now() - interval '3 h';
SELECT is(pg_temp.scan(99, 'north'), 'refused not_found north', 'no ticket');
SELECT is(pg_temp.scan(11, 'north', 2), 'refused wrong_show A1 north', 'another show''s gate');
SELECT is(pg_temp.scan(11, 'north', 1), 'accepted A1 north', 'the right gate');
SELECT is(pg_temp.scan(11, 'south', 1), 'duplicate A1 north', 'again: the first entry''s gate');
SELECT is(pg_temp.scan(11, 'south'), 'duplicate A1 north', 'and again');
SELECT is((SELECT earlier_at FROM public.record_scans(pg_temp.id('u', 9), json_build_array(pg_temp.entry(0, 11, 'x')))),
          (SELECT public.rfc3339(checked_in_at) FROM public.tickets WHERE id = pg_temp.id('t', 11)), 'and time');
SELECT is((SELECT status || checked_in_gate || inside FROM public.tickets WHERE id = pg_temp.id('t', 11)), 'checked_innorthtrue',
    'the ticket says so');
SELECT is((SELECT string_agg(outcome || coalesce('/' || code, ''), ' ' ORDER BY server_time) FROM public.checkins
    WHERE ticket_id = pg_temp.id('t', 11)),
          'refused/unpaid refused/wrong_show accepted duplicate duplicate duplicate', 'each attempt is a row');
SELECT is((SELECT count(*)::integer FROM public.checkins WHERE ticket_id = pg_temp.id('t', 99) AND show_id IS NULL), 1,
    'also one without a ticket');
SELECT is((SELECT count(*)::integer FROM public.outbox WHERE type = 'ticket.checked_in'), 1, 'the entry is told once');

-- repeatable
SELECT is(pg_temp.scan(12, 'north', 1, 'scan-1'), 'accepted A2 north', 'with a scan id');
SELECT is(pg_temp.scan(12, 'north', 1, 'scan-1'), 'accepted A2 north!', 'repeated: the first answer');
SELECT is(pg_temp.scan(12, 'north', 1, 'scan-2'), 'duplicate A2 north', 'another scan: already');
SELECT is(pg_temp.scan(12, 'north', 1, 'scan-2'), 'duplicate A2 north!', 'repeated: already');
SELECT is(pg_temp.scan(13, 'north', 2, 'scan-3'), 'refused wrong_show A3 north', 'refused');
SELECT is(pg_temp.scan(13, 'north', 1, 'scan-3'), 'refused wrong_show A3 north!', 'repeated: refused');
SELECT is(pg_temp.scan(13, 'north', 1, 'scan-1'), 'refused scan_id_reused', 'another ticket under the same scan id');
SELECT is(pg_temp.scan(12, 'north', 1, 'scan-1', NULL, 'out'), 'refused scan_id_reused', 'another direction');
SELECT is((SELECT count(*)::integer FROM public.checkins WHERE scan_id IS NOT NULL), 3, 'one row per scan id');
SELECT is(pg_temp.scan(13, 'east', 1, 'scan-4', now() - interval '10 min'), 'accepted A3 east', 'an offline gate sends later');
SELECT is((SELECT checked_in_at FROM public.tickets WHERE id = pg_temp.id('t', 13)), now() - interval '10 min',
    'when the device scanned counts');
SELECT is(pg_temp.scan(14, 'east', 1, NULL, now() + interval '1 day'), 'accepted A4 east', 'a device''s clock is ahead');
SELECT ok((SELECT checked_in_at <= clock_timestamp() FROM public.tickets WHERE id = pg_temp.id('t', 14)), 'then the server''s counts');

-- out and in
SELECT is(pg_temp.scan(15, 'north', 1, NULL, NULL, 'out'), 'refused not_inside A5 north', 'nobody to go out');
SELECT is(pg_temp.record(pg_temp.entry(0, 15, 'n', 'io-1'), pg_temp.entry(1, 15, 's', 'io-2', 'out'),
    pg_temp.entry(2, 15, 'e', 'io-3', 'out'),
                         pg_temp.entry(3, 15, 'w', 'io-4')),
          'accepted A5 n, accepted A5 s, duplicate A5 s, refused no_reentry A5 w', 'out, but not in again');
UPDATE public.shows SET reentry = true WHERE id = pg_temp.id('s', 1);
SELECT is(pg_temp.record(pg_temp.entry(0, 15, 'w', 'io-5'), pg_temp.entry(1, 15, 'n', 'io-6'), pg_temp.entry(2, 15, 'w', 'io-5'),
                         pg_temp.entry(3, 12, 'n', 'io-5')),
          're-accepted A5 w, duplicate A5 w, re-accepted A5 w!, refused scan_id_reused', 'unless the show allows it');
SELECT is((SELECT checked_in_gate FROM public.tickets WHERE id = pg_temp.id('t', 15)), 'n', 'the first entry stays the first');
SELECT is(pg_temp.record(pg_temp.entry(0, 15, 'n', 'io-1'), pg_temp.entry(1, 15, 's', 'io-2', 'out'),
    pg_temp.entry(2, 15, 'e', 'io-3', 'out'),
                         pg_temp.entry(3, 15, 'w', 'io-4')),
          'accepted A5 n!, accepted A5 s!, duplicate A5 s!, refused no_reentry A5 w!', 'the same upload, the same answers');

-- undo
SELECT is(public.undo_checkin(pg_temp.id('t', 15), pg_temp.id('u', 8)), 'undone', 'taken back');
SELECT is(public.undo_checkin(pg_temp.id('t', 15), pg_temp.id('u', 8)), 'not_checked_in', 'once');
SELECT is(public.undo_checkin(pg_temp.id('t', 99), pg_temp.id('u', 8)), 'not_found', 'of what there is');
SELECT is((SELECT status || coalesce(checked_in_gate, '-') || inside FROM public.tickets WHERE id = pg_temp.id('t', 15)), 'valid-false',
    'as if never scanned');
SELECT is((SELECT actor FROM public.audit_log WHERE action = 'checkin.undone' AND subject = pg_temp.id('t', 15)::text), pg_temp.id('u', 8),
    'and somebody did it');
SELECT is(pg_temp.scan(15, 'w', 1, 'io-1'), 'accepted A5 n!', 'a repetition still has its first answer');
SELECT is(pg_temp.scan(15, 'w', 1, 'io-9'), 'accepted A5 w', 'a new scan lets in');

-- what the text says
SELECT pg_temp.hold(2, '{B1,B2}'), pg_temp.buy(2, '{B1,B2}'), pg_temp.settle('e2', 2, 200);
SELECT is(pg_temp.record(pg_temp.entry(0, 21, 'n', 'qr-' || what,
    more => more || jsonb_build_object('digest', encode(sha256(what::bytea), 'hex')))), answer, what)
FROM (VALUES ('revision', '{"revision": 1}'::jsonb, 'refused passed_on B1 n'),
             ('show', jsonb_build_object('signed_show', pg_temp.id('s', 2)), 'refused qr_forged B1 n'),
             ('seat', '{"signed_seat": "B2"}', 'refused qr_forged B1 n'),
             ('nothing of ours', '{"ticket": null, "problem": "qr_malformed"}', 'refused qr_malformed n'),
             ('nothing of ours', '{"ticket": null, "problem": "qr_malformed"}', 'refused qr_malformed n!'),
             ('all of it', jsonb_build_object('revision', 0, 'signed_seat', 'B1', 'signed_show', pg_temp.id('s', 1)),
             'accepted B1 n')) AS v (what, more, answer);
SELECT is(pg_temp.record(pg_temp.entry(0, 21, 'n', 'qr-nothing of ours',
    more => jsonb_build_object('ticket', NULL, 'problem', 'qr_forged', 'digest', repeat('a', 64)))),
          'refused scan_id_reused', 'another text under the same scan id');

-- when
UPDATE public.shows SET admission_start_at = now() + interval '1 h' WHERE id = pg_temp.id('s', 1);
SELECT is(pg_temp.scan(22, 'n'), 'refused too_early B2 n', 'the doors are closed');
UPDATE public.shows SET admission_start_at = now() - interval '2 h', admission_end_at = now() - interval '1 h'
    WHERE id = pg_temp.id('s', 1);
SELECT is(pg_temp.scan(22, 'n'), 'refused too_late B2 n', 'the doors are closed again');
SELECT is(pg_temp.scan(22, 'n', NULL, 'late', now() - interval '90 min'), 'accepted B2 n', 'an offline gate scanned in time');
SELECT throws_ok(format('UPDATE public.shows SET admission_end_at = admission_start_at WHERE id = %L', pg_temp.id('s', 1)), '23514', NULL,
    'doors close after they open');

SELECT pg_temp.hold(3, '{C1}'), pg_temp.buy(3, '{C1}'), public.cancel_order(pg_temp.id('o', 3), pg_temp.id('u', 1));
SELECT is(pg_temp.scan(31, 'north'), 'refused void C1 north', 'a void ticket');
SELECT is((SELECT count(*)::integer FROM public.tickets WHERE changed <> pg_current_xact_id()), 0, 'every write to a ticket is marked');

-- what an upload says happened
SELECT pg_temp.hold(4, '{D1,D2,D3,D4,D5}'), pg_temp.buy(4, '{D1,D2,D3,D4,D5}'), pg_temp.settle('e4', 4, 500);
UPDATE public.orders SET paid_at = now() - interval '3 h' WHERE id = pg_temp.id('o', 4);
UPDATE public.shows SET admission_start_at = now() - interval '30 min', admission_end_at = NULL, reentry = false
    WHERE id = pg_temp.id('s', 1);
CREATE FUNCTION pg_temp.inside(ticket integer) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', t.status, t.inside::text, (SELECT c.flag FROM public.checkins AS c WHERE c.id = t.last_scan))
    FROM public.tickets AS t WHERE t.id = pg_temp.id('t', ticket) $$;

SELECT is(pg_temp.record(pg_temp.entry(0, 41, 'n', 'up-1', scanned => now() - interval '80 min',
    more => jsonb_build_object('sent_at', now() - interval '1 h'))),
          'accepted D1 n', 'a clock that is an hour slow is put right');
SELECT ok((SELECT abs(extract(epoch FROM checked_in_at - now() + interval '20 min')) < 5 FROM public.tickets
    WHERE id = pg_temp.id('t', 41)), 'and so is the time of entry');
SELECT is(pg_temp.inside(41), 'checked_in true', 'without a flag');
UPDATE public.tickets SET status = 'void' WHERE id = pg_temp.id('t', 42);
SELECT is(pg_temp.scan(42, 'n'), 'refused void D2 n', 'a refunded ticket lets nobody in');
SELECT is(pg_temp.scan(42, 'n', NULL, 'up-2', now() - interval '10 min'), 'accepted D2 n', 'but who got in before anybody knew is inside');
SELECT is(pg_temp.inside(42), 'void true void', 'with a flag for the desk');
SELECT is(pg_temp.scan(42, 's', NULL, 'up-3', now() - interval '5 min'), 'duplicate D2 n',
    'two people on one refunded ticket are a conflict');
SELECT is(pg_temp.scan(43, 'n', NULL, NULL, NULL, 'out'), 'refused not_inside D3 n', 'out at a gate with a network');
SELECT is(pg_temp.scan(43, 's', NULL, 'up-4', now() - interval '10 min'), 'accepted D3 s', 'before the entry of the other gate came in');
SELECT is(pg_temp.inside(43), 'checked_in false', 'nobody is inside');
SELECT is(pg_temp.scan(44, 's', NULL, 'up-5', '2001-01-01T00:00:00Z'), 'accepted D4 s', 'a device in 2001');
SELECT is((SELECT checked_in_at FROM public.tickets WHERE id = pg_temp.id('t', 44)), now() - interval '3 h',
    'came in no earlier than it was paid');
SELECT is(pg_temp.inside(44), 'checked_in true too_early', 'and is flagged');
SELECT is(pg_temp.record(pg_temp.entry(0, 45, 'e', 'up-7', 'out', scanned => now() - interval '5 min'),
                         pg_temp.entry(1, 45, 'n', 'up-6', scanned => now() - interval '9 min')), 'accepted D5 e, accepted D5 n',
                         'in the order of the device''s clock');
SELECT is(public.undo_checkin(pg_temp.id('t', 45), pg_temp.id('u', 8)), 'undone', 'taken back');
SELECT is((SELECT gate FROM public.checkins WHERE ticket_id = pg_temp.id('t', 45) AND outcome = 'undone'), 'e',
    'at the gate of the last scan');
UPDATE public.tickets SET status = 'checked_in' WHERE id = pg_temp.id('t', 42); -- it was made void by hand

SELECT is_empty(:'invariants', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
