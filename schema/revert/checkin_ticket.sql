-- Revert ticketing:checkin_ticket from pg
BEGIN;

DROP FUNCTION public.checkin_ticket(uuid, uuid, text, uuid, text, timestamptz);

COMMIT;
