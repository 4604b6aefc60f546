-- Revert ticketing:calendar_changes from pg
BEGIN;
DROP TRIGGER events_calendar ON public.events;
DROP FUNCTION public.calendar_changes(uuid, integer), public.count_calendar_change();
ALTER TABLE public.events DROP COLUMN calendar_changes;
COMMIT;
