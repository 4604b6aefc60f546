-- Part of demo_sales.sql: makes rows of the plan in the temporary tables demo_order and demo_seat, each in the order in which the service
-- makes them. What waits (orders to pay, seats being chosen) goes on waiting for six hours.

INSERT INTO public.holds (id, show_id, user_id, seats, state, created_at, expires_at, prices, currency)
SELECT o.hold_id, o.show_id, o.user_id, o.seats, CASE WHEN o.becomes = 'live' THEN 'live' ELSE 'consumed' END, o.at - interval '2 minutes',
       CASE WHEN o.becomes IN ('live', 'pending') THEN now() + interval '6 hours' ELSE o.at + interval '15 minutes' END, o.prices, o.currency
FROM demo_order AS o;

SELECT public.who_and_why(NULL, 'the demo');
INSERT INTO public.orders (id, show_id, hold_id, user_id, buyer_email, buyer_name, status, total, currency, created_at, updated_at, expires_at)
SELECT o.id, o.show_id, o.hold_id, o.user_id, u.email, u.full_name, 'pending', o.total, o.currency, o.at, o.at,
       CASE WHEN o.becomes = 'pending' THEN now() + interval '6 hours' ELSE o.at + interval '15 minutes' END
FROM demo_order AS o JOIN auth.users AS u ON u.id = o.user_id
WHERE o.becomes <> 'live' ORDER BY o.at;

CREATE TEMPORARY TABLE demo_ticket ON COMMIT DROP AS
SELECT gen_random_uuid() AS id, o.id AS order_id, o.hold_id, o.user_id, o.becomes, o.at, w.nth, s.*
FROM demo_order AS o
CROSS JOIN LATERAL unnest(o.seats) WITH ORDINALITY AS w (seat_id, nth)
JOIN demo_seat AS s ON s.show_id = o.show_id AND s.seat_id = w.seat_id;

-- The first ticket of an order that is partly given back is the one.
INSERT INTO public.tickets (id, order_id, show_id, user_id, seat_id, zone, row_label, number, price, status, created_at, updated_at, place, zone_name)
SELECT t.id, t.order_id, t.show_id, t.user_id, t.seat_id, t.zone, t.row_label, t.number, t.price,
       CASE WHEN t.becomes = 'pending' THEN 'reserved' ELSE 'valid' END, t.at, t.at, t.place, t.zone_name
FROM demo_ticket AS t WHERE t.becomes <> 'live';

INSERT INTO public.payments (id, order_id, show_id, provider, status, amount, currency, created_at, updated_at)
SELECT o.payment_id, o.id, o.show_id, CASE WHEN o.nth % 19 = 0 AND o.becomes <> 'pending' THEN 'manual' ELSE 'test' END, 'pending', o.total,
       o.currency, o.at, o.at
FROM demo_order AS o WHERE o.becomes <> 'live';

INSERT INTO public.seat_claims (show_id, seat_id, state, hold_id, order_id, ticket_id, expires_at)
SELECT t.show_id, t.seat_id, CASE WHEN t.becomes IN ('live', 'pending') THEN 'held' ELSE 'sold' END, t.hold_id,
       CASE WHEN t.becomes <> 'live' THEN t.order_id END, CASE WHEN t.becomes <> 'live' THEN t.id END,
       CASE WHEN t.becomes IN ('live', 'pending') THEN now() + interval '6 hours' END
FROM demo_ticket AS t;

-- Paid two minutes later, but for those that never were.
UPDATE public.payments AS p SET status = 'succeeded', updated_at = o.at + interval '2 minutes'
FROM demo_order AS o WHERE p.order_id = o.id AND o.becomes IN ('paid', 'refunded', 'partially_refunded');
UPDATE public.orders AS p SET status = 'paid', paid_at = o.at + interval '2 minutes', updated_at = o.at + interval '2 minutes'
FROM demo_order AS o WHERE p.id = o.id AND o.becomes IN ('paid', 'refunded', 'partially_refunded');
SELECT public.outbox_order(ARRAY(SELECT o.id FROM demo_order AS o WHERE o.becomes IN ('paid', 'refunded', 'partially_refunded') ORDER BY o.at), 'order.paid');

-- Seats that went back are free, their tickets void.
CREATE TEMPORARY TABLE demo_void ON COMMIT DROP AS
SELECT t.* FROM demo_ticket AS t WHERE t.becomes IN ('refunded', 'expired', 'cancelled') OR t.becomes = 'partially_refunded' AND t.nth = 1;
UPDATE public.seat_claims AS c SET state = 'released', order_id = NULL, ticket_id = NULL
FROM demo_void AS t WHERE c.show_id = t.show_id AND c.seat_id = t.seat_id;
UPDATE public.tickets AS t SET status = 'void', updated_at = v.at + interval '20 minutes' FROM demo_void AS v WHERE t.id = v.id;
UPDATE public.orders AS p SET status = o.becomes, updated_at = o.at + CASE o.becomes WHEN 'cancelled' THEN interval '5 minutes' ELSE interval '20 minutes' END
FROM demo_order AS o WHERE p.id = o.id AND o.becomes IN ('refunded', 'partially_refunded', 'expired', 'cancelled');
SELECT public.outbox_order(ARRAY(SELECT o.id FROM demo_order AS o WHERE o.becomes = 'expired' ORDER BY o.at), 'order.expired');

