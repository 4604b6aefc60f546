-- Verify ticketing:tickets_void_seat on pg
SELECT 1 / indisvalid::integer FROM pg_catalog.pg_index WHERE indexrelid = 'public.tickets_void_seat'::regclass;
