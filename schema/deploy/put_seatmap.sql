-- Deploy ticketing:put_seatmap to pg
-- Returns the version that has this template: the newest one when it is the same text, else a new one.
BEGIN;

CREATE FUNCTION public.put_seatmap(map text, map_name text, map_template json, seats integer) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    newest record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('seatmap:' || map, 0));
    SELECT m.version, m.template::text AS template INTO newest
    FROM public.seatmaps AS m WHERE m.id = map ORDER BY m.version DESC LIMIT 1;
    IF newest.template = map_template::text THEN
        RETURN newest.version;
    END IF;
    INSERT INTO public.seatmaps (id, version, name, template, seat_count)
    VALUES (map, coalesce(newest.version, 0) + 1, map_name, map_template, seats);
    RETURN coalesce(newest.version, 0) + 1;
END
$$;

COMMIT;