-- Money went back the same day. One provider refused: the desk has something to look at.
UPDATE public.payments AS p SET status = o.becomes, updated_at = o.at + interval '20 minutes'
FROM demo_order AS o WHERE p.order_id = o.id AND o.becomes IN ('refunded', 'partially_refunded');
INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status, created_at, tickets, next_try_at)
SELECT gen_random_uuid(), o.payment_id, o.id, sum(v.price), (ARRAY['cannot come', 'bought twice', 'ill'])[1 + min(o.nth) % 3], 'pending',
       o.at + interval '20 minutes', array_agg(v.id ORDER BY v.id), NULL
FROM demo_order AS o JOIN demo_void AS v ON v.order_id = o.id
WHERE o.becomes IN ('refunded', 'partially_refunded') GROUP BY o.payment_id, o.id, o.at;
UPDATE public.refunds AS r
SET status = CASE WHEN o.refused THEN 'failed' ELSE 'succeeded' END, tries = 1, settled_at = o.at + interval '25 minutes',
    last_error = CASE WHEN o.refused THEN 'The card is closed.' END
FROM (SELECT d.id, d.at, row_number() OVER (ORDER BY d.at DESC) = 2 AS refused FROM demo_order AS d WHERE d.becomes = 'refunded'
      UNION ALL SELECT d.id, d.at, false FROM demo_order AS d WHERE d.becomes = 'partially_refunded') AS o
WHERE r.order_id = o.id;
SELECT public.outbox_order(ARRAY(SELECT r.order_id FROM public.refunds AS r JOIN demo_order AS o ON o.id = r.order_id
                                 WHERE r.status = 'succeeded' ORDER BY o.at), 'order.refunded');

-- Who has come: nearly all of last week's house, and two thirds of that which begins soon. By the demo's staff.
CREATE TEMPORARY TABLE demo_scan ON COMMIT DROP AS
SELECT gen_random_uuid() AS id, t.id AS ticket_id, t.show_id, t.seat_id, (ARRAY['North', 'South', 'East'])[1 + t.place % 3] AS gate, u.id AS by_user,
       least(s.starts_at - interval '50 minutes' + make_interval(mins => (random() * 65)::integer), now() - make_interval(secs => (random() * 900)::integer)) AS at
FROM demo_ticket AS t
JOIN public.tickets AS made ON made.id = t.id AND made.status = 'valid'
JOIN public.shows AS s ON s.id = t.show_id
JOIN auth.users AS u ON lower(u.email) = 'staff@example.com' AND u.deleted_at IS NULL
WHERE t.show_id = 'de300000-0000-4000-8000-000000000108' AND random() < 0.96 OR t.show_id = 'de300000-0000-4000-8000-000000000104' AND random() < 0.66;
INSERT INTO public.checkins (id, ticket_id, show_id, seat_id, scan_id, gate, by_user, server_time, outcome)
SELECT c.id, c.ticket_id, c.show_id, c.seat_id, gen_random_uuid()::text, c.gate, c.by_user, c.at, 'accepted' FROM demo_scan AS c ORDER BY c.at;
UPDATE public.tickets AS t
SET status = 'checked_in', inside = true, last_scan = c.id, checked_in_at = c.at, checked_in_gate = c.gate, updated_at = c.at
FROM demo_scan AS c WHERE t.id = c.ticket_id;
INSERT INTO public.checkins (id, ticket_id, show_id, seat_id, scan_id, gate, by_user, server_time, outcome, earlier) -- the same code once more
SELECT gen_random_uuid(), c.ticket_id, c.show_id, c.seat_id, gen_random_uuid()::text, 'South', c.by_user, c.at + interval '1 minute', 'duplicate', c.id
FROM (SELECT d.* FROM demo_scan AS d WHERE d.at < now() - interval '2 minutes' ORDER BY d.at DESC LIMIT 3) AS c;
SELECT public.outbox_ticket(c.ticket_id, 'ticket.checked_in') FROM demo_scan AS c ORDER BY c.at;

-- What was written just now happened then.
UPDATE public.outbox AS e SET created_at = CASE e.type
        WHEN 'order.paid' THEN o.at + interval '2 minutes' WHEN 'order.refunded' THEN o.at + interval '25 minutes'
        WHEN 'ticket.checked_in' THEN (e.data ->> 'checkedInAt')::timestamptz ELSE o.at + interval '20 minutes' END
FROM demo_order AS o WHERE e.key = o.id;
UPDATE public.outbox AS e SET position = p.position, processed_at = now()
FROM (SELECT w.id, (SELECT coalesce(max(d.position), 0) FROM public.outbox AS d) + row_number() OVER (ORDER BY w.created_at, w.id) AS position
      FROM public.outbox AS w JOIN demo_order AS o ON o.id = w.key WHERE w.processed_at IS NULL) AS p
WHERE e.id = p.id;
UPDATE public.audit_log AS a SET at = CASE split_part(a.action, '.', 2)
        WHEN 'pending' THEN o.at WHEN 'paid' THEN o.at + interval '2 minutes' WHEN 'succeeded' THEN o.at + interval '2 minutes'
        ELSE o.at + interval '20 minutes' END
FROM (SELECT 'order ' || d.id AS subject, d.at FROM demo_order AS d UNION ALL SELECT 'payment ' || d.payment_id, d.at FROM demo_order AS d
      UNION ALL SELECT 'refund ' || r.id, d.at + interval '20 minutes' FROM public.refunds AS r JOIN demo_order AS d ON d.id = r.order_id) AS o
WHERE a.subject = o.subject;

-- These sales lie behind what the reports have added up already.
DELETE FROM public.sales_sums;
UPDATE public.report_marks SET done_until = '-infinity' WHERE name = 'sales';
