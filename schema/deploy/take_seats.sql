-- Deploy ticketing:take_seats to pg
-- A batch of holds in one statement, each granted or refused on its own; the order of the arrays is the order of priority.
-- Element i of each array belongs to request i; seat_lists[i] is the text of an array, '{A1,A2}', not empty and without repeats.
-- Outcomes: granted (expires_at_ms set) | seats_unavailable (taken: exactly the taken ones, in the order asked) | show_not_found |
-- sales_closed | show_changed (the show pins another seat map than the caller checked the seats with,
-- or was changed since it was read for the prices) | hold_limit | hold_cooldown | again (only in a
-- batch of two or more: an earlier request of the batch stood in the way and then failed itself; put it into the next batch).
--
-- price_lists[i] is the text of an array parallel to seat_lists[i]; the hold keeps it and its currency. show_moments[i] is updated_at of the
-- show that the prices were read from. All three may be null (see hold_seats).
-- hold_cooldown: nobody keeps a seat for ever by giving it back and taking it again, or by ordering and cancelling. Who has had a seat of a
-- show for max_hold_seconds in all, or max_takes times, must leave it to others until all but the last cooldown_seconds and
-- max_hold_seconds are forgotten. holds.expires_at of a hold that has ended is when it ended. cooldown_seconds 0: no such rule.
--
-- Locks: advisory (user, show), advisory show (shared: it only keeps update_show() out), then claims by (show_id, seat_id).
-- Every statement here reads what was committed before it began, and the claims' own row locks decide the rest: a claim is free or not by
-- its newest version and clock_timestamp() at the moment its lock is held. Refused requests write nothing.
-- Each statement is a handful of index probes however many rows the tables have, and must stay so when its plan was made while a table was
-- empty or not analysed: hence the planner settings, and conditions written so that only the right index fits (IS NOT DISTINCT FROM
-- cannot use one; publication is tested in the select list, where no partial index matches it).
BEGIN;

