-- Revert ticketing:email_keys from pg
BEGIN;

ALTER TABLE auth.users DROP COLUMN email_key;

COMMIT;
