-- Verify ticketing:bookkeeping on pg
SELECT id, key, type, data, created_at, processed_at FROM public.outbox WHERE false;
SELECT user_id, key, fingerprint, status, location, body, created_at FROM public.idempotency_keys WHERE false;
SELECT id, at, actor, action, subject, detail FROM public.audit_log WHERE false;
