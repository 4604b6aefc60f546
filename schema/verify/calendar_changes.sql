-- Verify ticketing:calendar_changes on pg
SELECT calendar_changes FROM public.events WHERE false;
SELECT 'public.calendar_changes(uuid, integer)'::regprocedure;
