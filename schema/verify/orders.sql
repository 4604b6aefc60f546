-- Verify ticketing:orders on pg
SELECT id, show_id, hold_id, user_id, buyer_email, buyer_name, status, total, currency, created_at, updated_at, expires_at, paid_at, note
FROM public.orders WHERE false;
