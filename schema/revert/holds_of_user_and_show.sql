-- Revert ticketing:holds_of_user_and_show from pg
DROP INDEX CONCURRENTLY public.holds_of_user_and_show;
