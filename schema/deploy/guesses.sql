-- Deploy ticketing:guesses to pg
-- Guessing of passwords is slowed, on all hosts together. An attempt is counted before the password is looked at, so that many at once gain nothing;
-- the right password takes it back. Keys: `account:` and the SHA-256 of an address, known or not; `address:` and the network that asks; `known:` and
-- both, for a network from which that account was logged into: its owner is not locked out by strangers elsewhere.
BEGIN;

CREATE TABLE auth.guesses (
    key text COLLATE "C" PRIMARY KEY CHECK (char_length(key) <= 200),
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    blocked_until timestamptz NOT NULL DEFAULT '-infinity'
);
CREATE INDEX guesses_age ON auth.guesses (last_at);

-- An IPv6 network of 64 bits is one house; what is no address counts as one.
CREATE FUNCTION auth.guess_network(address text) RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RETURN CASE family(address::inet) WHEN 6 THEN network(set_masklen(address::inet, 64))::text ELSE host(address::inet) END;
EXCEPTION
    WHEN invalid_text_representation THEN
        RETURN 'unknown';
END
$$;

-- Counts an attempt; 0: it may go on, else in how many seconds to come again. `free` attempts for an account cost no wait, ten times as many for a
-- network; then the wait doubles up to one minute, or up to a quarter of an hour. A quarter of an hour without an attempt forgets them.
CREATE FUNCTION auth.guess_begin(account text, address text, free integer) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    network constant text := auth.guess_network(address);
    is_known constant boolean := EXISTS (SELECT FROM auth.guesses AS g WHERE g.key = 'known:' || account || ':' || network);
    rule record;
    found record;
    wait integer := 0;
    moment timestamptz;
BEGIN
    FOR rule IN SELECT r.key FROM (VALUES ('account:' || account, NOT is_known), ('address:' || network, true)) AS r (key, applies) WHERE r.applies LOOP
        INSERT INTO auth.guesses AS g (key) VALUES (rule.key) ON CONFLICT (key) DO NOTHING;
        SELECT g.blocked_until INTO found FROM auth.guesses AS g WHERE g.key = rule.key FOR UPDATE;
        moment := clock_timestamp();
        IF found.blocked_until > moment THEN
            wait := greatest(wait, ceil(extract(epoch FROM found.blocked_until - moment))::integer);
        END IF;
    END LOOP;
    IF wait > 0 THEN
        RETURN wait;
    END IF;
    UPDATE auth.guesses AS g
    SET failures = counted.failures, last_at = moment,
        blocked_until = CASE WHEN counted.failures >= r.free
                             THEN moment + make_interval(secs => least(power(2, least(counted.failures - r.free, 20)), r.longest))
                             ELSE '-infinity' END
    FROM (VALUES ('account:' || account, free, 60, NOT is_known), ('address:' || network, 10 * free, 900, true)) AS r (key, free, longest, applies),
         LATERAL (SELECT CASE WHEN o.last_at < moment - interval '15 minutes' THEN 1 ELSE o.failures + 1 END AS failures
                  FROM auth.guesses AS o WHERE o.key = r.key) AS counted
    WHERE r.applies AND g.key = r.key;
    RETURN 0;
END
$$;

-- The password was right: the account starts anew, the network gets its attempt back and is known to the account.
CREATE FUNCTION auth.guess_right(account text, address text, free integer) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    network constant text := auth.guess_network(address);
BEGIN
    DELETE FROM auth.guesses AS g WHERE g.key = 'account:' || account;
    UPDATE auth.guesses AS g
    SET failures = greatest(g.failures - 1, 0),
        blocked_until = CASE WHEN g.failures - 1 < 10 * free THEN '-infinity' ELSE g.blocked_until END
    WHERE g.key = 'address:' || network;
    INSERT INTO auth.guesses AS g (key) VALUES ('known:' || account || ':' || network)
    ON CONFLICT (key) DO UPDATE SET last_at = clock_timestamp();
END
$$;

-- What has had its day: attempts of yesterday, networks that an account was not used from for 90 days.
CREATE FUNCTION auth.guess_clean() RETURNS void
LANGUAGE sql
AS $$
    DELETE FROM auth.guesses AS g
    WHERE g.key IN (SELECT o.key FROM auth.guesses AS o
                    WHERE o.last_at < now() - CASE WHEN o.key LIKE 'known:%' THEN interval '90 days' ELSE interval '1 day' END
                    LIMIT 500 FOR UPDATE SKIP LOCKED);
$$;

COMMIT;
