-- Deploy ticketing:calendar_changes to pg
-- The SEQUENCE of a ticket's entry in calendars (RFC 5545, 3.8.7.4) goes up with all that changes what the entry says. What an event says of its
-- shows is counted at the event: also how long they last, and also for shows that are over, which nobody is told of. What a show says of itself
-- is counted by the events that tell of it. The two never count the same change.
BEGIN;

ALTER TABLE public.events ADD COLUMN calendar_changes integer NOT NULL DEFAULT 0;

-- Changes by the show itself. Those of its event are in `of_event`.
CREATE FUNCTION public.calendar_changes(show uuid, of_event integer) RETURNS bigint
LANGUAGE sql STABLE
AS $$
    SELECT of_event + count(*) FROM public.outbox AS o
    WHERE o.key = show AND o.type = 'show.changed'
      AND o.data::jsonb -> 'was' ?| ARRAY['startsAt', 'endsAt', 'admissionStartAt', 'admissionEndAt'];
$$;

-- No SEQUENCE may become lower than it was, when all changes were counted at the show.
UPDATE public.events AS e SET calendar_changes = told.most
FROM (SELECT each.event_id, max(each.changes) AS most
      FROM (SELECT s.event_id, count(*) AS changes FROM public.shows AS s JOIN public.outbox AS o ON o.key = s.id AND o.type = 'show.changed'
            WHERE NOT o.data::jsonb -> 'was' ?| ARRAY['startsAt', 'endsAt', 'admissionStartAt', 'admissionEndAt']
            GROUP BY s.id) AS each
      GROUP BY each.event_id) AS told
WHERE e.id = told.event_id;

CREATE FUNCTION public.count_calendar_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.calendar_changes := OLD.calendar_changes + 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER events_calendar BEFORE UPDATE ON public.events FOR EACH ROW WHEN (
    (OLD.title, OLD.venue, OLD.time_zone, OLD.default_duration_minutes)
    IS DISTINCT FROM (NEW.title, NEW.venue, NEW.time_zone, NEW.default_duration_minutes))
    EXECUTE FUNCTION public.count_calendar_change();

REVOKE ALL ON FUNCTION public.calendar_changes, public.count_calendar_change FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT EXECUTE ON FUNCTION public.calendar_changes TO ticketing_checkout;
    ELSE
        RAISE NOTICE 'role ticketing_checkout does not exist: no EXECUTE on calendar_changes';
    END IF;
END
$$;

COMMIT;
