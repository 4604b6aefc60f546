-- Deploy ticketing:mark_paid to pg
-- An admin has the money (bank transfer, box office) and says so. Outcomes: those of settle_payment | not_found | other_provider (money is
-- taken by somebody who tells us himself) | already_settled.
BEGIN;

CREATE FUNCTION public.mark_paid(paid_order uuid, by_admin uuid, why text, receipt text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    due record;
    result text;
BEGIN
    SELECT p.id, p.provider, p.amount, p.currency INTO due
    FROM public.payments AS p WHERE p.order_id = paid_order ORDER BY p.created_at DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN 'not_found';
    ELSIF due.provider <> 'manual' THEN
        RETURN 'other_provider';
    END IF;
    result := public.settle_payment('manual', 'marked-paid-' || due.id, 'payment.succeeded', due.id, due.amount, due.currency,
                                    json_build_object('note', why, 'reference', receipt, 'by', by_admin), actor => by_admin);
    IF result = 'duplicate' THEN
        RETURN 'already_settled';
    END IF;
    INSERT INTO public.audit_log (actor, action, subject, detail)
    VALUES (by_admin, 'order.mark_paid', 'order ' || paid_order,
            jsonb_build_object('note', why, 'reference', receipt, 'outcome', result));
    RETURN result;
END
$$;

COMMIT;
