-- Verify ticketing:orders_of_status on pg
SELECT 1 / count(*) FROM pg_catalog.pg_index WHERE indexrelid = 'public.orders_of_status'::regclass AND indisvalid;
