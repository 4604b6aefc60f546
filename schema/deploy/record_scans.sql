-- Deploy ticketing:record_scans to pg
-- Scans at gates, one or many: each is judged, kept as a row and answered. `scans` is a JSON array of objects
--   n              position in the call: scans of one ticket are taken in this order
--   id             UUID of the new row
--   scan           the scan's own id, given by the gate; null: a repetition cannot be told from a new scan
--   direction      in | out
--   gate, show     where; the show that this gate admits (null: any)
--   scanned_at     the device's clock; null: now
--   digest         SHA-256 of the scanned text; null: the ticket was named by its id
--   ticket         null: the text is none of ours, and `problem` says so
--   revision, signed_show, signed_seat    what the text says besides; null without one
--   sent_at        the device's clock when it sent the upload; null: the clock is taken to be right
-- Outcomes: accepted | duplicate (`earlier_*` is the scan before) | refused (`code`). The same `scan` for the same ticket or text and the
-- same direction again gives the first answer and adds nothing; for another one it is refused as scan_id_reused, and adds nothing either.
-- A scan with `scanned_at` is an upload: a gate without a network has judged it, and it says what happened at the door. What a rule would
-- have refused is accepted then, with the rule in `flag` for the desk to see, because a person is inside. Its time is that of the device,
-- put right by `sent_at`, never later than now and never before the order was paid; the scans of one ticket are taken in that order. Someone
-- who went out at a gate with a network before the entry came in is not inside.
-- Planner settings: see hold_seats.
BEGIN;

ALTER TABLE public.checkins
    ADD COLUMN IF NOT EXISTS happened_at timestamptz, -- null: see device_time
    ADD COLUMN IF NOT EXISTS flag text; -- of an accepted scan: the rule that would have refused it
ALTER TABLE public.checkins
    DROP CONSTRAINT IF EXISTS checkins_flag,
    ADD CONSTRAINT checkins_flag CHECK (flag IS NULL OR outcome = 'accepted');

DROP FUNCTION public.record_scans(uuid, json);

