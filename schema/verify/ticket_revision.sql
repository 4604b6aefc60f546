-- Verify ticketing:ticket_revision on pg
SELECT revision FROM public.tickets WHERE false;
