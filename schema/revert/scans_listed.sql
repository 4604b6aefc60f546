-- Revert ticketing:scans_listed from pg
BEGIN;

DROP INDEX public.checkins_flagged;

COMMIT;
