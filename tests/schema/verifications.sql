BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();
-- Two users of one address: an account and a guest.
INSERT INTO auth.users (id, email, password_hash, full_name, guest) VALUES
    (pg_temp.id('u', 1), 'Some@example.com', '$y$x', 'S', false), (pg_temp.id('u', 2), 'some@example.com', '$guest', 'G', true);
CREATE FUNCTION pg_temp.hash(secret text) RETURNS text LANGUAGE sql AS $$ SELECT encode(sha256(convert_to(secret, 'UTF8')), 'hex') $$;
CREATE FUNCTION pg_temp.ask(number integer, asker integer) RETURNS integer LANGUAGE sql AS
$$ SELECT auth.verification_ask(pg_temp.id('v', number), pg_temp.id('u', asker)) $$;
-- As the responder does when it sends mail `number`.
CREATE FUNCTION pg_temp.mail(number integer, token text, code text) RETURNS void LANGUAGE sql AS $$
    UPDATE auth.email_verifications SET state = 'sent', token_hash = pg_temp.hash(token), expires_at = clock_timestamp() + interval '1 day',
        code_hash = pg_temp.hash(pg_temp.hash(token) || ':' || code), code_expires_at = clock_timestamp() + interval '15 minutes'
    WHERE id = pg_temp.id('v', number)
$$;
CREATE FUNCTION pg_temp.token(asker integer, token text) RETURNS boolean LANGUAGE sql AS
$$ SELECT auth.verify_by_token(pg_temp.id('u', asker), pg_temp.hash(token)) $$;
CREATE FUNCTION pg_temp.code(asker integer, code text) RETURNS text LANGUAGE sql AS
$$ SELECT auth.verify_by_code(pg_temp.id('u', asker), code) $$;
CREATE FUNCTION pg_temp.earlier(span interval) RETURNS void LANGUAGE sql AS
$$ UPDATE auth.email_verifications SET requested_at = requested_at - span $$;

SELECT is(pg_temp.ask(9, 9), NULL, 'nobody asks');
SELECT is(pg_temp.ask(1, 1), 0, 'a mail will be sent');
SELECT is(pg_temp.code(1, '111111'), 'over', 'which has no code before it is sent');
SELECT pg_temp.mail(1, 'one', '111111');
SELECT is(pg_temp.token(2, 'one'), false, 'a token counts for its user only, whoever has the same address');
SELECT is(pg_temp.code(2, '111111'), 'over', 'and so does a code');
SELECT is(pg_temp.code(1, '111112'), 'wrong', 'another code');
SELECT pg_temp.earlier('1 minute');
SELECT is(pg_temp.ask(2, 1), 0, 'a second mail');
SELECT is(pg_temp.code(1, '111111'), 'verified', 'the code counts until the second mail is sent');
SELECT is((SELECT count(*) FROM auth.email_verifications WHERE user_id = pg_temp.id('u', 1) AND used_at IS NULL), 0::bigint,
    'then nothing is outstanding');
SELECT is((SELECT state FROM auth.email_verifications WHERE id = pg_temp.id('v', 2)), 'ignored', 'nor waits to be sent');
SELECT is(pg_temp.ask(3, 1), NULL, 'the address is proved');
SELECT is((SELECT email_verified_at FROM auth.users WHERE id = pg_temp.id('u', 2)), NULL, 'of this user, and of no other');

SELECT pg_temp.earlier('1 minute');
SELECT is(pg_temp.ask(10 + n, 2), 0, 'mail ' || (n + 2)) FROM generate_series(1, 3) AS n;
SELECT cmp_ok(pg_temp.ask(14, 2), '>', 3400, 'an address gets five an hour, from all its users together');
SELECT pg_temp.mail(12, 'older', '222222'), pg_temp.mail(13, 'newer', '333333');
SELECT is(pg_temp.code(2, '222222'), 'wrong', 'the code of an older mail');
SELECT is(pg_temp.code(2, '000000'), 'wrong', 'try ' || n) FROM generate_series(2, 5) AS n;
SELECT is(pg_temp.code(2, '333333'), 'over', 'five tries');
SELECT pg_temp.earlier('1 hour');
SELECT is(pg_temp.ask(20 + n, 2), 0, 'an hour later, mail ' || (n + 5)) FROM generate_series(1, 5) AS n;
SELECT pg_temp.earlier('1 hour');
SELECT cmp_ok(pg_temp.ask(30, 2), '>', 72000, 'an address gets ten a day');
UPDATE auth.users SET email = 'other@example.com' WHERE id = pg_temp.id('u', 2);
SELECT is(pg_temp.token(2, 'older'), false, 'a token counts for the address it was sent to');
UPDATE auth.users SET email = 'SOME@example.com' WHERE id = pg_temp.id('u', 2);
UPDATE auth.email_verifications SET expires_at = clock_timestamp() WHERE id = pg_temp.id('v', 13);
SELECT is(pg_temp.token(2, 'newer'), false, 'and for a day');
SELECT is(pg_temp.token(2, 'older'), true, 'however the address is written');
SELECT is(pg_temp.token(2, 'older'), false, 'once');

SELECT * FROM finish();
ROLLBACK;
