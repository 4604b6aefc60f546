-- Deploy ticketing:reports to pg
-- What the desk sees first, and the curve of sales. All amounts are minor units; a sale counts on the day that it was paid, a refund on the
-- day that it was decided. Refunds that failed do not count.
BEGIN;

CREATE INDEX refunds_decided ON public.refunds (created_at) WHERE status <> 'failed';
CREATE INDEX webhook_deliveries_parked ON public.webhook_deliveries (finished_at) WHERE state = 'parked';
CREATE INDEX checkins_flagged_lately ON public.checkins (server_time) WHERE flag IS NOT NULL;
CREATE INDEX outside_money_disputed ON public.outside_money (created_at) WHERE kind = 'dispute' AND status = 'open';

-- Days are those of this zone when none is said: where the house's newest event takes place.
CREATE FUNCTION public.house_zone() RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT coalesce((SELECT e.time_zone FROM public.events AS e WHERE e.deleted_at IS NULL ORDER BY e.created_at DESC, e.id DESC LIMIT 1),
                    'UTC');
$$;

-- What was sold between two moments that begin a quarter of an hour: what is added up already, and the orders since.
CREATE FUNCTION public.sold_between(since timestamptz, before timestamptz)
RETURNS TABLE (show_id uuid, at timestamptz, currency text, orders bigint, tickets bigint, revenue bigint)
LANGUAGE sql STABLE
AS $$
    SELECT s.show_id, s.slot, s.currency, s.orders, s.tickets, s.revenue
    FROM public.sales_sums AS s WHERE s.slot >= since AND s.slot < before
    UNION ALL
    SELECT o.show_id, o.paid_at, o.currency, 1, (SELECT count(*) FROM public.tickets AS t WHERE t.order_id = o.id), o.total
    FROM public.orders AS o
    WHERE o.paid_at >= greatest(since, (SELECT m.done_until FROM public.report_marks AS m WHERE m.name = 'sales')) AND o.paid_at < before;
$$;

CREATE FUNCTION public.refunded_between(since timestamptz, before timestamptz)
RETURNS TABLE (show_id uuid, at timestamptz, currency text, tickets bigint, amount bigint)
LANGUAGE sql STABLE
AS $$
    SELECT p.show_id, r.created_at, p.currency, cardinality(r.tickets)::bigint, r.amount
    FROM public.refunds AS r JOIN public.payments AS p ON p.id = r.payment_id
    WHERE r.status <> 'failed' AND r.created_at >= since AND r.created_at < before;
$$;

-- {since, tickets, orders, ticketsRefunded, amounts: [{currency, revenue, refunded}]}
CREATE FUNCTION public.report_sums(since timestamptz) RETURNS json
LANGUAGE sql STABLE
AS $$
    WITH sold AS (SELECT s.currency, sum(s.orders) AS orders, sum(s.tickets) AS tickets, sum(s.revenue) AS revenue
                  FROM public.sold_between(since, 'infinity') AS s GROUP BY s.currency),
         refunded AS (SELECT r.currency, sum(r.tickets) AS tickets, sum(r.amount) AS amount
                      FROM public.refunded_between(since, 'infinity') AS r GROUP BY r.currency)
    SELECT json_build_object(
        'since', CASE WHEN isfinite(since) THEN public.rfc3339(since) END,
        'orders', coalesce(sum(s.orders), 0), 'tickets', coalesce(sum(s.tickets), 0), 'ticketsRefunded', coalesce(sum(r.tickets), 0),
        'amounts', coalesce(json_agg(json_build_object('currency', currency, 'revenue', coalesce(s.revenue, 0),
                                                       'refunded', coalesce(r.amount, 0)) ORDER BY currency), '[]'))
    FROM sold AS s FULL JOIN refunded AS r USING (currency);
$$;

