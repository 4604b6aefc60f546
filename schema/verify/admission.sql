-- Verify ticketing:admission on pg
SELECT reentry, admission_start_at, admission_end_at FROM public.shows WHERE false;
SELECT inside, last_scan, changed FROM public.tickets WHERE false;
SELECT digest, reentry, earlier FROM public.checkins WHERE false;
SELECT 'public.tickets_changed'::regclass, 'public.mark_ticket_changed()'::regprocedure;
