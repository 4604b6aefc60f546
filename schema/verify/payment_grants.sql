-- Verify ticketing:payment_grants on pg
SELECT 1 / (NOT has_function_privilege('public', 'public.refund_order(uuid, uuid, uuid[], boolean, uuid, text)', 'EXECUTE'))::integer;
