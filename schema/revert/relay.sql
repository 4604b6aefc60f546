-- Revert ticketing:relay from pg
BEGIN;

DROP FUNCTION public.clean_deliveries();
DROP FUNCTION public.replay_deliveries(uuid, uuid);
DROP FUNCTION public.finish_delivery(bigint, integer, text, integer, text, integer);
DROP FUNCTION public.retry_delay(integer);
DROP FUNCTION public.claim_deliveries(integer, integer, integer);
DROP FUNCTION public.dispatch_outbox(integer);

COMMIT;
