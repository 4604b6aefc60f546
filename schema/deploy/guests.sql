-- Deploy ticketing:guests to pg
-- Buyers without an account. A guest is a user whom nobody finds by address and who has no password, so that several guests may give the
-- same address, and one that an account has. The mails of a guest's orders carry a key that opens them; only its hash is stored.
BEGIN;

ALTER TABLE auth.users
    ADD COLUMN guest boolean NOT NULL DEFAULT false,
    ADD COLUMN email_verified_at timestamptz; -- when the owner of the mailbox was last seen to be the user
CREATE INDEX users_guests ON auth.users (created_at) WHERE guest;

-- An address belongs to one account; guests have none.
DROP INDEX auth.users_email;
CREATE UNIQUE INDEX users_email ON auth.users (lower(email)) WHERE deleted_at IS NULL AND NOT guest;
DROP INDEX auth.users_email_key;
CREATE UNIQUE INDEX users_email_key ON auth.users (coalesce(email_key, lower(email COLLATE "C"))) WHERE deleted_at IS NULL AND NOT guest;

CREATE TABLE auth.guest_keys (
    key_hash text PRIMARY KEY CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX guest_keys_of_user ON auth.guest_keys (user_id, created_at DESC);
CREATE INDEX guest_keys_expiry ON auth.guest_keys (expires_at);

-- Called by the responder that writes the mails of orders. False: the user is no guest, or this database does not know the user, because the
-- auth responder has one of its own; then no key opens anything. A guest has at most 20 keys: the oldest goes.
CREATE FUNCTION auth.guest_key_add(buyer uuid, hash text, until timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM auth.users AS u WHERE u.id = buyer AND u.guest AND u.deleted_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM auth.guest_keys AS k WHERE k.key_hash IN (
        SELECT o.key_hash FROM auth.guest_keys AS o WHERE o.user_id = buyer ORDER BY o.created_at DESC OFFSET 19);
    INSERT INTO auth.guest_keys (key_hash, user_id, expires_at) VALUES (hash, buyer, until);
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION auth.guest_key_add FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_auth') THEN
        GRANT SELECT, UPDATE, DELETE ON auth.guest_keys TO ticketing_auth;
        GRANT DELETE ON auth.users TO ticketing_auth;
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT EXECUTE ON FUNCTION auth.guest_key_add TO ticketing_checkout;
    END IF;
END
$$;

COMMIT;
