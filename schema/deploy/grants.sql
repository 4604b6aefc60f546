-- Deploy ticketing:grants to pg
-- Who may do what: the whole matrix. Each responder gets what its statements need, nothing else. A role that does not exist is passed over
-- with a notice; when an administrator has created it, run this file again: `psql -f schema/deploy/grants.sql` (it may be repeated).
BEGIN;

DO $$
DECLARE
    line record;
BEGIN
    FOR line IN SELECT * FROM (VALUES
        ('ticketing_auth', 'USAGE', 'SCHEMA auth'),
        ('ticketing_auth', 'SELECT', 'TABLE auth.roles'),
        ('ticketing_auth', 'SELECT, INSERT, UPDATE', 'TABLE auth.users'),
        ('ticketing_auth', 'SELECT, INSERT, DELETE', 'TABLE auth.user_roles'),
        ('ticketing_auth', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE auth.sessions'),
        ('ticketing_auth', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE auth.refresh_tokens'),
        ('ticketing_auth', 'INSERT', 'TABLE public.audit_log'),
        ('ticketing_auth', 'USAGE', 'SEQUENCE public.audit_log_id_seq'),
        ('ticketing_auth', 'EXECUTE', 'FUNCTION public.rfc3339'),

        ('ticketing_events', 'SELECT, INSERT, UPDATE', 'TABLE public.events'),
        ('ticketing_events', 'SELECT, INSERT', 'TABLE public.seatmaps'),
        ('ticketing_events', 'SELECT, INSERT, UPDATE', 'TABLE public.shows'),
        ('ticketing_events', 'SELECT', 'TABLE public.seat_claims'),
        ('ticketing_events', 'INSERT', 'TABLE public.audit_log'),
        ('ticketing_events', 'USAGE', 'SEQUENCE public.audit_log_id_seq'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.rfc3339'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.put_seatmap'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.update_show'),

        ('ticketing_holds', 'SELECT', 'TABLE public.events'),
        ('ticketing_holds', 'SELECT', 'TABLE public.seatmaps'),
        ('ticketing_holds', 'SELECT', 'TABLE public.shows'),
        ('ticketing_holds', 'SELECT (id, show_id, hold_id, user_id, status, expires_at)', 'TABLE public.orders'),
        ('ticketing_holds', 'SELECT, INSERT, UPDATE', 'TABLE public.holds'),
        ('ticketing_holds', 'SELECT, INSERT, UPDATE', 'TABLE public.seat_claims'),
        ('ticketing_holds', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.idempotency_keys'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.rfc3339'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.hold_seats'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.release_hold'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.extend_hold'),

        ('ticketing_checkout', 'SELECT', 'TABLE public.events'),
        ('ticketing_checkout', 'SELECT', 'TABLE public.seatmaps'),
        ('ticketing_checkout', 'SELECT', 'TABLE public.shows'),
        ('ticketing_checkout', 'SELECT, UPDATE', 'TABLE public.holds'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.seat_claims'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.orders'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.tickets'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.payments'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.payment_events'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.refunds'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.checkins'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.outbox'),
        ('ticketing_checkout', 'USAGE', 'SEQUENCE public.outbox_id_seq'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.idempotency_keys'),
        ('ticketing_checkout', 'INSERT', 'TABLE public.audit_log'),
        ('ticketing_checkout', 'USAGE', 'SEQUENCE public.audit_log_id_seq'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.rfc3339'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.close_orders'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.create_order'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.cancel_order'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.expire_orders'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.settle_payment'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.apply_payment')
    ) AS matrix (role, privileges, object) LOOP
        IF line.object LIKE 'FUNCTION %' THEN
            EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', line.object);
        END IF;
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = line.role) THEN
            EXECUTE format('GRANT %s ON %s TO %I', line.privileges, line.object, line.role);
        ELSE
            RAISE NOTICE 'role % does not exist: no % on %', line.role, line.privileges, line.object;
        END IF;
    END LOOP;
END
$$;

COMMIT;
