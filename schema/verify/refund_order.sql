-- Verify ticketing:refund_order on pg
SELECT 'public.refund_order(uuid, uuid, uuid[], boolean, uuid, text)'::regprocedure,
       'public.refund_payable(uuid, uuid, uuid[], boolean, uuid, text, bigint)'::regprocedure;
