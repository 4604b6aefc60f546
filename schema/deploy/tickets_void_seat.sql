-- Deploy ticketing:tickets_void_seat to pg
-- Who had a seat before. Only tickets that are void, so that nothing is slower when one is sold. Made beside the service, so without a
-- transaction: see holds_of_user_and_show.
DROP INDEX CONCURRENTLY IF EXISTS public.tickets_void_seat;
CREATE INDEX CONCURRENTLY tickets_void_seat ON public.tickets (show_id, seat_id) WHERE status = 'void';
