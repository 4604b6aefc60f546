-- What must always be true of the data: one row (invariant, subject) per violation, no row when all is well.
-- One statement, so one snapshot: it may run at any time beside the service. Each table is read a few times and joined by hash: a million
-- tickets and half a million orders took 9 s on two busy cores.
-- "Unexpired" is judged by clock_timestamp(), which is later than the snapshot: what is unexpired now was so then.
WITH ticket_sums AS (
    SELECT t.order_id, count(*) AS tickets, sum(t.price) AS price, sum(t.price) FILTER (WHERE t.status <> 'void') AS live_price,
           count(*) FILTER (WHERE t.status = 'reserved') AS reserved,
           count(*) FILTER (WHERE t.status IN ('valid', 'checked_in')) AS live
    FROM public.tickets AS t GROUP BY t.order_id
), refund_sums AS MATERIALIZED (
    -- `amount` was decided to go back; of it, `given_back` has gone. The rest is owed: GET /refunds lists it as pending or failed.
    SELECT r.payment_id, sum(r.amount) AS amount, sum(r.amount) FILTER (WHERE r.status = 'succeeded') AS given_back
    FROM public.refunds AS r GROUP BY r.payment_id
), money AS (
    SELECT p.order_id, sum(p.amount) FILTER (WHERE p.status IN ('succeeded', 'refunded', 'partially_refunded')) AS captured,
           sum(r.amount) AS refunded, sum(r.given_back) AS given_back, bool_and(p.currency = o.currency) AS same_currency
    FROM public.payments AS p
    JOIN public.orders AS o ON o.id = p.order_id
    LEFT JOIN refund_sums AS r ON r.payment_id = p.id
    GROUP BY p.order_id
), claims_of_holds AS MATERIALIZED (
    SELECT c.hold_id, c.show_id, count(*) FILTER (WHERE c.order_id IS NULL) AS held, min(c.expires_at) AS first_expiry,
           max(c.expires_at) AS last_expiry
    FROM public.seat_claims AS c WHERE c.state = 'held' GROUP BY c.hold_id, c.show_id
), mapped AS MATERIALIZED (
    SELECT m.id, m.version, m.template FROM public.seatmaps AS m WHERE json_typeof(m.template -> 'zones') = 'array'
), map_rows AS MATERIALIZED (
    SELECT m.id, m.version, zone.body ->> 'id' AS zone, seats.body ->> 'id' AS row_label, (seats.body ->> 'from')::integer AS first,
           (seats.body ->> 'to')::integer AS last
    FROM mapped AS m
    CROSS JOIN LATERAL json_array_elements(m.template -> 'zones') AS zone (body)
    CROSS JOIN LATERAL json_array_elements(zone.body -> 'rows') AS seats (body)
)
SELECT 'two live tickets on one seat' AS invariant, format('show %s seat %s', t.show_id, t.seat_id) AS subject
FROM public.tickets AS t WHERE t.status <> 'void' GROUP BY t.show_id, t.seat_id HAVING count(*) > 1

UNION ALL
SELECT 'a sold claim has its live ticket', format('show %s seat %s', c.show_id, c.seat_id)
FROM public.seat_claims AS c
LEFT JOIN public.tickets AS t ON t.id = c.ticket_id AND t.show_id = c.show_id AND t.seat_id = c.seat_id AND t.order_id = c.order_id
                                 AND t.status IN ('valid', 'checked_in')
WHERE c.state = 'sold' AND t.id IS NULL

UNION ALL
SELECT 'a live ticket has its sold claim', 'ticket ' || t.id
FROM public.tickets AS t
LEFT JOIN public.seat_claims AS c ON c.show_id = t.show_id AND c.seat_id = t.seat_id AND c.ticket_id = t.id AND c.state = 'sold'
WHERE t.status IN ('valid', 'checked_in') AND c.ticket_id IS NULL

UNION ALL
SELECT 'a live ticket''s seat is in its show''s map', 'ticket ' || t.id
FROM public.tickets AS t
JOIN public.shows AS s ON s.id = t.show_id
JOIN mapped ON mapped.id = s.seatmap_id AND mapped.version = s.seatmap_version
LEFT JOIN map_rows AS r ON r.id = s.seatmap_id AND r.version = s.seatmap_version AND r.zone = t.zone AND r.row_label = t.row_label
                           AND t.number BETWEEN r.first AND r.last
WHERE t.status IN ('valid', 'checked_in') AND r.id IS NULL

