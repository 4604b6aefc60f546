-- Verify ticketing:exports on pg
SELECT 'public.export_attendees(uuid, text, boolean, timestamptz, integer)'::regprocedure,
       'public.export_orders(uuid, timestamptz, uuid, timestamptz, integer)'::regprocedure;