-- What waits for a person. Where nothing tells that somebody has looked, what is older than a week has been seen. Counts end at 1000.
CREATE FUNCTION public.report_needs() RETURNS json
LANGUAGE sql STABLE
AS $$
    WITH week AS (SELECT clock_timestamp() - interval '7 days' AS since),
    needs (kind, place, order_id, show_id, at) AS (
        (SELECT 'failed_refunds', 1, r.order_id, NULL::uuid, r.created_at FROM public.refunds AS r WHERE r.status = 'failed'
         ORDER BY r.created_at DESC LIMIT 1000)
        UNION ALL
        (SELECT 'manual_refunds', 2, r.order_id, NULL, r.created_at
         FROM public.refunds AS r JOIN public.payments AS p ON p.id = r.payment_id
         WHERE r.status = 'pending' AND p.provider = 'manual' LIMIT 1000)
        UNION ALL
        (SELECT 'open_disputes', 3, p.order_id, NULL, m.created_at
         FROM public.outside_money AS m LEFT JOIN public.payments AS p ON p.id = m.payment_id
         WHERE m.kind = 'dispute' AND m.status = 'open' ORDER BY m.created_at DESC LIMIT 1000)
        UNION ALL
        (SELECT 'outside_money', 4, p.order_id, NULL, m.created_at
         FROM public.outside_money AS m LEFT JOIN public.payments AS p ON p.id = m.payment_id
         WHERE m.created_at > (SELECT since FROM week) AND m.kind <> 'dispute' ORDER BY m.created_at DESC LIMIT 1000)
        UNION ALL
        (SELECT 'unmatched_payments', 5, NULL, NULL, e.received_at FROM public.payment_events AS e
         WHERE e.outcome IN ('unknown_payment', 'unknown_refund', 'amount_mismatch') AND e.received_at > (SELECT since FROM week)
         ORDER BY e.received_at DESC LIMIT 1000)
        UNION ALL
        (SELECT CASE w.kind WHEN 'webhook' THEN 'parked_deliveries' ELSE 'undelivered_mails' END, CASE w.kind WHEN 'webhook' THEN 6 ELSE 8 END,
                (SELECT o.id FROM public.orders AS o WHERE o.id = d.key), NULL, d.finished_at
         FROM public.webhook_deliveries AS d JOIN public.webhook_endpoints AS w ON w.id = d.endpoint_id
         WHERE d.state = 'parked' AND d.finished_at > (SELECT since FROM week) ORDER BY d.finished_at DESC LIMIT 1000)
        UNION ALL
        SELECT 'disabled_endpoints', 7, NULL, NULL, w.disabled_at FROM public.webhook_endpoints AS w WHERE w.disabled_at IS NOT NULL
        UNION ALL
        (SELECT 'gate_conflicts', 9, NULL, c.show_id, c.server_time FROM public.checkins AS c
         WHERE c.flag IS NOT NULL AND c.server_time > (SELECT since FROM week) ORDER BY c.server_time DESC LIMIT 1000)
    ),
    kinds (kind, place, see) AS (VALUES
        ('failed_refunds', 1, '/refunds?status=failed'), ('manual_refunds', 2, '/refunds?status=pending'),
        ('open_disputes', 3, '/payments/outside'), ('outside_money', 4, '/payments/outside'), ('unmatched_payments', 5, '/payments/events'),
        ('parked_deliveries', 6, '/webhooks/endpoints'), ('disabled_endpoints', 7, '/webhooks/endpoints'),
        ('undelivered_mails', 8, '/orders/'), ('gate_conflicts', 9, '/shows/'))
    SELECT json_agg(json_build_object(
        'kind', k.kind, 'count', n.count, 'orders', n.orders, 'shows', n.shows,
        'see', CASE k.kind WHEN 'undelivered_mails' THEN k.see || (n.orders ->> 0)
                           WHEN 'gate_conflicts' THEN k.see || (n.shows ->> 0) || '/checkins/scans?flagged=true' ELSE k.see END)
        ORDER BY k.place)
    FROM kinds AS k
    CROSS JOIN LATERAL (
        SELECT (SELECT count(*) FROM needs AS w WHERE w.kind = k.kind) AS count,
               (SELECT coalesce(json_agg(x.order_id), '[]') FROM (
                    SELECT w.order_id FROM needs AS w WHERE w.kind = k.kind AND w.order_id IS NOT NULL
                    GROUP BY w.order_id ORDER BY max(w.at) DESC LIMIT 5) AS x) AS orders,
               (SELECT coalesce(json_agg(x.show_id), '[]') FROM (
                    SELECT w.show_id FROM needs AS w WHERE w.kind = k.kind AND w.show_id IS NOT NULL
                    GROUP BY w.show_id ORDER BY max(w.at) DESC LIMIT 5) AS x) AS shows) AS n;
$$;

