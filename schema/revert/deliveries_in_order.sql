-- Revert ticketing:deliveries_in_order from pg
BEGIN;
CREATE INDEX webhook_deliveries_waiting ON public.webhook_deliveries (endpoint_id, outbox_id) WHERE state = 'waiting';
DROP INDEX public.webhook_deliveries_in_order;
COMMIT;
