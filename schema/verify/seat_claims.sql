-- Verify ticketing:seat_claims on pg
SELECT show_id, seat_id, state, hold_id, order_id, ticket_id, expires_at, changed FROM public.seat_claims WHERE false;
