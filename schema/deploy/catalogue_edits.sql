-- Deploy ticketing:catalogue_edits to pg
-- Edits of events and shows. No edit overwrites another one unseen (begin_edit), each leaves its audit row with what differed before and after
-- (a trigger, so that no statement can forget it), a show that moves is an event of the outbox (show.changed), and nothing is deleted that
-- people have bought.
BEGIN;

-- First step of an edit's transaction. Says who edits, and keeps other edits of the same event or show waiting until this one has ended.
-- False: the event or show is not the state that was seen (its updated_at; null: any state will do), or it is gone.
CREATE FUNCTION public.begin_edit(actor uuid, thing uuid, seen timestamptz) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM public.who_and_why(actor, NULL);
    PERFORM pg_advisory_xact_lock(hashtextextended('edit:' || thing::text, 0));
    RETURN seen IS NULL
        OR EXISTS (SELECT FROM public.shows AS s WHERE s.id = thing AND s.updated_at = seen AND s.deleted_at IS NULL)
        OR EXISTS (SELECT FROM public.events AS e WHERE e.id = thing AND e.updated_at = seen AND e.deleted_at IS NULL);
END
$$;

-- The members of `one` that `other` has not, or has with another value.
CREATE FUNCTION public.json_difference(one jsonb, other jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce(jsonb_object_agg(member.key, member.value), '{}')
    FROM jsonb_each(one) AS member
    WHERE other -> member.key IS DISTINCT FROM member.value AND member.key NOT IN ('updated_at', 'calendar_changes');
$$;

-- TG_ARGV[0]: what the table holds one of.
CREATE FUNCTION public.audit_edit() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    thing constant text := TG_ARGV[0];
    was constant jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
    becomes constant jsonb := to_jsonb(NEW);
    verb constant text := CASE
        WHEN TG_OP = 'INSERT' THEN 'created'
        WHEN NEW.deleted_at IS NOT NULL AND was ->> 'deleted_at' IS NULL THEN 'deleted'
        ELSE 'changed' END;
BEGIN
    INSERT INTO public.audit_log (actor, action, subject, detail)
    VALUES (nullif(current_setting('ticketing.actor', true), '')::uuid, thing || '.' || verb, thing || ' ' || NEW.id,
            jsonb_build_object('before', CASE WHEN verb = 'deleted' THEN was ELSE public.json_difference(was, becomes) END,
                               'after', CASE WHEN verb = 'created' THEN becomes ELSE public.json_difference(becomes, was) END));
    RETURN NULL;
END
$$;

CREATE TRIGGER events_audit AFTER INSERT OR UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION public.audit_edit('event');
CREATE TRIGGER shows_audit AFTER INSERT OR UPDATE ON public.shows FOR EACH ROW EXECUTE FUNCTION public.audit_edit('show');

-- What a holder of a ticket knows of a show: when and where.
CREATE FUNCTION public.show_as_told(show public.shows, event public.events) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'startsAt', public.rfc3339(show.starts_at), 'endsAt', public.rfc3339(show.ends_at),
        'admissionStartAt', public.rfc3339(show.admission_start_at), 'admissionEndAt', public.rfc3339(show.admission_end_at),
        'title', event.title, 'venue', event.venue, 'timeZone', event.time_zone);
$$;

-- data: the show as it is now, and `was`, the members that were other before.
CREATE FUNCTION public.outbox_show_changed(show uuid, event uuid, was jsonb, becomes jsonb) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO public.outbox (key, type, data)
    SELECT show, 'show.changed',
           (jsonb_build_object('id', show, 'eventId', event) || becomes || jsonb_build_object('was', public.json_difference(was, becomes)))::json
    WHERE was IS DISTINCT FROM becomes;
$$;

CREATE FUNCTION public.tell_show_changed() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    of_show public.events;
BEGIN
    SELECT * INTO of_show FROM public.events AS e WHERE e.id = NEW.event_id;
    PERFORM public.outbox_show_changed(NEW.id, NEW.event_id, public.show_as_told(OLD, of_show), public.show_as_told(NEW, of_show));
    RETURN NULL;
