-- Deploy ticketing:relay to pg
-- The way of an event: outbox → dispatch_outbox() gives it its position and queues a delivery for each receiver → claim_deliveries() leases
-- some → they are sent → finish_delivery(). Any number of hosts may call each at any time; a host that dies leaves a lease that runs out, and
-- the event is sent again: at least once, in the order of its key.
BEGIN;

-- Queues up to `batch` new events and returns how many; 0 also when another host is at it.
CREATE FUNCTION public.dispatch_outbox(batch integer) RETURNS integer
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
    WHERE (SELECT count(*) FROM public.seat_claims AS c WHERE c.show_id = s.id AND c.state = 'sold') >= m.seat_count
      AND NOT EXISTS (SELECT FROM public.outbox AS told
                      WHERE told.key = s.id AND told.type = 'show.sold_out' AND told.created_at > sold.at);
    RETURN dispatched;
END
$$;

-- Leases up to `wanted` deliveries that are due: of a key only the first that waits, of a receiver at most `per_endpoint` at a time, and a
-- single one while it cannot be reached, so that one that hangs keeps nobody else waiting.
CREATE FUNCTION public.claim_deliveries(wanted integer, per_endpoint integer, lease_seconds integer)
RETURNS TABLE (delivery bigint, attempt integer, kind text, url text, secret text, event_id uuid, type text, created_at text, data text,
               key uuid)
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
    endpoint record;
    room integer;
    claimed integer;
BEGIN
    FOR endpoint IN
        SELECT e.id, e.kind, e.url, e.secret, e.failures FROM public.webhook_endpoints AS e
        WHERE e.disabled_at IS NULL AND e.paused_until <= clock_timestamp()
          AND EXISTS (SELECT FROM public.webhook_deliveries AS d
                      WHERE d.endpoint_id = e.id AND d.state = 'waiting' AND d.next_attempt_at <= clock_timestamp()
                        AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp()))
        ORDER BY e.claimed_at
        FOR UPDATE SKIP LOCKED
    LOOP
        EXIT WHEN wanted <= 0;
        -- A statement of its own, so that it sees what the last holder of the lock has committed.
        SELECT CASE WHEN endpoint.failures > 0 THEN 1 ELSE per_endpoint END - count(*) INTO room
        FROM public.webhook_deliveries AS d
        WHERE d.endpoint_id = endpoint.id AND d.lease_until IS NOT NULL AND d.lease_until > clock_timestamp();
        CONTINUE WHEN room <= 0;
        RETURN QUERY
            WITH due AS (
                SELECT d.id FROM public.webhook_deliveries AS d
                WHERE d.endpoint_id = endpoint.id AND d.state = 'waiting' AND d.next_attempt_at <= clock_timestamp()
                  AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp())
                  AND NOT EXISTS (SELECT FROM public.webhook_deliveries AS earlier
                                  WHERE earlier.endpoint_id = d.endpoint_id AND earlier.key = d.key AND earlier.outbox_id < d.outbox_id
                                    AND earlier.state = 'waiting')
                ORDER BY d.outbox_id LIMIT least(room, wanted)
            ), taken AS (
                UPDATE public.webhook_deliveries AS d
                SET attempts = d.attempts + 1, lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
                FROM due WHERE d.id = due.id
                RETURNING d.id, d.attempts, d.outbox_id
            )
            SELECT t.id, t.attempts, endpoint.kind, endpoint.url, endpoint.secret, o.event_id, o.type, public.rfc3339(o.created_at),
                   o.data::text, o.key
            FROM taken AS t JOIN public.outbox AS o ON o.id = t.outbox_id ORDER BY o.id;
        GET DIAGNOSTICS claimed = ROW_COUNT;
        wanted := wanted - claimed;
        IF claimed > 0 THEN
            UPDATE public.webhook_endpoints AS e SET claimed_at = clock_timestamp() WHERE e.id = endpoint.id;
        END IF;
    END LOOP;
END
$$;

-- 5 s after the first failure, then twice as long each time up to an hour, half of it by chance so that receivers are not hit in step.
CREATE FUNCTION public.retry_delay(failures integer) RETURNS interval
LANGUAGE sql VOLATILE
RETURN make_interval(secs => least(5 * power(2, least(greatest(failures, 1), 20) - 1), 3600) * (0.5 + random() / 2));

-- Takes in how an attempt ended. Outcomes: delivered | failed (this event: it is tried again) | unreachable (the receiver: everything for it
-- waits) | gone (it wants nothing any more: disabled) | refused (trying again would not help: parked). Returns the delivery's state.
-- An attempt whose lease was taken over counts only when it succeeded.
CREATE FUNCTION public.finish_delivery(delivery bigint, this_attempt integer, attempt_outcome text, answer_status integer, problem text,
                                       duration integer)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    patience constant interval := interval '3 days';
    moment timestamptz;
    receiver record;
    mine record;
