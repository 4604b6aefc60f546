-- Deploy ticketing:extend_hold to pg
-- Outcomes: extended | not_found (not there, not the owner's, not live any more) | max_duration (it cannot get longer) |
-- show_not_found, sales_closed (see show_refusal): its seats stay until it ends, and no longer.
-- A hold lasts until ttl_seconds from now, but never past max_seconds after it began, and never becomes shorter.
-- Planner settings: see hold_seats.
BEGIN;

CREATE OR REPLACE FUNCTION public.extend_hold(hold uuid, owner uuid, ttl_seconds integer, max_seconds integer)
RETURNS TABLE (outcome text, show_id uuid, seats text[], expires_at_ms bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    held record;
    own integer;
    moment timestamptz;
    expires timestamptz;
BEGIN
    outcome := 'not_found';
    SELECT h.show_id, h.seats, h.state, h.created_at, h.expires_at INTO held
    FROM public.holds AS h WHERE h.id = hold AND h.user_id = owner FOR UPDATE;
    IF NOT FOUND OR held.state <> 'live' THEN
        RETURN NEXT;
        RETURN;
    END IF;
    PERFORM FROM unnest(held.seats) AS s (seat_id) JOIN public.seat_claims AS c ON c.show_id = held.show_id AND c.seat_id = s.seat_id
    WHERE c.hold_id = hold AND c.state = 'held' ORDER BY c.seat_id FOR UPDATE OF c;
    GET DIAGNOSTICS own = ROW_COUNT;
    moment := clock_timestamp();
    IF own < cardinality(held.seats) OR held.expires_at <= moment THEN
        RETURN NEXT;
        RETURN;
    END IF;
    show_id := held.show_id;
    seats := held.seats;
    expires := date_trunc('milliseconds', least(moment + make_interval(secs => ttl_seconds),
                                                held.created_at + make_interval(secs => max_seconds)));
    outcome := public.show_refusal(held.show_id);
    IF outcome IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;
    IF expires <= held.expires_at THEN
        outcome := 'max_duration';
        expires_at_ms := (extract(epoch FROM held.expires_at) * 1000)::bigint;
        RETURN NEXT;
        RETURN;
    END IF;
    UPDATE public.seat_claims AS c
    SET expires_at = expires, changed = pg_current_xact_id()
    FROM unnest(held.seats) AS s (seat_id)
    WHERE c.show_id = held.show_id AND c.seat_id = s.seat_id;
    UPDATE public.holds AS h SET expires_at = expires WHERE h.id = hold AND h.show_id = held.show_id;
    outcome := 'extended';
    expires_at_ms := (extract(epoch FROM expires) * 1000)::bigint;
    RETURN NEXT;
END
$$;

COMMIT;
