-- Sales of the demo theatre: events and shows besides those of demo.sql, buyers, and a month of orders in every state, so that the first
-- look shows a living house. In one transaction, after demo.sql and the demo's logins; a second run changes nothing. It writes rows, not
-- by the functions that sell: those go by the clock, and this happened before. Nothing of it is told to anybody: no mail, no webhook.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT setseed(0.42);
SELECT pg_advisory_xact_lock(hashtextextended('outbox', 0)); -- positions are given here as dispatch_outbox() gives them

SELECT EXISTS (SELECT FROM public.events WHERE id = 'de300000-0000-4000-8000-000000000004') AS loaded \gset
\if :loaded
ROLLBACK;
\quit
\endif

INSERT INTO public.events (id, title, description, venue, published, time_zone, created_at, updated_at)
SELECT e.id, e.title, e.description, e.venue, true, 'Asia/Ho_Chi_Minh', now() - e.age, now() - e.age
FROM (VALUES
    ('de300000-0000-4000-8000-000000000004'::uuid, 'Nhã nhạc: Music of the Court', 'The court music of Huế, played by its own ensemble.',
     'Hanoi Opera House', interval '38 days'),
    ('de300000-0000-4000-8000-000000000005', '能の夕べ · An Evening of Noh', 'Two plays and an interlude, with words in English beside the stage.',
     'Hanoi Opera House', interval '36 days'),
    ('de300000-0000-4000-8000-000000000006', 'أمسية العود · Oud under the Stars', 'Songs of Cairo and Baghdad in the garden.',
     'Temple Garden, Huế', interval '34 days'),
    ('de300000-0000-4000-8000-000000000007', 'Hội An Lantern Jazz', 'Standards by the river, when the lanterns are lit.',
     'Riverside Stage, Hội An', interval '33 days')
) AS e (id, title, description, venue, age);

-- One begins within the hour, its doors are open; one was last week.
INSERT INTO public.shows (id, event_id, seatmap_id, seatmap_version, starts_at, ends_at, currency, created_at, updated_at)
SELECT s.id, s.event_id, m.id, m.version, s.starts_at, s.starts_at + interval '150 minutes', coalesce(m.template ->> 'currency', 'VND'),
       now() - interval '32 days', now() - interval '32 days'
FROM (SELECT (date_trunc('day', now() AT TIME ZONE 'Asia/Ho_Chi_Minh') + interval '20 hours') AT TIME ZONE 'Asia/Ho_Chi_Minh') AS evening (today)
CROSS JOIN LATERAL (VALUES
    ('de300000-0000-4000-8000-000000000104'::uuid, 'de300000-0000-4000-8000-000000000004'::uuid, 'theatre', date_trunc('hour', now()) + interval '1 hour'),
    ('de300000-0000-4000-8000-000000000105', 'de300000-0000-4000-8000-000000000005', 'theatre', evening.today + interval '12 days'),
    ('de300000-0000-4000-8000-000000000106', 'de300000-0000-4000-8000-000000000005', 'theatre', evening.today + interval '13 days'),
    ('de300000-0000-4000-8000-000000000107', 'de300000-0000-4000-8000-000000000006', 'm1', evening.today + interval '5 days'),
    ('de300000-0000-4000-8000-000000000108', 'de300000-0000-4000-8000-000000000007', 'm1', evening.today - interval '6 days'),
    ('de300000-0000-4000-8000-000000000109', 'de300000-0000-4000-8000-000000000004', 'theatre', evening.today + interval '9 days'),
    ('de300000-0000-4000-8000-000000000110', 'de300000-0000-4000-8000-000000000007', 'm1', evening.today + interval '20 days')
) AS s (id, event_id, map, starts_at)
CROSS JOIN LATERAL (SELECT v.* FROM public.seatmaps AS v WHERE v.id = s.map ORDER BY v.version DESC LIMIT 1) AS m;

-- How much of each show is sold, and the days before now within which that happened.
CREATE TEMPORARY TABLE demo_house (show_id uuid, fill double precision, first_day double precision, last_day double precision) ON COMMIT DROP;
INSERT INTO demo_house VALUES
    ('de300000-0000-4000-8000-000000000101', 0.42, 29, 0), ('de300000-0000-4000-8000-000000000102', 0.24, 26, 0),
    ('de300000-0000-4000-8000-000000000103', 0.03, 14, 0), ('de300000-0000-4000-8000-000000000104', 0.90, 31, 0.05),
    ('de300000-0000-4000-8000-000000000105', 0.80, 30, 0), ('de300000-0000-4000-8000-000000000106', 0.45, 24, 0),
    ('de300000-0000-4000-8000-000000000107', 0.95, 28, 0), ('de300000-0000-4000-8000-000000000108', 0.97, 31, 7),
    ('de300000-0000-4000-8000-000000000109', 0.55, 22, 0), ('de300000-0000-4000-8000-000000000110', 0.68, 18, 0);

