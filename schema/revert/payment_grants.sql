-- Revert ticketing:payment_grants from pg
BEGIN;
-- The grants go with the functions.
COMMIT;