CREATE FUNCTION public.record_scans(by_staff uuid, scans json)
RETURNS TABLE (n integer, outcome text, code text, ticket_id uuid, show_id uuid, seat_id text, direction text, scan_id text, gate text,
               at text, received_at text, reentry boolean, replayed boolean, earlier_scan_id text, earlier_gate text, earlier_direction text,
               earlier_at text, earlier_received_at text, flag text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
-- Uploads of several gates wait for one another in the order of tickets, without tangles: longer than db.c lets other statements wait.
SET lock_timeout = '4s'
AS $$
#variable_conflict use_column
DECLARE
    scan record;
    verdict text;
    refusal text;
    moment timestamptz;
    scanned timestamptz;
    current_ticket uuid;
    current_status text;
    current_inside boolean;
    current_scan uuid;
    current_at timestamptz;
    went_out boolean;
    rule text;
BEGIN
    PERFORM FROM public.tickets AS t
    WHERE t.id = ANY (ARRAY(SELECT s.ticket FROM json_to_recordset(scans) AS s (ticket uuid)))
    ORDER BY t.id FOR NO KEY UPDATE;

    FOR scan IN
        SELECT s.n, s.id, s.scan, s.direction, s.gate, s.show, s.scanned_at, s.digest, s.ticket, s.revision, s.signed_show, s.signed_seat,
               s.problem, s.corrected_at, t.id AS found, t.show_id, t.seat_id, t.status, t.inside, t.last_scan, t.revision AS valid_revision, o.paid_at,
               w.reentry, w.admission_start_at, w.admission_end_at, p.id IS NOT NULL AS on_its_way,
               w.deleted_at IS NOT NULL OR e.deleted_at IS NOT NULL AS show_is_gone
        FROM (SELECT r.*, r.scanned_at + coalesce(clock_timestamp() - r.sent_at, interval '0') AS corrected_at,
                     row_number() OVER (PARTITION BY coalesce(r.scan, 'id:' || r.id::text) ORDER BY r.n) AS occurrence
              FROM json_to_recordset(scans) AS r (n integer, id uuid, scan text, direction text, gate text, show uuid, scanned_at timestamptz, sent_at timestamptz,
                   digest text, ticket uuid, revision integer, signed_show uuid, signed_seat text, problem text)) AS s
        LEFT JOIN public.tickets AS t ON t.id = s.ticket
        LEFT JOIN public.shows AS w ON w.id = t.show_id
        LEFT JOIN public.orders AS o ON o.id = t.order_id AND o.show_id = t.show_id
        LEFT JOIN public.events AS e ON e.id = w.event_id
        LEFT JOIN public.ticket_transfers AS p ON p.ticket_id = t.id AND p.state = 'pending'
        WHERE s.occurrence = 1 AND NOT EXISTS (SELECT FROM public.checkins AS c WHERE c.scan_id = s.scan)
        ORDER BY s.ticket, s.corrected_at NULLS LAST, s.n
    LOOP
        IF scan.ticket IS DISTINCT FROM current_ticket THEN
            current_ticket := scan.ticket;
            current_status := scan.status;
            current_inside := scan.inside;
            current_scan := scan.last_scan;
            SELECT coalesce(c.happened_at, c.device_time, c.server_time) INTO current_at FROM public.checkins AS c WHERE c.id = current_scan;
        END IF;
        moment := clock_timestamp();
        scanned := least(greatest(coalesce(scan.corrected_at, moment), scan.paid_at), moment); -- a device's clock may be anywhere
        rule := CASE
            WHEN scan.problem IS NOT NULL THEN scan.problem
            WHEN scan.found IS NULL THEN 'not_found'
            WHEN scan.signed_show <> scan.show_id THEN 'qr_forged'
            WHEN scan.signed_seat <> CASE WHEN length(scan.seat_id) <= 14 THEN scan.seat_id ELSE '~' || right(scan.seat_id, 13) END
                THEN 'qr_forged'
            WHEN scan.show_id <> scan.show THEN 'wrong_show'
            WHEN scan.show_is_gone THEN 'show_deleted'
            WHEN current_status = 'reserved' THEN 'unpaid'
            WHEN current_status = 'void' AND scan.paid_at IS NULL THEN 'unpaid_void'
            WHEN current_status = 'void' THEN 'void'
            WHEN scan.revision <> scan.valid_revision THEN 'passed_on'
            WHEN scan.on_its_way AND scan.direction = 'in' THEN 'on_its_way'
            WHEN scan.direction = 'out' AND current_scan IS NULL THEN 'not_inside'
            WHEN scan.direction = 'out' THEN NULL
            WHEN scanned < scan.admission_start_at THEN 'too_early'
            WHEN scanned >= scan.admission_end_at THEN 'too_late'
            WHEN current_scan IS NOT NULL AND NOT current_inside AND NOT scan.reentry THEN 'no_reentry'
        END;
        refusal := CASE
            WHEN scan.scanned_at IS NULL OR rule NOT IN ('show_deleted', 'void', 'passed_on', 'on_its_way', 'too_early', 'too_late', 'no_reentry') THEN replace(rule, 'unpaid_', '')
        END;
        -- An entry that came in late is before what is known: it was a second person, or the one who is known to have gone out since.
        went_out := scan.scanned_at IS NOT NULL AND scan.direction = 'in' AND EXISTS (
            SELECT FROM public.checkins AS c
            WHERE c.ticket_id = scan.ticket AND c.direction = 'out' AND coalesce(c.happened_at, c.device_time, c.server_time) > scanned
                AND (c.outcome = 'accepted' OR c.code = 'not_inside'));
        verdict := CASE
            WHEN refusal IS NOT NULL THEN 'refused'
            WHEN current_inside = (scan.direction = 'in') THEN 'duplicate'
            WHEN scan.direction = 'in' AND current_scan IS NOT NULL AND went_out AND scanned < current_at THEN 'duplicate'
            ELSE 'accepted'
        END;
        INSERT INTO public.checkins (id, ticket_id, show_id, seat_id, scan_id, direction, gate, by_user, device_time, server_time, outcome,
                                     code, digest, reentry, earlier, happened_at, flag)
        VALUES (scan.id, scan.ticket, scan.show_id, scan.seat_id, scan.scan, scan.direction, scan.gate, by_staff, scan.scanned_at, moment,
                verdict, refusal, scan.digest, verdict = 'accepted' AND scan.direction = 'in' AND current_scan IS NOT NULL,
                CASE WHEN verdict = 'duplicate' THEN current_scan END, CASE WHEN scan.scanned_at IS NOT NULL THEN scanned END,
                CASE WHEN verdict = 'accepted' THEN rule END)
        ON CONFLICT (scan_id) WHERE scan_id IS NOT NULL DO NOTHING;
        IF NOT FOUND THEN -- the same scan id came in elsewhere for another ticket just now: look again
            RAISE EXCEPTION 'scan % is being recorded', scan.scan USING ERRCODE = 'serialization_failure';
        END IF;
        CONTINUE WHEN verdict <> 'accepted';
        -- A void ticket stays void: its seat may be sold to another person by now. That somebody is inside is kept all the same.
        UPDATE public.tickets AS t
        SET status = CASE WHEN t.status = 'void' THEN 'void' ELSE 'checked_in' END,
            inside = scan.direction = 'in' AND NOT went_out, last_scan = scan.id, updated_at = moment,
            checked_in_at = coalesce(t.checked_in_at, scanned),
            checked_in_gate = CASE WHEN t.checked_in_at IS NULL THEN scan.gate ELSE t.checked_in_gate END
        WHERE t.id = scan.ticket AND t.show_id = scan.show_id;
        IF current_status = 'valid' THEN
            PERFORM public.outbox_ticket(scan.ticket, 'ticket.checked_in');
            current_status := 'checked_in';
        END IF;
        current_inside := scan.direction = 'in' AND NOT went_out;
        current_scan := scan.id;
        current_at := scanned;
    END LOOP;

    RETURN QUERY
        SELECT s.n, CASE WHEN same.it THEN c.outcome ELSE 'refused' END, CASE WHEN same.it THEN c.code ELSE 'scan_id_reused' END,
               own.ticket_id, own.show_id, own.seat_id, s.direction, s.scan, own.gate,
               public.rfc3339(coalesce(own.happened_at, least(coalesce(own.device_time, own.server_time), own.server_time))), public.rfc3339(own.server_time),
               own.reentry, same.it AND c.id <> s.id, e.scan_id, e.gate, e.direction,
               public.rfc3339(coalesce(e.happened_at, least(coalesce(e.device_time, e.server_time), e.server_time))),
               public.rfc3339(e.server_time), own.flag
        FROM json_to_recordset(scans) AS s (n integer, id uuid, scan text, direction text, digest text, ticket uuid)
        CROSS JOIN LATERAL (SELECT c.* FROM public.checkins AS c WHERE c.scan_id = s.scan
                            UNION ALL SELECT c.* FROM public.checkins AS c WHERE s.scan IS NULL AND c.id = s.id) AS c
        CROSS JOIN LATERAL (SELECT c.direction = s.direction AND (c.ticket_id = s.ticket OR c.digest = s.digest) IS TRUE AS it) AS same
        LEFT JOIN LATERAL (SELECT c.*) AS own ON same.it
        LEFT JOIN public.checkins AS e ON e.id = own.earlier
        ORDER BY s.n;
END
$$;
COMMENT ON FUNCTION public.record_scans IS 'judges and keeps scans of gates; repeatable by scan id';

-- Takes an entry back, at the gate of the last scan: undone | not_checked_in | not_found. A row of its own, so that every scan keeps its first answer.
CREATE OR REPLACE FUNCTION public.undo_checkin(ticket uuid, by_admin uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    entry record;
    moment timestamptz;
BEGIN
    SELECT t.show_id, t.seat_id, t.status, t.checked_in_at, t.checked_in_gate, t.last_scan,
           (SELECT c.gate FROM public.checkins AS c WHERE c.id = t.last_scan) AS gate INTO entry
    FROM public.tickets AS t WHERE t.id = ticket FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN 'not_found';
    ELSIF entry.status <> 'checked_in' THEN
        RETURN 'not_checked_in';
    END IF;
    moment := clock_timestamp();
    INSERT INTO public.checkins (id, ticket_id, show_id, seat_id, gate, by_user, server_time, outcome, earlier)
    VALUES (gen_random_uuid(), ticket, entry.show_id, entry.seat_id, coalesce(entry.gate, entry.checked_in_gate), by_admin, moment, 'undone', entry.last_scan);
    UPDATE public.tickets AS t
    SET status = 'valid', inside = false, last_scan = NULL, checked_in_at = NULL, checked_in_gate = NULL, updated_at = moment
    WHERE t.id = ticket AND t.show_id = entry.show_id;
    INSERT INTO public.audit_log (actor, action, subject, detail)
    VALUES (by_admin, 'checkin.undone', ticket::text,
            jsonb_build_object('showId', entry.show_id, 'seatId', entry.seat_id, 'gate', entry.checked_in_gate,
                               'checkedInAt', public.rfc3339(entry.checked_in_at)));
    RETURN 'undone';
END
$$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['public.record_scans', 'public.undo_checkin'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO ticketing_checkout', name);
        END IF;
    END LOOP;
END
$$;

COMMIT;