-- Every seat of these houses in the order of its map. Seat ids are made as the map's format says (seatmaps/README.md).
-- The template is read once a map, not once a seat: a stadium's has 40,192.
CREATE TEMPORARY TABLE demo_seat ON COMMIT DROP AS
WITH house AS MATERIALIZED (
    SELECT h.*, s.currency, m.template ->> 'format' AS format, m.template -> 'zones' AS zones,
           (m.template -> 'priceTiers')::jsonb || coalesce(s.price_tiers, '{}') AS tiers
    FROM demo_house AS h
    JOIN public.shows AS s ON s.id = h.show_id
    JOIN public.seatmaps AS m ON m.id = s.seatmap_id AND m.version = s.seatmap_version
), line AS MATERIALIZED (
    SELECT h.show_id, h.currency, h.format, h.fill, h.first_day, h.last_day, zone.nth AS zone_nth, zone.body ->> 'id' AS zone,
           zone.body ->> 'name' AS zone_name, (h.tiers ->> (zone.body ->> 'id'))::bigint AS price, line.nth, line.body ->> 'id' AS row_label,
           (line.body ->> 'from')::integer AS first, (line.body ->> 'to')::integer AS last
    FROM house AS h
    CROSS JOIN LATERAL json_array_elements(h.zones) WITH ORDINALITY AS zone (body, nth)
    CROSS JOIN LATERAL json_array_elements(zone.body -> 'rows') WITH ORDINALITY AS line (body, nth)
)
SELECT l.show_id, (row_number() OVER (PARTITION BY l.show_id ORDER BY l.zone_nth, l.nth, seat.number) - 1)::integer AS place,
       l.zone, l.zone_name, l.row_label, seat.number, l.price, l.currency, l.fill, l.first_day, l.last_day,
       CASE l.format WHEN 'ZONE_ROW_NUM' THEN concat_ws('-', l.zone, l.row_label, seat.number) ELSE l.row_label || seat.number END AS seat_id
FROM line AS l CROSS JOIN LATERAL generate_series(l.first, l.last) AS seat (number);

-- Neighbours who come together: rows are cut into groups of two, three, one and four. A1 to A10 of the first show stay free for who tries
-- the README's tour.
CREATE TEMPORARY TABLE demo_order ON COMMIT DROP AS
SELECT g.*, gen_random_uuid() AS id, gen_random_uuid() AS hold_id, gen_random_uuid() AS payment_id, 'paid'::text AS becomes,
       row_number() OVER (ORDER BY random()) AS nth, NULL::timestamptz AS at, NULL::uuid AS user_id
FROM (SELECT s.show_id, s.currency, min(s.first_day) AS first_day, min(s.last_day) AS last_day, array_agg(s.seat_id ORDER BY s.place) AS seats,
             array_agg(s.price ORDER BY s.place) AS prices, sum(s.price)::bigint AS total
      FROM demo_seat AS s
      WHERE NOT (s.show_id = 'de300000-0000-4000-8000-000000000101' AND s.row_label = 'A' AND s.number <= 10)
      GROUP BY s.show_id, s.currency, s.zone, s.row_label, (s.number - 1) / 10, ('{1,1,2,2,2,3,4,4,4,4}'::integer[])[(s.number - 1) % 10 + 1]
      HAVING random() < min(s.fill)) AS g;

-- Given and family names of several countries, in the scripts that they are written in.
CREATE TEMPORARY TABLE demo_buyer ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY random()) AS nth, gen_random_uuid() AS id, n.name,
       format('guest%s@example.com', row_number() OVER (ORDER BY n.name COLLATE "C")) AS email
