-- Deploy ticketing:payment_grants to pg
-- Who may do what with payments, beyond grants.sql; may be run again like that file.
BEGIN;

DO $$
DECLARE
    line record;
BEGIN
    FOR line IN SELECT * FROM (VALUES
        ('SELECT', 'TABLE public.status_changes'),
        ('EXECUTE', 'FUNCTION public.who_and_why'),
        ('EXECUTE', 'FUNCTION public.check_status_change'),
        ('EXECUTE', 'FUNCTION public.end_attempt'),
        ('EXECUTE', 'FUNCTION public.open_payment'),
        ('EXECUTE', 'FUNCTION public.record_attempt'),
        ('EXECUTE', 'FUNCTION public.return_second_payment'),
        ('EXECUTE', 'FUNCTION public.claim_checks'),
        ('EXECUTE', 'FUNCTION public.postpone_check'),
        ('EXECUTE', 'FUNCTION public.refund_order'),
        ('EXECUTE', 'FUNCTION public.claim_refunds'),
        ('EXECUTE', 'FUNCTION public.finish_refund'),
        ('EXECUTE', 'FUNCTION public.mark_paid')
    ) AS matrix (privileges, object) LOOP
        IF line.object LIKE 'FUNCTION %' THEN
            EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', line.object);
        END IF;
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
            EXECUTE format('GRANT %s ON %s TO ticketing_checkout', line.privileges, line.object);
        ELSE
            RAISE NOTICE 'role ticketing_checkout does not exist: no % on %', line.privileges, line.object;
        END IF;
    END LOOP;
END
$$;

COMMIT;
