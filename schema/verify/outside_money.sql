-- Verify ticketing:outside_money on pg
SELECT provider, reference, kind, status, charge, amount, currency, payment_id, refund_id FROM public.outside_money WHERE false;
SELECT outside_refund FROM public.shows WHERE false;
SELECT 'public.take_outside(text, text, text, text, bigint, text)'::regprocedure, 'public.adopt_outside(text, text)'::regprocedure;
