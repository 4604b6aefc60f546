-- Revert ticketing:orders_of_status from pg
DROP INDEX CONCURRENTLY public.orders_of_status;
