-- Deploy ticketing:scans_listed to pg
-- The list for the desk of those scans of a show that a rule would have refused. The list of all has checkins_of_show.
BEGIN;

CREATE INDEX checkins_flagged ON public.checkins (show_id, server_time DESC, id DESC) WHERE flag IS NOT NULL;

COMMIT;
