-- Verify ticketing:order_admin_note on pg
SELECT admin_note FROM public.orders WHERE false;
