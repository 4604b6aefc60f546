-- Deploy ticketing:settle_payment to pg
-- Takes in one verified event of a payment provider, once; stored before it is acted on, with what it led to:
-- duplicate | unknown_type | unknown_payment | amount_mismatch | declined | paid | late_paid (the order was over, all its seats were still
-- free and are taken again) | late_refund (they were not, or the order was paid otherwise: the money goes back) | already_settled.
-- Planner settings: see hold_seats.
BEGIN;

CREATE FUNCTION public.settle_payment(event_provider text, event text, event_type text, payment uuid, event_amount bigint,
                                      event_currency text, event_payload json)
RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    result text;
BEGIN
    INSERT INTO public.payment_events (provider, event_id, type, payment_id, payload, outcome)
    VALUES (event_provider, event, event_type, payment, event_payload, 'received')
    ON CONFLICT (provider, event_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN 'duplicate';
    END IF;
    IF event_type NOT IN ('payment.succeeded', 'payment.declined') THEN
        result := 'unknown_type';
    ELSE
        result := public.apply_payment(event_provider, event_type = 'payment.succeeded', payment, event_amount, event_currency);
    END IF;
    UPDATE public.payment_events AS e SET outcome = result WHERE e.provider = event_provider AND e.event_id = event;
    RETURN result;
END
$$;

COMMIT;
