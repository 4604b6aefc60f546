-- Verify ticketing:shows on pg
SELECT id, event_id, seatmap_id, seatmap_version, starts_at, ends_at, sales_start_at, sales_end_at, currency, price_tiers,
       created_at, updated_at, deleted_at
FROM public.shows WHERE false;
