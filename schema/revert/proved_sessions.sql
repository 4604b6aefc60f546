-- Revert ticketing:proved_sessions from pg
BEGIN;

ALTER TABLE auth.sessions DROP COLUMN proved;

COMMIT;
