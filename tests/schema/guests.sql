-- Guests: an address belongs to one account and to any number of guests; keys are few, and only for guests.
BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

SELECT lives_ok($$INSERT INTO auth.users (id, email, password_hash, full_name, guest) VALUES
    (pg_temp.id('g', 1), 'shared@example.com', '$guest', 'One', true), (pg_temp.id('g', 2), 'shared@example.com', '$guest', 'Two', true),
    (pg_temp.id('g', 3), 'SHARED@example.com', '$y$', 'Account', false)$$, 'guests share an address, with an account too');
SELECT throws_ok($$INSERT INTO auth.users (id, email, password_hash, full_name)
    VALUES (pg_temp.id('g', 4), 'shared@example.com', '$y$', 'X')$$,
    '23505', NULL, 'a second account of the address does not come to be');
SELECT throws_ok($$UPDATE auth.users SET guest = false WHERE id = pg_temp.id('g', 1)$$, '23505', NULL, 'a guest does not become it either');

SELECT is(auth.guest_key_add(pg_temp.id('g', 3), repeat('a', 64), now()), false, 'an account has no key');
SELECT is(auth.guest_key_add(pg_temp.id('g', 9), repeat('a', 64), now()), false, 'nor has a user whom this database does not know');
SELECT is((SELECT bool_and(auth.guest_key_add(pg_temp.id('g', 1), encode(sha256(n::text::bytea), 'hex'), now() + interval '1 day'))
    FROM generate_series(1, 25) AS n), true, 'a guest gets keys');
SELECT results_eq($$SELECT count(*) FROM auth.guest_keys WHERE user_id = pg_temp.id('g', 1)$$, ARRAY[20::bigint], 'twenty at most');
SELECT results_eq($$SELECT count(*) FROM auth.guest_keys WHERE key_hash = encode(sha256('25'), 'hex')$$, ARRAY[1::bigint],
    'the newest are kept');
SELECT throws_ok($$SELECT auth.guest_key_add(pg_temp.id('g', 1), 'the key itself', now())$$, '23514', NULL, 'only the hash is stored');
SELECT lives_ok($$DELETE FROM auth.users WHERE id = pg_temp.id('g', 1)$$, 'a guest goes with the keys');
SELECT is_empty($$SELECT FROM auth.guest_keys WHERE user_id = pg_temp.id('g', 1)$$, 'none is left');

SELECT * FROM finish();
ROLLBACK;
