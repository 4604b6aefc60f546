-- Revert ticketing:catalogue_edits from pg
BEGIN;
DROP FUNCTION public.delete_event, public.delete_show, public.begin_edit;
DROP TRIGGER events_tell ON public.events;
DROP TRIGGER shows_tell ON public.shows;
DROP TRIGGER events_audit ON public.events;
DROP TRIGGER shows_audit ON public.shows;
DROP FUNCTION public.tell_event_changed, public.tell_show_changed, public.outbox_show_changed, public.show_as_told, public.audit_edit,
    public.json_difference;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_events') THEN
        REVOKE ALL ON public.idempotency_keys, public.outbox FROM ticketing_events;
        REVOKE ALL ON SEQUENCE public.outbox_id_seq FROM ticketing_events;
        REVOKE ALL (id, show_id, status) ON public.orders FROM ticketing_events;
        REVOKE ALL ON FUNCTION public.who_and_why FROM ticketing_events;
    END IF;
END
$$;
COMMIT;
