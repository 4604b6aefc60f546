-- Revert ticketing:email_verifications from pg
BEGIN;

DROP FUNCTION auth.verify_by_code;
DROP FUNCTION auth.verify_by_token;
DROP FUNCTION auth.verification_done;
DROP FUNCTION auth.verification_ask;
DROP TABLE auth.email_verifications;

COMMIT;