CREATE FUNCTION public.take_seats(requests integer[], hold_ids uuid[], user_ids uuid[], show_ids uuid[], seatmap_ids text[],
                                  seatmap_versions integer[], seat_lists text[], hold_ttl_seconds integer, max_held_seats integer,
                                  price_lists text[], currencies text[], show_moments timestamptz[],
                                  max_hold_seconds integer, cooldown_seconds integer, max_takes integer)
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
    forgotten timestamptz; -- holds that ended before this do not count towards the cool-down
    expires timestamptz;
    item record;
    n integer;
    used bigint;
    missing text[];
    outcomes text[] := array_fill(NULL::text, ARRAY[batch]);
    taken_lists text[] := array_fill(NULL::text, ARRAY[batch]);
    winners integer[] := '{}'; -- positions in the batch
    won_keys text[] := '{}'; -- 'show/seat' of all winners; used in batches of two or more
    blocked integer[] := '{}'; -- refused also because of winners of this batch
    wanted integer := 0;
    written integer;
    cools_down boolean;
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
    forgotten := moment - make_interval(secs => max_hold_seconds + cooldown_seconds);
    expires := date_trunc('milliseconds', moment + make_interval(secs => hold_ttl_seconds));

    FOR item IN
        SELECT b.n, b.user_id, b.show_id, b.seat_list, cardinality(b.seat_list::text[]) AS seat_count,
               s.deleted_at IS NULL AND e.deleted_at IS NULL AND coalesce(e.published, false) AS found,
               coalesce(s.sales_start_at, '-infinity') <= moment
                   AND moment < coalesce(s.sales_end_at, s.ends_at, s.starts_at) AS open,
               s.seatmap_id = b.seatmap_id AND s.seatmap_version = b.seatmap_version
                   AND (b.show_moment IS NULL OR s.updated_at = b.show_moment) AS same_show,
               mine.held
               + (SELECT coalesce(sum(cardinality(h.seats)), 0)
                  FROM public.orders AS o JOIN public.holds AS h ON h.id = o.hold_id AND h.show_id = o.show_id
                  WHERE o.user_id = b.user_id AND o.status = 'pending' AND o.expires_at > moment
                    AND o.show_id IS NOT DISTINCT FROM b.show_id) AS used,
               mine.had_before AND cooldown_seconds > 0 AS had_before,
               ARRAY(SELECT w.seat FROM unnest(b.seat_list::text[]) WITH ORDINALITY AS w (seat, place)
                     JOIN public.seat_claims AS c ON c.show_id = b.show_id AND c.seat_id = w.seat
                     WHERE c.state = 'sold' OR (c.state = 'held' AND c.expires_at > moment) ORDER BY w.place) AS taken,
               CASE WHEN batch > 1 THEN ARRAY(SELECT b.show_id::text || '/' || w.seat
                                              FROM unnest(b.seat_list::text[]) AS w (seat)) END AS keys
        FROM (SELECT g.n, user_ids[g.n] AS user_id, show_ids[g.n] AS show_id, seatmap_ids[g.n] AS seatmap_id,
                     seatmap_versions[g.n] AS seatmap_version, seat_lists[g.n] AS seat_list, show_moments[g.n] AS show_moment
              FROM generate_series(1, batch) AS g (n)) AS b
        LEFT JOIN public.shows AS s ON s.id = b.show_id
        LEFT JOIN public.events AS e ON e.id = s.event_id
        CROSS JOIN LATERAL (SELECT coalesce(sum(cardinality(h.seats)) FILTER (WHERE h.state = 'live' AND h.expires_at > moment), 0) AS held,
                                   bool_or(h.seats && b.seat_list::text[]) AS had_before
                            FROM public.holds AS h
                            WHERE h.user_id = b.user_id AND h.show_id = b.show_id AND h.expires_at > forgotten) AS mine
        ORDER BY b.n
    LOOP
        n := item.n;
        used := item.used;
        cools_down := false;
        IF item.had_before THEN -- a statement of its own: even one that is skipped by AND costs a tenth of a hold
            cools_down := EXISTS (
                SELECT FROM public.holds AS h CROSS JOIN unnest(h.seats) AS had (seat)
                WHERE h.user_id = item.user_id AND h.show_id = item.show_id AND h.expires_at > forgotten
                  AND had.seat = ANY (item.seat_list::text[])
                GROUP BY had.seat
                HAVING count(*) >= max_takes
                    OR sum(least(h.expires_at, moment) - h.created_at) >= make_interval(secs => max_hold_seconds));
        END IF;
        IF NOT item.found THEN
            outcomes[n] := 'show_not_found';
        ELSIF NOT item.open THEN
            outcomes[n] := 'sales_closed';
        ELSIF NOT item.same_show THEN
            outcomes[n] := 'show_changed';
        ELSIF used + item.seat_count > max_held_seats THEN
            outcomes[n] := 'hold_limit';
        ELSE
            IF array_position(user_ids, item.user_id) < n THEN
                FOR i IN 1 .. cardinality(winners) LOOP
                    IF user_ids[winners[i]] = item.user_id AND show_ids[winners[i]] = item.show_id THEN
                        used := used + cardinality(seat_lists[winners[i]]::text[]);
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
            ELSIF cools_down THEN
                outcomes[n] := 'hold_cooldown';
            ELSE
                winners := winners || n;
                won_keys := won_keys || item.keys;
                wanted := wanted + item.seat_count;
            END IF;
        END IF;
    END LOOP;

    IF wanted > 0 THEN
        INSERT INTO public.seat_claims AS c (show_id, seat_id, state, hold_id, expires_at, changed)
        SELECT show_ids[w.n], s.seat_id, 'held', hold_ids[w.n], expires, pg_current_xact_id()
        FROM unnest(winners) AS w (n), unnest(seat_lists[w.n]::text[]) AS s (seat_id)
        ORDER BY show_ids[w.n], s.seat_id COLLATE "C"
        ON CONFLICT (show_id, seat_id) DO UPDATE
        SET state = 'held', hold_id = excluded.hold_id, order_id = NULL, ticket_id = NULL,
            expires_at = excluded.expires_at, changed = excluded.changed
        WHERE c.state = 'released' OR (c.state = 'held' AND c.expires_at <= clock_timestamp());
        GET DIAGNOSTICS written = ROW_COUNT;

        IF written < wanted THEN -- somebody was quicker since the read above: give back what half-won requests got
            won_keys := '{}';
            FOREACH n IN ARRAY winners LOOP
                missing := ARRAY(SELECT w.seat FROM unnest(seat_lists[n]::text[]) WITH ORDINALITY AS w (seat, place)
                                 WHERE NOT EXISTS (SELECT FROM public.seat_claims AS c WHERE c.show_id = show_ids[n]
                                                   AND c.seat_id = w.seat AND c.hold_id = hold_ids[n])
                                 ORDER BY w.place);
                IF cardinality(missing) = 0 THEN
                    won_keys := won_keys || ARRAY(SELECT show_ids[n]::text || '/' || w.seat
                                                  FROM unnest(seat_lists[n]::text[]) AS w (seat));
                    CONTINUE;
                END IF;
                UPDATE public.seat_claims AS c
                SET state = 'released', expires_at = NULL, changed = pg_current_xact_id()
                WHERE c.show_id = show_ids[n] AND c.seat_id = ANY (seat_lists[n]::text[]) AND c.hold_id = hold_ids[n];
                outcomes[n] := 'seats_unavailable';
                taken_lists[n] := missing::text;
                winners := array_remove(winners, n);
            END LOOP;
        END IF;

        INSERT INTO public.holds (id, show_id, user_id, seats, state, created_at, expires_at, prices, currency)
        SELECT hold_ids[w.n], show_ids[w.n], user_ids[w.n], seat_lists[w.n]::text[], 'live', moment, expires,
               price_lists[w.n]::bigint[], currencies[w.n]
        FROM unnest(winners) AS w (n);
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

REVOKE ALL ON FUNCTION public.take_seats FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_holds') THEN
        GRANT EXECUTE ON FUNCTION public.take_seats TO ticketing_holds;
    ELSE
        RAISE NOTICE 'role ticketing_holds does not exist: no EXECUTE on take_seats';
    END IF;
END
$$;

COMMIT;
