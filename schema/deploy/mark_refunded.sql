-- Deploy ticketing:mark_refunded to pg
-- An admin has given money back (bank transfer, box office) and says so. Outcomes: not_found | other_provider (money goes back through a
-- provider that tells us itself) | already_settled (it is not pending) | refund_succeeded.
BEGIN;

CREATE FUNCTION public.mark_refunded(refund uuid, by_admin uuid, why text, receipt text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    due record;
    result text;
BEGIN
    SELECT r.order_id, r.amount, r.status, p.provider INTO due
    FROM public.refunds AS r JOIN public.payments AS p ON p.id = r.payment_id WHERE r.id = refund;
    IF NOT FOUND THEN
        RETURN 'not_found';
    ELSIF due.provider <> 'manual' THEN
        RETURN 'other_provider';
    END IF;
    PERFORM public.who_and_why(by_admin, why);
    result := public.finish_refund(refund, 'manual', 'succeeded', receipt, NULL);
    IF result = 'refund_succeeded' THEN
        INSERT INTO public.audit_log (actor, action, subject, detail)
        VALUES (by_admin, 'refund.mark_done', 'order ' || due.order_id,
                jsonb_build_object('refund', refund, 'amount', due.amount, 'note', why, 'reference', receipt));
    END IF;
    RETURN result;
END
$$;

REVOKE ALL ON FUNCTION public.mark_refunded FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT EXECUTE ON FUNCTION public.mark_refunded TO ticketing_checkout;
    ELSE
        RAISE NOTICE 'role ticketing_checkout does not exist: no EXECUTE on mark_refunded';
    END IF;
END
$$;

COMMIT;
