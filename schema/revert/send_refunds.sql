-- Revert ticketing:send_refunds from pg
-- The way of a refund to the provider: claimed with a lease, asked for under its own number, finished. A host that dies leaves a lease that
-- runs out; the next one asks under the same number, so the money goes back once.
-- Planner settings: see hold_seats.
BEGIN;

CREATE OR REPLACE FUNCTION public.claim_refunds(for_provider text, wanted integer, lease_seconds integer)
RETURNS TABLE (refund uuid, order_id uuid, amount bigint, currency text, charge text, attempt integer, tries integer, reference text)
LANGUAGE sql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
    WITH due AS (
        SELECT r.id FROM public.refunds AS r JOIN public.payments AS p ON p.id = r.payment_id
        WHERE r.status = 'pending' AND r.next_try_at <= clock_timestamp() AND p.provider = for_provider
        ORDER BY r.next_try_at LIMIT wanted FOR UPDATE OF r SKIP LOCKED
    )
    UPDATE public.refunds AS r SET next_try_at = clock_timestamp() + make_interval(secs => lease_seconds), tries = r.tries + 1
    FROM due, public.payments AS p WHERE r.id = due.id AND p.id = r.payment_id
    RETURNING r.id, r.order_id, r.amount, p.currency, p.charge, r.attempt, r.tries, r.provider_reference
$$;

-- What came of it: succeeded | failed (the provider refused) | pending (it is on its way: look again in an hour) | unknown (no answer: again
-- soon, less and less often up to once an hour). Returns unknown_refund | already_settled | refund_succeeded | refund_failed |
-- refund_pending. Events about an attempt that failed before change nothing.
CREATE OR REPLACE FUNCTION public.finish_refund(refund uuid, from_provider text, result text, reference text, explanation text) RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    found_refund record;
BEGIN
    SELECT r.id, r.status, r.earlier_references INTO found_refund
    FROM public.refunds AS r JOIN public.payments AS p ON p.id = r.payment_id
    WHERE r.id = refund AND p.provider = from_provider FOR UPDATE OF r;
    IF NOT FOUND THEN
        RETURN 'unknown_refund';
    ELSIF found_refund.status = 'failed' OR found_refund.status = 'succeeded' AND result <> 'failed'
          OR reference = ANY (found_refund.earlier_references) THEN
        RETURN 'already_settled';
    END IF;
    UPDATE public.refunds AS r
    SET status = CASE WHEN result IN ('succeeded', 'failed') THEN result ELSE r.status END,
        provider_reference = coalesce(reference, r.provider_reference),
        last_error = CASE WHEN result <> 'succeeded' THEN left(explanation, 500) END,
        settled_at = CASE WHEN result IN ('succeeded', 'failed') THEN clock_timestamp() END,
        next_try_at = CASE result
            WHEN 'pending' THEN clock_timestamp() + interval '1 h'
            WHEN 'unknown' THEN clock_timestamp() + make_interval(secs => least(3600, 2 ^ least(r.tries, 12)))
        END
    WHERE r.id = refund;
    RETURN CASE WHEN result IN ('succeeded', 'failed') THEN 'refund_' || result ELSE 'refund_pending' END;
END
$$;

COMMIT;
