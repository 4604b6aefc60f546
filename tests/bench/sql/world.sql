-- What the benchmark needs in an empty database: people, one event, shows; and bench.sell_out(), which makes sold-out shows by the million.
-- Ids tell what they belong to: be7c0000 shows, be7c0001 users, be7c0002 orders, be7c0003 holds, be7c0004 tickets, be7c0005 payments.
\set ON_ERROR_STOP on
BEGIN;
CREATE SCHEMA bench;

CREATE FUNCTION bench.id(kind integer, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('be7c' || lpad(kind::text, 4, '0') || '-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid $$;

CREATE TABLE bench.seats ( -- of the maps, in their order
    map text NOT NULL,
    place integer NOT NULL,
    seat_id text NOT NULL,
    zone text NOT NULL,
    row_label text NOT NULL,
    number integer NOT NULL,
    price bigint NOT NULL,
    PRIMARY KEY (map, place)
);

-- User 0 is staff, the others are buyers.
INSERT INTO auth.users (id, email, password_hash, full_name)
SELECT bench.id(1, n), 'bench-' || n || '@example.com', '$none$', 'Bench ' || n FROM generate_series(0, 2000) AS n;
INSERT INTO auth.user_roles (user_id, role) SELECT bench.id(1, n), 'user' FROM generate_series(0, 2000) AS n;
INSERT INTO auth.user_roles (user_id, role) VALUES (bench.id(1, 0), 'staff');
-- Gates are asked whether the session of their token still stands.
INSERT INTO auth.sessions (id, user_id, expires_at) VALUES (bench.id(9, 0), bench.id(1, 0), now() + interval '90 days');

INSERT INTO public.events (id, title, published) VALUES (bench.id(0, 0), 'Benchmark', true);
-- A first page of the list of events as a shop has it.
INSERT INTO public.events (id, title, description, venue, image_url, published)
SELECT gen_random_uuid(), 'Evening ' || n, repeat('Three hours of music. ', 10), 'Hall ' || n, 'https://example.com/poster.jpg', true
FROM generate_series(1, 40) AS n;

CREATE FUNCTION bench.add_shows(first integer, last integer, map text, starts interval) RETURNS void LANGUAGE sql AS
$$ INSERT INTO public.shows (id, event_id, seatmap_id, seatmap_version, starts_at, currency)
   SELECT bench.id(0, n), bench.id(0, 0), map, (SELECT max(version) FROM public.seatmaps WHERE id = map), now() + starts, 'VND'
   FROM generate_series(first, last) AS n $$;

-- The first `places` seats of shows first … last sold: ten seats an order, paid. Foreign keys are not checked one by one (the rows agree).
CREATE FUNCTION bench.sell_out(first integer, last integer, sold_map text, places integer DEFAULT 1000000) RETURNS void
LANGUAGE plpgsql SET session_replication_role = replica AS $$
BEGIN
    INSERT INTO public.holds (id, show_id, user_id, seats, state, created_at, expires_at)
    SELECT bench.id(3, n * 10000::bigint + s.place / 10), bench.id(0, n), bench.id(1, 1 + s.place / 10 % 2000),
           array_agg(s.seat_id ORDER BY s.place), 'consumed', now(), now() + interval '5 min'
    FROM generate_series(first, last) AS n, bench.seats AS s WHERE s.map = sold_map AND s.place < places GROUP BY n, s.place / 10;

    INSERT INTO public.orders (id, show_id, hold_id, user_id, buyer_email, buyer_name, status, total, currency, expires_at, paid_at)
    SELECT bench.id(2, n * 10000::bigint + s.place / 10), bench.id(0, n), bench.id(3, n * 10000::bigint + s.place / 10),
           bench.id(1, 1 + s.place / 10 % 2000), 'bench@example.com', 'Bench', 'paid', sum(s.price), 'VND', now(), now()
    FROM generate_series(first, last) AS n, bench.seats AS s WHERE s.map = sold_map AND s.place < places GROUP BY n, s.place / 10;

    INSERT INTO public.payments (id, order_id, show_id, provider, status, amount, currency)
    SELECT bench.id(5, n * 10000::bigint + s.place / 10), bench.id(2, n * 10000::bigint + s.place / 10), bench.id(0, n), 'test',
           'succeeded', sum(s.price), 'VND'
    FROM generate_series(first, last) AS n, bench.seats AS s WHERE s.map = sold_map AND s.place < places GROUP BY n, s.place / 10;

    INSERT INTO public.tickets (id, order_id, show_id, user_id, seat_id, zone, row_label, number, price, status)
    SELECT bench.id(4, n * 100000::bigint + s.place), bench.id(2, n * 10000::bigint + s.place / 10), bench.id(0, n),
           bench.id(1, 1 + s.place / 10 % 2000), s.seat_id, s.zone, s.row_label, s.number, s.price, 'valid'
    FROM generate_series(first, last) AS n, bench.seats AS s WHERE s.map = sold_map AND s.place < places;

    INSERT INTO public.seat_claims (show_id, seat_id, state, hold_id, order_id, ticket_id)
    SELECT bench.id(0, n), s.seat_id, 'sold', bench.id(3, n * 10000::bigint + s.place / 10),
           bench.id(2, n * 10000::bigint + s.place / 10), bench.id(4, n * 100000::bigint + s.place)
    FROM generate_series(first, last) AS n, bench.seats AS s WHERE s.map = sold_map AND s.place < places;
END
$$;

SELECT bench.add_shows(1, 2000, 'm1', '30 days'),
       bench.add_shows(10001, 10001, 'm1', '30 days'),          -- availability while seats of it are held and released
       bench.add_shows(10002, 10004, 'stadium', '30 days'),     -- the same; empty; sold out
       bench.add_shows(10005, 10005, 'theatre', '30 days'),     -- everybody wants the same 200 seats
       bench.add_shows(10006, 10009, 'theatre', '30 days'),     -- live, one for each repetition
       bench.add_shows(10010, 10010, 'stadium', '30 minutes');  -- doors are open
COMMIT;
