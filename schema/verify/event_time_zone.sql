-- Verify ticketing:event_time_zone on pg
SELECT time_zone FROM public.events WHERE false;
