-- Deploy ticketing:outside_money to pg
-- Money that went back or is disputed without us: refunds made in the provider's dashboard, and disputes. Matched by the provider's name for the
-- money (payments.charge); kept also when no payment of ours has that name yet, because events come in any order.
-- What becomes of the tickets is the show's policy, shows.outside_refund: `void` (the default): once all that was left of the payment has gone
-- back, its live tickets are void and their seats free, as by a refund of our own; `keep`: they stay. Part of the money decides nothing: nobody
-- knows which ticket it was for. A dispute counts as money that went back when it is lost; until then it may be won.
-- Planner settings: see hold_seats.
BEGIN;

ALTER TABLE public.shows ADD COLUMN outside_refund text NOT NULL DEFAULT 'void' CHECK (outside_refund IN ('void', 'keep'));
-- The money of this refund went back outside: it is done, although the provider never did what we asked for.
ALTER TABLE public.refunds ADD COLUMN outside boolean NOT NULL DEFAULT false;

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

-- What is known of a payment's money, in sums; the order in which it became known makes no difference.
-- Outside, refunds and lost disputes are told one by one; the charge tells one sum of all refunds, our own included, without disputes. An endpoint
-- may be told of one kind only, so the larger counts. Whether the charge's sum counts a refund of ours that is under way is not known: `at_least`
-- is what went back outside if it does, `at_most` if it does not. A refund with the provider's name that failed later was in the sum once.
CREATE FUNCTION public.outside_sums(payment uuid)
RETURNS TABLE (at_least bigint, at_most bigint, disputed bigint, -- in disputes that are open
               sent bigint, under_way bigint, owed bigint, -- refunds of ours: by the provider, not finished, failed
               settled bigint) -- refunds of ours whose money went back outside
LANGUAGE sql STABLE
AS $$
    WITH told AS (
        SELECT coalesce(sum(m.amount) FILTER (WHERE (m.kind, m.status) = ('refund', 'succeeded')), 0) AS refunds,
               coalesce(max(m.amount) FILTER (WHERE m.kind = 'charge'), 0)
               - coalesce(sum(m.amount) FILTER (WHERE (m.kind, m.status) = ('refund', 'failed')), 0) AS charge,
               coalesce(sum(m.amount) FILTER (WHERE (m.kind, m.status) = ('dispute', 'lost')), 0) AS lost,
               coalesce(sum(m.amount) FILTER (WHERE (m.kind, m.status) = ('dispute', 'open')), 0) AS disputed
        FROM public.outside_money AS m WHERE m.payment_id = payment
    ), own AS (
        SELECT coalesce(sum(r.amount) FILTER (WHERE r.status = 'succeeded' AND NOT r.outside), 0) AS sent,
               coalesce(sum(r.amount) FILTER (WHERE r.status = 'pending'), 0) AS under_way,
               coalesce(sum(r.amount) FILTER (WHERE r.status = 'failed'), 0) AS owed,
               coalesce(sum(r.amount) FILTER (WHERE r.status = 'succeeded' AND r.outside), 0) AS settled,
               coalesce(sum(r.amount) FILTER (WHERE r.status = 'succeeded' AND NOT r.outside OR r.earlier_references <> '{}'
                                                    OR r.status = 'failed' AND r.provider_reference IS NOT NULL), 0) AS counted,
               coalesce(sum(r.amount) FILTER (WHERE r.status = 'pending' AND r.earlier_references = '{}'), 0) AS perhaps
        FROM public.refunds AS r WHERE r.payment_id = payment
    )
    SELECT greatest(t.refunds, t.charge - o.counted - o.perhaps) + t.lost, greatest(t.refunds, t.charge - o.counted) + t.lost,
           t.disputed, o.sent, o.under_way, o.owed, o.settled
    FROM told AS t CROSS JOIN own AS o;
$$;

