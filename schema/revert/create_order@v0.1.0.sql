-- Revert ticketing:create_order from pg
BEGIN;

DROP FUNCTION public.create_order(uuid, uuid, uuid, text, text, text[], text[], text[], integer[], bigint[], uuid[], text, integer, uuid, text);

COMMIT;
