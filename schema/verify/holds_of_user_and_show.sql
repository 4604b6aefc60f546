-- Verify ticketing:holds_of_user_and_show on pg
SELECT 1 / count(*) FROM pg_catalog.pg_index WHERE indexrelid = 'public.holds_of_user_and_show'::regclass AND indisvalid;
