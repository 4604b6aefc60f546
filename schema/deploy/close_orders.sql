-- Deploy ticketing:close_orders to pg
-- Ends pending orders of one show unpaid: tickets void, claims that are still theirs released. The caller holds the locks on the orders and
-- on the claims of all their seats.
BEGIN;

CREATE FUNCTION public.close_orders(show uuid, order_ids uuid[], new_status text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE public.seat_claims AS c
    SET state = 'released', order_id = NULL, ticket_id = NULL, expires_at = NULL, changed = pg_current_xact_id()
    FROM public.tickets AS t
    WHERE t.order_id = ANY (order_ids) AND c.show_id = show AND c.seat_id = t.seat_id AND c.order_id = t.order_id AND c.state = 'held';
    UPDATE public.tickets AS t SET status = 'void', updated_at = clock_timestamp()
    WHERE t.order_id = ANY (order_ids) AND t.show_id = show AND t.status = 'reserved';
    UPDATE public.orders AS o SET status = new_status, updated_at = clock_timestamp()
    WHERE o.id = ANY (order_ids) AND o.show_id = show AND o.status = 'pending';
END
$$;

COMMENT ON FUNCTION public.close_orders IS 'only for create_order, cancel_order, expire_orders and settle_payment, which hold the locks';

COMMIT;
