-- Verify ticketing:gone_shows on pg
SELECT 'public.close_orders_of_show(uuid)'::regprocedure, 'public.close_after_show_edit()'::regprocedure,
       'public.close_after_event_edit()'::regprocedure;
SELECT 1 / count(*) FROM pg_trigger WHERE tgname = 'shows_close';
SELECT 1 / count(*) FROM pg_trigger WHERE tgname = 'events_close';
