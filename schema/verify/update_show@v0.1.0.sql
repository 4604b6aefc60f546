-- Verify ticketing:update_show on pg
SELECT 'public.update_show(uuid, timestamptz, timestamptz, timestamptz, timestamptz, text, integer, text, jsonb)'::regprocedure;
