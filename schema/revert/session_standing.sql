-- Revert ticketing:session_standing from pg
BEGIN;

DROP FUNCTION auth.session_standing(uuid, uuid);

COMMIT;
