-- Verify ticketing:probe_deliveries on pg
SELECT 1 / (position('ORDER BY d.attempts, d.outbox_id' IN prosrc) > 0)::integer FROM pg_catalog.pg_proc
WHERE oid = 'public.claim_deliveries(integer, integer, integer)'::regprocedure;
