-- Verify ticketing:tickets on pg
SELECT id, order_id, show_id, user_id, seat_id, zone, row_label, number, price, status, checked_in_at, checked_in_gate,
       created_at, updated_at
FROM public.tickets WHERE false;
SELECT 'public.tickets_live_seat'::regclass;
