-- Deploy ticketing:expire_orders to pg
-- Closes up to batch_limit pending orders whose time is over and returns how many. Any number of hosts may call it at once.
-- Planner settings: see hold_seats.
BEGIN;

CREATE FUNCTION public.expire_orders(batch_limit integer) RETURNS integer
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    moment constant timestamptz := clock_timestamp();
    order_ids uuid[];
BEGIN
    order_ids := ARRAY(SELECT o.id FROM public.orders AS o
                       WHERE o.status = 'pending' AND o.expires_at <= moment
                       ORDER BY o.expires_at LIMIT batch_limit FOR UPDATE SKIP LOCKED);
    IF cardinality(order_ids) > 0 THEN
        PERFORM FROM public.tickets AS t JOIN public.seat_claims AS c ON c.show_id = t.show_id AND c.seat_id = t.seat_id
        WHERE t.order_id = ANY (order_ids) ORDER BY c.show_id, c.seat_id FOR UPDATE OF c;
        PERFORM public.who_and_why(NULL, 'not paid in time');
        PERFORM public.close_orders(order_ids, 'expired');
    END IF;
    RETURN cardinality(order_ids);
END
$$;

COMMIT;
