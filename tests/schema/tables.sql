BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

SELECT has_table('auth', name, 'auth.' || name) FROM unnest('{roles,users,user_roles,sessions,refresh_tokens}'::name[]) AS name;
SELECT has_table('public', name, 'public.' || name)
FROM unnest('{events,seatmaps,shows,holds,seat_claims,orders,tickets,payments,payment_events,'
    'refunds,checkins,outbox,idempotency_keys,audit_log}'::name[]) AS name;
SELECT col_is_pk('public', 'seat_claims', '{show_id,seat_id}'::name[], 'one key decides who has a seat');
SELECT is_empty($$SELECT conrelid::regclass FROM pg_constraint WHERE contype = 'f' AND confrelid = 'public.shows'::regclass$$,
    'nothing locks a show by foreign key');
SELECT is_empty($$SELECT conrelid::regclass FROM pg_constraint
    WHERE contype = 'f' AND confrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'auth'::regnamespace)
    AND conrelid NOT IN (SELECT oid FROM pg_class WHERE relnamespace = 'auth'::regnamespace)$$, 'nothing outside auth refers to auth');
-- a foreign key without an index on its own side makes deletes and updates scan
SELECT is_empty($$SELECT f.conrelid::regclass, f.conname FROM pg_constraint AS f WHERE f.contype = 'f'
    AND f.connamespace IN ('public'::regnamespace, 'auth'::regnamespace) AND NOT EXISTS (SELECT FROM pg_index AS i
    WHERE i.indrelid = f.conrelid AND i.indkey[0] = ANY (f.conkey))$$, 'every foreign key has an index');

SELECT pg_temp.hold(1, '{A1,A2}'), pg_temp.buy(1, '{A1,A2}');
INSERT INTO auth.users (id, email, password_hash, full_name) VALUES (pg_temp.id('u', 1), 'Someone@example.com', '$y$x', 'S');
INSERT INTO auth.sessions (id, user_id, expires_at) VALUES (pg_temp.id('z', 1), pg_temp.id('u', 1), now() + interval '1 h');

