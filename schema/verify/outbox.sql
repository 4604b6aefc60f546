-- Verify ticketing:outbox on pg
SELECT event_id, position FROM public.outbox WHERE false;
DO $$
BEGIN
    ASSERT public.order_json('00000000-0000-4000-8000-000000000000') IS NULL;
    ASSERT public.ticket_json('00000000-0000-4000-8000-000000000000') IS NULL;
    ASSERT to_regprocedure('public.outbox_order(uuid[], text)') IS NOT NULL;
    ASSERT to_regprocedure('public.outbox_ticket(uuid, text)') IS NOT NULL;
END
$$;
