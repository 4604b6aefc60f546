-- Revert ticketing:gone_shows from pg
BEGIN;
UPDATE public.status_changes SET meaning = 'given up by its buyer' WHERE (kind, was, becomes) = ('order', 'pending', 'cancelled');
DROP TRIGGER events_close ON public.events;
DROP TRIGGER shows_close ON public.shows;
DROP FUNCTION public.close_after_event_edit(), public.close_after_show_edit(), public.close_orders_of_show(uuid);
COMMIT;