FROM (SELECT concat_ws(' ', family, given) AS name
      FROM unnest('{Nguyễn,Trần,Lê,Phạm,Hoàng,Đặng,Bùi}'::text[]) AS family
      CROSS JOIN unnest('{Thị Hoa,Văn An,Minh Châu,Quốc Bảo,Thu Hà,Đức Huy,Ngọc Lan,Khánh Linh,Phương Thảo}'::text[]) AS given
      UNION ALL
      SELECT concat_ws(' ', given, family)
      FROM unnest('{Anna,João,Zoë,Søren,Łukasz,Chloé}'::text[]) AS given
      CROSS JOIN unnest('{"O''Brien",García,Müller,Kowalska,"van den Berg",Åström,Dvořák,Rossi}'::text[]) AS family
      UNION ALL
      SELECT unnest('{山田花子,佐藤健,王小明,李雷,陳美玲,김민준,이서연,박지후,محمد الأحمد,فاطمة الزهراء,نور حسن,יעל כהן,דוד לוי,Олена Шевченко,
                      Иван Петров,Мария Соколова,Γιώργος Παπαδόπουλος,अनिता शर्मा,राहुल वर्मा,สมชาย ใจดี,มาลี สุขใจ}'::text[])) AS n;
INSERT INTO auth.users (id, email, password_hash, full_name, created_at, updated_at) -- no password fits this hash: nobody logs in as them
SELECT b.id, b.email, '$none$', b.name, now() - interval '40 days', now() - interval '40 days' FROM demo_buyer AS b;
INSERT INTO auth.user_roles (user_id, role, granted_at) SELECT b.id, 'user', now() - interval '40 days' FROM demo_buyer AS b;

-- More is sold at the start and of late, and in the evening. What was not paid, or was given back, is spread among the rest.
UPDATE demo_order AS o
SET user_id = b.id,
    at = date_trunc('day', w.moment, 'Asia/Ho_Chi_Minh') + make_interval(secs => 28800 + 52000 * (1 - power(w.hour, 2))), -- from 8:00 to 22:26
    becomes = CASE WHEN o.nth % 31 = 0 THEN 'refunded' WHEN o.nth % 37 = 0 AND cardinality(o.seats) > 1 THEN 'partially_refunded'
                   WHEN o.nth % 41 = 0 THEN 'expired' WHEN o.nth % 67 = 0 THEN 'cancelled' ELSE 'paid' END
FROM (SELECT d.nth, random() AS hour,
             now() - make_interval(secs => 86400 * (d.last_day + (d.first_day - d.last_day)
                                                    * CASE WHEN random() < 0.3 THEN 1 - power(random(), 2) * 0.3 ELSE power(random(), 1.4) END)) AS moment
      FROM demo_order AS d) AS w
JOIN demo_buyer AS b ON b.nth = w.nth % (SELECT count(*) FROM demo_buyer) + 1
WHERE o.nth = w.nth;
UPDATE demo_order AS o -- nothing was sold in the future, nor after the last day
SET at = now() - make_interval(secs => 86400 * o.last_day + 1500 + random() * 40000)
WHERE o.at > now() - make_interval(secs => 86400 * o.last_day + 1500);

-- The demo's own buyer has tickets for tonight and for later, and an order to pay; others are choosing right now.
CREATE TEMPORARY TABLE demo_chosen ON COMMIT DROP AS
SELECT o.id, o.show_id, row_number() OVER (PARTITION BY o.show_id ORDER BY o.at DESC, o.id) AS nth FROM demo_order AS o WHERE o.becomes = 'paid';
UPDATE demo_order AS o SET user_id = u.id
FROM demo_chosen AS c, auth.users AS u
WHERE c.id = o.id AND lower(u.email) = 'buyer@example.com' AND u.deleted_at IS NULL
  AND (c.nth = 1 AND c.show_id IN ('de300000-0000-4000-8000-000000000104', 'de300000-0000-4000-8000-000000000105',
                                   'de300000-0000-4000-8000-000000000108') OR c.nth = 2 AND c.show_id = 'de300000-0000-4000-8000-000000000106');
UPDATE demo_order AS o SET becomes = 'pending', at = now() - make_interval(mins => c.nth::integer)
FROM demo_chosen AS c
WHERE c.id = o.id AND (c.nth = 2 AND c.show_id = 'de300000-0000-4000-8000-000000000106'
                       OR c.nth IN (3, 4) AND c.show_id IN ('de300000-0000-4000-8000-000000000102', 'de300000-0000-4000-8000-000000000105'));
UPDATE demo_order AS o SET becomes = 'live', at = now() - make_interval(mins => c.nth::integer)
FROM demo_chosen AS c
WHERE c.id = o.id AND c.nth IN (6, 7, 8)
  AND c.show_id IN ('de300000-0000-4000-8000-000000000101', 'de300000-0000-4000-8000-000000000105', 'de300000-0000-4000-8000-000000000106');

\ir demo_sales_rows.sql
COMMIT;
