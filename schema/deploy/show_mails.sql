-- Deploy ticketing:show_mails to pg
-- Holders of tickets are told by mail when their show changes. The event show.changed is one, its holders may be thousands: dispatch_outbox()
-- makes one mailing of it, queue_show_mails() makes a delivery for each holder, some thousand a call, and what is left stands in a row, so that
-- a process that dies loses no holder and tells none twice. `key` of such a delivery is the holder: a person gets the mails about several
-- changes in their order, and nobody waits for another person's mail. A kind of its own, as the release before knows nothing of it.
BEGIN;

ALTER TABLE public.webhook_endpoints DROP CONSTRAINT webhook_endpoints_kind_check;
ALTER TABLE public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_kind_check CHECK (kind IN ('webhook', 'mail', 'giver_mail', 'taker_mail', 'show_mail'));
INSERT INTO public.webhook_endpoints (id, kind, url, events, secret)
VALUES ('00000000-0000-4000-8000-00000000a113', 'show_mail', 'mail', '{show.changed}', '');

-- One event, many people.
ALTER TABLE public.webhook_deliveries DROP CONSTRAINT webhook_deliveries_endpoint_id_outbox_id_key;
ALTER TABLE public.webhook_deliveries ADD CONSTRAINT webhook_deliveries_once UNIQUE (endpoint_id, outbox_id, key);
COMMENT ON COLUMN public.webhook_deliveries.key IS
    'of the event, or the holder who is told: those of one key are delivered one after another';

CREATE TABLE public.show_mailings (
    outbox_id bigint PRIMARY KEY REFERENCES public.outbox (id), -- the change
    last_holder uuid -- holders up to this one have their delivery; null: none yet
);
CREATE INDEX ticket_transfers_pending_from ON public.ticket_transfers (from_user, show_id) WHERE state = 'pending';

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
    WHERE o.position > last_position AND e.disabled_at IS NULL AND e.kind <> 'show_mail'
    ORDER BY o.id
    ON CONFLICT (endpoint_id, outbox_id, key) DO NOTHING;
    INSERT INTO public.show_mailings (outbox_id)
    SELECT o.id FROM public.outbox AS o
    WHERE o.position > last_position AND o.type = 'show.changed'
      AND coalesce(o.data ->> 'endsAt', o.data ->> 'startsAt')::timestamptz > o.created_at;
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

-- Takes the oldest mailing one step further: deliveries for up to `batch` holders of live tickets, bought before the change. A ticket on its
-- way to a new owner is still its giver's, who can take it back. False: nothing is left to do, or another host is at it.
CREATE FUNCTION public.queue_show_mails(batch integer) RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
    mailing record;
    reached uuid[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('show_mailings', 0)) THEN
        RETURN false;
    END IF;
    SELECT m.outbox_id, m.last_holder, o.key AS show_id, o.created_at INTO mailing
    FROM public.show_mailings AS m JOIN public.outbox AS o ON o.id = m.outbox_id ORDER BY m.outbox_id LIMIT 1;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    WITH told AS (
        SELECT DISTINCT coalesce(p.from_user, t.user_id) AS holder
        FROM public.tickets AS t
        JOIN public.orders AS o ON o.id = t.order_id AND o.show_id = t.show_id AND o.created_at <= mailing.created_at
        LEFT JOIN public.ticket_transfers AS p ON p.id = t.user_id AND p.state = 'pending'
        WHERE t.show_id = mailing.show_id AND t.status IN ('valid', 'checked_in')
          AND (mailing.last_holder IS NULL OR coalesce(p.from_user, t.user_id) > mailing.last_holder)
        ORDER BY holder LIMIT batch
    ), queued AS (
        INSERT INTO public.webhook_deliveries (endpoint_id, outbox_id, key)
        SELECT e.id, mailing.outbox_id, told.holder
        FROM told JOIN public.webhook_endpoints AS e ON e.kind = 'show_mail' AND e.disabled_at IS NULL
        ON CONFLICT (endpoint_id, outbox_id, key) DO NOTHING
    )
    SELECT array_agg(told.holder ORDER BY told.holder) INTO reached FROM told;
    IF coalesce(cardinality(reached), 0) < batch THEN
        DELETE FROM public.show_mailings AS m WHERE m.outbox_id = mailing.outbox_id;
    ELSE
        UPDATE public.show_mailings AS m SET last_holder = reached[batch] WHERE m.outbox_id = mailing.outbox_id;
    END IF;
    RETURN true;
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
    ON CONFLICT (endpoint_id, outbox_id, key) DO UPDATE
    SET state = 'waiting', attempts = 0, created_at = clock_timestamp(), next_attempt_at = '-infinity', lease_until = NULL, finished_at = NULL;
    GET DIAGNOSTICS queued = ROW_COUNT;
    RETURN queued;
END
$$;

-- The responder of the release before calls dispatch_outbox() until grants.sql is run.
REVOKE ALL ON FUNCTION public.queue_show_mails FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE public.show_mailings TO ticketing_checkout;
        GRANT EXECUTE ON FUNCTION public.queue_show_mails TO ticketing_checkout;
    ELSE
        RAISE NOTICE 'role ticketing_checkout does not exist: no EXECUTE on queue_show_mails';
    END IF;
END
$$;

COMMIT;
