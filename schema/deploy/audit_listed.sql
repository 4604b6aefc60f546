-- Deploy ticketing:audit_listed to pg
-- The audit log for admins: by what it is about (audit_log_subject), by who did it, by when. Most rows are the system's, and every sale writes
-- some: theirs is no entry in the first index, and next to nothing in the second.
BEGIN;

CREATE INDEX audit_log_actor ON public.audit_log (actor, id) WHERE actor IS NOT NULL;
CREATE INDEX audit_log_at ON public.audit_log USING brin (at);

COMMIT;
