-- Revert ticketing:orders_paid from pg
DROP INDEX public.orders_paid;
