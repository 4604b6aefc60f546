-- Deploy ticketing:hold_seats to pg
-- take_seats() for responders of the release before: holds without prices, and no cool-down. To be dropped in the release after.
BEGIN;

CREATE OR REPLACE FUNCTION public.hold_seats(requests integer[], hold_ids uuid[], user_ids uuid[], show_ids uuid[], seatmap_ids text[],
                                             seatmap_versions integer[], seat_lists text[], hold_ttl_seconds integer, max_held_seats integer)
RETURNS TABLE (request integer, outcome text, expires_at_ms bigint, taken text[])
LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY SELECT t.request, t.outcome, t.expires_at_ms, t.taken
    FROM public.take_seats(requests, hold_ids, user_ids, show_ids, seatmap_ids, seatmap_versions, seat_lists, hold_ttl_seconds, max_held_seats,
                           NULL, NULL, NULL, 0, 0, 0) AS t;
END
$$;

COMMIT;
