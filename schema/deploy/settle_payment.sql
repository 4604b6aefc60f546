-- Deploy ticketing:settle_payment to pg
-- Takes in one verified event of a payment provider, once; stored before it is acted on, with what it led to:
-- duplicate | unknown_type | unknown_payment | amount_mismatch | declined | attempt_ended | paid | late_paid (the order was over, all its
-- seats were still free and are taken again) | late_refund (they were not, or the order was paid otherwise: the money goes back) |
-- already_settled | for refunds: unknown_refund | refund_succeeded | refund_failed | for money outside: outside_kept | outside_void |
-- outside_failed (see take_outside).
-- `event_action` is what the provider's type means to us (NULL: the type itself): payment.succeeded | payment.declined (another try is
-- possible) | payment.failed and payment.expired (this attempt is over) | refund.succeeded | refund.failed | outside.… (what take_outside
-- takes, with event_reference and event_charge) | unreadable (for a person to look at). `subject` is the payment or
-- refund it is about, as the provider was told. `actor` is the admin who marks an order as paid.
-- Planner settings: see hold_seats.
BEGIN;

CREATE OR REPLACE FUNCTION public.settle_payment(event_provider text, event text, event_type text, subject uuid, event_amount bigint,
                                      event_currency text, event_payload json, event_action text DEFAULT NULL,
                                      event_reference text DEFAULT NULL, event_charge text DEFAULT NULL, actor uuid DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    action constant text := coalesce(event_action, event_type);
    result text;
BEGIN
    IF event_charge IS NOT NULL THEN -- what is told of one sum of money is taken in one after the other (see adopt_outside)
        PERFORM pg_advisory_xact_lock(hashtextextended('money:' || event_provider || ':' || event_charge, 0));
    END IF;
    IF action LIKE 'outside.%' THEN
        subject := (SELECT p.id FROM public.payments AS p WHERE p.provider = event_provider AND p.charge = event_charge);
    END IF;
    INSERT INTO public.payment_events (provider, event_id, type, payment_id, payload, outcome)
    VALUES (event_provider, event, event_type, CASE WHEN action NOT LIKE 'refund.%' THEN subject END, event_payload, 'received')
    ON CONFLICT (provider, event_id) DO NOTHING;
    IF NOT FOUND THEN
        -- Writes: so what is told of a repetition waits for a synchronous standby, as what was told first did.
        PERFORM FROM public.payment_events AS e WHERE e.provider = event_provider AND e.event_id = event FOR KEY SHARE;
        RETURN 'duplicate';
    END IF;
    PERFORM public.who_and_why(actor, format('%s %s %s', event_provider, event_type, event));
    IF action IN ('payment.succeeded', 'payment.declined', 'payment.failed', 'payment.expired') THEN
        result := public.apply_payment(event_provider, action, subject, event_amount, event_currency, event_reference, event_charge);
        IF action = 'payment.succeeded' THEN
            PERFORM public.adopt_outside(event_provider, event_charge);
        END IF;
    ELSIF action IN ('refund.succeeded', 'refund.failed') THEN
        result := public.finish_refund(subject, event_provider, substr(action, 8), event_reference, 'as the provider says');
    ELSIF action LIKE 'outside.%' THEN
        result := public.take_outside(event_provider, substr(action, 9), event_reference, event_charge, event_amount, event_currency);
    ELSIF action = 'unreadable' THEN
        result := 'unknown_payment';
    ELSE
        result := 'unknown_type';
    END IF;
    UPDATE public.payment_events AS e SET outcome = result WHERE e.provider = event_provider AND e.event_id = event;
    RETURN result;
END
$$;

COMMIT;
