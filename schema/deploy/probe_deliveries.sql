-- Deploy ticketing:probe_deliveries to pg
-- A receiver that could not be reached is tried with another delivery each time.
BEGIN;

-- `secret`: all that sign now, separated by commas, the newest first.
-- Leases up to `wanted` deliveries that are due: of a key only the first that waits, of a receiver at most `per_endpoint` at a time, and a
-- single one while it cannot be reached, so that one that hangs keeps nobody else waiting. That one is the delivery that was tried least: with the
-- oldest each time, one mail that a server does not like could keep all others from ever being tried.
-- The oldest are found in the order of an index: what a claim costs does not grow with what waits, which are thousands when a show has changed.
-- Planner settings: see hold_seats.
CREATE OR REPLACE FUNCTION public.claim_deliveries(wanted integer, per_endpoint integer, lease_seconds integer)
RETURNS TABLE (delivery bigint, attempt integer, kind text, url text, secret text, event_id uuid, type text, created_at text, data text,
               key uuid)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_sort = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    endpoint record;
    room integer;
    claimed integer;
BEGIN
    FOR endpoint IN
        SELECT e.id, e.kind, e.url, e.failures,
               concat_ws(',', e.secret, CASE WHEN e.previous_secret_until > clock_timestamp() THEN e.previous_secret END) AS secret
        FROM public.webhook_endpoints AS e
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
            WITH oldest AS (
                SELECT d.id FROM public.webhook_deliveries AS d
                WHERE endpoint.failures = 0
                  AND d.endpoint_id = endpoint.id AND d.state = 'waiting' AND d.next_attempt_at <= clock_timestamp()
                  AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp())
                  AND NOT EXISTS (SELECT FROM public.webhook_deliveries AS earlier
                                  WHERE earlier.endpoint_id = d.endpoint_id AND earlier.key = d.key AND earlier.outbox_id < d.outbox_id
                                    AND earlier.state = 'waiting')
                ORDER BY d.outbox_id, d.id
                LIMIT least(room, wanted)
            ), least_tried AS (
                SELECT d.id FROM public.webhook_deliveries AS d
                WHERE endpoint.failures > 0
                  AND d.endpoint_id = endpoint.id AND d.state = 'waiting' AND d.next_attempt_at <= clock_timestamp()
                  AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp())
                  AND NOT EXISTS (SELECT FROM public.webhook_deliveries AS earlier
                                  WHERE earlier.endpoint_id = d.endpoint_id AND earlier.key = d.key AND earlier.outbox_id < d.outbox_id
                                    AND earlier.state = 'waiting')
                ORDER BY d.attempts, d.outbox_id
                LIMIT least(room, wanted)
            ), due AS (
                SELECT o.id FROM oldest AS o UNION ALL SELECT l.id FROM least_tried AS l
            ), taken AS (
                UPDATE public.webhook_deliveries AS d
                SET attempts = d.attempts + 1, lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
                FROM due WHERE d.id = due.id
                RETURNING d.id, d.attempts, d.outbox_id, d.key
            )
            SELECT t.id, t.attempts, endpoint.kind, endpoint.url, endpoint.secret, o.event_id, o.type, public.rfc3339(o.created_at),
                   o.data::text, t.key
            FROM taken AS t JOIN public.outbox AS o ON o.id = t.outbox_id ORDER BY o.id;
        GET DIAGNOSTICS claimed = ROW_COUNT;
        wanted := wanted - claimed;
        IF claimed > 0 THEN
            UPDATE public.webhook_endpoints AS e SET claimed_at = clock_timestamp() WHERE e.id = endpoint.id;
        END IF;
    END LOOP;
END
$$;

COMMIT;