END
$$;

-- Shows that are over are not told of.
CREATE FUNCTION public.tell_event_changed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM public.outbox_show_changed(s.id, NEW.id, public.show_as_told(s, OLD), public.show_as_told(s, NEW))
    FROM public.shows AS s
    WHERE s.event_id = NEW.id AND s.deleted_at IS NULL AND coalesce(s.ends_at, s.starts_at) > clock_timestamp()
    ORDER BY s.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER shows_tell AFTER UPDATE ON public.shows FOR EACH ROW WHEN (NEW.deleted_at IS NULL AND
    (OLD.starts_at, OLD.ends_at, OLD.admission_start_at, OLD.admission_end_at)
    IS DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.admission_start_at, NEW.admission_end_at))
    EXECUTE FUNCTION public.tell_show_changed();
CREATE TRIGGER events_tell AFTER UPDATE ON public.events FOR EACH ROW WHEN (NEW.deleted_at IS NULL AND
    (OLD.title, OLD.venue, OLD.time_zone) IS DISTINCT FROM (NEW.title, NEW.venue, NEW.time_zone))
    EXECUTE FUNCTION public.tell_event_changed();

-- Deletes a show. outcome: deleted | not_found | has_orders (with the seats sold and the orders that wait for their payment). Waits for the
-- holds of the show that are under way and keeps new ones out, as update_show does.
CREATE FUNCTION public.delete_show(show uuid, OUT outcome text, OUT sold bigint, OUT pending bigint)
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('show:' || show::text, 0));
    PERFORM FROM public.shows AS s JOIN public.events AS e ON e.id = s.event_id
    WHERE s.id = show AND s.deleted_at IS NULL AND e.deleted_at IS NULL FOR UPDATE OF s;
    IF NOT FOUND THEN
        outcome := 'not_found';
        RETURN;
    END IF;
    sold := (SELECT count(*) FROM public.seat_claims AS c WHERE c.show_id = show AND c.state = 'sold');
    pending := (SELECT count(*) FROM public.orders AS o WHERE o.show_id = show AND o.status = 'pending');
    outcome := CASE WHEN sold + pending > 0 THEN 'has_orders' ELSE 'deleted' END;
    IF outcome = 'deleted' THEN
        UPDATE public.shows AS s SET deleted_at = clock_timestamp(), updated_at = clock_timestamp() WHERE s.id = show;
    END IF;
END
$$;

-- The same for an event, which hides its shows as well.
CREATE FUNCTION public.delete_event(event uuid, OUT outcome text, OUT sold bigint, OUT pending bigint)
LANGUAGE plpgsql
AS $$
BEGIN
    -- By the keys of the locks, as take_seats takes those of a batch.
    PERFORM pg_advisory_xact_lock(lock.key)
    FROM (SELECT hashtextextended('show:' || w.id::text, 0) AS key
          FROM public.shows AS w WHERE w.event_id = event AND w.deleted_at IS NULL ORDER BY key) AS lock;
    PERFORM FROM public.events AS e WHERE e.id = event AND e.deleted_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'not_found';
        RETURN;
    END IF;
    SELECT coalesce(sum((SELECT count(*) FROM public.seat_claims AS c WHERE c.show_id = s.id AND c.state = 'sold')), 0),
           coalesce(sum((SELECT count(*) FROM public.orders AS o WHERE o.show_id = s.id AND o.status = 'pending')), 0)
    INTO sold, pending
    FROM public.shows AS s WHERE s.event_id = event AND s.deleted_at IS NULL;
    outcome := CASE WHEN sold + pending > 0 THEN 'has_orders' ELSE 'deleted' END;
    IF outcome = 'deleted' THEN
        UPDATE public.events AS e SET deleted_at = clock_timestamp(), updated_at = clock_timestamp() WHERE e.id = event;
    END IF;
END
$$;

COMMIT;
