-- Revert ticketing:bookkeeping from pg
BEGIN;

DROP TABLE public.audit_log;
DROP TABLE public.idempotency_keys;
DROP TABLE public.outbox;

COMMIT;
