-- Revert ticketing:ticket_places from pg
BEGIN;

-- The order as GET /orders/:id shows it, but for payment.url.
CREATE OR REPLACE FUNCTION public.order_json(order_id uuid) RETURNS json
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_build_object(
        'id', o.id, 'status', o.status, 'showId', o.show_id, 'total', o.total, 'currency', o.currency,
        'createdAt', public.rfc3339(o.created_at), 'expiresAt', public.rfc3339(o.expires_at), 'paidAt', public.rfc3339(o.paid_at),
        'note', o.note,
        'tickets', (SELECT json_agg(json_build_object('id', t.id, 'seatId', t.seat_id, 'zone', t.zone, 'price', t.price,
                                                      'status', CASE t.status WHEN 'reserved' THEN 'pending' ELSE t.status END)
                                    ORDER BY t.zone, t.row_label, t.number, t.seat_id)
                    FROM public.tickets AS t WHERE t.order_id = o.id),
        'payment', (SELECT json_build_object('provider', p.provider, 'status', p.status)
                    FROM public.payments AS p WHERE p.order_id = o.id ORDER BY p.created_at DESC, p.id LIMIT 1))
    FROM public.orders AS o WHERE o.id = order_json.order_id;
END;

-- The ticket as GET /tickets/:id shows it, but for the code that opens the gate.
CREATE OR REPLACE FUNCTION public.ticket_json(ticket_id uuid) RETURNS json
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_build_object(
        'id', t.id, 'orderId', t.order_id,
        'show', json_build_object('id', s.id, 'startsAt', public.rfc3339(s.starts_at), 'endsAt', public.rfc3339(s.ends_at)),
        'event', json_build_object('id', e.id, 'title', e.title, 'venue', e.venue),
        'seatId', t.seat_id, 'zone', t.zone, 'row', t.row_label, 'number', t.number, 'price', t.price, 'currency', o.currency,
        'status', t.status, 'checkedInAt', public.rfc3339(t.checked_in_at), 'gate', t.checked_in_gate)
    FROM public.tickets AS t
    JOIN public.orders AS o ON o.id = t.order_id AND o.show_id = t.show_id
    JOIN public.shows AS s ON s.id = t.show_id
    JOIN public.events AS e ON e.id = s.event_id
    WHERE t.id = ticket_json.ticket_id;
END;

ALTER TABLE public.tickets DROP COLUMN zone_name, DROP COLUMN place;

COMMIT;
