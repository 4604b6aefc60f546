-- Deploy ticketing:show_refusal to pg
-- Why nothing of this show can be held any longer or ordered now: show_not_found (it or its event is deleted, or the event is not
-- published) | sales_closed (before or after its sales, by the same rule as hold_seats) | null: nothing against it.
-- Judged by clock_timestamp(); whoever must not be overtaken by an organizer holds the show's advisory lock, shared (see hold_seats).
BEGIN;

CREATE FUNCTION public.show_refusal(show uuid) RETURNS text
LANGUAGE sql VOLATILE
AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM public.shows AS s JOIN public.events AS e ON e.id = s.event_id
                         WHERE s.id = show AND s.deleted_at IS NULL AND e.deleted_at IS NULL AND e.published) THEN 'show_not_found'
        WHEN NOT EXISTS (SELECT FROM public.shows AS s
                         WHERE s.id = show AND coalesce(s.sales_start_at, '-infinity') <= clock_timestamp()
                           AND clock_timestamp() < coalesce(s.sales_end_at, s.ends_at, s.starts_at)) THEN 'sales_closed'
    END;
$$;

REVOKE ALL ON FUNCTION public.show_refusal FROM PUBLIC;
DO $$
DECLARE
    responder text;
BEGIN
    FOREACH responder IN ARRAY '{ticketing_holds,ticketing_checkout}'::text[] LOOP
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = responder) THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION public.show_refusal TO %I', responder);
        ELSE
            RAISE NOTICE 'role % does not exist: no EXECUTE on show_refusal', responder;
        END IF;
    END LOOP;
END
$$;

COMMIT;
