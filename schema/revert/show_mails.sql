-- Revert ticketing:show_mails from pg
BEGIN;

DROP FUNCTION public.queue_show_mails(integer);
DROP INDEX public.ticket_transfers_pending_from;
DROP TABLE public.show_mailings;
DELETE FROM public.webhook_endpoints WHERE kind = 'show_mail';
ALTER TABLE public.webhook_deliveries DROP CONSTRAINT webhook_deliveries_once;
ALTER TABLE public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_endpoint_id_outbox_id_key UNIQUE (endpoint_id, outbox_id);
COMMENT ON COLUMN public.webhook_deliveries.key IS NULL;
ALTER TABLE public.webhook_endpoints DROP CONSTRAINT webhook_endpoints_kind_check;
ALTER TABLE public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_kind_check CHECK (kind IN ('webhook', 'mail', 'giver_mail', 'taker_mail'));

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

-- Queues everything after an event (null: from the start) once more for one receiver; returns how many. Null: there is no such event.
CREATE OR REPLACE FUNCTION public.replay_deliveries(endpoint uuid, after_event uuid) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    start bigint := 0;
    queued integer;
BEGIN
    IF after_event IS NOT NULL THEN
        SELECT o.position INTO start FROM public.outbox AS o WHERE o.event_id = after_event AND o.position IS NOT NULL;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    UPDATE public.webhook_endpoints AS e SET failures = 0, paused_until = '-infinity' WHERE e.id = endpoint;
    INSERT INTO public.webhook_deliveries AS d (endpoint_id, outbox_id, key)
    SELECT e.id, o.id, o.key
    FROM public.webhook_endpoints AS e JOIN public.outbox AS o ON o.type = ANY (e.events)
    WHERE e.id = endpoint AND o.position > start
    ORDER BY o.id
    ON CONFLICT (endpoint_id, outbox_id) DO UPDATE
    SET state = 'waiting', attempts = 0, created_at = clock_timestamp(), next_attempt_at = '-infinity', lease_until = NULL, finished_at = NULL;
    GET DIAGNOSTICS queued = ROW_COUNT;
    RETURN queued;
END
$$;

COMMIT;
