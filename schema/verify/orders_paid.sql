-- Verify ticketing:orders_paid on pg
SELECT 1 / indisvalid::integer FROM pg_catalog.pg_index WHERE indexrelid = 'public.orders_paid'::regclass;
