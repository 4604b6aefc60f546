-- Deploy ticketing:venue_time_in to pg
-- venue_time() in the language of the reader: en, vi; any other is English.
BEGIN;

-- vi: "02:30 Chủ Nhật, 31 tháng 10, 2027 (Europe/Berlin, UTC+02:00)", as browsers write it.
CREATE FUNCTION public.venue_time_in(moment timestamptz, zone text, language text) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT CASE language WHEN 'vi' THEN
        to_char(venue.at, 'HH24:MI ')
        || (ARRAY['Chủ Nhật', 'Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy'])[to_char(venue.at, 'D')::integer]
        || to_char(venue.at, ', FMDD "tháng" FMMM, YYYY') || substring(public.venue_time(moment, zone) FROM ' \([^(]*$')
        ELSE public.venue_time(moment, zone) END
    FROM (SELECT moment AT TIME ZONE zone AS at) AS venue;
$$;

REVOKE ALL ON FUNCTION public.venue_time_in FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT EXECUTE ON FUNCTION public.venue_time_in TO ticketing_checkout;
    ELSE
        RAISE NOTICE 'role ticketing_checkout does not exist: no EXECUTE on venue_time_in';
    END IF;
END
$$;

COMMIT;
