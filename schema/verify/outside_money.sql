-- Verify ticketing:outside_money on pg
SELECT provider, reference, kind, status, charge, amount, currency, payment_id, refund_id FROM public.outside_money WHERE false;
SELECT outside_refund FROM public.shows WHERE false;
SELECT outside FROM public.refunds WHERE false;
SELECT 'public.outside_sums(uuid)'::regprocedure, 'public.refund_asked(uuid, uuid, uuid[], boolean, uuid, text, bigint)'::regprocedure;
SELECT 'public.take_outside(text, text, text, text, bigint, text)'::regprocedure, 'public.adopt_outside(text, text)'::regprocedure;
