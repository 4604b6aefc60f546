-- Verify ticketing:deliveries_in_order on pg
SELECT 'public.webhook_deliveries_in_order'::regclass;
