-- Verify ticketing:ticket_places on pg
SELECT place, zone_name FROM public.tickets WHERE false;
