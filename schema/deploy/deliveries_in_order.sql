-- Deploy ticketing:deliveries_in_order to pg
-- Deliveries that wait, in the order in which claim_deliveries() takes them. With the id no two entries are equal: those of deliveries that have
-- left are forgotten one by one. In the index before, thousands about one change of a show were kept as one entry, and each claim read them all.
BEGIN;

CREATE INDEX webhook_deliveries_in_order ON public.webhook_deliveries (endpoint_id, outbox_id, id) WHERE state = 'waiting';
DROP INDEX public.webhook_deliveries_waiting;

COMMIT;
