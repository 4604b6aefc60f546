-- Deploy ticketing:expire_orders to pg
-- Closes up to batch_limit pending orders whose time is over and returns how many. Any number of hosts may call it at once.
BEGIN;

CREATE FUNCTION public.expire_orders(batch_limit integer) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    shows uuid[];
    order_ids uuid[];
    show uuid;
BEGIN
    SELECT array_agg(due.id), array_agg(due.show_id) INTO order_ids, shows
    FROM (SELECT o.id, o.show_id FROM public.orders AS o
          WHERE o.status = 'pending' AND o.expires_at <= clock_timestamp()
          ORDER BY o.expires_at LIMIT batch_limit FOR UPDATE SKIP LOCKED) AS due;
    IF order_ids IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM FROM public.seat_claims AS c
    WHERE (c.show_id, c.seat_id) IN (SELECT t.show_id, t.seat_id FROM public.tickets AS t WHERE t.order_id = ANY (order_ids))
    ORDER BY c.show_id, c.seat_id FOR UPDATE;
    FOR show IN SELECT DISTINCT s FROM unnest(shows) AS s LOOP
        PERFORM public.close_orders(show, ARRAY(SELECT o.id FROM unnest(order_ids, shows) AS o (id, show_id) WHERE o.show_id = show),
                                    'expired');
    END LOOP;
    RETURN cardinality(order_ids);
END
$$;

COMMIT;
