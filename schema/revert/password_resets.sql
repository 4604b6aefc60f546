-- Revert ticketing:password_resets from pg
BEGIN;

DROP TABLE auth.password_resets;

COMMIT;
