-- Deploy ticketing:seat_story to pg
-- What is behind a seat of a show, for the desk: who holds or has it, and whose it was before.
BEGIN;

-- `told`: anything but that it is free. A hold's buyer is known by name when there was an order of that user before. The newest 20 earlier
-- tickets are there.
CREATE FUNCTION public.seat_story(show uuid, seat text, OUT told boolean, OUT story json)
LANGUAGE sql STABLE
SET jit = off
AS $$
    WITH tickets AS (
        SELECT t.id, t.order_id, t.status, t.price, t.created_at, t.checked_in_at,
               json_build_object(
                   'ticketId', t.id, 'ticketStatus', CASE t.status WHEN 'reserved' THEN 'pending' ELSE t.status END, 'price', t.price,
                   'currency', o.currency, 'checkedInAt', public.rfc3339(t.checked_in_at), 'orderId', o.id, 'orderStatus', o.status,
                   'createdAt', public.rfc3339(o.created_at), 'paidAt', public.rfc3339(o.paid_at),
                   'buyer', json_build_object('id', o.user_id, 'name', o.buyer_name, 'email', o.buyer_email)) AS line
        FROM public.tickets AS t JOIN public.orders AS o ON o.id = t.order_id AND o.show_id = t.show_id
        WHERE t.show_id = show AND t.seat_id = seat),
    live AS (SELECT line FROM tickets WHERE status <> 'void'),
    earlier AS (SELECT line, created_at FROM tickets WHERE status = 'void' ORDER BY created_at DESC, id LIMIT 20),
    claim AS (
        SELECT c.state, c.expires_at, h.user_id
        FROM public.seat_claims AS c LEFT JOIN public.holds AS h ON h.id = c.hold_id AND h.show_id = c.show_id
        WHERE c.show_id = show AND c.seat_id = seat
          AND (c.state = 'sold' OR c.state = 'held' AND c.expires_at > clock_timestamp()))
    SELECT EXISTS (SELECT FROM claim) OR EXISTS (SELECT FROM tickets),
           json_build_object(
               'showId', show, 'seatId', seat,
               'state', coalesce((SELECT state FROM claim), 'available'),
               'heldUntil', (SELECT public.rfc3339(expires_at) FROM claim WHERE state = 'held'),
               'heldBy', (SELECT json_build_object('id', c.user_id, 'name', o.buyer_name, 'email', o.buyer_email)
                          FROM claim AS c
                          LEFT JOIN LATERAL (SELECT n.buyer_name, n.buyer_email FROM public.orders AS n WHERE n.user_id = c.user_id
                                             ORDER BY n.created_at DESC LIMIT 1) AS o ON true
                          WHERE c.state = 'held'),
               'ticket', (SELECT line FROM live),
               'earlier', (SELECT coalesce(json_agg(line ORDER BY created_at DESC), '[]') FROM earlier));
$$;

COMMIT;
