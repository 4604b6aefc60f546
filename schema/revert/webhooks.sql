-- Revert ticketing:webhooks from pg
BEGIN;

DROP TABLE public.webhook_attempts;
DROP TABLE public.webhook_deliveries;
DROP TABLE public.webhook_endpoints;

COMMIT;
