-- Deploy ticketing:order_misfit to pg
-- Why an order that has ended cannot be paid late although its seats are free: show_not_found | sales_closed (see show_refusal) |
-- seats_changed (the show's seat map has a seat of it no more, or in another zone, or its price or currency is another now) | null: nothing against it.
-- The caller holds the show's advisory lock, shared (see hold_seats).
BEGIN;

CREATE FUNCTION public.order_misfit(ended_order uuid, show uuid) RETURNS text
LANGUAGE sql VOLATILE
AS $$
    SELECT coalesce(public.show_refusal(show), (
        SELECT 'seats_changed'
        FROM public.shows AS s
        JOIN public.seatmaps AS m ON m.id = s.seatmap_id AND m.version = s.seatmap_version
        JOIN public.orders AS o ON o.id = ended_order AND o.show_id = s.id
        JOIN public.tickets AS t ON t.show_id = s.id AND t.order_id = ended_order
        WHERE s.id = show AND json_typeof(m.template -> 'zones') = 'array'
          AND (o.currency <> s.currency
               OR t.price IS DISTINCT FROM coalesce(s.price_tiers ->> t.zone, m.template -> 'priceTiers' ->> t.zone)::bigint
               OR NOT EXISTS (
                   SELECT FROM json_array_elements(m.template -> 'zones') AS zone (body)
                   CROSS JOIN LATERAL json_array_elements(zone.body -> 'rows') AS seats (body)
                   WHERE zone.body ->> 'id' = t.zone AND seats.body ->> 'id' = t.row_label
                     AND t.number BETWEEN (seats.body ->> 'from')::integer AND (seats.body ->> 'to')::integer
                     AND t.seat_id = CASE m.template ->> 'format' WHEN 'ZONE_ROW_NUM' THEN t.zone || '-' || t.row_label || '-' || t.number
                                                                  ELSE t.row_label || t.number END))
        LIMIT 1));
$$;

REVOKE ALL ON FUNCTION public.order_misfit FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT EXECUTE ON FUNCTION public.order_misfit TO ticketing_checkout;
    ELSE
        RAISE NOTICE 'role ticketing_checkout does not exist: no EXECUTE on order_misfit';
    END IF;
END
$$;

COMMIT;
