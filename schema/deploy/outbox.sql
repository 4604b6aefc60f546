-- Deploy ticketing:outbox to pg
-- Domain events. A function that changes an order or a ticket calls outbox_order() or outbox_ticket() last, in the same transaction and with
-- the row it changed still locked: so the ids of one key have the order in which its changes happened, and there is no change without its
-- event. `position` is given later, by dispatch_outbox(), which runs one at a time: unlike `id`, whoever has read up to a position has
-- missed nothing.
BEGIN;

ALTER TABLE public.outbox
    ADD COLUMN event_id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE, -- what receivers know the event by
    ADD COLUMN position bigint UNIQUE,
    ADD CONSTRAINT outbox_position CHECK ((position IS NULL) = (processed_at IS NULL) AND position > 0);
CREATE INDEX outbox_of_key ON public.outbox (key, id);

-- The order as GET /orders/:id shows it, but for payment.url.
CREATE FUNCTION public.order_json(order_id uuid) RETURNS json
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
CREATE FUNCTION public.ticket_json(ticket_id uuid) RETURNS json
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

CREATE FUNCTION public.outbox_order(order_ids uuid[], event_type text) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO public.outbox (key, type, data)
    SELECT o.id, event_type, public.order_json(o.id) FROM public.orders AS o WHERE o.id = ANY (order_ids) ORDER BY o.id;
$$;

CREATE FUNCTION public.outbox_ticket(ticket_id uuid, event_type text) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO public.outbox (key, type, data)
    SELECT t.order_id, event_type, public.ticket_json(t.id) FROM public.tickets AS t WHERE t.id = ticket_id;
$$;

COMMENT ON FUNCTION public.outbox_order IS 'one event for each order, with its state as this transaction leaves it: call it last';
COMMENT ON FUNCTION public.outbox_ticket IS 'an event of the ticket''s order about one ticket';

COMMIT;