BEGIN
    SELECT e.id, e.failures, e.paused_until INTO receiver
    FROM public.webhook_endpoints AS e
    WHERE e.id = (SELECT d.endpoint_id FROM public.webhook_deliveries AS d WHERE d.id = delivery) FOR UPDATE;
    SELECT d.state, d.attempts, d.created_at INTO mine FROM public.webhook_deliveries AS d WHERE d.id = delivery FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'deleted';
    END IF;
    moment := clock_timestamp();
    INSERT INTO public.webhook_attempts (delivery_id, attempt, at, duration_ms, outcome, status, error)
    VALUES (delivery, this_attempt, moment, duration, attempt_outcome, answer_status, left(problem, 500));
    -- A replay counts from 0 again: what was under way before it does not answer it.
    IF mine.state <> 'waiting' OR mine.attempts < this_attempt OR (mine.attempts <> this_attempt AND attempt_outcome <> 'delivered') THEN
        RETURN mine.state;
    END IF;

    UPDATE public.webhook_deliveries AS d
    SET state = result.state, lease_until = NULL, finished_at = CASE WHEN result.state <> 'waiting' THEN moment END,
        next_attempt_at = CASE WHEN attempt_outcome = 'failed' THEN moment + public.retry_delay(this_attempt) ELSE d.next_attempt_at END
    FROM (SELECT CASE WHEN attempt_outcome = 'delivered' THEN 'delivered'
                      WHEN attempt_outcome IN ('gone', 'refused') OR mine.created_at <= moment - patience THEN 'parked'
                      ELSE 'waiting' END AS state) AS result
    WHERE d.id = delivery
    RETURNING d.state INTO mine.state;

    IF attempt_outcome = 'unreachable' THEN
        IF receiver.paused_until <= moment THEN -- of attempts that failed together only the first counts
            UPDATE public.webhook_endpoints AS e
            SET failures = receiver.failures + 1, paused_until = moment + public.retry_delay(receiver.failures + 1)
            WHERE e.id = receiver.id;
        END IF;
        UPDATE public.webhook_deliveries AS d SET state = 'parked', finished_at = moment, lease_until = NULL
        WHERE d.endpoint_id = receiver.id AND d.state = 'waiting' AND d.created_at <= moment - patience
          AND (d.lease_until IS NULL OR d.lease_until <= moment);
    ELSIF attempt_outcome = 'gone' THEN
        UPDATE public.webhook_endpoints AS e SET disabled_at = moment, disabled_reason = 'The receiver answered 410 Gone.'
        WHERE e.id = receiver.id;
        UPDATE public.webhook_deliveries AS d SET state = 'parked', finished_at = moment, lease_until = NULL
        WHERE d.endpoint_id = receiver.id AND d.state = 'waiting';
    ELSIF receiver.failures > 0 THEN -- it answers
        UPDATE public.webhook_endpoints AS e SET failures = 0, paused_until = '-infinity' WHERE e.id = receiver.id;
    END IF;
    RETURN mine.state;
END
$$;

-- Queues everything after an event (null: from the start) once more for one receiver; returns how many. Null: there is no such event.
CREATE FUNCTION public.replay_deliveries(endpoint uuid, after_event uuid) RETURNS integer
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

-- What was finished a month ago need not be known any more; a few hundred rows a call.
CREATE FUNCTION public.clean_deliveries() RETURNS void
LANGUAGE sql
AS $$
    DELETE FROM public.webhook_deliveries AS d
    WHERE d.id IN (SELECT f.id FROM public.webhook_deliveries AS f
                   WHERE f.finished_at IS NOT NULL AND f.finished_at < now() - interval '30 days'
                   LIMIT 500 FOR UPDATE SKIP LOCKED);
$$;

DO $$
DECLARE
    line record;
BEGIN
    FOR line IN SELECT * FROM (VALUES
        ('SELECT, INSERT, UPDATE, DELETE', 'TABLE public.webhook_endpoints'),
        ('SELECT, INSERT, UPDATE, DELETE', 'TABLE public.webhook_deliveries'),
        ('USAGE', 'SEQUENCE public.webhook_deliveries_id_seq'),
        ('SELECT, INSERT, DELETE', 'TABLE public.webhook_attempts'),
        ('USAGE', 'SEQUENCE public.webhook_attempts_id_seq'),
        ('EXECUTE', 'FUNCTION public.order_json'),
        ('EXECUTE', 'FUNCTION public.ticket_json'),
        ('EXECUTE', 'FUNCTION public.outbox_order'),
        ('EXECUTE', 'FUNCTION public.outbox_ticket'),
        ('EXECUTE', 'FUNCTION public.dispatch_outbox'),
        ('EXECUTE', 'FUNCTION public.claim_deliveries'),
        ('EXECUTE', 'FUNCTION public.retry_delay'),
        ('EXECUTE', 'FUNCTION public.finish_delivery'),
        ('EXECUTE', 'FUNCTION public.replay_deliveries'),
        ('EXECUTE', 'FUNCTION public.clean_deliveries')
    ) AS matrix (privileges, object) LOOP
        IF line.object LIKE 'FUNCTION %' THEN
            EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', line.object);
        END IF;
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
            EXECUTE format('GRANT %s ON %s TO ticketing_checkout', line.privileges, line.object);
        END IF;
    END LOOP;
END
$$;

COMMIT;
