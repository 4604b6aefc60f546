-- Verify ticketing:send_refunds on pg
SELECT 'public.claim_refunds(text, integer, integer)'::regprocedure, 'public.finish_refund(uuid, text, text, text, text)'::regprocedure;
