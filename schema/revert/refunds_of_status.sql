-- Revert ticketing:refunds_of_status from pg
BEGIN;
DROP INDEX public.refunds_of_status;
COMMIT;
