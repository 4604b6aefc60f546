-- Revert ticketing:refund_told from pg
BEGIN;

CREATE OR REPLACE FUNCTION public.outbox_order(order_ids uuid[], event_type text) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO public.outbox (key, type, data)
    SELECT o.id, event_type, public.order_json(o.id) FROM public.orders AS o WHERE o.id = ANY (order_ids) ORDER BY o.id;
$$;
DROP FUNCTION public.refund_json(uuid);

COMMIT;
