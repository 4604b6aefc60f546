-- Verify ticketing:checkin_ticket on pg
SELECT 'public.checkin_ticket(uuid, uuid, text, uuid, text, timestamptz)'::regprocedure;
