-- Deploy ticketing:venue_time to pg
-- A time as people at the venue say it. One function, because every mail and page must say the zone and its offset: 02:30 comes twice in the
-- night that the clocks are set back.
BEGIN;

-- "Sunday, 31 October 2027, 02:30 (Europe/Berlin, UTC+02:00)"; null: null.
CREATE FUNCTION public.venue_time(moment timestamptz, zone text) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT to_char(venue.at, 'FMDay, FMDD FMMonth YYYY, HH24:MI') || ' (' || zone || ', UTC'
           || CASE WHEN venue.utc_offset < interval '0' THEN '-' ELSE '+' END
           || to_char(greatest(venue.utc_offset, -venue.utc_offset), 'HH24:MI') || ')'
    FROM (SELECT moment AT TIME ZONE zone AS at, (moment AT TIME ZONE zone) - (moment AT TIME ZONE 'UTC') AS utc_offset) AS venue;
$$;

COMMIT;
