-- Deploy ticketing:release_holds to pg
-- Gives many holds back in one statement, in the transaction in which others are granted (hold_seats). Element i of each array belongs to
-- request i. Outcomes: released | not_found (not there, not the owner's, not live any more) | again (somebody else has a lock on it just
-- now, a checkout for one: nothing was done, ask release_hold, which waits).
-- It never waits for a lock, so that the locks the transaction has already cannot become part of a deadlock.
-- Planner settings: see hold_seats.
BEGIN;

CREATE FUNCTION public.release_holds(requests integer[], hold_ids uuid[], user_ids uuid[])
RETURNS TABLE (request integer, outcome text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    released integer[];
BEGIN
    WITH own AS MATERIALIZED (
        SELECT b.request, h.id, h.show_id, h.seats
        FROM unnest(requests, hold_ids, user_ids) AS b (request, hold_id, user_id)
        JOIN public.holds AS h ON h.id = b.hold_id AND h.user_id = b.user_id
        WHERE h.state = 'live' AND h.expires_at > clock_timestamp()
        FOR UPDATE OF h SKIP LOCKED
    ), claims AS MATERIALIZED (
        SELECT o.request, c.show_id, c.seat_id
        FROM own AS o CROSS JOIN unnest(o.seats) AS s (seat_id)
        JOIN public.seat_claims AS c ON c.show_id = o.show_id AND c.seat_id = s.seat_id
        WHERE c.hold_id = o.id AND c.state = 'held'
        FOR UPDATE OF c SKIP LOCKED
    ), whole AS MATERIALIZED (
        SELECT o.request, o.id, o.show_id FROM own AS o
        WHERE cardinality(o.seats) = (SELECT count(*) FROM claims AS l WHERE l.request = o.request)
    ), freed AS (
        UPDATE public.seat_claims AS c
        SET state = 'released', expires_at = NULL, changed = pg_current_xact_id()
        FROM claims AS l JOIN whole AS w ON w.request = l.request
        WHERE c.show_id = l.show_id AND c.seat_id = l.seat_id
    ), ended AS (
        UPDATE public.holds AS h SET state = 'released'
        FROM whole AS w WHERE h.id = w.id AND h.show_id = w.show_id
        RETURNING w.request -- one of them when a hold was named twice
    )
    SELECT coalesce(array_agg(e.request), '{}') INTO released FROM ended AS e;
    FOR i IN 1 .. cardinality(requests) LOOP
        request := requests[i];
        IF request = ANY (released) THEN
            outcome := 'released';
        ELSIF EXISTS (SELECT FROM public.holds AS h WHERE h.id = hold_ids[i] AND h.user_id = user_ids[i]
                      AND h.state = 'live' AND h.expires_at > clock_timestamp()) THEN
            outcome := 'again';
        ELSE
            outcome := 'not_found';
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION public.release_holds FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_holds') THEN
        GRANT EXECUTE ON FUNCTION public.release_holds TO ticketing_holds;
    ELSE
        RAISE NOTICE 'role ticketing_holds does not exist: no EXECUTE on release_holds';
    END IF;
END
$$;

COMMIT;
