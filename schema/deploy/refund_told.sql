-- Deploy ticketing:refund_told to pg
-- An `order.refunded` event says which refund it tells of: of several refunds of one order each event and mail names its own seats and amount.
-- `refund` is what the transaction of the event has written: its refund (none when only tickets of price 0 went back: then `id` and `status`
-- are null and the amount is 0) and the tickets that are void since. `total` is all of the order's money that was given back so far.
BEGIN;

CREATE FUNCTION public.refund_json(order_id uuid) RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT jsonb_build_object(
        'id', own.id, 'status', own.status, 'amount', coalesce(own.amount, 0),
        'tickets', coalesce((SELECT jsonb_agg(t.id ORDER BY t.place, t.zone, t.row_label, t.number, t.seat_id)
                             FROM public.tickets AS t
                             WHERE t.order_id = refund_json.order_id
                                   AND CASE WHEN own.id IS NULL THEN t.status = 'void' AND t.xmin = pg_current_xact_id()::xid
                                            ELSE t.id = ANY (own.tickets) END), '[]'),
        'total', (SELECT coalesce(sum(r.amount), 0) FROM public.refunds AS r
                  WHERE r.order_id = refund_json.order_id AND r.status = 'succeeded'))
    FROM (SELECT) AS always
    LEFT JOIN LATERAL (SELECT r.id, r.status, r.amount, r.tickets FROM public.refunds AS r
                       WHERE r.order_id = refund_json.order_id AND r.xmin = pg_current_xact_id()::xid
                       ORDER BY r.settled_at DESC NULLS LAST, r.created_at DESC LIMIT 1) AS own ON true;
END;

CREATE OR REPLACE FUNCTION public.outbox_order(order_ids uuid[], event_type text) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO public.outbox (key, type, data)
    SELECT o.id, event_type,
           CASE event_type WHEN 'order.refunded' THEN (public.order_json(o.id)::jsonb || jsonb_build_object('refund', public.refund_json(o.id)))::json
                           ELSE public.order_json(o.id) END
    FROM public.orders AS o WHERE o.id = ANY (order_ids) ORDER BY o.id;
$$;

COMMENT ON FUNCTION public.refund_json IS 'the refund of an order that this transaction has written; see order.refunded';

COMMIT;
