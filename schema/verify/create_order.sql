-- Verify ticketing:create_order on pg
SELECT 'public.create_order(uuid, uuid, uuid, text, text, text[], text[], text[], integer[], bigint[], uuid[], text, integer, uuid, text, integer[], text[])'::regprocedure;
