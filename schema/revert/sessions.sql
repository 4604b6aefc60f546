-- Revert ticketing:sessions from pg
BEGIN;

DROP TABLE auth.refresh_tokens;
DROP TABLE auth.sessions;

COMMIT;
