-- Deploy ticketing:ticket_places_of_old to pg
-- Gives the tickets of before their place and zone name, from the seat map that their show has now. A change of its own, so that the
-- columns' short lock on the table has ended. Tickets that somebody works on just now, and cancelled ones whose seat the map has no more,
-- stay without: lists fall back (see ticket_places). It waits for no lock, so it cannot become part of a deadlock.
BEGIN;

WITH tickets_of_old AS MATERIALIZED (
    SELECT t.id, t.show_id, t.zone, t.row_label, t.number
    FROM public.tickets AS t WHERE t.place IS NULL FOR UPDATE SKIP LOCKED
), maps AS MATERIALIZED (
    SELECT DISTINCT s.seatmap_id, s.seatmap_version
    FROM public.shows AS s WHERE s.id IN (SELECT o.show_id FROM tickets_of_old AS o)
), map_rows AS (
    SELECT m.id, m.version, zone.body ->> 'id' AS zone, coalesce(nullif(zone.body ->> 'name', ''), zone.body ->> 'id') AS zone_name,
           seats.body ->> 'id' AS row_label, (seats.body ->> 'from')::integer AS first, (seats.body ->> 'to')::integer AS last,
           zone.n AS zone_n, seats.n AS row_n
    FROM public.seatmaps AS m
    JOIN maps ON maps.seatmap_id = m.id AND maps.seatmap_version = m.version
    CROSS JOIN LATERAL json_array_elements(m.template -> 'zones') WITH ORDINALITY AS zone (body, n)
    CROSS JOIN LATERAL json_array_elements(zone.body -> 'rows') WITH ORDINALITY AS seats (body, n)
), placed_rows AS (
    SELECT r.id, r.version, r.zone, r.zone_name, r.row_label, r.first, r.last,
           sum(r.last - r.first + 1) OVER (PARTITION BY r.id, r.version ORDER BY r.zone_n, r.row_n) - (r.last - r.first + 1) AS seats_before
    FROM map_rows AS r
)
UPDATE public.tickets AS t
SET place = r.seats_before + o.number - r.first, zone_name = r.zone_name
FROM tickets_of_old AS o
JOIN public.shows AS s ON s.id = o.show_id
JOIN placed_rows AS r ON r.id = s.seatmap_id AND r.version = s.seatmap_version AND r.zone = o.zone AND r.row_label = o.row_label
                         AND o.number BETWEEN r.first AND r.last
WHERE t.id = o.id AND t.show_id = o.show_id;

COMMIT;
