-- Deploy ticketing:hold_seats to pg
-- A batch of holds in one statement, each granted or refused on its own; the order of the arrays is the order of priority.
-- Element i of each array belongs to request i; seat_lists[i] is the text of an array, '{A1,A2}', not empty and without repeats.
-- Outcomes: granted (expires_at_ms set) | seats_unavailable (taken: exactly the taken ones, in the order asked) | show_not_found |
-- sales_closed | show_changed (the show pins another seat map than the caller checked the seats with) | hold_limit | again (only in a
-- batch of two or more: an earlier request of the batch stood in the way and then failed itself; put it into the next batch).
--
-- Locks: advisory (user, show), advisory show (shared: it only keeps update_show() out), then claims by (show_id, seat_id).
-- Every statement here reads what was committed before it began, and the claims' own row locks decide the rest: a claim is free or not by
-- its newest version and clock_timestamp() at the moment its lock is held. Refused requests write nothing.
-- Each statement is a handful of index probes however many rows the tables have, and must stay so when its plan was made while a table was
-- empty or not analysed: hence the planner settings, and conditions written so that only the right index fits (IS NOT DISTINCT FROM
-- cannot use one; publication is tested in the select list, where no partial index matches it).
BEGIN;

CREATE FUNCTION public.hold_seats(requests integer[], hold_ids uuid[], user_ids uuid[], show_ids uuid[], seatmap_ids text[],
                                  seatmap_versions integer[], seat_lists text[], hold_ttl_seconds integer, max_held_seats integer)
RETURNS TABLE (request integer, outcome text, expires_at_ms bigint, taken text[])
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    batch constant integer := cardinality(requests);
    moment timestamptz;
    expires timestamptz;
    item record;
    n integer;
    used bigint;
    missing text[];
    outcomes text[] := array_fill(NULL::text, ARRAY[batch]);
    taken_lists text[] := array_fill(NULL::text, ARRAY[batch]);
    winners integer[] := '{}'; -- positions in the batch; won_* run parallel to it
    won_holds uuid[] := '{}';
    won_shows uuid[] := '{}';
    won_users uuid[] := '{}';
    won_seats text[] := '{}';
    won_keys text[] := '{}'; -- 'show/seat' of all winners; used in batches of two or more
    blocked integer[] := '{}'; -- refused also because of winners of this batch
    wanted integer := 0;
    written integer;
