-- Demo data: three published events, one show each. May be run again: rows that exist stay as they are.
-- The seat maps m1, theatre and stadium must have been loaded (put_seatmap). Run it with ON_ERROR_STOP.
DO $$
DECLARE
    map text;
BEGIN
    FOREACH map IN ARRAY ARRAY['m1', 'theatre', 'stadium'] LOOP
        IF NOT EXISTS (SELECT FROM public.seatmaps AS m WHERE m.id = map) THEN
            RAISE EXCEPTION 'seat map % is not loaded', map;
        END IF;
    END LOOP;
END
$$;

INSERT INTO public.events (id, title, description, venue, published, created_at) VALUES
    ('de300000-0000-4000-8000-000000000001', 'My Dinh Spring Concert', 'An evening of music under the open sky.',
     'My Dinh National Stadium, Hanoi', true, now() - interval '31 days 1 minute'),
    ('de300000-0000-4000-8000-000000000002', 'The Tale of Kiều', 'A play in two acts after Nguyễn Du.',
     'Hanoi Opera House', true, now() - interval '31 days 2 minutes'),
    ('de300000-0000-4000-8000-000000000003', 'Stadium Cup Final', 'The last match of the season.',
     'My Dinh National Stadium, Hanoi', true, now() - interval '31 days 3 minutes')
ON CONFLICT (id) DO NOTHING;

-- Each show starts at 20:00 in Hanoi.
INSERT INTO public.shows (id, event_id, seatmap_id, seatmap_version, starts_at, ends_at, currency)
SELECT demo.id, demo.event_id, m.id, m.version, start.moment, start.moment + demo.length, coalesce(m.template ->> 'currency', 'VND')
FROM (VALUES
    ('de300000-0000-4000-8000-000000000101'::uuid, 'de300000-0000-4000-8000-000000000001'::uuid, 'm1', 30, interval '3 hours'),
    ('de300000-0000-4000-8000-000000000102', 'de300000-0000-4000-8000-000000000002', 'theatre', 60, interval '150 minutes'),
    ('de300000-0000-4000-8000-000000000103', 'de300000-0000-4000-8000-000000000003', 'stadium', 90, interval '2 hours')
) AS demo (id, event_id, map, days, length)
CROSS JOIN LATERAL (SELECT (date_trunc('day', now() AT TIME ZONE 'Asia/Ho_Chi_Minh') + make_interval(days => demo.days, hours => 20))
                           AT TIME ZONE 'Asia/Ho_Chi_Minh' AS moment) AS start
CROSS JOIN LATERAL (SELECT s.* FROM public.seatmaps AS s WHERE s.id = demo.map ORDER BY s.version DESC LIMIT 1) AS m
ON CONFLICT (id) DO NOTHING;
