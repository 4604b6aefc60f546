-- Verify ticketing:refunds_of_status on pg
SELECT 'public.refunds_of_status'::regclass;
