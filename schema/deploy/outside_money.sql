-- Deploy ticketing:outside_money to pg
-- Money that went back or is disputed without us: refunds made in the provider's dashboard, and disputes. Matched by the provider's name for the
-- money (payments.charge); kept also when no payment of ours has that name yet, because events come in any order.
-- What becomes of the tickets is the show's policy, shows.outside_refund: `void` (the default): once all that was left of the payment has gone
-- back, its live tickets are void and their seats free, as by a refund of our own; `keep`: they stay. Part of the money decides nothing: nobody
-- knows which ticket it was for. A dispute counts as money that went back when it is lost; until then it may be won.
-- Planner settings: see hold_seats.
BEGIN;

ALTER TABLE public.shows ADD COLUMN outside_refund text NOT NULL DEFAULT 'void' CHECK (outside_refund IN ('void', 'keep'));

CREATE TABLE public.outside_money (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    provider text NOT NULL,
    reference text NOT NULL CHECK (char_length(reference) BETWEEN 1 AND 255), -- the provider's name of the refund, dispute or charge
    kind text NOT NULL CHECK (kind IN ('refund', 'dispute', 'charge')), -- charge: all of the charge that went back, our own refunds included
    status text NOT NULL CHECK (CASE kind WHEN 'dispute' THEN status IN ('open', 'won', 'lost')
                                          WHEN 'refund' THEN status IN ('pending', 'succeeded', 'failed') ELSE status = 'succeeded' END),
    charge text NOT NULL CHECK (char_length(charge) BETWEEN 1 AND 255),
    amount bigint NOT NULL CHECK (amount >= 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    payment_id uuid REFERENCES public.payments (id), -- null: no payment has that charge
    refund_id uuid REFERENCES public.refunds (id), -- the refund of ours that this is, or has become
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (provider, reference)
);
CREATE INDEX outside_money_of_charge ON public.outside_money (provider, charge);
CREATE INDEX outside_money_of_payment ON public.outside_money (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX outside_money_of_refund ON public.outside_money (refund_id) WHERE refund_id IS NOT NULL;
CREATE INDEX outside_money_listed ON public.outside_money (created_at DESC, id DESC);

-- How much of a payment went back by others than us. Refunds and lost disputes are told one by one; the charge tells one sum, of which our own
-- refunds and those that failed later are no part. The larger of both counts: an endpoint may be told of one kind of event only.
CREATE FUNCTION public.outside_sum(payment uuid) RETURNS bigint
LANGUAGE sql STABLE
AS $$
    SELECT greatest(0,
                    coalesce(sum(m.amount) FILTER (WHERE m.refund_id IS NULL
                                                         AND (m.kind, m.status) IN (('refund', 'succeeded'), ('dispute', 'lost'))), 0),
                    coalesce(max(m.amount) FILTER (WHERE m.kind = 'charge'), 0)
                    - coalesce(sum(m.amount) FILTER (WHERE m.kind = 'refund' AND m.status = 'failed'), 0)
                    - (SELECT coalesce(sum(r.amount), 0) FROM public.refunds AS r
                       WHERE r.payment_id = payment AND (r.status <> 'failed' OR r.provider_reference IS NOT NULL)))
    FROM public.outside_money AS m WHERE m.payment_id = payment;
$$;

-- When the charge told of a refund first, it has become a refund of ours under the charge's name: gives the row of that refund its refund.
CREATE FUNCTION public.name_outside(item uuid) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE public.outside_money AS m SET refund_id = r.id, updated_at = clock_timestamp()
    FROM public.refunds AS r
    JOIN public.outside_money AS c ON c.payment_id = r.payment_id AND c.kind = 'charge' AND c.reference = r.provider_reference
    WHERE m.id = item AND r.payment_id = m.payment_id AND r.amount = m.amount
      AND NOT EXISTS (SELECT FROM public.outside_money AS o WHERE o.refund_id = r.id);
    RETURN FOUND;
END
$$;

-- Acts on what is known of a payment's money outside. outside_kept | outside_void.
-- A refund of ours that the provider refused, and that a person then made there by hand, is found by its amount and settled.
-- Locks: the order, then as refund_payable.
CREATE FUNCTION public.apply_outside(payment uuid) RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    bill record;
    item record;
    mine uuid;
    left_over bigint;
    new_refund constant uuid := gen_random_uuid();
BEGIN
    SELECT p.provider, p.order_id, p.show_id INTO STRICT bill FROM public.payments AS p WHERE p.id = payment;
    PERFORM FROM public.orders AS o WHERE o.id = bill.order_id FOR UPDATE;
    FOR item IN
        SELECT m.id, m.reference, m.amount FROM public.outside_money AS m
        WHERE m.payment_id = payment AND m.kind = 'refund' AND m.status = 'succeeded' AND m.refund_id IS NULL ORDER BY m.created_at, m.id
    LOOP
        CONTINUE WHEN public.name_outside(item.id);
        SELECT r.id INTO mine FROM public.refunds AS r
        WHERE r.payment_id = payment AND r.status = 'failed' AND r.amount = item.amount ORDER BY r.created_at, r.id LIMIT 1 FOR UPDATE;
        IF FOUND THEN
            UPDATE public.refunds AS r
            SET status = 'pending', next_try_at = NULL, provider_reference = NULL,
                earlier_references = CASE WHEN r.provider_reference IS NULL THEN r.earlier_references
                                          ELSE r.earlier_references || r.provider_reference END
            WHERE r.id = mine;
            PERFORM public.finish_refund(mine, bill.provider, 'succeeded', item.reference, NULL);
            UPDATE public.outside_money AS m SET refund_id = mine, updated_at = clock_timestamp() WHERE m.id = item.id;
        END IF;
    END LOOP;

    left_over := (SELECT p.amount - (SELECT coalesce(sum(r.amount), 0) FROM public.refunds AS r WHERE r.payment_id = p.id)
                  FROM public.payments AS p WHERE p.id = payment);
    IF left_over <= 0 OR public.outside_sum(payment) < left_over
       OR NOT EXISTS (SELECT FROM public.orders AS o JOIN public.shows AS s ON s.id = o.show_id
                      WHERE o.id = bill.order_id AND o.status IN ('paid', 'partially_refunded') AND s.outside_refund = 'void')
       OR NOT EXISTS (SELECT FROM public.payments AS p WHERE p.id = payment AND p.status IN ('succeeded', 'partially_refunded')) THEN
        RETURN 'outside_kept';
    END IF;
    PERFORM public.refund_payable(new_refund, bill.order_id, NULL, true, NULL, 'given back outside, at the payment provider', 1);
    PERFORM public.finish_refund(new_refund, bill.provider, 'succeeded',
        (SELECT m.reference FROM public.outside_money AS m
         WHERE m.payment_id = payment AND m.refund_id IS NULL AND m.status IN ('succeeded', 'lost')
         ORDER BY m.kind = 'charge', m.updated_at DESC, m.id LIMIT 1), NULL);
    UPDATE public.outside_money AS m SET refund_id = new_refund, updated_at = clock_timestamp()
    WHERE m.payment_id = payment AND m.refund_id IS NULL AND m.kind <> 'charge' AND m.status IN ('succeeded', 'lost');
    RETURN 'outside_void';
END
$$;

-- Takes in one event about money outside, for settle_payment. `told` is refund.pending, refund.succeeded, refund.failed, charge.succeeded,
-- dispute.open, dispute.won or dispute.lost. unknown_payment | amount_mismatch (another currency, or no amount) | already_settled (nothing new)
-- | outside_kept | outside_void | outside_failed (money that had gone came back to the provider; a refund that it had become is open again).
CREATE FUNCTION public.take_outside(from_provider text, told text, name text, money text, sum bigint, of_currency text) RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    what constant text := split_part(told, '.', 1);
    becomes constant text := split_part(told, '.', 2);
    due record;
    known record;
BEGIN
    IF name IS NULL OR money IS NULL OR of_currency IS NULL OR sum IS NULL OR sum < 0 THEN
        RETURN 'amount_mismatch';
    END IF;
    SELECT p.id, p.order_id, p.currency INTO due FROM public.payments AS p WHERE p.provider = from_provider AND p.charge = money;
    IF due.currency <> of_currency THEN
        RETURN 'amount_mismatch';
    END IF;
    PERFORM FROM public.orders AS o WHERE o.id = due.order_id FOR UPDATE;
    SELECT m.id, m.status, m.amount INTO known
    FROM public.outside_money AS m WHERE m.provider = from_provider AND m.reference = name FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO public.outside_money (provider, reference, kind, status, charge, amount, currency, payment_id)
        VALUES (from_provider, name, what, becomes, money, sum, of_currency, due.id)
        ON CONFLICT (provider, reference) DO NOTHING;
        IF NOT FOUND THEN -- another event about it was faster: begin again behind that one
            RETURN public.take_outside(from_provider, told, name, money, sum, of_currency);
        END IF;
    ELSIF (CASE what WHEN 'charge' THEN sum <= known.amount
                     WHEN 'dispute' THEN known.status <> 'open' OR becomes = 'open'
                     ELSE known.status = 'failed' OR known.status = 'succeeded' AND becomes <> 'failed' OR becomes = known.status END) THEN
        RETURN 'already_settled';
    ELSE
        UPDATE public.outside_money AS m SET status = becomes, amount = sum, updated_at = clock_timestamp() WHERE m.id = known.id;
    END IF;
    IF due.id IS NULL THEN
        RETURN 'unknown_payment';
    ELSIF becomes = 'failed' THEN
        PERFORM public.name_outside(m.id) FROM public.outside_money AS m
        WHERE m.provider = from_provider AND m.reference = name AND m.refund_id IS NULL;
        PERFORM public.finish_refund(m.refund_id, from_provider, 'failed', name, 'the money came back to the payment provider')
        FROM public.outside_money AS m WHERE m.provider = from_provider AND m.reference = name AND m.refund_id IS NOT NULL;
        RETURN 'outside_failed';
    END IF;
    RETURN public.apply_outside(due.id);
END
$$;

-- A payment has got its charge (or the charge a payment of its own, when it was a second one): what was told of it before belongs to that.
CREATE FUNCTION public.adopt_outside(from_provider text, money text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    due record;
BEGIN
    SELECT p.id, p.currency INTO due FROM public.payments AS p WHERE p.provider = from_provider AND p.charge = money;
    UPDATE public.outside_money AS m SET payment_id = due.id, updated_at = clock_timestamp()
    WHERE m.provider = from_provider AND m.charge = money AND m.payment_id IS NULL AND m.currency = due.currency;
    IF FOUND THEN
        PERFORM public.apply_outside(due.id);
    END IF;
END
$$;

-- A refund of ours that the provider refuses may be one that a person has made there meanwhile.
CREATE FUNCTION public.refund_refused() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM public.apply_outside(NEW.payment_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER refund_refused AFTER UPDATE OF status ON public.refunds
    FOR EACH ROW WHEN (OLD.status = 'pending' AND NEW.status = 'failed') EXECUTE FUNCTION public.refund_refused();

-- What an admin asks for: refund_payable(), unless less is left of the payment than these tickets cost, because of what went back or is in
-- dispute outside: went_outside, and nothing changes. What is missing is then given back there, too, and the show's policy decides on the tickets.
CREATE FUNCTION public.refund_asked(new_refund uuid, order_to_refund uuid, wanted uuid[], forced boolean, by_admin uuid, why text,
                                    payable_step bigint)
RETURNS TABLE (outcome text, tickets uuid[])
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    asked bigint;
    left_over bigint;
BEGIN
    PERFORM FROM public.orders AS o WHERE o.id = order_to_refund FOR UPDATE;
    SELECT sum(t.price) INTO asked FROM public.tickets AS t
    WHERE t.order_id = order_to_refund AND t.status <> 'void' AND (wanted IS NULL OR t.id = ANY (wanted));
    SELECT p.amount - public.outside_sum(p.id) - (SELECT coalesce(sum(r.amount), 0) FROM public.refunds AS r WHERE r.payment_id = p.id)
           - (SELECT coalesce(sum(m.amount), 0) FROM public.outside_money AS m
              WHERE m.payment_id = p.id AND m.kind = 'dispute' AND m.status = 'open')
    INTO left_over
    FROM public.payments AS p WHERE p.order_id = order_to_refund AND p.status IN ('succeeded', 'partially_refunded')
    ORDER BY p.created_at DESC LIMIT 1;
    IF asked > left_over THEN
        RETURN QUERY SELECT 'went_outside', NULL::uuid[];
    ELSE
        RETURN QUERY SELECT r.outcome, r.tickets
                     FROM public.refund_payable(new_refund, order_to_refund, wanted, forced, by_admin, why, payable_step) AS r;
    END IF;
END
$$;

COMMENT ON FUNCTION public.take_outside IS 'only for settle_payment, which stores the event first';

DO $$
BEGIN
    REVOKE ALL ON FUNCTION public.outside_sum, public.name_outside, public.apply_outside, public.take_outside, public.adopt_outside,
        public.refund_refused, public.refund_asked FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT SELECT, INSERT, UPDATE ON public.outside_money TO ticketing_checkout;
        GRANT EXECUTE ON FUNCTION public.outside_sum, public.name_outside, public.apply_outside, public.take_outside, public.adopt_outside,
            public.refund_asked TO ticketing_checkout;
    ELSE
        RAISE NOTICE 'role ticketing_checkout does not exist: no EXECUTE on take_outside';
    END IF;
END
$$;

COMMIT;
