-- Verify ticketing:ticket_places_of_old on pg
SELECT place, zone_name FROM public.tickets WHERE false;
