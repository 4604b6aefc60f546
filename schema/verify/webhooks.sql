-- Verify ticketing:webhooks on pg
SELECT id, kind, url, events, secret, created_at, disabled_at, disabled_reason, failures, paused_until, claimed_at
FROM public.webhook_endpoints WHERE false;
SELECT id, endpoint_id, outbox_id, key, state, attempts, created_at, next_attempt_at, lease_until, finished_at
FROM public.webhook_deliveries WHERE false;
SELECT id, delivery_id, attempt, at, duration_ms, outcome, status, error FROM public.webhook_attempts WHERE false;
