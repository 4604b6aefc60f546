-- Deploy ticketing:refunds_of_status to pg
-- Admins list the refunds that are open or failed, newest first.
BEGIN;
CREATE INDEX refunds_of_status ON public.refunds (status, created_at DESC, id DESC);
COMMIT;
