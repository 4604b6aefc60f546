-- Deploy ticketing:close_orders to pg
-- Ends pending orders unpaid: tickets void, claims that are still theirs released. The caller holds the locks on the orders and on the
-- claims of all their seats (also those that went to others): whoever writes a ticket holds the claim of its seat; and has said who and why.
-- Planner settings: see hold_seats.
BEGIN;

CREATE OR REPLACE FUNCTION public.close_orders(order_ids uuid[], new_status text) RETURNS void
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
    UPDATE public.seat_claims AS c
    SET state = 'released', order_id = NULL, ticket_id = NULL, expires_at = NULL, changed = pg_current_xact_id()
    FROM public.tickets AS t
    WHERE t.order_id = ANY (order_ids) AND c.show_id = t.show_id AND c.seat_id = t.seat_id AND c.order_id = t.order_id AND c.state = 'held';
    UPDATE public.tickets AS t SET status = 'void', updated_at = clock_timestamp()
    WHERE t.order_id = ANY (order_ids) AND t.status = 'reserved';
    UPDATE public.orders AS o SET status = new_status, updated_at = clock_timestamp()
    WHERE o.id = ANY (order_ids) AND o.status = 'pending';
    -- The time that the order kept the seats belongs to the user's time with them (see hold_seats). These holds are used up: whoever has
    -- the lock on one takes no other lock after it.
    UPDATE public.holds AS h SET expires_at = greatest(clock_timestamp(), h.created_at + interval '1 us')
    FROM public.orders AS o
    WHERE o.id = ANY (order_ids) AND h.id = o.hold_id AND h.show_id = o.show_id AND h.expires_at > clock_timestamp();
    -- A payment the buyer may still be making elsewhere: ask the provider, and have it closed there.
    UPDATE public.payments AS p SET check_at = clock_timestamp()
    WHERE p.order_id = ANY (order_ids) AND p.status IN ('pending', 'declined') AND p.attempt_expires_at IS NOT NULL;
    IF new_status = 'expired' THEN
        PERFORM public.outbox_order(order_ids, 'order.expired');
    END IF;
END
$$;

COMMENT ON FUNCTION public.close_orders IS 'only for create_order, cancel_order, expire_orders and settle_payment, which hold the locks';

COMMIT;
