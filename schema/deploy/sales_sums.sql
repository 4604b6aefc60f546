-- Deploy ticketing:sales_sums to pg
-- Reports over years must not read every ticket, and a sale must not wait for a counter that all sales share. So a task adds up what was sold,
-- later and beside the sales; a report adds the orders of the last minutes to that.
BEGIN;

-- What was sold in a quarter of an hour: every day of every time zone begins with one. Refunds change nothing here.
CREATE TABLE public.sales_sums (
    show_id uuid NOT NULL,
    slot timestamptz NOT NULL CHECK (slot = date_bin('15 minutes', slot, '2000-01-01 00:00Z')), -- when it begins
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    orders bigint NOT NULL CHECK (orders > 0),
    tickets bigint NOT NULL CHECK (tickets >= 0),
    revenue bigint NOT NULL CHECK (revenue >= 0), -- minor units
    PRIMARY KEY (show_id, slot, currency)
);
CREATE INDEX sales_sums_slot ON public.sales_sums (slot);

-- How far a task has come that works off what others write. The time of a row is taken before its transaction ends, so rows appear behind
-- later ones: a time is only safe to work off when every transaction that could still write into it has ended.
CREATE TABLE public.report_marks (
    name text PRIMARY KEY,
    done_until timestamptz NOT NULL DEFAULT '-infinity', -- worked off
    safe_until timestamptz NOT NULL DEFAULT '-infinity', -- nothing appears before it any more
    next_until timestamptz, -- will be safe when all transactions before next_xid have ended
    next_xid xid8,
    CHECK (done_until <= safe_until),
    CHECK ((next_until IS NULL) = (next_xid IS NULL))
);
INSERT INTO public.report_marks (name) VALUES ('sales');

-- Locks the mark, and says from when until when there is something to work off; nulls: nothing yet, or another host is at it. `bound` is
-- what may become safe next; it lies so far back that who took an earlier time has begun to write. After a restore into another cluster,
-- where transactions have lower numbers, it begins to wait anew.
CREATE FUNCTION public.report_span(mark text, bound timestamptz, OUT since timestamptz, OUT before timestamptz)
LANGUAGE plpgsql
AS $$
DECLARE
    m public.report_marks;
    now_running constant pg_snapshot := pg_current_snapshot();
BEGIN
    SELECT * INTO m FROM public.report_marks AS r WHERE r.name = mark FOR UPDATE SKIP LOCKED;
    IF m.next_xid <= pg_snapshot_xmin(now_running) THEN
        UPDATE public.report_marks AS r SET safe_until = r.next_until, next_until = NULL, next_xid = NULL WHERE r.name = mark RETURNING * INTO m;
    ELSIF (m.next_xid IS NULL OR m.next_xid > pg_snapshot_xmax(now_running)) AND bound > m.safe_until THEN
        UPDATE public.report_marks AS r SET next_until = bound, next_xid = pg_snapshot_xmax(now_running) WHERE r.name = mark;
    END IF;
    IF m.done_until < m.safe_until THEN
        since := m.done_until;
        before := m.safe_until;
    END IF;
END
$$;

-- Adds up the sales of at most an hour. True: there are more.
CREATE FUNCTION public.sum_sales() RETURNS boolean
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
    bound constant timestamptz := date_bin('15 minutes', clock_timestamp() - interval '1 minute', '2000-01-01 00:00Z');
    first_sale timestamptz;
    span record;
    until timestamptz;
BEGIN
    SELECT min(o.paid_at) INTO first_sale FROM public.orders AS o
    WHERE o.paid_at >= (SELECT m.done_until FROM public.report_marks AS m WHERE m.name = 'sales');
    IF first_sale IS NULL OR first_sale >= bound THEN
        RETURN false; -- an idle house writes nothing
    END IF;
    SELECT * INTO span FROM public.report_span('sales', bound);
    IF span.since IS NULL THEN
        RETURN false;
    END IF;
    until := least(span.before, date_bin('15 minutes', greatest(first_sale, span.since), '2000-01-01 00:00Z') + interval '1 hour');
    INSERT INTO public.sales_sums (show_id, slot, currency, orders, tickets, revenue)
    SELECT o.show_id, date_bin('15 minutes', o.paid_at, '2000-01-01 00:00Z'), o.currency, count(*), sum(t.count), sum(o.total)
    FROM public.orders AS o
    CROSS JOIN LATERAL (SELECT count(*) FROM public.tickets AS k WHERE k.order_id = o.id) AS t
    WHERE o.paid_at >= span.since AND o.paid_at < until
    GROUP BY 1, 2, 3;
    UPDATE public.report_marks AS m SET done_until = until WHERE m.name = 'sales';
    RETURN until < span.before;
END
$$;

COMMIT;
