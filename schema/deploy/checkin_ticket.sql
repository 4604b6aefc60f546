-- Deploy ticketing:checkin_ticket to pg
-- One attempt at a gate, kept as a row. Outcomes: checked_in | already (with the first entry's time and gate) | not_found | not_valid |
-- wrong_show. The same scan_id again gives the first answer and adds nothing.
-- Planner settings: see hold_seats.
BEGIN;

CREATE FUNCTION public.checkin_ticket(ticket uuid, by_staff uuid, at_gate text, expected_show uuid DEFAULT NULL, scan text DEFAULT NULL,
                                      scanned_at timestamptz DEFAULT NULL)
RETURNS TABLE (outcome text, ticket_id uuid, seat_id text, checked_in_at text, gate text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    entry record;
    earlier record;
    moment timestamptz;
BEGIN
    SELECT t.id, t.show_id, t.seat_id, t.status, t.checked_in_at, t.checked_in_gate INTO entry
    FROM public.tickets AS t WHERE t.id = ticket FOR NO KEY UPDATE;
    IF scan IS NOT NULL THEN
        -- The lock makes a second call with this scan_id, also for another ticket, wait and then find the row.
        PERFORM pg_advisory_xact_lock(hashtextextended('scan:' || scan, 0));
        SELECT c.outcome, c.code, c.ticket_id INTO earlier FROM public.checkins AS c WHERE c.scan_id = scan;
        IF FOUND THEN
            outcome := CASE earlier.outcome WHEN 'refused' THEN earlier.code WHEN 'duplicate' THEN 'already' ELSE 'checked_in' END;
            ticket_id := earlier.ticket_id;
            SELECT t.seat_id, public.rfc3339(t.checked_in_at), t.checked_in_gate INTO seat_id, checked_in_at, gate
            FROM public.tickets AS t WHERE t.id = earlier.ticket_id;
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;
    moment := clock_timestamp();
    outcome := CASE
        WHEN entry.id IS NULL THEN 'not_found'
        WHEN entry.show_id <> expected_show THEN 'wrong_show'
        WHEN entry.status = 'checked_in' THEN 'already'
        WHEN entry.status = 'valid' THEN 'checked_in'
        ELSE 'not_valid'
    END;
    IF outcome = 'checked_in' THEN
        entry.checked_in_at := least(coalesce(scanned_at, moment), moment);
        entry.checked_in_gate := at_gate;
        UPDATE public.tickets AS t
        SET status = 'checked_in', checked_in_at = entry.checked_in_at, checked_in_gate = at_gate, updated_at = moment
        WHERE t.id = ticket AND t.show_id = entry.show_id;
    END IF;
    INSERT INTO public.checkins (id, ticket_id, show_id, seat_id, scan_id, gate, by_user, device_time, server_time, outcome, code)
    VALUES (gen_random_uuid(), ticket, entry.show_id, entry.seat_id, scan, at_gate, by_staff, scanned_at, moment,
            CASE outcome WHEN 'checked_in' THEN 'accepted' WHEN 'already' THEN 'duplicate' ELSE 'refused' END,
            CASE WHEN outcome NOT IN ('checked_in', 'already') THEN outcome END);
    ticket_id := ticket;
    seat_id := entry.seat_id;
    checked_in_at := public.rfc3339(entry.checked_in_at);
    gate := entry.checked_in_gate;
    RETURN NEXT;
END
$$;

COMMIT;
