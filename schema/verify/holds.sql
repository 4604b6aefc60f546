-- Verify ticketing:holds on pg
SELECT id, show_id, user_id, seats, state, created_at, expires_at FROM public.holds WHERE false;
