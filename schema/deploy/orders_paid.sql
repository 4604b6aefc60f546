-- Deploy ticketing:orders_paid to pg
-- Reports ask for the orders that were paid since a moment. Made beside the service, so without a transaction: see holds_of_user_and_show.
DROP INDEX CONCURRENTLY IF EXISTS public.orders_paid;
CREATE INDEX CONCURRENTLY orders_paid ON public.orders (paid_at) WHERE paid_at IS NOT NULL;
