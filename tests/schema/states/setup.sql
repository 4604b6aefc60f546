-- What payment_states.mjs drives: orders in every state, and everything that can happen to them. Order n of user n has
-- seats S<n>A and S<n>B of one show, two tickets of 100, payment p, page cs_<n>, money pi_<n>.
SET client_min_messages = warning;
CREATE SCHEMA states;
CREATE FUNCTION states.id(kind text, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5(kind || n)::uuid $$;
INSERT INTO public.events (id, title, published) VALUES (states.id('e', 0), 'Concert', true);
INSERT INTO public.seatmaps (id, version, name, template, seat_count) VALUES ('states', 1, 'Hall', '{"id":"states"}', 100000);
INSERT INTO public.shows (id, event_id, seatmap_id, seatmap_version, starts_at, currency)
VALUES (states.id('s', 0), states.id('e', 0), 'states', 1, now() + interval '30 days', 'VND');

CREATE FUNCTION states.hold(hold uuid, who uuid, seats text) RETURNS text LANGUAGE sql AS
$$ SELECT outcome FROM public.hold_seats(ARRAY[1], ARRAY[hold], ARRAY[who], ARRAY[states.id('s', 0)], ARRAY['states'], ARRAY[1],
    ARRAY[seats], 300, 20) $$;

CREATE FUNCTION states.check_out(an_order uuid, hold uuid, who uuid, seats text[], tickets uuid[],
    payment uuid) RETURNS text LANGUAGE sql AS
$$ SELECT outcome FROM public.create_order(an_order, hold, who, 'a@example.com', 'A', seats,
    array_fill('Z'::text, ARRAY[cardinality(seats)]),
        array_fill('A'::text, ARRAY[cardinality(seats)]), array_fill(1, ARRAY[cardinality(seats)]),
        array_fill(100::bigint, ARRAY[cardinality(seats)]), tickets, 'VND', 900, payment, 'stripe') $$;

CREATE FUNCTION states.settle(n integer, event text, action text, money text DEFAULT NULL,
    amount bigint DEFAULT 200) RETURNS text LANGUAGE sql AS
$$ SELECT public.settle_payment('stripe', event || '_' || n, action, states.id('p', n), amount, 'VND', '{}', action, 'cs_' || n, money) $$;

CREATE FUNCTION states.lapse(n integer) RETURNS void LANGUAGE sql AS
$$ SELECT FROM public.orders WHERE id = states.id('o', n) FOR UPDATE;
   UPDATE public.orders SET expires_at = now() - interval '1 s' WHERE id = states.id('o', n) AND status = 'pending';
   UPDATE public.seat_claims SET expires_at = o.expires_at, changed = pg_current_xact_id() FROM public.orders AS o
   WHERE o.id = states.id('o', n) AND seat_claims.order_id = o.id AND seat_claims.state = 'held' AND o.status = 'pending'
     AND seat_claims.show_id = states.id('s', 0) AND seat_claims.seat_id IN ('S' || n || 'A', 'S' || n || 'B') $$;

CREATE FUNCTION states.rival(n integer) RETURNS text LANGUAGE sql AS
$$ SELECT states.hold(gen_random_uuid(), states.id('r', n), '{S' || n || 'A}') $$;

CREATE FUNCTION states.refund(n integer, tickets uuid[], forced boolean DEFAULT false) RETURNS text LANGUAGE sql AS
$$ SELECT outcome FROM public.refund_asked(gen_random_uuid(), states.id('o', n), tickets, forced, states.id('admin', 0), 'a test', 1) $$;

CREATE FUNCTION states.refund_event(n integer, action text) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(public.settle_payment('stripe', action || '_' || r.id || '_' || r.attempt, action, r.id, r.amount, 'VND', '{}', action,
                                      're_' || r.id || '_' || r.attempt))
   FROM public.refunds AS r WHERE r.order_id = states.id('o', n) $$;

-- The provider's answer to what we ask for: it says no, and has no name for it.
CREATE FUNCTION states.refuse(n integer) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(public.finish_refund(r.id, 'stripe', 'failed', NULL, 'no'))
    FROM public.refunds AS r WHERE r.order_id = states.id('o', n) AND r.status = 'pending' $$;

CREATE FUNCTION states.send(n integer) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(public.finish_refund(r.id, 'stripe', 'succeeded', 're_' || r.id || '_' || r.attempt, NULL))
   FROM public.refunds AS r WHERE r.order_id = states.id('o', n) AND r.status = 'pending' $$;

CREATE FUNCTION states.make(n integer, state text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM states.hold(states.id('h', n), states.id('u', n), format('{S%sA,S%sB}', n, n));
    PERFORM states.check_out(states.id('o', n), states.id('h', n), states.id('u', n), ARRAY['S' || n || 'A', 'S' || n || 'B'],
                             ARRAY[states.id('ta', n), states.id('tb', n)], states.id('p', n));
    IF n % 4 > 0 THEN
        PERFORM public.open_payment(states.id('p', n), 'stripe', 0, 1860, 80000);
    END IF;
    IF n % 4 > 1 THEN
        PERFORM public.record_attempt(states.id('p', n), 1, 'cs_' || n, 'https://pay.example/' || n);
    END IF;
    CASE state
        WHEN 'pending' THEN NULL;
        WHEN 'declined' THEN PERFORM states.settle(n, 'made', 'payment.declined');
        WHEN 'overdue' THEN PERFORM states.lapse(n);
        WHEN 'overdue, a seat held by another' THEN PERFORM states.lapse(n), states.rival(n);
        WHEN 'expired' THEN PERFORM states.lapse(n), public.cancel_order(states.id('o', n), states.id('u', n));
        WHEN 'cancelled' THEN PERFORM public.cancel_order(states.id('o', n), states.id('u', n));
        WHEN 'cancelled, a seat sold to another' THEN
            PERFORM public.cancel_order(states.id('o', n), states.id('u', n));
            PERFORM states.hold(states.id('hr', n), states.id('r', n), '{S' || n || 'A}');
            PERFORM states.check_out(states.id('or', n), states.id('hr', n), states.id('r', n), ARRAY['S' || n || 'A'],
                                     ARRAY[states.id('tr', n)], states.id('pr', n));
            PERFORM public.settle_payment('stripe', 'rival_' || n, 'payment.succeeded', states.id('pr', n), 100, 'VND', '{}', NULL, NULL,
            'pi_r' || n);
        WHEN 'paid' THEN PERFORM states.settle(n, 'made', 'payment.succeeded', 'pi_' || n);
        WHEN 'paid late' THEN
            PERFORM states.lapse(n), public.cancel_order(states.id('o', n), states.id('u', n));
            PERFORM states.settle(n, 'made', 'payment.succeeded', 'pi_' || n);
        WHEN 'partially refunded' THEN
            PERFORM states.settle(n, 'made', 'payment.succeeded', 'pi_' || n);
            PERFORM states.refund(n, ARRAY[states.id('ta', n)]);
        WHEN 'refund under way' THEN
            PERFORM states.settle(n, 'made', 'payment.succeeded', 'pi_' || n);
            PERFORM states.refund(n, NULL);
        WHEN 'refunded' THEN
            PERFORM states.settle(n, 'made', 'payment.succeeded', 'pi_' || n);
            PERFORM states.refund(n, NULL), states.send(n);
        WHEN 'refund failed' THEN
            PERFORM states.settle(n, 'made', 'payment.succeeded', 'pi_' || n);
            PERFORM states.refund(n, NULL), states.refund_event(n, 'refund.failed');
    END CASE;
END
$$;

-- What the provider tells of the order's money that went back without us; the provider's events of one thing have ids of their own.
CREATE FUNCTION states.outside(n integer, what text, name text, amount bigint, event text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT public.settle_payment('stripe', what || ' ' || amount || ' ' || name || n || event, 'outside', NULL, amount, 'VND', '{}',
                                 'outside.' || what, name || n, 'pi_' || n)
$$;

CREATE FUNCTION states.happen(n integer, event text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CASE event
        WHEN 'success' THEN PERFORM states.settle(n, 'success', 'payment.succeeded', 'pi_' || n);
        WHEN 'success told otherwise' THEN PERFORM states.settle(n, 'again', 'payment.succeeded', 'pi_' || n);
        WHEN 'other money' THEN PERFORM states.settle(n, 'other', 'payment.succeeded', 'pi_other_' || n);
        WHEN 'another amount' THEN PERFORM states.settle(n, 'amount', 'payment.succeeded', 'pi_' || n, 201);
        WHEN 'declined' THEN PERFORM states.settle(n, 'declined', 'payment.declined');
        WHEN 'failed' THEN PERFORM states.settle(n, 'failed', 'payment.failed');
        WHEN 'page closed' THEN PERFORM states.settle(n, 'closed', 'payment.expired');
        WHEN 'unknown type' THEN PERFORM states.settle(n, 'surprise', 'payment.surprise');
        WHEN 'page wanted' THEN PERFORM public.open_payment(states.id('p', n), 'stripe', 0, 1860, 80000);
        WHEN 'page refused' THEN PERFORM public.open_payment(states.id('p', n), 'stripe', 1, 1860, 80000);
        WHEN 'page answered' THEN PERFORM public.record_attempt(states.id('p', n), 1, 'cs_' || n, 'https://pay.example/' || n);
        WHEN 'asked, closed' THEN PERFORM public.end_attempt(states.id('p', n), 'cs_' || n);
        WHEN 'asked, nothing' THEN PERFORM public.postpone_check(states.id('p', n), 1);
        WHEN 'cancel' THEN PERFORM public.cancel_order(states.id('o', n), states.id('u', n));
        WHEN 'time over' THEN PERFORM states.lapse(n);
        WHEN 'expiry' THEN PERFORM public.expire_orders(3);
        WHEN 'rival' THEN PERFORM states.rival(n);
        WHEN 'refund' THEN PERFORM states.refund(n, NULL);
        WHEN 'refund of one' THEN PERFORM states.refund(n, ARRAY[states.id('ta', n)]);
        WHEN 'refund of the other' THEN PERFORM states.refund(n, ARRAY[states.id('tb', n)], true);
        WHEN 'money sent back' THEN PERFORM states.send(n);
        WHEN 'refund succeeded' THEN PERFORM states.refund_event(n, 'refund.succeeded');
        WHEN 'refund failed' THEN PERFORM states.refund_event(n, 'refund.failed');
        WHEN 'all went back outside' THEN PERFORM states.outside(n, 'refund.succeeded', 're_all_', 200);
        WHEN 'one went back outside' THEN PERFORM states.outside(n, 'refund.succeeded', 're_one_', 100);
        WHEN 'outside refund failed' THEN PERFORM states.outside(n, 'refund.failed', 're_all_', 200);
        WHEN 'charge told of all' THEN PERFORM states.outside(n, 'charge.succeeded', 'ch_', 200);
        WHEN 'refund refused' THEN PERFORM states.refuse(n);
        WHEN 'charge told of one' THEN PERFORM states.outside(n, 'charge.succeeded', 'ch_', 100);
        WHEN 'dispute opened' THEN PERFORM states.outside(n, 'dispute.open', 'dp_', 200);
        WHEN 'dispute lost' THEN PERFORM states.outside(n, 'dispute.lost', 'dp_', 200);
    END CASE;
END
$$;

-- Sets of facts that can come in any order: what is told of half the money, twice over, and by events with other ids.
CREATE FUNCTION states.learn(n integer, fact text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CASE fact
        WHEN 'other went back outside' THEN PERFORM states.outside(n, 'refund.succeeded', 're_other_', 100);
        WHEN 'quarter went back outside' THEN PERFORM states.outside(n, 'refund.succeeded', 're_quarter_', 50);
        WHEN 'charge told of a quarter' THEN PERFORM states.outside(n, 'charge.succeeded', 'ch_', 50);
        WHEN 'all told again' THEN PERFORM states.outside(n, 'refund.succeeded', 're_all_', 200, ' again');
        WHEN 'all on its way' THEN PERFORM states.outside(n, 'refund.pending', 're_all_', 200);
        WHEN 'other on its way' THEN PERFORM states.outside(n, 'refund.pending', 're_other_', 100);
        WHEN 'other failed' THEN PERFORM states.outside(n, 'refund.failed', 're_other_', 100);
        WHEN 'half in dispute' THEN PERFORM states.outside(n, 'dispute.open', 'dp_half_', 100);
        WHEN 'half lost' THEN PERFORM states.outside(n, 'dispute.lost', 'dp_half_', 100);
        WHEN 'half won' THEN PERFORM states.outside(n, 'dispute.won', 'dp_half_', 100);
        ELSE PERFORM states.happen(n, fact);
    END CASE;
END
$$;

-- What has become of an order, as far as it does not say which of several refunds was which.
CREATE FUNCTION states.ending(n integer) RETURNS text LANGUAGE sql AS $$
    SELECT format('order %s; tickets %s; payment %s; refunds done %s, failed %s, under way %s; outside %s', o.status,
        (SELECT string_agg(t.status, ' ' ORDER BY t.seat_id) FROM public.tickets AS t WHERE t.order_id = o.id), p.status,
        sum(r.amount) FILTER (WHERE r.status = 'succeeded'), sum(r.amount) FILTER (WHERE r.status = 'failed'),
        sum(r.amount) FILTER (WHERE r.status = 'pending'), (SELECT s.at_most FROM public.outside_sums(p.id) AS s))
    FROM public.orders AS o JOIN public.payments AS p ON p.order_id = o.id LEFT JOIN public.refunds AS r ON r.payment_id = p.id
    WHERE o.id = states.id('o', n) GROUP BY o.id, o.status, p.id, p.status
$$;

CREATE TABLE states.arrivals (n integer PRIMARY KEY, state text NOT NULL, facts text[] NOT NULL, ending text);

-- Each line is an order of its own. All that is told of it is told in the order given.
CREATE PROCEDURE states.arrive() LANGUAGE plpgsql AS $$
DECLARE
    line record;
    fact text;
BEGIN
    FOR line IN SELECT * FROM states.arrivals AS a ORDER BY a.n LOOP
        PERFORM states.make(line.n, line.state);
        COMMIT;
        FOREACH fact IN ARRAY line.facts LOOP
            PERFORM states.learn(line.n, fact);
            COMMIT;
        END LOOP;
        UPDATE states.arrivals AS a SET ending = states.ending(line.n) WHERE a.n = line.n;
        COMMIT;
    END LOOP;
END
$$;

CREATE TABLE states.sequences (n integer PRIMARY KEY, state text NOT NULL, events text[] NOT NULL);
CREATE TABLE states.queue (position integer PRIMARY KEY, n integer NOT NULL, event text NOT NULL);

-- One after the other: every transaction is one event.
CREATE PROCEDURE states.play(part integer, parts integer, first integer, last integer) LANGUAGE plpgsql AS $$
DECLARE
    line record;
    event text;
BEGIN
    FOR line IN SELECT * FROM states.sequences AS s WHERE s.n % parts = part AND s.n BETWEEN first AND last ORDER BY s.n LOOP
        PERFORM states.make(line.n, line.state);
        COMMIT;
        FOREACH event IN ARRAY line.events LOOP
            PERFORM states.happen(line.n, event);
            COMMIT;
        END LOOP;
    END LOOP;
END
$$;

-- Several workers take from one queue, so what happens to an order happens at the same moment.
CREATE PROCEDURE states.work() LANGUAGE plpgsql AS $$
DECLARE
    line record;
BEGIN
    LOOP
        DELETE FROM states.queue AS q WHERE q.position = (SELECT position FROM states.queue ORDER BY position
        LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING q.n, q.event INTO line;
        EXIT WHEN NOT FOUND;
        COMMIT;
        PERFORM states.happen(line.n, line.event);
        COMMIT;
    END LOOP;
END
$$;

-- Lives that the table of legal steps does not allow, or that do not end where the row is; and late money that is
-- neither used nor returned.
CREATE FUNCTION states.faults() RETURNS SETOF text LANGUAGE sql AS $$
    WITH lives AS (
        SELECT a.subject, a.action, a.detail ->> 'was' AS was, a.detail ->> 'becomes' AS becomes, split_part(a.subject, ' ', 1) AS kind,
               lag(a.detail ->> 'becomes', 1, 'new') OVER (PARTITION BY a.subject ORDER BY a.id) AS before,
               lead(a.id) OVER (PARTITION BY a.subject ORDER BY a.id) IS NULL AS last
        FROM public.audit_log AS a WHERE a.detail ? 'becomes'
    ), things AS (
        SELECT 'order ' || id AS subject, status FROM public.orders
        UNION ALL SELECT 'payment ' || id, status FROM public.payments UNION ALL SELECT 'refund ' || id, status FROM public.refunds
    )
    SELECT format('illegal step: %s %s to %s', l.subject, l.was, l.becomes) FROM lives AS l
    WHERE l.before <> l.was OR NOT EXISTS (SELECT FROM public.status_changes AS s
    WHERE s.kind = l.kind AND s.was = l.was AND s.becomes = l.becomes)
    UNION ALL
    SELECT format('%s is %s, its life ends %s', t.subject, t.status, l.becomes) FROM things AS t LEFT
    JOIN lives AS l ON l.subject = t.subject AND l.last
    WHERE l.becomes IS DISTINCT FROM t.status
    UNION ALL
    SELECT format('money %s of order %s is neither used nor returned', e.event_id, p.order_id)
    FROM public.payment_events AS e JOIN public.payments AS p ON p.id = e.payment_id JOIN public.orders AS o ON o.id = p.order_id
    WHERE e.outcome IN ('paid', 'late_paid', 'late_refund')
      AND NOT (o.paid_at IS NOT NULL OR EXISTS (SELECT FROM public.refunds AS r WHERE r.order_id = o.id))
    UNION ALL
    SELECT format('money told of by %s is in no payment', e.event_id)
    FROM public.payment_events AS e
    CROSS JOIN LATERAL (SELECT split_part(e.event_id, '_', 1) AS kind, split_part(e.event_id, '_', 2) AS n) AS v
    WHERE e.type = 'payment.succeeded' AND v.kind IN ('made', 'success', 'again', 'other') AND e.outcome <> 'amount_mismatch'
      AND NOT EXISTS (SELECT FROM public.payments AS p WHERE p.charge = CASE v.kind WHEN 'other' THEN 'pi_other_' ELSE 'pi_' END || v.n);
$$;