UNION ALL
SELECT 'the seats of an unpaid order are held for it', 'ticket ' || t.id
FROM public.tickets AS t
JOIN public.orders AS o ON o.id = t.order_id AND o.show_id = t.show_id
LEFT JOIN public.seat_claims AS c ON c.show_id = t.show_id AND c.seat_id = t.seat_id AND c.ticket_id = t.id AND c.order_id = o.id
                                     AND c.state = 'held' AND c.expires_at = o.expires_at
WHERE t.status = 'reserved' AND o.status = 'pending' AND o.expires_at > clock_timestamp() AND c.ticket_id IS NULL

UNION ALL
SELECT 'the show of an order that waits takes place', 'order ' || o.id
FROM public.orders AS o
LEFT JOIN (public.shows AS s JOIN public.events AS e ON e.id = s.event_id AND e.published AND e.deleted_at IS NULL)
    ON s.id = o.show_id AND s.deleted_at IS NULL
WHERE o.status = 'pending' AND o.expires_at > clock_timestamp() AND s.id IS NULL

UNION ALL
SELECT rule.invariant, format('order %s, %s', o.id, o.status)
FROM public.orders AS o
LEFT JOIN ticket_sums AS t ON t.order_id = o.id
LEFT JOIN money AS m ON m.order_id = o.id
CROSS JOIN LATERAL (VALUES
    ('tickets agree with the status of their order',
     CASE o.status
         WHEN 'pending' THEN t.reserved = t.tickets
         WHEN 'paid' THEN t.live = t.tickets
         WHEN 'partially_refunded' THEN t.live > 0 AND t.live < t.tickets AND t.reserved = 0
         ELSE t.live = 0 AND t.reserved = 0
     END),
    ('the total of an order is the sum of its tickets', o.total = t.price),
    ('no more was given back than was captured', coalesce(m.given_back, 0) <= coalesce(m.captured, 0)),
    ('captured minus refunded is what the order says',
     m.same_currency AND coalesce(m.captured, 0) - coalesce(m.refunded, 0)
                         = CASE o.status WHEN 'paid' THEN o.total WHEN 'partially_refunded' THEN t.live_price ELSE 0 END)
) AS rule (invariant, kept)
WHERE rule.kept IS NOT TRUE

UNION ALL
SELECT 'the status of a payment agrees with its refunds', format('payment %s, %s', p.id, p.status)
FROM public.payments AS p
LEFT JOIN refund_sums AS r ON r.payment_id = p.id
WHERE CASE p.status
          WHEN 'refunded' THEN coalesce(r.amount, 0) = p.amount
          WHEN 'partially_refunded' THEN r.amount < p.amount
          ELSE r.amount IS NULL
      END IS NOT TRUE

UNION ALL
SELECT 'money outside belongs to the payment with its charge', format('%s %s', m.kind, m.reference)
FROM public.outside_money AS m
LEFT JOIN public.payments AS p ON p.provider = m.provider AND p.charge = m.charge AND p.currency = m.currency
WHERE m.payment_id IS DISTINCT FROM p.id

UNION ALL
SELECT 'money outside that is a refund of ours is one of its payment', format('%s %s', m.kind, m.reference)
FROM public.outside_money AS m
JOIN public.refunds AS r ON r.id = m.refund_id
WHERE m.payment_id IS DISTINCT FROM r.payment_id

UNION ALL
SELECT rule.invariant, 'payment ' || p.id
FROM (SELECT DISTINCT m.payment_id FROM public.outside_money AS m) AS known
JOIN public.payments AS p ON p.id = known.payment_id
JOIN public.orders AS o ON o.id = p.order_id
JOIN public.shows AS s ON s.id = o.show_id
CROSS JOIN LATERAL public.outside_sums(p.id) AS t
CROSS JOIN LATERAL (VALUES
    -- The provider may not have told yet that its sum counts a refund of ours that came true since.
    ('refunds that went back outside are covered by money outside', t.settled <= t.at_most + t.sent),
    ('a refund that failed is not covered by money outside',
     NOT EXISTS (SELECT FROM public.refunds AS r WHERE r.payment_id = p.id AND r.status = 'failed' AND t.settled + r.amount <= t.at_least)),
    ('tickets whose money is gone are judged by the policy of their show',
     s.outside_refund = 'keep' OR o.status NOT IN ('paid', 'partially_refunded') OR p.status NOT IN ('succeeded', 'partially_refunded')
     OR p.amount > t.sent + t.at_most OR p.amount = t.sent + t.under_way + t.owed + t.settled)
) AS rule (invariant, kept)
WHERE rule.kept IS NOT TRUE

UNION ALL
SELECT 'only what was given back was given back outside', 'refund ' || r.id
FROM public.refunds AS r
WHERE r.outside AND (r.status <> 'succeeded' OR NOT EXISTS (SELECT FROM public.outside_money AS m WHERE m.payment_id = r.payment_id))

