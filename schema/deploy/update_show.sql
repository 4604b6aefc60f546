-- Deploy ticketing:update_show to pg
-- Replaces what an organizer may set. updated | not_found | seatmap_not_found | has_claims (the seat map cannot change while a seat is held
-- or sold, or while an order waits for its payment, even one whose seats have lapsed meanwhile). new_version null: the pinned version when the seat map stays the same, else the newest.
-- A change of the seat map waits for the holds of this show that are under way, and keeps new ones out (see hold_seats).
BEGIN;

CREATE OR REPLACE FUNCTION public.update_show(show uuid, new_starts_at timestamptz, new_ends_at timestamptz, new_sales_start_at timestamptz,
                                   new_sales_end_at timestamptz, new_seatmap text, new_version integer, new_currency text,
                                   new_price_tiers jsonb)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    pinned record;
    version_wanted integer;
BEGIN
    SELECT s.seatmap_id, s.seatmap_version INTO pinned FROM public.shows AS s WHERE s.id = show AND s.deleted_at IS NULL;
    version_wanted := CASE
        WHEN new_version IS NOT NULL THEN new_version
        WHEN pinned.seatmap_id = new_seatmap THEN pinned.seatmap_version
        ELSE (SELECT max(m.version) FROM public.seatmaps AS m WHERE m.id = new_seatmap)
    END;
    IF (pinned.seatmap_id, pinned.seatmap_version) IS DISTINCT FROM (new_seatmap, version_wanted) THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('show:' || show::text, 0));
    END IF;
    SELECT s.seatmap_id, s.seatmap_version INTO pinned
    FROM public.shows AS s JOIN public.events AS e ON e.id = s.event_id
    WHERE s.id = show AND s.deleted_at IS NULL AND e.deleted_at IS NULL FOR UPDATE OF s;
    IF NOT FOUND THEN
        RETURN 'not_found';
    ELSIF NOT EXISTS (SELECT FROM public.seatmaps AS m WHERE m.id = new_seatmap AND m.version = version_wanted) THEN
        RETURN 'seatmap_not_found';
    ELSIF (pinned.seatmap_id, pinned.seatmap_version) IS DISTINCT FROM (new_seatmap, version_wanted) THEN
        -- Taken here for the rare case that somebody changed the show since the first look.
        PERFORM pg_advisory_xact_lock(hashtextextended('show:' || show::text, 0));
        IF EXISTS (SELECT FROM public.seat_claims AS c
                   WHERE c.show_id = show AND (c.state = 'sold' OR c.state = 'held' AND c.expires_at > clock_timestamp()))
            OR EXISTS (SELECT FROM public.orders AS o WHERE o.show_id = show AND o.status = 'pending') THEN
            RETURN 'has_claims';
        END IF;
    END IF;
    UPDATE public.shows AS s
    SET starts_at = new_starts_at, ends_at = new_ends_at, sales_start_at = new_sales_start_at, sales_end_at = new_sales_end_at,
        seatmap_id = new_seatmap, seatmap_version = version_wanted, currency = new_currency, price_tiers = new_price_tiers,
        updated_at = clock_timestamp()
    WHERE s.id = show;
    RETURN 'updated';
END
$$;

COMMIT;
