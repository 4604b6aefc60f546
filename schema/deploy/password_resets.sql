-- Deploy ticketing:password_resets to pg
-- Requests for a new password, and the queue of the mails about them. A row is written for unknown addresses too (user_id null), so that the
-- answer's time tells nothing. The token is made when the mail is sent, and only its hash is stored: who reads this table cannot use it.
BEGIN;

CREATE TABLE auth.password_resets (
    id uuid PRIMARY KEY,
    user_id uuid REFERENCES auth.users (id) ON DELETE CASCADE,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'parked', 'ignored')),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
    lease_until timestamptz,
    last_error text CHECK (char_length(last_error) <= 500),
    token_hash text UNIQUE CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    expires_at timestamptz,
    used_at timestamptz,
    CHECK ((token_hash IS NULL) = (expires_at IS NULL))
);
CREATE INDEX password_resets_waiting ON auth.password_resets (requested_at) WHERE state = 'waiting';
CREATE INDEX password_resets_of_user ON auth.password_resets (user_id, requested_at);
CREATE INDEX password_resets_age ON auth.password_resets (requested_at);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_auth') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON auth.password_resets TO ticketing_auth;
    END IF;
END
$$;

COMMIT;
