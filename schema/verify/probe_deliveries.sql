-- Verify ticketing:probe_deliveries on pg
SELECT 1 / (position('d.attempts ELSE 0' IN prosrc) > 0)::integer FROM pg_catalog.pg_proc
WHERE oid = 'public.claim_deliveries(integer, integer, integer)'::regprocedure;
