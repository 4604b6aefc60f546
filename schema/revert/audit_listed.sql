-- Revert ticketing:audit_listed from pg
BEGIN;

DROP INDEX public.audit_log_at;
DROP INDEX public.audit_log_actor;

COMMIT;
