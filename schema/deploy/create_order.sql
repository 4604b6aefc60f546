-- Deploy ticketing:create_order to pg
-- Turns a hold into a pending order (a paid one when the total is 0). Outcomes: created | existing (the hold's order was made before) |
-- hold_not_found | hold_expired | hold_changed (the seats given are not the hold's) | show_not_found (deleted or not published any more) |
-- sales_closed. Element i of zones … ticket_ids, places and zone_names belongs to seats[i].
-- A hold taken in time gives no grace: whoever holds seats when sales close has not bought them.
-- The show is read under its advisory lock, shared (see hold_seats): whoever deletes it or gives it another seat map takes the lock
-- exclusively, and so finds either the order or nobody who can still make it.
-- Responders of the release before call it without the last two arguments.
-- Planner settings: see hold_seats.
BEGIN;

DROP FUNCTION public.create_order(uuid, uuid, uuid, text, text, text[], text[], text[], integer[], bigint[], uuid[], text, integer, uuid, text);
CREATE FUNCTION public.create_order(new_order uuid, hold uuid, owner uuid, email text, name text, seats text[], zones text[], row_labels text[],
                                    numbers integer[], prices bigint[], ticket_ids uuid[], order_currency text, order_ttl_seconds integer,
                                    payment uuid, payment_provider text,
                                    places integer[] DEFAULT NULL, zone_names text[] DEFAULT NULL)
RETURNS TABLE (outcome text, order_id uuid)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    held record;
    overdue uuid[];
    moment timestamptz;
    expires timestamptz;
    own integer;
    amount constant bigint := coalesce((SELECT sum(p) FROM unnest(prices) AS p), 0);
    free constant boolean := amount = 0;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('show:' || h.show_id::text, 0))
    FROM public.holds AS h WHERE h.id = hold AND h.user_id = owner;
    SELECT h.show_id, h.seats, h.state, h.expires_at INTO held
    FROM public.holds AS h WHERE h.id = hold AND h.user_id = owner FOR UPDATE;
    outcome := CASE
        WHEN NOT FOUND OR held.state = 'released' THEN 'hold_not_found'
        WHEN held.state = 'consumed' THEN 'existing'
        WHEN held.expires_at <= clock_timestamp() THEN 'hold_expired'
        WHEN held.seats IS DISTINCT FROM seats THEN 'hold_changed'
    END;
    IF outcome = 'existing' THEN
        SELECT o.id INTO STRICT order_id FROM public.orders AS o WHERE o.hold_id = hold AND o.show_id = held.show_id;
    END IF;
    outcome := coalesce(outcome, public.show_refusal(held.show_id));
    IF outcome IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;

    -- Orders nobody paid in time still have reserved tickets on these seats, if nothing has closed them yet: close them here.
    overdue := ARRAY(SELECT DISTINCT t.order_id FROM unnest(held.seats) AS s (seat_id)
                     JOIN public.tickets AS t ON t.show_id = held.show_id AND t.seat_id = s.seat_id AND t.status <> 'void');
    IF cardinality(overdue) > 0 THEN
        overdue := ARRAY(SELECT o.id FROM public.orders AS o
                         WHERE o.id = ANY (overdue) AND o.status = 'pending' AND o.expires_at <= clock_timestamp()
                         ORDER BY o.id FOR UPDATE);
    END IF;
    PERFORM FROM (SELECT s.seat_id FROM unnest(held.seats) AS s (seat_id)
                  UNION SELECT t.seat_id FROM public.tickets AS t WHERE t.order_id = ANY (overdue)) AS s
    JOIN public.seat_claims AS c ON c.show_id = held.show_id AND c.seat_id = s.seat_id
    ORDER BY c.seat_id FOR UPDATE OF c;
    SELECT count(*) INTO own
    FROM unnest(held.seats) AS s (seat_id) JOIN public.seat_claims AS c ON c.show_id = held.show_id AND c.seat_id = s.seat_id
    WHERE c.hold_id = hold AND c.state = 'held' AND c.order_id IS NULL;
    moment := clock_timestamp();
    IF own < cardinality(held.seats) OR held.expires_at <= moment THEN
        outcome := 'hold_expired';
        RETURN NEXT;
        RETURN;
    END IF;
    IF cardinality(overdue) > 0 THEN
        PERFORM public.who_and_why(NULL, 'not paid in time');
        PERFORM public.close_orders(overdue, 'expired');
    END IF;

    expires := moment + make_interval(secs => order_ttl_seconds);
    PERFORM public.who_and_why(owner, CASE WHEN free THEN 'checkout: nothing to pay' ELSE 'checkout' END);
    INSERT INTO public.orders (id, show_id, hold_id, user_id, buyer_email, buyer_name, status, total, currency, created_at, updated_at,
                               expires_at, paid_at)
    VALUES (new_order, held.show_id, hold, owner, email, name, CASE WHEN free THEN 'paid' ELSE 'pending' END, amount, order_currency,
            moment, moment, expires, CASE WHEN free THEN moment END);
    INSERT INTO public.tickets (id, order_id, show_id, user_id, seat_id, zone, row_label, number, price, status, created_at, updated_at,
                                place, zone_name)
    SELECT t.id, new_order, held.show_id, owner, t.seat_id, t.zone, t.row_label, t.number, t.price,
           CASE WHEN free THEN 'valid' ELSE 'reserved' END, moment, moment, t.place, t.zone_name
    FROM unnest(ticket_ids, seats, zones, row_labels, numbers, prices, places, zone_names)
         AS t (id, seat_id, zone, row_label, number, price, place, zone_name);
    INSERT INTO public.payments (id, order_id, show_id, provider, status, amount, currency, created_at, updated_at)
    VALUES (payment, new_order, held.show_id, payment_provider, CASE WHEN free THEN 'succeeded' ELSE 'pending' END, amount, order_currency,
            moment, moment);
    UPDATE public.seat_claims AS c
    SET state = CASE WHEN free THEN 'sold' ELSE 'held' END, order_id = new_order, ticket_id = t.id,
        expires_at = CASE WHEN NOT free THEN expires END, changed = pg_current_xact_id()
    FROM unnest(ticket_ids, seats) AS t (id, seat_id)
    WHERE c.show_id = held.show_id AND c.seat_id = t.seat_id;
    UPDATE public.holds AS h SET state = 'consumed', expires_at = CASE WHEN free THEN h.expires_at ELSE expires END
    WHERE h.id = hold AND h.show_id = held.show_id;
    IF free THEN
        PERFORM public.outbox_order(ARRAY[new_order], 'order.paid');
    END IF;
    outcome := 'created';
    order_id := new_order;
    RETURN NEXT;
END
$$;

REVOKE ALL ON FUNCTION public.create_order FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT EXECUTE ON FUNCTION public.create_order TO ticketing_checkout;
    ELSE
        RAISE NOTICE 'role ticketing_checkout does not exist: no EXECUTE on create_order';
    END IF;
END
$$;

COMMIT;
