-- Deploy ticketing:release_hold to pg
-- True when the hold was the user's own, live and not expired: its seats are free now.
-- Planner settings: see hold_seats.
BEGIN;

CREATE FUNCTION public.release_hold(hold uuid, owner uuid) RETURNS boolean
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    held record;
BEGIN
    SELECT h.show_id, h.seats, h.state, h.expires_at INTO held
    FROM public.holds AS h WHERE h.id = hold AND h.user_id = owner FOR UPDATE;
    IF NOT FOUND OR held.state <> 'live' OR held.expires_at <= clock_timestamp() THEN
        RETURN false;
    END IF;
    PERFORM FROM unnest(held.seats) AS s (seat_id) JOIN public.seat_claims AS c ON c.show_id = held.show_id AND c.seat_id = s.seat_id
    ORDER BY c.seat_id FOR UPDATE OF c;
    UPDATE public.seat_claims AS c
    SET state = 'released', expires_at = NULL, changed = pg_current_xact_id()
    FROM unnest(held.seats) AS s (seat_id)
    WHERE c.show_id = held.show_id AND c.seat_id = s.seat_id AND c.hold_id = hold AND c.state = 'held';
    UPDATE public.holds AS h SET state = 'released' WHERE h.id = hold AND h.show_id = held.show_id;
    RETURN true;
END
$$;

COMMIT;
