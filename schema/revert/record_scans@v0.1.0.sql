-- Revert ticketing:record_scans from pg
BEGIN;

DROP FUNCTION public.record_scans(uuid, json);
DROP FUNCTION public.undo_checkin(uuid, uuid);

COMMIT;

\ir ../deploy/checkin_ticket.sql
