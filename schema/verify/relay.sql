-- Verify ticketing:relay on pg
SELECT public.dispatch_outbox(0);
SELECT * FROM public.claim_deliveries(0, 0, 0);
DO $$
BEGIN
    ASSERT public.retry_delay(1) BETWEEN interval '2.5 seconds' AND interval '5 seconds';
    ASSERT public.retry_delay(100) BETWEEN interval '30 minutes' AND interval '1 hour';
    ASSERT to_regprocedure('public.finish_delivery(bigint, integer, text, integer, text, integer)') IS NOT NULL;
    ASSERT to_regprocedure('public.replay_deliveries(uuid, uuid)') IS NOT NULL;
END
$$;