BEGIN
    IF batch = 1 THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('user-show:' || user_ids[1]::text || show_ids[1]::text, 0)),
                pg_advisory_xact_lock_shared(hashtextextended('show:' || show_ids[1]::text, 0));
    ELSE
        PERFORM pg_advisory_xact_lock(lock.key)
        FROM (SELECT DISTINCT hashtextextended('user-show:' || b.user_id::text || b.show_id::text, 0) AS key
              FROM unnest(user_ids, show_ids) AS b (user_id, show_id) ORDER BY key) AS lock;
        PERFORM pg_advisory_xact_lock_shared(lock.key)
        FROM (SELECT DISTINCT hashtextextended('show:' || b.show_id::text, 0) AS key
              FROM unnest(show_ids) AS b (show_id) ORDER BY key) AS lock;
    END IF;
    moment := clock_timestamp();
    expires := date_trunc('milliseconds', moment + make_interval(secs => hold_ttl_seconds));

    FOR item IN
        SELECT b.n::integer AS n, b.hold_id, b.user_id, b.show_id, b.seat_list, cardinality(b.seat_list::text[]) AS seat_count,
               s.deleted_at IS NULL AND e.deleted_at IS NULL AND coalesce(e.published, false) AS found,
               coalesce(s.sales_start_at, '-infinity') <= moment
                   AND moment < coalesce(s.sales_end_at, s.ends_at, s.starts_at) AS open,
               s.seatmap_id = b.seatmap_id AND s.seatmap_version = b.seatmap_version AS same_map,
               (SELECT coalesce(sum(cardinality(h.seats)), 0) FROM public.holds AS h
                WHERE h.user_id = b.user_id AND h.state = 'live' AND h.expires_at > moment
                  AND h.show_id IS NOT DISTINCT FROM b.show_id)
               + (SELECT coalesce(sum(cardinality(h.seats)), 0)
                  FROM public.orders AS o JOIN public.holds AS h ON h.id = o.hold_id AND h.show_id = o.show_id
                  WHERE o.user_id = b.user_id AND o.status = 'pending' AND o.expires_at > moment
                    AND o.show_id IS NOT DISTINCT FROM b.show_id) AS used,
               ARRAY(SELECT w.seat FROM unnest(b.seat_list::text[]) WITH ORDINALITY AS w (seat, place)
                     JOIN public.seat_claims AS c ON c.show_id = b.show_id AND c.seat_id = w.seat
                     WHERE c.state = 'sold' OR (c.state = 'held' AND c.expires_at > moment) ORDER BY w.place) AS taken,
               CASE WHEN batch > 1 THEN ARRAY(SELECT b.show_id::text || '/' || w.seat
                                              FROM unnest(b.seat_list::text[]) AS w (seat)) END AS keys
        FROM unnest(hold_ids, user_ids, show_ids, seatmap_ids, seatmap_versions, seat_lists)
                 WITH ORDINALITY AS b (hold_id, user_id, show_id, seatmap_id, seatmap_version, seat_list, n)
        LEFT JOIN public.shows AS s ON s.id = b.show_id
        LEFT JOIN public.events AS e ON e.id = s.event_id
        ORDER BY b.n
    LOOP
        n := item.n;
        used := item.used;
        IF NOT item.found THEN
            outcomes[n] := 'show_not_found';
        ELSIF NOT item.open THEN
            outcomes[n] := 'sales_closed';
        ELSIF NOT item.same_map THEN
            outcomes[n] := 'show_changed';
        ELSIF used + item.seat_count > max_held_seats THEN
            outcomes[n] := 'hold_limit';
        ELSE
            IF batch > 1 AND item.user_id = ANY (won_users) THEN
                FOR i IN 1 .. cardinality(winners) LOOP
                    IF won_users[i] = item.user_id AND won_shows[i] = item.show_id THEN
                        used := used + cardinality(won_seats[i]::text[]);
                    END IF;
                END LOOP;
            END IF;
            IF used + item.seat_count > max_held_seats THEN
                outcomes[n] := 'hold_limit';
                blocked := blocked || n;
            ELSIF batch > 1 AND item.keys && won_keys THEN
                outcomes[n] := 'seats_unavailable';
                taken_lists[n] := item.taken::text; -- those of the winners are added when it is known who won
                blocked := blocked || n;
            ELSIF cardinality(item.taken) > 0 THEN
                outcomes[n] := 'seats_unavailable';
                taken_lists[n] := item.taken::text;
            ELSE
                winners := winners || n;
                won_holds := won_holds || item.hold_id;
                won_shows := won_shows || item.show_id;
                won_users := won_users || item.user_id;
                won_seats := won_seats || item.seat_list;
                won_keys := won_keys || item.keys;
                wanted := wanted + item.seat_count;
            END IF;
        END IF;
    END LOOP;

    IF wanted > 0 THEN
        INSERT INTO public.seat_claims AS c (show_id, seat_id, state, hold_id, expires_at, changed)
        SELECT w.show_id, s.seat_id, 'held', w.hold_id, expires, pg_current_xact_id()
        FROM unnest(won_shows, won_holds, won_seats) AS w (show_id, hold_id, seats), unnest(w.seats::text[]) AS s (seat_id)
        ORDER BY w.show_id, s.seat_id COLLATE "C"
        ON CONFLICT (show_id, seat_id) DO UPDATE
        SET state = 'held', hold_id = excluded.hold_id, order_id = NULL, ticket_id = NULL,
            expires_at = excluded.expires_at, changed = excluded.changed
        WHERE c.state = 'released' OR (c.state = 'held' AND c.expires_at <= clock_timestamp());
        GET DIAGNOSTICS written = ROW_COUNT;

        IF written < wanted THEN -- somebody was quicker since the read above: give back what half-won requests got
            won_keys := '{}';
            FOR i IN 1 .. cardinality(winners) LOOP
                missing := ARRAY(SELECT w.seat FROM unnest(won_seats[i]::text[]) WITH ORDINALITY AS w (seat, place)
                                 WHERE NOT EXISTS (SELECT FROM public.seat_claims AS c WHERE c.show_id = won_shows[i]
                                                   AND c.seat_id = w.seat AND c.hold_id = won_holds[i])
                                 ORDER BY w.place);
                IF cardinality(missing) = 0 THEN
                    won_keys := won_keys || ARRAY(SELECT won_shows[i]::text || '/' || w.seat
                                                  FROM unnest(won_seats[i]::text[]) AS w (seat));
                    CONTINUE;
                END IF;
                UPDATE public.seat_claims AS c
                SET state = 'released', expires_at = NULL, changed = pg_current_xact_id()
                WHERE c.show_id = won_shows[i] AND c.seat_id = ANY (won_seats[i]::text[]) AND c.hold_id = won_holds[i];
                outcomes[winners[i]] := 'seats_unavailable';
                taken_lists[winners[i]] := missing::text;
                won_holds[i] := NULL;
            END LOOP;
        END IF;

        INSERT INTO public.holds (id, show_id, user_id, seats, state, created_at, expires_at)
        SELECT w.hold_id, w.show_id, w.user_id, w.seats::text[], 'live', moment, expires
        FROM unnest(won_holds, won_shows, won_users, won_seats) AS w (hold_id, show_id, user_id, seats)
        WHERE w.hold_id IS NOT NULL;
    END IF;

    FOREACH n IN ARRAY blocked LOOP
        IF outcomes[n] = 'hold_limit' THEN
            IF written < wanted THEN
                outcomes[n] := 'again';
            END IF;
        ELSE
            missing := ARRAY(SELECT w.seat FROM unnest(seat_lists[n]::text[]) WITH ORDINALITY AS w (seat, place)
                             WHERE show_ids[n]::text || '/' || w.seat = ANY (won_keys) OR w.seat = ANY (taken_lists[n]::text[])
                             ORDER BY w.place);
            taken_lists[n] := missing::text;
            IF cardinality(missing) = 0 THEN
                outcomes[n] := 'again';
                taken_lists[n] := NULL;
            END IF;
        END IF;
    END LOOP;

    FOR i IN 1 .. batch LOOP
        request := requests[i];
        outcome := coalesce(outcomes[i], 'granted');
        expires_at_ms := CASE WHEN outcomes[i] IS NULL THEN (extract(epoch FROM expires) * 1000)::bigint END;
        taken := taken_lists[i]::text[];
        RETURN NEXT;
    END LOOP;
END
$$;

COMMIT;