UNION ALL
SELECT 'a hold has all its seats or none', format('hold %s, %s', h.id, h.state)
FROM public.holds AS h
LEFT JOIN claims_of_holds AS c ON c.hold_id = h.id AND c.show_id = h.show_id
WHERE CASE h.state
          WHEN 'live' THEN
              CASE WHEN c.hold_id IS NULL THEN h.expires_at <= clock_timestamp() -- all its seats may have gone to others
                   ELSE c.first_expiry = h.expires_at AND c.last_expiry = h.expires_at
                        AND (c.held = cardinality(h.seats) OR h.expires_at <= clock_timestamp()) END
          WHEN 'released' THEN c.hold_id IS NULL
          ELSE coalesce(c.held, 0) = 0
      END IS NOT TRUE

UNION ALL
SELECT 'a held seat belongs to a hold', format('show %s, hold %s', c.show_id, c.hold_id)
FROM claims_of_holds AS c
LEFT JOIN public.holds AS h ON h.id = c.hold_id AND h.show_id = c.show_id
WHERE h.id IS NULL

UNION ALL
-- Not a CHECK: these two conditions would take a twentieth of what a hold costs, and an order's own constraints ask for both.
SELECT 'the prices of a hold are amounts of a currency', 'hold ' || h.id
FROM public.holds AS h WHERE h.currency !~ '^[A-Z]{3}$' OR 0 > ANY (h.prices)

UNION ALL
SELECT 'a consumed hold has exactly one order', format('hold %s, %s', h.id, h.state) -- at most one: orders are UNIQUE (hold_id, show_id)
FROM public.holds AS h
LEFT JOIN public.orders AS o ON o.hold_id = h.id AND o.show_id = h.show_id
WHERE (o.id IS NOT NULL) <> (h.state = 'consumed')

UNION ALL
SELECT 'a checked-in ticket has an accepted scan', 'ticket ' || t.id
FROM public.tickets AS t
WHERE t.status = 'checked_in'
  AND NOT EXISTS (SELECT FROM public.checkins AS c WHERE c.ticket_id = t.id AND c.outcome = 'accepted' AND c.direction = 'in')

UNION ALL
SELECT 'whether somebody is inside is what the last scan says', 'ticket ' || t.id
FROM public.tickets AS t
LEFT JOIN public.checkins AS c ON c.id = t.last_scan AND c.ticket_id = t.id AND c.outcome = 'accepted'
WHERE (t.inside OR t.last_scan IS NOT NULL) AND t.inside IS DISTINCT FROM (c.direction = 'in' AND NOT (
    c.happened_at IS NOT NULL AND EXISTS ( -- it came in late, from someone known to have gone out since
        SELECT FROM public.checkins AS o
        WHERE o.ticket_id = t.id AND o.direction = 'out' AND (o.outcome = 'accepted' OR o.code = 'not_inside')
            AND coalesce(o.happened_at, o.device_time, o.server_time) > c.happened_at)))

UNION ALL
SELECT 'a ticket has one first entry', 'ticket ' || c.ticket_id
FROM public.checkins AS c
WHERE c.ticket_id IS NOT NULL
GROUP BY c.ticket_id
HAVING count(*) FILTER (WHERE c.outcome = 'accepted' AND c.direction = 'in' AND NOT c.reentry) > 1 + count(*) FILTER (WHERE c.outcome = 'undone')

UNION ALL
SELECT 'a mailing is about a changed show', 'event ' || m.outbox_id
FROM public.show_mailings AS m
JOIN public.outbox AS o ON o.id = m.outbox_id
WHERE o.type <> 'show.changed' OR o.position IS NULL

UNION ALL
SELECT 'a ticket on its way belongs to its transfer', 'transfer ' || p.id
FROM public.ticket_transfers AS p
JOIN public.tickets AS t ON t.id = p.ticket_id AND t.show_id = p.show_id
WHERE (p.state = 'pending') <> (t.user_id = p.id)

UNION ALL
SELECT 'no more was added up than was sold', 'show ' || s.show_id
FROM public.sales_sums AS s
GROUP BY s.show_id
HAVING sum(s.orders) > (SELECT count(*) FROM public.orders AS o WHERE o.show_id = s.show_id AND o.paid_at IS NOT NULL)

UNION ALL
SELECT 'who is noted down as a buyer has an order', 'user ' || b.user_id
FROM public.buyers AS b
WHERE NOT EXISTS (SELECT FROM public.orders AS o WHERE o.user_id = b.user_id);
