-- Revert ticketing:webhook_secrets from pg
BEGIN;

ALTER TABLE public.webhook_endpoints DROP COLUMN previous_secret, DROP COLUMN previous_secret_until;

COMMIT;
