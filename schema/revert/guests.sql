-- Revert ticketing:guests from pg
-- Guests go with their sessions: the release before would find them by their address.
BEGIN;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_auth') THEN
        REVOKE DELETE ON auth.users FROM ticketing_auth;
    END IF;
END
$$;
DROP FUNCTION auth.guest_key_add;
DROP TABLE auth.guest_keys;
DELETE FROM auth.users WHERE guest;
DROP INDEX auth.users_email_key;
CREATE UNIQUE INDEX users_email_key ON auth.users (coalesce(email_key, lower(email COLLATE "C"))) WHERE deleted_at IS NULL;
DROP INDEX auth.users_email;
CREATE UNIQUE INDEX users_email ON auth.users (lower(email)) WHERE deleted_at IS NULL;
ALTER TABLE auth.users DROP COLUMN email_verified_at, DROP COLUMN guest;

COMMIT;
