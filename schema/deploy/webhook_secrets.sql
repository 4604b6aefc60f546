-- Deploy ticketing:webhook_secrets to pg
-- The secret of a receiver of events can be changed: for a time that is told both sign, so that the receiver has time to take the new one.
BEGIN;

ALTER TABLE public.webhook_endpoints
    ADD COLUMN previous_secret text,
    ADD COLUMN previous_secret_until timestamptz,
    ADD CONSTRAINT webhook_endpoints_previous_secret CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL));

COMMIT;
