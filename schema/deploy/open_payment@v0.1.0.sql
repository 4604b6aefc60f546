-- Deploy ticketing:open_payment to pg
-- One attempt at a payment: written down before the provider is asked, so that a repetition asks for the same thing under the same number.
-- Planner settings: see hold_seats.
BEGIN;

-- Whoever calls holds nothing, or the payment's lock. The next attempt is another one: the provider said that this one is over.
-- `reference` NULL: whatever it is called. False when the payment is settled or on another attempt.
CREATE FUNCTION public.end_attempt(payment uuid, reference text) RETURNS boolean
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
    UPDATE public.payments AS p
    SET attempt = p.attempt + 1, attempt_expires_at = NULL, description = NULL, url = NULL, provider_reference = NULL, check_at = NULL,
        checks = 0, updated_at = clock_timestamp()
    WHERE p.id = payment AND p.status IN ('pending', 'declined') AND p.attempt_expires_at IS NOT NULL
      AND (reference IS NULL OR p.provider_reference IS NULL OR p.provider_reference = reference);
    RETURN FOUND;
END
$$;

-- Outcomes: not_found | settled (nothing is to be paid any more) | ended (the order is over) | open (page is there) | attempt (ask the
-- provider for a page, under this number). `failed_attempt` is one that the provider refused: the next number is used.
CREATE FUNCTION public.open_payment(payment uuid, for_provider text, failed_attempt integer, least_seconds integer, most_seconds integer)
RETURNS TABLE (outcome text, order_id uuid, attempt integer, amount bigint, currency text, description text, email text,
               expires_at bigint, reference text, page text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    due record;
    moment timestamptz;
BEGIN
    SELECT p.id, p.order_id, p.status, p.attempt, p.attempt_expires_at, p.amount, p.currency, p.description, p.url, p.provider_reference,
           o.status AS order_status, o.expires_at AS order_expires_at, o.buyer_email, o.show_id INTO due
    FROM public.payments AS p JOIN public.orders AS o ON o.id = p.order_id AND o.show_id = p.show_id
    WHERE p.id = payment AND p.provider = for_provider FOR UPDATE OF p;
    moment := clock_timestamp();
    outcome := CASE
        WHEN due.id IS NULL THEN 'not_found'
        WHEN due.status NOT IN ('pending', 'declined') THEN 'settled'
        WHEN due.order_status <> 'pending' OR due.order_expires_at <= moment THEN 'ended'
    END;
    IF outcome IS NOT NULL THEN
        order_id := due.order_id;
        RETURN NEXT;
        RETURN;
    END IF;
    IF due.attempt = failed_attempt OR due.attempt_expires_at <= moment THEN
        due.attempt := due.attempt + 1;
        due.attempt_expires_at := NULL;
        due.url := NULL;
    END IF;
    IF due.attempt_expires_at IS NULL THEN
        due.attempt_expires_at := date_trunc('second', least(greatest(due.order_expires_at, moment + make_interval(secs => least_seconds)),
                                                             moment + make_interval(secs => most_seconds)));
        SELECT left(e.title, 200) INTO due.description
        FROM public.shows AS s JOIN public.events AS e ON e.id = s.event_id WHERE s.id = due.show_id;
        -- Once shortly before the order ends, so that a payment whose event never came is still in time.
        UPDATE public.payments AS p
        SET attempt = due.attempt, attempt_expires_at = due.attempt_expires_at, description = due.description, url = NULL,
            provider_reference = NULL, checks = 0,
            check_at = greatest(moment + interval '1 s' + (due.order_expires_at - moment) / 2, due.order_expires_at - interval '30 s')
        WHERE p.id = payment;
        due.provider_reference := NULL;
    END IF;
    outcome := CASE WHEN due.url IS NULL THEN 'attempt' ELSE 'open' END;
    order_id := due.order_id;
    attempt := due.attempt;
    amount := due.amount;
    currency := due.currency;
    description := due.description;
    email := due.buyer_email;
    expires_at := extract(epoch FROM due.attempt_expires_at);
    reference := due.provider_reference;
    page := due.url;
    RETURN NEXT;
END
$$;

-- What the provider answered. False when it is another attempt's turn meanwhile.
CREATE FUNCTION public.record_attempt(payment uuid, number integer, reference text, page text) RETURNS boolean
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
    UPDATE public.payments AS p SET provider_reference = reference, url = page, updated_at = clock_timestamp()
    WHERE p.id = payment AND p.attempt = number AND p.attempt_expires_at IS NOT NULL AND p.status IN ('pending', 'declined');
    RETURN FOUND;
END
$$;

-- The order of `payment` has been paid by other money before: this goes back. The caller holds the locks.
CREATE FUNCTION public.return_second_payment(payment uuid, money text) RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    second constant uuid := gen_random_uuid();
BEGIN
    INSERT INTO public.payments (id, order_id, show_id, provider, status, amount, currency, charge, created_at)
    SELECT second, p.order_id, p.show_id, p.provider, 'refunded', p.amount, p.currency, money, p.created_at - interval '1 us'
    FROM public.payments AS p WHERE p.id = payment;
    INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status)
    SELECT gen_random_uuid(), p.id, p.order_id, p.amount, 'paid twice', 'pending' FROM public.payments AS p WHERE p.id = second;
    UPDATE public.orders AS o SET updated_at = clock_timestamp(), note = 'A second payment came in and was refunded.'
    FROM public.payments AS p WHERE p.id = second AND o.id = p.order_id AND o.show_id = p.show_id;
    RETURN 'late_refund';
END
$$;

COMMIT;
