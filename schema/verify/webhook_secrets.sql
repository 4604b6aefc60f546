-- Verify ticketing:webhook_secrets on pg
SELECT previous_secret, previous_secret_until FROM public.webhook_endpoints WHERE false;
