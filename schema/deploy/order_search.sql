-- Deploy ticketing:order_search to pg
-- One search box for orders. An index over the names in orders would be paid for by every checkout. So a task notes down later who has
-- bought, once for each name and address of a user, and the orders of the last seconds are looked through one by one.
BEGIN;

CREATE TABLE public.buyers (
    user_id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (user_id, email, name)
);
CREATE INDEX buyers_search ON public.buyers USING gin (public.search_text(name || ' ' || email) public.gin_trgm_ops);
INSERT INTO public.report_marks (name) VALUES ('buyers');

-- Every status that an order can have: orders of all of them are found through orders_of_status by the time that they were made.
CREATE FUNCTION public.order_statuses() RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$ SELECT '{pending,paid,cancelled,expired,refunded,partially_refunded}'::text[] $$;

-- Notes down the buyers of ten minutes with orders. True: there are more.
CREATE FUNCTION public.note_buyers() RETURNS boolean
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
    bound constant timestamptz := clock_timestamp() - interval '10 seconds';
    first_order timestamptz;
    span record;
    until timestamptz;
BEGIN
    SELECT min(f.created_at) INTO first_order
    FROM unnest(public.order_statuses()) AS s (status)
    CROSS JOIN LATERAL (
        SELECT o.created_at FROM public.orders AS o
        WHERE o.status = s.status AND o.created_at >= (SELECT m.done_until FROM public.report_marks AS m WHERE m.name = 'buyers')
        ORDER BY o.created_at LIMIT 1) AS f;
    IF first_order IS NULL OR first_order >= bound THEN
        RETURN false; -- an idle house writes nothing
    END IF;
    SELECT * INTO span FROM public.report_span('buyers', bound);
    IF span.since IS NULL THEN
        RETURN false;
    END IF;
    until := least(span.before, greatest(first_order, span.since) + interval '10 minutes');
    INSERT INTO public.buyers (user_id, email, name)
    SELECT DISTINCT o.user_id, o.buyer_email, o.buyer_name
    FROM unnest(public.order_statuses()) AS s (status)
    JOIN public.orders AS o ON o.status = s.status AND o.created_at >= span.since AND o.created_at < until
    ON CONFLICT (user_id, email, name) DO NOTHING;
    UPDATE public.report_marks AS m SET done_until = until WHERE m.name = 'buyers';
    RETURN until < span.before;
END
$$;

-- The orders that a search finds, newest first, behind the one given: words of the buyer's name and address in any order, the name of a seat,
-- the beginning of the id of an order, payment or ticket, what the provider calls the payment. At most 500 buyers are looked at, and the seat
-- in the 1000 shows that come last.
CREATE FUNCTION public.find_orders(words text, one_show uuid, one_status text, after_time timestamptz, after_id uuid, wanted integer)
RETURNS uuid[]
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
    patterns constant text[] := public.search_patterns(words);
    seat constant text := btrim(words);
    digits constant text := lower(replace(btrim(words), '-', ''));
    low uuid;
    high uuid;
    ids uuid[];
BEGIN
    IF digits ~ '^[0-9a-f]{4,32}$' THEN
        low := rpad(digits, 32, '0')::uuid;
        high := rpad(digits, 32, 'f')::uuid;
    END IF;
    WITH found (id) AS (
        (SELECT o.id FROM public.orders AS o WHERE o.id BETWEEN low AND high LIMIT 1000)
        UNION
        (SELECT p.order_id FROM public.payments AS p WHERE p.id BETWEEN low AND high LIMIT 1000)
        UNION
        (SELECT t.order_id FROM public.tickets AS t WHERE t.id BETWEEN low AND high LIMIT 1000)
        UNION
        SELECT p.order_id
        FROM unnest('{test,stripe,manual}'::text[]) AS v (provider)
        JOIN public.payments AS p ON p.provider = v.provider AND (p.provider_reference = btrim(words) OR p.charge = btrim(words))
        UNION
        SELECT t.order_id
        FROM (SELECT s.id FROM public.shows AS s WHERE s.deleted_at IS NULL AND (one_show IS NULL OR s.id = one_show)
              ORDER BY s.starts_at DESC LIMIT 1000) AS s
        JOIN public.tickets AS t ON t.show_id = s.id AND t.seat_id = ANY (ARRAY[seat, upper(seat)]) AND t.status <> 'void'
        UNION
        SELECT t.order_id FROM public.tickets AS t
        WHERE t.show_id = one_show AND t.seat_id = ANY (ARRAY[seat, upper(seat)]) AND t.status = 'void'
        UNION
        SELECT o.id
        FROM (SELECT b.* FROM public.buyers AS b
              WHERE public.search_text(b.name || ' ' || b.email) LIKE ALL (patterns)
              ORDER BY b.user_id DESC LIMIT 500) AS b -- ids of users begin with the time
        CROSS JOIN LATERAL (
            SELECT o.id FROM public.orders AS o
            WHERE o.user_id = b.user_id AND o.buyer_email = b.email AND o.buyer_name = b.name
              AND (one_show IS NULL OR o.show_id = one_show) AND (one_status IS NULL OR o.status = one_status)
              AND (after_time IS NULL OR (o.created_at, o.id) < (after_time, after_id))
            ORDER BY o.created_at DESC, o.id DESC LIMIT wanted) AS o
        UNION
        SELECT o.id
        FROM unnest(public.order_statuses()) AS s (status)
        JOIN public.orders AS o ON o.status = s.status
            AND o.created_at >= (SELECT m.done_until FROM public.report_marks AS m WHERE m.name = 'buyers')
        WHERE public.search_text(o.buyer_name || ' ' || o.buyer_email) LIKE ALL (patterns)
    )
    SELECT array_agg(f.id) INTO ids FROM (
        SELECT o.id FROM found AS f JOIN public.orders AS o ON o.id = f.id
        WHERE (one_show IS NULL OR o.show_id = one_show) AND (one_status IS NULL OR o.status = one_status)
          AND (after_time IS NULL OR (o.created_at, o.id) < (after_time, after_id))
        ORDER BY o.created_at DESC, o.id DESC LIMIT wanted) AS f;
    RETURN coalesce(ids, '{}');
END
$$;

COMMIT;
