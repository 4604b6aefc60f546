-- One published event, a show of its own for each race, and the calls as one-line functions that choose their own ids.
CREATE SCHEMA race;
INSERT INTO public.events (id, title, published) VALUES ('4ace0000-0000-4000-8000-000000000000', 'Race', true);
INSERT INTO public.seatmaps (id, version, name, template, seat_count) VALUES ('race', 1, 'Race', '{}', 100);
INSERT INTO public.shows (id, event_id, seatmap_id, seatmap_version, starts_at, currency)
SELECT ('4ace0000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, '4ace0000-0000-4000-8000-000000000000', 'race', 1,
    now() + interval '1 day', 'VND'
FROM generate_series(1, 40) AS n;

CREATE FUNCTION race.show(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN ('4ace0000-0000-4000-8000-' || lpad(n::text, 12,
    '0'))::uuid;
CREATE FUNCTION race.person(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN ('4ace0001-0000-4000-8000-' || lpad(n::text, 12,
    '0'))::uuid;

-- A batch of holds on shows first … first + shows - 1: `seats` different ones of `house` seats each, in random order; returns the outcomes.
CREATE FUNCTION race.hold(size integer, first integer, shows integer, house integer, seats integer, people integer,
    ttl integer) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    lists text[];
    show_ids uuid[];
    users uuid[];
BEGIN
    FOR i IN 1 .. size LOOP
        lists[i] := ARRAY(SELECT 'S' || n FROM generate_series(1, house) AS n ORDER BY random() LIMIT seats)::text;
        show_ids[i] := race.show(first + floor(random() * shows)::integer);
        users[i] := race.person(1 + floor(random() * people)::integer);
    END LOOP;
    RETURN (SELECT string_agg(outcome || coalesce(taken::text, ''), ' ' ORDER BY request)
            FROM public.hold_seats(ARRAY(SELECT generate_series(1, size)), ARRAY(SELECT gen_random_uuid() FROM generate_series(1, size)),
            users, show_ids,
                                   array_fill('race'::text, ARRAY[size]), array_fill(1, ARRAY[size]), lists, ttl, 1000));
END
$$;
-- The same and, in one transaction, up to `size` recent holds of those shows given back; returns how those ended.
CREATE FUNCTION race.hold_and_release(size integer, first integer, shows integer, house integer, seats integer, people integer,
    ttl integer) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    ids uuid[];
    users uuid[];
BEGIN
    SELECT array_agg(h.id), array_agg(h.user_id) INTO ids, users
    FROM (SELECT * FROM public.holds WHERE show_id = ANY (ARRAY(SELECT race.show(first + n) FROM generate_series(0, shows - 1) AS n))
          AND created_at > clock_timestamp() - interval '1500 ms' ORDER BY random() LIMIT size) AS h;
    PERFORM race.hold(size, first, shows, house, seats, people, ttl);
    RETURN (SELECT string_agg(outcome, ' ') FROM public.release_holds(ARRAY(SELECT generate_series(1, cardinality(ids))), ids, users));
END
$$;
-- one hold of given seats for a given person
CREATE FUNCTION race.hold_these(show integer, seats text, person integer, ttl integer) RETURNS text LANGUAGE sql AS
$$ SELECT outcome || coalesce(taken::text, '')
   FROM public.hold_seats('{1}', ARRAY[gen_random_uuid()], ARRAY[race.person(person)], ARRAY[race.show(show)], '{race}', '{1}',
    ARRAY[seats], ttl, 1000) $$;
CREATE FUNCTION race.buy(hold public.holds, ttl integer) RETURNS text LANGUAGE sql AS
$$ SELECT outcome FROM public.create_order(gen_random_uuid(), hold.id, hold.user_id, 'a@example.com', 'A', hold.seats,
        array_fill('Z'::text, ARRAY[cardinality(hold.seats)]), array_fill('A'::text, ARRAY[cardinality(hold.seats)]),
        array_fill(1, ARRAY[cardinality(hold.seats)]), array_fill(100::bigint, ARRAY[cardinality(hold.seats)]),
        ARRAY(SELECT gen_random_uuid() FROM unnest(hold.seats)), 'VND', ttl, gen_random_uuid(), 'test') $$;
-- any recent hold or order of a show: others are after the same ones
CREATE FUNCTION race.some_hold(show integer) RETURNS SETOF public.holds LANGUAGE sql AS
$$ SELECT * FROM public.holds WHERE show_id = race.show(show) AND created_at > clock_timestamp() - interval '1500 ms' ORDER BY random()
    LIMIT 1 $$;
CREATE FUNCTION race.some_payment(show integer) RETURNS SETOF public.payments LANGUAGE sql AS
$$ SELECT * FROM public.payments WHERE show_id = race.show(show) AND created_at > clock_timestamp() - interval '2500 ms' ORDER BY random()
    LIMIT 1 $$;
-- Refunds one sold order, or one ticket of it, as an organizer would: so a small house never sells out.
CREATE FUNCTION race.reopen(show integer) RETURNS text LANGUAGE sql AS $$
    SELECT (public.refund_order(gen_random_uuid(), o.id, o.some, true, NULL, 'reopened')).outcome
    FROM (SELECT o.id, CASE WHEN random() < 0.5 THEN (SELECT array_agg(t.id) FROM (SELECT t.id FROM public.tickets AS t
                                                                                  WHERE t.order_id = o.id AND t.status <> 'void'
                                                                                  LIMIT 1) AS t) END AS some
          FROM public.orders AS o
          WHERE o.show_id = race.show(show) AND o.status IN ('paid', 'partially_refunded') ORDER BY random() LIMIT 1) AS o;
$$;
