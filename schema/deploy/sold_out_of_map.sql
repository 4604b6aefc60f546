-- Deploy ticketing:sold_out_of_map to pg
-- show.sold_out counts only seats of the show's map.
BEGIN;

-- How many seats of the show's map have a live ticket. A map whose seats are not told in rows counts every live ticket.
CREATE FUNCTION public.sold_of_map(show uuid) RETURNS bigint
LANGUAGE sql STABLE
AS $$
    SELECT count(*) FROM (
        SELECT DISTINCT t.seat_id
        FROM public.shows AS s
        JOIN public.seatmaps AS m ON m.id = s.seatmap_id AND m.version = s.seatmap_version
        JOIN public.tickets AS t ON t.show_id = s.id AND t.status IN ('valid', 'checked_in')
        LEFT JOIN LATERAL (
            SELECT zone.body ->> 'id' AS zone, seats.body ->> 'id' AS row_label, (seats.body ->> 'from')::integer AS first,
                   (seats.body ->> 'to')::integer AS last
            FROM json_array_elements(CASE json_typeof(m.template -> 'zones') WHEN 'array' THEN m.template -> 'zones' END) AS zone (body)
            CROSS JOIN LATERAL json_array_elements(zone.body -> 'rows') AS seats (body)
        ) AS r ON r.zone = t.zone AND r.row_label = t.row_label AND t.number BETWEEN r.first AND r.last
        WHERE s.id = show AND (r.zone IS NOT NULL OR json_typeof(m.template -> 'zones') IS DISTINCT FROM 'array')) AS seats;
$$;
REVOKE ALL ON FUNCTION public.sold_of_map FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT EXECUTE ON FUNCTION public.sold_of_map TO ticketing_checkout;
    ELSE
        RAISE NOTICE 'role ticketing_checkout does not exist: no EXECUTE on sold_of_map';
    END IF;
END
$$;

-- Queues up to `batch` new events and returns how many; 0 also when another host is at it.
CREATE OR REPLACE FUNCTION public.dispatch_outbox(batch integer) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    last_position bigint;
    dispatched integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('outbox', 0)) THEN
        RETURN 0;
    END IF;
    SELECT coalesce(max(o.position), 0) INTO last_position FROM public.outbox AS o;
    UPDATE public.outbox AS o SET position = last_position + fresh.rank, processed_at = clock_timestamp()
    FROM (SELECT f.id, row_number() OVER (ORDER BY f.id) AS rank
          FROM (SELECT w.id FROM public.outbox AS w WHERE w.processed_at IS NULL ORDER BY w.id LIMIT batch) AS f) AS fresh
    WHERE o.id = fresh.id;
    GET DIAGNOSTICS dispatched = ROW_COUNT;
    IF dispatched = 0 THEN
        RETURN 0;
    END IF;
    INSERT INTO public.webhook_deliveries (endpoint_id, outbox_id, key)
    SELECT e.id, o.id, o.key
    FROM public.outbox AS o JOIN public.webhook_endpoints AS e ON o.type = ANY (e.events)
    WHERE o.position > last_position AND e.disabled_at IS NULL
    ORDER BY o.id
    ON CONFLICT (endpoint_id, outbox_id) DO NOTHING;
    -- Two purchases of the last seats do not see each other; here both are visible, whichever event comes first. The event is not repeated
    -- unless a seat was sold after it.
    INSERT INTO public.outbox (key, type, data)
    SELECT s.id, 'show.sold_out',
           json_build_object('id', s.id, 'eventId', s.event_id, 'startsAt', public.rfc3339(s.starts_at), 'seatMapId', s.seatmap_id,
                             'seatMapVersion', s.seatmap_version, 'seatCount', m.seat_count)
    FROM (SELECT (o.data ->> 'showId')::uuid AS show_id, max(o.created_at) AS at
          FROM public.outbox AS o WHERE o.position > last_position AND o.type = 'order.paid' GROUP BY 1) AS sold
    JOIN public.shows AS s ON s.id = sold.show_id
    JOIN public.seatmaps AS m ON m.id = s.seatmap_id AND m.version = s.seatmap_version
    WHERE CASE WHEN (SELECT count(*) FROM public.seat_claims AS c WHERE c.show_id = s.id AND c.state = 'sold') >= m.seat_count
               THEN public.sold_of_map(s.id) >= m.seat_count END
      AND NOT EXISTS (SELECT FROM public.outbox AS told
                      WHERE told.key = s.id AND told.type = 'show.sold_out' AND told.created_at > sold.at);
    RETURN dispatched;
END
$$;

COMMIT;
