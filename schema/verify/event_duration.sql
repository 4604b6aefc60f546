-- Verify ticketing:event_duration on pg
SELECT default_duration_minutes FROM public.events WHERE false;
