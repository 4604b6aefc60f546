-- Deploy ticketing:cancel_order to pg
-- cancelled | not_found | not_pending. A pending order past its time is expired instead, and so not_pending.
-- Planner settings: see hold_seats.
BEGIN;

CREATE FUNCTION public.cancel_order(order_to_cancel uuid, owner uuid) RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    found_order record;
    overdue boolean;
BEGIN
    SELECT o.status, o.expires_at INTO found_order
    FROM public.orders AS o WHERE o.id = order_to_cancel AND o.user_id = owner FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'not_found';
    ELSIF found_order.status <> 'pending' THEN
        RETURN 'not_pending';
    END IF;
    PERFORM FROM public.tickets AS t JOIN public.seat_claims AS c ON c.show_id = t.show_id AND c.seat_id = t.seat_id
    WHERE t.order_id = order_to_cancel ORDER BY c.seat_id FOR UPDATE OF c;
    overdue := found_order.expires_at <= clock_timestamp();
    IF overdue THEN
        PERFORM public.who_and_why(NULL, 'not paid in time');
    ELSE
        PERFORM public.who_and_why(owner, 'cancelled by its buyer');
    END IF;
    PERFORM public.close_orders(ARRAY[order_to_cancel], CASE WHEN overdue THEN 'expired' ELSE 'cancelled' END);
    RETURN CASE WHEN overdue THEN 'not_pending' ELSE 'cancelled' END;
END
$$;

COMMIT;
