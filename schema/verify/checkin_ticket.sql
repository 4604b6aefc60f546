-- Verify ticketing:checkin_ticket on pg
-- record_scans, further on in the plan, takes its place.
SELECT 1 / count(*) FROM pg_proc
WHERE oid IN (to_regprocedure('public.checkin_ticket(uuid, uuid, text, uuid, text, timestamptz)'), to_regprocedure('public.record_scans(uuid, json)'));
