-- Deploy ticketing:orders_of_status to pg
-- GET /orders?status= for admins. Made beside the service, so without a transaction: see holds_of_user_and_show.
DROP INDEX CONCURRENTLY IF EXISTS public.orders_of_status;
CREATE INDEX CONCURRENTLY orders_of_status ON public.orders (status, created_at DESC, id DESC);