-- 23514: check, 23505: unique, 23503: foreign key, 23502: not null
SELECT throws_ok(statement, state, NULL, regexp_replace(statement, '\s+', ' ', 'g')) FROM (VALUES
    ('23505', $$INSERT INTO auth.users (id, email, password_hash, full_name)
    VALUES (pg_temp.id('u', 2), 'someONE@example.com', '$y$x', 'S')$$),
    ('23514', $$INSERT INTO auth.users (id, email, password_hash, full_name) VALUES (pg_temp.id('u', 2), 'nobody', '$y$x', 'S')$$),
    ('23514', $$INSERT INTO auth.users (id, email, password_hash, full_name) VALUES (pg_temp.id('u', 2), 'a@b.c', 'plain text', 'S')$$),
    ('23514', $$INSERT INTO auth.users (id, email, password_hash, full_name) VALUES (pg_temp.id('u', 2), 'a@b.c', '$y$x', '')$$),
    ('23514', $$INSERT INTO auth.users (id, email, password_hash, full_name)
    VALUES (pg_temp.id('u', 2), repeat('a', 250) || '@b.cd', '$y$x', 'S')$$),
    ('23503', $$INSERT INTO auth.user_roles (user_id, role) VALUES (pg_temp.id('u', 1), 'root')$$),
    ('23503', $$INSERT INTO auth.user_roles (user_id, role) VALUES (pg_temp.id('u', 9), 'user')$$),
    ('23514', $$INSERT INTO auth.refresh_tokens (token_hash, session_id) VALUES ('the token itself', pg_temp.id('z', 1))$$),
    ('23514', $$INSERT INTO auth.sessions (id, user_id, expires_at)
    VALUES (pg_temp.id('z', 2), pg_temp.id('u', 1), now() - interval '1 h')$$),
    ('23514', $$INSERT INTO public.events (id, title) VALUES (pg_temp.id('e', 9), '')$$),
    ('23514', $$INSERT INTO public.events (id, title) VALUES (pg_temp.id('e', 9), repeat('a', 201))$$),
    ('23514', $$INSERT INTO public.events (id, title, image_url) VALUES (pg_temp.id('e', 9), 'x', 'javascript:alert(1)')$$),
    ('23514', $$INSERT INTO public.events (id, title, time_zone) VALUES (pg_temp.id('e', 9), 'x', 'EST5EDT')$$),
    ('23514', $$INSERT INTO public.events (id, title, time_zone) VALUES (pg_temp.id('e', 9), 'x', 'Foo/Bar+3')$$),
    ('22023', $$INSERT INTO public.events (id, title, time_zone) VALUES (pg_temp.id('e', 9), 'x', 'Mars/Olympus')$$),
    ('23514', $$UPDATE public.tickets SET revision = 4096$$),
    ('23514', $$UPDATE public.tickets SET revision = -1$$),
    ('23514', $$INSERT INTO public.seatmaps (id, version, name, template, seat_count) VALUES ('../x', 1, 'x', '{}', 1)$$),
    ('23514', $$INSERT INTO public.seatmaps (id, version, name, template, seat_count) VALUES ('x', 0, 'x', '{}', 1)$$),
    ('23514', $$INSERT INTO public.seatmaps (id, version, name, template, seat_count) VALUES ('x', 1, 'x', '[]', 1)$$),
    ('23514', $$INSERT INTO public.seatmaps (id, version, name, template, seat_count) VALUES ('x', 1, 'x', '{}', 100001)$$),
    ('23505', $$INSERT INTO public.seatmaps (id, version, name, template, seat_count) VALUES ('test-hall', 1, 'x', '{}', 1)$$),
    ('23503', $$UPDATE public.shows SET seatmap_version = 7$$),
    ('23503', $$UPDATE public.shows SET event_id = pg_temp.id('e', 9)$$),
    ('23514', $$UPDATE public.shows SET ends_at = starts_at$$),
    ('23514', $$UPDATE public.shows SET sales_start_at = now(), sales_end_at = now()$$),
    ('23514', $$UPDATE public.shows SET currency = 'vnd'$$),
    ('23514', $$UPDATE public.shows SET price_tiers = '[1]'$$),
    ('23514', $$UPDATE public.shows SET starts_at = 'infinity'$$),
    ('23514', $$UPDATE public.holds SET seats = '{}'$$),
    ('23514', $$UPDATE public.holds SET state = 'open'$$),
    ('23514', $$UPDATE public.holds SET expires_at = created_at$$),
    ('23505', $$INSERT INTO public.seat_claims (show_id, seat_id, state, hold_id, expires_at)
    VALUES (pg_temp.id('s', 1), 'A1', 'held', pg_temp.id('h', 2), now())$$),
    ('23514', $$UPDATE public.seat_claims SET state = 'sold'$$),
    ('23514', $$UPDATE public.seat_claims SET state = 'released'$$),
    ('23514', $$UPDATE public.seat_claims SET expires_at = NULL$$),
    ('23514', $$UPDATE public.seat_claims SET state = 'broken', expires_at = NULL$$),
    ('23514', $$UPDATE public.seat_claims SET ticket_id = NULL$$),
    ('23514', $$UPDATE public.seat_claims SET state = 'sold', expires_at = NULL, order_id = NULL, ticket_id = NULL$$),
    ('23502', $$UPDATE public.seat_claims SET changed = NULL$$),
    ('23514', $$UPDATE public.orders SET total = -1$$),
    ('23514', $$UPDATE public.orders SET currency = 'DONG'$$),
    ('23514', $$UPDATE public.orders SET status = 'paid'$$),
    ('23514', $$UPDATE public.orders SET paid_at = now()$$),
    ('23514', $$UPDATE public.orders SET status = 'lost'$$),
    ('23503', $$UPDATE public.orders SET hold_id = pg_temp.id('h', 9)$$),
    ('23505', $$INSERT INTO public.orders (id, show_id, hold_id, user_id, buyer_email, buyer_name, status, total, currency, expires_at)
               SELECT pg_temp.id('o', 2), show_id, hold_id, user_id, 'x', 'x', 'pending', 0, 'VND', now() FROM public.orders$$),
    ('23505', $$INSERT INTO public.tickets (id, order_id, show_id, user_id, seat_id, zone, row_label, number, price, status)
               SELECT pg_temp.id('t', 99), order_id, show_id, user_id, 'A1', 'Z', 'A', 1, 1, 'valid' FROM public.tickets
               WHERE seat_id = 'A1'$$),
    ('23514', $$UPDATE public.tickets SET price = -1$$),
    ('23514', $$UPDATE public.tickets SET status = 'sold'$$),
    ('23514', $$UPDATE public.tickets SET status = 'checked_in'$$),
    ('23503', $$UPDATE public.tickets SET order_id = pg_temp.id('o', 9)$$),
    ('23514', $$UPDATE public.payments SET amount = -1$$),
    ('23514', $$UPDATE public.payments SET status = 'paid'$$),
    ('23514', $$UPDATE public.payments SET currency = ''$$),
    ('23514', $$UPDATE public.payments SET provider = 'No Such'$$),
    ('23514', $$INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status)
    VALUES (pg_temp.id('r', 1), pg_temp.id('p', 1), pg_temp.id('o', 1), 0, 'x', 'pending')$$),
    ('23503', $$INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status)
    VALUES (pg_temp.id('r', 1), pg_temp.id('p', 9), pg_temp.id('o', 1), 1, 'x', 'pending')$$),
    ('23514', $$INSERT INTO public.checkins (id, ticket_id, by_user, outcome)
    VALUES (pg_temp.id('c', 1), pg_temp.id('t', 11), pg_temp.id('u', 9), 'refused')$$),
    ('23514', $$INSERT INTO public.checkins (id, ticket_id, by_user, outcome, direction)
    VALUES (pg_temp.id('c', 1), pg_temp.id('t', 11), pg_temp.id('u', 9), 'accepted', 'up')$$),
    ('23514', $$INSERT INTO public.checkins (id, ticket_id, by_user, outcome, gate)
    VALUES (pg_temp.id('c', 1), pg_temp.id('t', 11), pg_temp.id('u', 9), 'accepted', repeat('x', 65))$$),
    ('23514', $$INSERT INTO public.idempotency_keys (user_id, key, fingerprint, status)
    VALUES (pg_temp.id('u', 1), '', repeat('a', 64), 200)$$),
    ('23514', $$INSERT INTO public.idempotency_keys (user_id, key, fingerprint, status) VALUES (pg_temp.id('u', 1), 'k', 'x', 200)$$)
) AS attempt (state, statement);

UPDATE public.tickets SET status = 'void' WHERE seat_id = 'A1';
SELECT lives_ok($$INSERT INTO public.tickets (id, order_id, show_id, user_id, seat_id, zone, row_label, number, price, status)
    SELECT pg_temp.id('t', 99), order_id, show_id, user_id, 'A1', 'Z', 'A', 1, 1, 'valid' FROM public.tickets
    WHERE seat_id = 'A1'$$, 'a void ticket leaves its seat to another');
UPDATE auth.users SET deleted_at = now();
SELECT lives_ok($$INSERT INTO auth.users (id, email, password_hash, full_name)
    VALUES (pg_temp.id('u', 2), 'someone@example.com', '$y$x', 'S')$$, 'a deleted user leaves the address to another');
SELECT * FROM finish();
ROLLBACK;
