-- Deploy ticketing:holds_of_user_and_show to pg
-- "What does this user hold in this show, and what has he held there lately?" reads the holds of that show alone.
-- It is made beside the service: sqitch runs this file as it is, so without BEGIN there is no transaction, which CONCURRENTLY needs.
-- One that failed half-way leaves an invalid index: deploying again begins by dropping it.
DROP INDEX CONCURRENTLY IF EXISTS public.holds_of_user_and_show;
CREATE INDEX CONCURRENTLY holds_of_user_and_show ON public.holds (user_id, show_id, expires_at);