CREATE FUNCTION public.report_overview(wanted_zone text) RETURNS json
LANGUAGE sql STABLE
SET jit = off
AS $$
    SELECT json_build_object(
        'zone', z.zone, 'at', public.rfc3339(clock_timestamp()),
        'today', public.report_sums(d.midnight AT TIME ZONE z.zone),
        'sevenDays', public.report_sums((d.midnight - interval '6 days') AT TIME ZONE z.zone),
        'all', public.report_sums('-infinity'),
        'needsYou', public.report_needs())
    FROM (SELECT coalesce(wanted_zone, public.house_zone()) AS zone) AS z
    CROSS JOIN LATERAL (SELECT date_trunc('day', clock_timestamp() AT TIME ZONE z.zone) AS midnight) AS d;
$$;

-- The days from `first_day` to `last_day` in order, those without a sale too; without them the 30 days up to today, or to the show when it is
-- over. One of show and event, or neither: the whole house. Null: there is no such show or event. The caller bounds the days.
CREATE FUNCTION public.report_sales(one_show uuid, one_event uuid, first_day date, last_day date, wanted_zone text) RETURNS json
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
DECLARE
    shows uuid[];
    zone text := wanted_zone;
    show_day date;
    since timestamptz;
    before timestamptz;
    days json;
BEGIN
    IF one_show IS NOT NULL OR one_event IS NOT NULL THEN
        SELECT array_agg(s.id), coalesce(wanted_zone, min(e.time_zone)),
               CASE WHEN one_show IS NOT NULL THEN min((s.starts_at AT TIME ZONE coalesce(wanted_zone, e.time_zone))::date) END
        INTO shows, zone, show_day
        FROM public.events AS e LEFT JOIN public.shows AS s ON s.event_id = e.id AND (one_show IS NULL OR s.id = one_show)
        WHERE (one_event IS NULL OR e.id = one_event)
          AND (one_show IS NULL OR e.id = (SELECT o.event_id FROM public.shows AS o WHERE o.id = one_show));
        IF zone IS NULL OR shows IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    zone := coalesce(zone, public.house_zone());
    last_day := coalesce(last_day, least(show_day, (clock_timestamp() AT TIME ZONE zone)::date, first_day + 365));
    first_day := coalesce(first_day, last_day - 29);
    since := first_day::timestamp AT TIME ZONE zone;
    before := (last_day + 1)::timestamp AT TIME ZONE zone;
    WITH sold AS (
        SELECT (s.at AT TIME ZONE zone)::date AS day, s.currency, sum(s.orders) AS orders, sum(s.tickets) AS tickets, sum(s.revenue) AS revenue
        FROM public.sold_between(since, before) AS s WHERE shows IS NULL OR s.show_id = ANY (shows) GROUP BY 1, 2),
    refunded AS (
        SELECT (r.at AT TIME ZONE zone)::date AS day, r.currency, sum(r.tickets) AS tickets, sum(r.amount) AS amount
        FROM public.refunded_between(since, before) AS r WHERE shows IS NULL OR r.show_id = ANY (shows) GROUP BY 1, 2),
    by_day AS (
        SELECT day, sum(s.orders) AS orders, sum(s.tickets) AS tickets, sum(r.tickets) AS tickets_refunded,
               json_agg(json_build_object('currency', currency, 'revenue', coalesce(s.revenue, 0), 'refunded', coalesce(r.amount, 0))
                        ORDER BY currency) AS amounts
        FROM sold AS s FULL JOIN refunded AS r USING (day, currency) GROUP BY day)
    SELECT json_agg(json_build_object(
        'day', to_char(d.day, 'YYYY-MM-DD'), 'daysToShow', show_day - d.day::date, 'orders', coalesce(b.orders, 0),
        'tickets', coalesce(b.tickets, 0), 'ticketsRefunded', coalesce(b.tickets_refunded, 0), 'amounts', coalesce(b.amounts, '[]'))
        ORDER BY d.day)
    INTO days
    FROM generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') AS d (day)
    LEFT JOIN by_day AS b ON b.day = d.day::date;
    RETURN json_build_object('zone', zone, 'from', to_char(first_day, 'YYYY-MM-DD'), 'to', to_char(last_day, 'YYYY-MM-DD'),
                             'showDay', to_char(show_day, 'YYYY-MM-DD'), 'days', coalesce(days, '[]'));
END
$$;

COMMIT;
