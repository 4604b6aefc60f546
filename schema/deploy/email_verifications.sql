-- Deploy ticketing:email_verifications to pg
-- Mails that prove an address, and their queue. A mail has a token (24 hours) and a code of six digits (15 minutes, five tries); both are made
-- when it is sent, and only hashes are stored. The hash of a code has few digits to hide, so it takes the token's hash with it; both count
-- only in a session of the user, so that a reader of this table gains nothing by them.
BEGIN;

CREATE TABLE auth.email_verifications (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    address text COLLATE "C" NOT NULL CHECK (char_length(address) BETWEEN 3 AND 254), -- the one spelling: users_email_key
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'parked', 'ignored')),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
    lease_until timestamptz,
    last_error text CHECK (char_length(last_error) <= 500),
    token_hash text UNIQUE CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    expires_at timestamptz,
    code_hash text CHECK (code_hash ~ '^[0-9a-f]{64}$'),
    code_expires_at timestamptz,
    code_tries integer NOT NULL DEFAULT 0 CHECK (code_tries BETWEEN 0 AND 5),
    used_at timestamptz, -- or void since then
    CHECK (num_nulls(token_hash, expires_at, code_hash, code_expires_at) IN (0, 4))
);
CREATE INDEX email_verifications_waiting ON auth.email_verifications (requested_at) WHERE state = 'waiting';
CREATE INDEX email_verifications_of_user ON auth.email_verifications (user_id, requested_at);
CREATE INDEX email_verifications_of_address ON auth.email_verifications (address, requested_at);
CREATE INDEX email_verifications_age ON auth.email_verifications (requested_at);

-- Writes down that a mail is to be sent. 0: it will be; else in how many seconds to ask again. Null: the address is proved, or there is no such
-- user. The limit is that of the address, which several guests and an account may have given.
CREATE FUNCTION auth.verification_ask(request uuid, asker uuid) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    place text;
    moment timestamptz;
    wait double precision;
BEGIN
    SELECT coalesce(u.email_key, lower(u.email COLLATE "C")) INTO place FROM auth.users AS u
    WHERE u.id = asker AND u.deleted_at IS NULL AND u.email_verified_at IS NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('auth.email_verifications:' || place, 0));
    moment := clock_timestamp();
    SELECT max(extract(epoch FROM sent.requested_at + rule.span - moment)) INTO wait
    FROM (VALUES (interval '1 hour', 5), (interval '1 day', 10)) AS rule (span, mails)
    CROSS JOIN LATERAL (SELECT v.requested_at FROM auth.email_verifications AS v
                        WHERE v.address = place AND v.requested_at > moment - rule.span
                        ORDER BY v.requested_at DESC OFFSET rule.mails - 1 LIMIT 1) AS sent;
    IF wait IS NOT NULL THEN
        RETURN greatest(ceil(wait), 1);
    END IF;
    INSERT INTO auth.email_verifications (id, user_id, address, requested_at) VALUES (request, asker, place, moment);
    RETURN 0;
END
$$;

-- A part of the two functions below, which have locked the user's row.
CREATE FUNCTION auth.verification_done(asker uuid) RETURNS void
LANGUAGE sql
AS $$
    UPDATE auth.users AS u SET email_verified_at = clock_timestamp(), updated_at = clock_timestamp()
    WHERE u.id = asker AND u.email_verified_at IS NULL;
    UPDATE auth.email_verifications AS v
    SET used_at = clock_timestamp(), state = CASE WHEN v.state = 'waiting' THEN 'ignored' ELSE v.state END
    WHERE v.user_id = asker AND v.used_at IS NULL;
$$;

-- True: the token was one of this user and address, and both it and all others are spent.
CREATE FUNCTION auth.verify_by_token(asker uuid, hash text) RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
    place text;
BEGIN
    SELECT coalesce(u.email_key, lower(u.email COLLATE "C")) INTO place FROM auth.users AS u
    WHERE u.id = asker AND u.deleted_at IS NULL FOR UPDATE;
    PERFORM FROM auth.email_verifications AS v
    WHERE v.token_hash = hash AND v.user_id = asker AND v.address = place AND v.used_at IS NULL AND v.expires_at > clock_timestamp()
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM auth.verification_done(asker);
    RETURN true;
END
$$;

-- Tries the code of the user's newest mail: 'verified'; 'wrong', which costs one of five tries; 'over': there is no code (any more).
CREATE FUNCTION auth.verify_by_code(asker uuid, code text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    place text;
    sent auth.email_verifications;
BEGIN
    SELECT coalesce(u.email_key, lower(u.email COLLATE "C")) INTO place FROM auth.users AS u
    WHERE u.id = asker AND u.deleted_at IS NULL FOR UPDATE;
    SELECT v.* INTO sent FROM auth.email_verifications AS v
    WHERE v.user_id = asker AND v.token_hash IS NOT NULL
    ORDER BY v.requested_at DESC, v.id DESC LIMIT 1 FOR UPDATE;
    IF NOT FOUND OR sent.address IS DISTINCT FROM place OR sent.used_at IS NOT NULL OR sent.code_tries >= 5
       OR sent.code_expires_at <= clock_timestamp() THEN
        RETURN 'over';
    END IF;
    IF sent.code_hash <> encode(sha256(convert_to(sent.token_hash || ':' || code, 'UTF8')), 'hex') THEN
        UPDATE auth.email_verifications AS v SET code_tries = v.code_tries + 1 WHERE v.id = sent.id;
        RETURN 'wrong';
    END IF;
    PERFORM auth.verification_done(asker);
    RETURN 'verified';
END
$$;

COMMIT;
