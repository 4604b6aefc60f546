-- Revert ticketing:exports from pg
BEGIN;

DROP FUNCTION public.export_orders(uuid, timestamptz, uuid, timestamptz, integer);
DROP FUNCTION public.export_attendees(uuid, text, boolean, timestamptz, integer);

COMMIT;
