-- Revert ticketing:ticket_revision from pg
BEGIN;

ALTER TABLE public.tickets DROP COLUMN revision;

COMMIT;
