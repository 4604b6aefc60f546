-- Deploy ticketing:check_payments to pg
-- Reconciliation: payments whose provider has to be asked, because its event may never come. A lease keeps two hosts from asking at once.
-- Planner settings: see hold_seats.
BEGIN;

CREATE FUNCTION public.claim_checks(for_provider text, wanted integer, lease_seconds integer)
RETURNS TABLE (payment uuid, order_id uuid, attempt integer, amount bigint, currency text, description text, email text, expires_at bigint,
               reference text, ended boolean)
LANGUAGE sql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
    WITH due AS (
        SELECT p.id FROM public.payments AS p
        WHERE p.check_at <= clock_timestamp() AND p.provider = for_provider AND p.status IN ('pending', 'declined')
        ORDER BY p.check_at LIMIT wanted FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE public.payments AS p SET check_at = clock_timestamp() + make_interval(secs => lease_seconds), checks = p.checks + 1
        FROM due WHERE p.id = due.id
        RETURNING p.id, p.order_id, p.show_id, p.attempt, p.amount, p.currency, p.description, p.attempt_expires_at, p.provider_reference
    )
    SELECT c.id, c.order_id, c.attempt, c.amount, c.currency, c.description, o.buyer_email, extract(epoch FROM c.attempt_expires_at)::bigint,
           c.provider_reference, o.status <> 'pending' OR o.expires_at <= clock_timestamp()
    FROM claimed AS c JOIN public.orders AS o ON o.id = c.order_id AND o.show_id = c.show_id
$$;

-- Nothing has come of it yet: ask again, less and less often up to once an hour; and soon after the order has ended.
CREATE FUNCTION public.postpone_check(payment uuid, number integer) RETURNS void
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
    UPDATE public.payments AS p
    SET check_at = CASE
        WHEN o.status = 'pending' AND o.expires_at > clock_timestamp()
            THEN least(o.expires_at + interval '1 s', clock_timestamp() + interval '1 h')
        ELSE clock_timestamp() + make_interval(secs => least(3600, 2 ^ least(p.checks, 12)))
    END
    FROM public.orders AS o
    WHERE p.id = payment AND p.attempt = number AND p.status IN ('pending', 'declined') AND p.attempt_expires_at IS NOT NULL
      AND o.id = p.order_id AND o.show_id = p.show_id;
END
$$;

COMMIT;
