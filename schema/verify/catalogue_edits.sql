-- Verify ticketing:catalogue_edits on pg
SELECT 'public.begin_edit(uuid, uuid, timestamptz)'::regprocedure, 'public.delete_show(uuid)'::regprocedure, 'public.delete_event(uuid)'::regprocedure;
SELECT 1 / (count(*) = 4)::integer FROM pg_catalog.pg_trigger WHERE tgname IN ('events_audit', 'shows_audit', 'events_tell', 'shows_tell');
