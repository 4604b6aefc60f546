-- Deploy ticketing:event_time_zone to pg
-- Where the venue's clock stands: times printed on tickets are the venue's. Names of the IANA database only (Area/Location, or UTC), none of
-- the abbreviations and POSIX rules that PostgreSQL would take as well; a name it does not know is refused with SQLSTATE 22023.
BEGIN;

ALTER TABLE public.events ADD COLUMN time_zone text NOT NULL DEFAULT 'Asia/Ho_Chi_Minh'
    CONSTRAINT events_time_zone CHECK (
        time_zone ~ '^(UTC|[A-Z][A-Za-z_]*(/[A-Z][A-Za-z_-]*){1,2})$'
        AND ('epoch'::timestamptz AT TIME ZONE time_zone) IS NOT NULL);

COMMIT;
