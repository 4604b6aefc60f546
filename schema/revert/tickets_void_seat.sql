-- Revert ticketing:tickets_void_seat from pg
DROP INDEX public.tickets_void_seat;
