-- Revert ticketing:outbox from pg
BEGIN;

DROP FUNCTION public.outbox_ticket(uuid, text);
DROP FUNCTION public.outbox_order(uuid[], text);
DROP FUNCTION public.ticket_json(uuid);
DROP FUNCTION public.order_json(uuid);
DROP INDEX public.outbox_of_key;
ALTER TABLE public.outbox DROP CONSTRAINT outbox_position, DROP COLUMN position, DROP COLUMN event_id;

COMMIT;
