-- Verify ticketing:checkins on pg
SELECT id, ticket_id, show_id, seat_id, scan_id, direction, gate, by_user, device_time, server_time, outcome, code
FROM public.checkins WHERE false;
