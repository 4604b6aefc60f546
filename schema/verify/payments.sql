-- Verify ticketing:payments on pg
SELECT id, order_id, show_id, provider, provider_reference, status, amount, currency, created_at, updated_at FROM public.payments WHERE false;
SELECT provider, event_id, type, payment_id, payload, received_at, outcome FROM public.payment_events WHERE false;
SELECT id, payment_id, order_id, amount, reason, status, created_at FROM public.refunds WHERE false;