-- Writes down which refund of ours each piece of money is, for people who read it: first by the amount, then where there is room.
CREATE FUNCTION public.name_outside(payment uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    item record;
BEGIN
    FOR item IN
        SELECT m.id, m.amount FROM public.outside_money AS m
        WHERE m.payment_id = payment AND m.refund_id IS NULL AND (m.kind, m.status) IN (('refund', 'succeeded'), ('dispute', 'lost'))
        ORDER BY m.created_at, m.id
    LOOP
        UPDATE public.outside_money AS m SET refund_id = mine.id, updated_at = clock_timestamp()
        FROM (SELECT r.id FROM public.refunds AS r
              CROSS JOIN LATERAL (SELECT coalesce(sum(o.amount), 0) AS amount FROM public.outside_money AS o WHERE o.refund_id = r.id) AS named
              WHERE r.payment_id = payment AND r.outside AND r.status = 'succeeded' AND named.amount < r.amount
              ORDER BY r.amount - named.amount = item.amount DESC, r.created_at, r.id LIMIT 1) AS mine
        WHERE m.id = item.id;
    END LOOP;
END
$$;

-- The provider's name of the money that a refund of this amount is.
CREATE FUNCTION public.outside_name(payment uuid, wanted bigint) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT m.reference FROM public.outside_money AS m
    WHERE m.payment_id = payment AND m.refund_id IS NULL AND m.status IN ('succeeded', 'lost')
    ORDER BY m.kind = 'charge', m.amount = wanted DESC, m.updated_at DESC, m.id LIMIT 1;
$$;

-- Settles a refund with money that went back outside.
CREATE FUNCTION public.settle_outside(refund uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    mine record;
BEGIN
    UPDATE public.refunds AS r
    SET status = 'pending', next_try_at = NULL, provider_reference = NULL,
        earlier_references = CASE WHEN r.provider_reference IS NULL THEN r.earlier_references ELSE r.earlier_references || r.provider_reference END
    WHERE r.id = refund AND r.status = 'failed';
    UPDATE public.refunds AS r SET outside = true
    FROM public.payments AS p WHERE r.id = refund AND p.id = r.payment_id
    RETURNING r.payment_id, r.amount, p.provider INTO STRICT mine;
    PERFORM public.finish_refund(refund, mine.provider, 'succeeded', public.outside_name(mine.payment_id, mine.amount), NULL);
END
$$;

-- Acts on what is known of a payment's money outside. outside_kept | outside_void.
-- Refunds of ours that the provider refused are settled, oldest first, by what surely went back outside. What is left of the payment's tickets is
-- void once all of the money is gone, whatever becomes of refunds that are under way: until then, nobody knows which ticket the money was for.
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
    mine record;
    sums record;
    left_over bigint;
    result text := 'outside_kept';
    new_refund constant uuid := gen_random_uuid();
BEGIN
    SELECT p.order_id, p.amount INTO STRICT bill FROM public.payments AS p WHERE p.id = payment;
    PERFORM FROM public.orders AS o WHERE o.id = bill.order_id FOR UPDATE;
    FOR mine IN
        SELECT r.id, r.amount FROM public.refunds AS r WHERE r.payment_id = payment AND r.status = 'failed' ORDER BY r.created_at, r.id FOR UPDATE
    LOOP
        SELECT * INTO sums FROM public.outside_sums(payment);
        IF sums.settled + mine.amount <= sums.at_least THEN
            PERFORM public.settle_outside(mine.id);
        END IF;
    END LOOP;

    SELECT * INTO sums FROM public.outside_sums(payment);
    left_over := bill.amount - sums.sent - sums.under_way - sums.owed - sums.settled;
    IF left_over > 0 AND bill.amount <= sums.sent + sums.at_most
       AND EXISTS (SELECT FROM public.orders AS o JOIN public.shows AS s ON s.id = o.show_id
                   WHERE o.id = bill.order_id AND o.status IN ('paid', 'partially_refunded') AND s.outside_refund = 'void')
       AND EXISTS (SELECT FROM public.payments AS p WHERE p.id = payment AND p.status IN ('succeeded', 'partially_refunded')) THEN
        PERFORM public.refund_payable(new_refund, bill.order_id, NULL, true, NULL, 'given back outside, at the payment provider', 1);
        PERFORM public.settle_outside(new_refund);
        result := 'outside_void';
    END IF;
    PERFORM public.name_outside(payment);
    RETURN result;
END
$$;

-- Money that had gone back outside came back to the provider: refunds of ours that it had settled are owed again, until the rest covers the others.
CREATE FUNCTION public.owe_again(payment uuid, item text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    mine uuid;
BEGIN
    LOOP
        SELECT r.id INTO mine FROM public.refunds AS r
        WHERE r.payment_id = payment AND r.outside AND r.status = 'succeeded'
          AND (SELECT s.settled > s.at_most FROM public.outside_sums(payment) AS s)
        ORDER BY EXISTS (SELECT FROM public.outside_money AS m WHERE m.refund_id = r.id AND m.reference = item) DESC, r.created_at DESC, r.id
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        UPDATE public.outside_money AS m SET refund_id = NULL WHERE m.refund_id = mine AND m.reference <> item;
        UPDATE public.refunds AS r
        SET status = 'failed', last_error = 'the money came back to the payment provider', settled_at = clock_timestamp(),
            provider_reference = NULL
        WHERE r.id = mine;
    END LOOP;
END
$$;

-- Takes in one event about money outside, for settle_payment. `told` is refund.pending, refund.succeeded, refund.failed, charge.succeeded,
-- dispute.open, dispute.won or dispute.lost. unknown_payment | amount_mismatch (another currency, or no amount or name) | already_settled (nothing new)
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
    IF coalesce(name, '') = '' OR coalesce(money, '') = '' OR of_currency !~ '^[A-Z]{3}$' OR of_currency IS NULL OR sum IS NULL OR sum < 0 THEN
        RETURN 'amount_mismatch';
    END IF;
    SELECT p.id, p.order_id, p.show_id, p.currency INTO due FROM public.payments AS p WHERE p.provider = from_provider AND p.charge = money;
    IF due.currency <> of_currency THEN
        RETURN 'amount_mismatch';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('show:' || due.show_id::text, 0)) WHERE due.id IS NOT NULL; -- see apply_policy
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
        PERFORM public.owe_again(due.id, name), public.apply_outside(due.id);
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

-- Whether a refund of ours has come true decides what is known of the money outside. Judged when the transaction commits, so that its own event
-- about the refund comes first and names it. Only what was given back was given back outside.
CREATE FUNCTION public.refund_finished() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_WHEN = 'BEFORE' THEN
        NEW.outside := false;
        RETURN NEW;
    ELSIF EXISTS (SELECT FROM public.outside_money AS m WHERE m.payment_id = NEW.payment_id) THEN
        PERFORM public.apply_outside(NEW.payment_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER refund_not_outside BEFORE UPDATE OF status ON public.refunds
    FOR EACH ROW WHEN (OLD.outside AND NEW.status <> 'succeeded') EXECUTE FUNCTION public.refund_finished();
CREATE CONSTRAINT TRIGGER refund_finished AFTER UPDATE OF status ON public.refunds DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.status <> NEW.status AND NEW.status <> 'pending' AND NOT NEW.outside) EXECUTE FUNCTION public.refund_finished();

-- What an admin asks for: refund_payable(), unless less is left of the payment than that, because of what went back or is in dispute outside:
-- went_outside, and nothing changes. What is missing is then given back there, too, and the show's policy decides on the tickets.
-- Refunds that failed and would be tried again are judged in the same way.
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
#variable_conflict use_column
DECLARE
    asked bigint;
BEGIN
    PERFORM FROM public.orders AS o WHERE o.id = order_to_refund FOR UPDATE;
    SELECT sum(t.price) INTO asked FROM public.tickets AS t
    WHERE t.order_id = order_to_refund AND t.status <> 'void' AND (wanted IS NULL OR t.id = ANY (wanted));
    IF EXISTS (SELECT FROM public.payments AS p
               CROSS JOIN LATERAL public.outside_sums(p.id) AS s
               CROSS JOIN LATERAL (SELECT coalesce(sum(r.amount), 0) AS amount FROM public.refunds AS r
                                   WHERE r.payment_id = p.id AND r.status = 'failed' AND asked IS NULL
                                     AND (wanted IS NULL OR r.tickets && wanted)) AS again
               CROSS JOIN LATERAL (SELECT again.amount + CASE WHEN p.status IN ('succeeded', 'partially_refunded') THEN coalesce(asked, 0)
                                                              ELSE 0 END AS amount) AS more
               WHERE p.order_id = order_to_refund AND more.amount > 0
                 AND more.amount + s.sent + s.under_way + greatest(s.settled, s.at_least) + s.disputed > p.amount) THEN
        RETURN QUERY SELECT 'went_outside', NULL::uuid[];
    ELSE
        RETURN QUERY SELECT r.outcome, r.tickets
                     FROM public.refund_payable(new_refund, order_to_refund, wanted, forced, by_admin, why, payable_step) AS r;
    END IF;
END
$$;

-- A show's policy has become `void`: orders whose money went back outside before are judged by it. Tickets that are void stay so when it becomes
-- `keep`: their seats may be sold again.
-- Runs as the owner: the events responder may not write orders, and gains only this.
-- Locks: advisory show, exclusively: take_outside holds it shared, so that money is either seen here or judged by the new policy there; then orders
-- by id, as everywhere.
CREATE FUNCTION public.apply_policy() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    actor constant uuid := nullif(current_setting('ticketing.actor', true), '')::uuid;
    reason constant text := nullif(current_setting('ticketing.reason', true), '');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('show:' || NEW.id::text, 0));
    PERFORM public.apply_outside(due.id)
    FROM (SELECT p.id FROM public.payments AS p
          WHERE p.id IN (SELECT m.payment_id FROM public.outside_money AS m) AND p.show_id = NEW.id
            AND p.status IN ('succeeded', 'partially_refunded')
          ORDER BY p.order_id, p.id) AS due;
    PERFORM public.who_and_why(actor, reason);
    RETURN NULL;
END
$$;
CREATE TRIGGER shows_outside_refund AFTER UPDATE OF outside_refund ON public.shows
    FOR EACH ROW WHEN (OLD.outside_refund = 'keep' AND NEW.outside_refund = 'void') EXECUTE FUNCTION public.apply_policy();

COMMENT ON FUNCTION public.take_outside IS 'only for settle_payment, which stores the event first';

DO $$
BEGIN
    REVOKE ALL ON FUNCTION public.outside_sums, public.outside_name, public.name_outside, public.settle_outside, public.apply_outside,
        public.owe_again, public.take_outside, public.adopt_outside, public.refund_finished, public.refund_asked, public.apply_policy FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
        GRANT SELECT, INSERT, UPDATE ON public.outside_money TO ticketing_checkout;
        GRANT EXECUTE ON FUNCTION public.outside_sums, public.outside_name, public.name_outside, public.settle_outside, public.apply_outside,
            public.owe_again, public.take_outside, public.adopt_outside, public.refund_asked TO ticketing_checkout;
    ELSE
        RAISE NOTICE 'role ticketing_checkout does not exist: no EXECUTE on take_outside';
    END IF;
END
$$;

COMMIT;
