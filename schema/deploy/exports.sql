-- Deploy ticketing:exports to pg
-- The next rows of an export. A piece must cost what it brings, also when the planner knows nothing yet of a show that has just been filled:
-- so each is read in the order of its index, whatever the planner thinks.
BEGIN;

-- Valid tickets behind a seat, in the order of tickets_live_seat.
CREATE FUNCTION public.export_attendees(show uuid, seat text, only_waiting boolean, until timestamptz, wanted integer)
RETURNS SETOF public.tickets
LANGUAGE sql STABLE ROWS 100
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET jit = off
AS $$
    SELECT t.* FROM public.tickets AS t
    WHERE t.show_id = show AND t.seat_id > seat AND t.status <> 'void' AND t.status <> 'reserved'
      AND (NOT only_waiting OR t.status = 'valid') AND t.created_at <= until
    ORDER BY t.show_id, t.seat_id LIMIT wanted;
$$;

-- Orders behind one, in the order of orders_of_show.
CREATE FUNCTION public.export_orders(show uuid, after_time timestamptz, after_id uuid, until timestamptz, wanted integer)
RETURNS SETOF public.orders
LANGUAGE sql STABLE ROWS 100
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET jit = off
AS $$
    SELECT o.* FROM public.orders AS o
    WHERE o.show_id = show AND o.created_at >= after_time AND (o.created_at, o.id) > (after_time, after_id) AND o.created_at <= until
    ORDER BY o.show_id, o.created_at, o.id LIMIT wanted;
$$;

COMMIT;
