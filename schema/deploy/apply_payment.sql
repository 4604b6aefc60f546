-- Deploy ticketing:apply_payment to pg
-- What settle_payment() does with an event about a payment that is new and of a known kind. `reference` is the provider's name for the
-- attempt (a page to pay on), `money` its name for the money taken: the same money told of twice counts once, other money goes back.
-- The show is locked first, shared (see hold_seats): a late payment must not take seats that an organizer is removing.
-- Planner settings: see hold_seats.
BEGIN;

CREATE OR REPLACE FUNCTION public.apply_payment(payment_provider text, action text, payment uuid, paid_amount bigint, paid_currency text,
                                     reference text, money text)
RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    due record;
    bill record;
    locked uuid[];
    overdue uuid[];
    moment timestamptz;
    taken integer;
    seats integer;
    result text;
    misfit text;
BEGIN
    SELECT p.order_id, p.show_id, p.status, p.amount, p.currency, p.charge INTO due
    FROM public.payments AS p WHERE p.id = payment AND p.provider = payment_provider;
    IF NOT FOUND THEN
        RETURN 'unknown_payment';
    ELSIF action = 'payment.expired' THEN
        RETURN CASE WHEN public.end_attempt(payment, reference) THEN 'attempt_ended' ELSE 'already_settled' END;
    ELSIF due.amount IS DISTINCT FROM paid_amount OR due.currency IS DISTINCT FROM paid_currency THEN
        RETURN 'amount_mismatch';
    END IF;

    PERFORM pg_advisory_xact_lock_shared(hashtextextended('show:' || due.show_id::text, 0));
    -- The order, and other orders nobody paid in time whose reserved tickets may stand in the way; then the claims of all their seats.
    locked := ARRAY(SELECT due.order_id
                    UNION SELECT other.order_id FROM public.tickets AS mine
                    JOIN public.tickets AS other ON other.show_id = mine.show_id AND other.seat_id = mine.seat_id
                                                    AND other.status <> 'void'
                    WHERE mine.order_id = due.order_id);
    locked := ARRAY(SELECT o.id FROM public.orders AS o
                    WHERE o.id = ANY (locked)
                      AND (o.id = due.order_id OR o.status = 'pending' AND o.expires_at <= clock_timestamp())
                    ORDER BY o.id FOR UPDATE);
    PERFORM FROM (SELECT DISTINCT t.show_id, t.seat_id FROM public.tickets AS t WHERE t.order_id = ANY (locked)) AS s
    JOIN public.seat_claims AS c ON c.show_id = s.show_id AND c.seat_id = s.seat_id
    ORDER BY c.show_id, c.seat_id FOR UPDATE OF c;
    SELECT p.status, p.charge INTO due.status, due.charge FROM public.payments AS p WHERE p.id = payment FOR UPDATE;
    SELECT o.status, o.expires_at, o.user_id, o.hold_id INTO bill
    FROM public.orders AS o WHERE o.id = due.order_id AND o.show_id = due.show_id;
    moment := clock_timestamp();

    IF due.status NOT IN ('pending', 'declined') THEN
        IF action = 'payment.succeeded' AND money <> due.charge
           AND NOT EXISTS (SELECT FROM public.payments AS p WHERE p.provider = payment_provider AND p.charge = money) THEN
            RETURN public.return_second_payment(payment, money);
        END IF;
        RETURN 'already_settled';
    ELSIF action <> 'payment.succeeded' THEN
        UPDATE public.payments AS p SET status = 'declined', updated_at = moment WHERE p.id = payment;
        IF action = 'payment.failed' THEN
            PERFORM public.end_attempt(payment, reference);
        END IF;
        RETURN 'declined';
    END IF;

    SELECT count(*), count(*) FILTER (
        WHERE c.state = 'sold' OR c.state = 'held' AND c.expires_at > moment AND c.order_id IS DISTINCT FROM due.order_id
           OR EXISTS (SELECT FROM public.tickets AS other WHERE other.show_id = t.show_id AND other.seat_id = t.seat_id
                      AND other.status <> 'void' AND other.order_id <> ALL (locked)))
    INTO seats, taken
    FROM public.tickets AS t LEFT JOIN public.seat_claims AS c ON c.show_id = t.show_id AND c.seat_id = t.seat_id
    WHERE t.order_id = due.order_id;
    IF bill.status IN ('expired', 'cancelled') OR bill.status = 'pending' AND bill.expires_at <= moment THEN
        misfit := public.order_misfit(due.order_id, due.show_id);
    END IF;
    result := CASE
        WHEN bill.status = 'pending' AND bill.expires_at > moment THEN 'paid'
        WHEN bill.status IN ('pending', 'expired', 'cancelled') AND taken = 0 AND seats > 0 AND misfit IS NULL THEN 'late_paid'
        ELSE 'late_refund'
    END;

    overdue := array_remove(locked, due.order_id);
    IF result = 'late_refund' AND bill.status = 'pending' THEN
        overdue := locked;
    END IF;
    IF cardinality(overdue) > 0 AND result <> 'paid' THEN
        PERFORM public.close_orders(overdue, 'expired');
    END IF;
    UPDATE public.payments AS p
    SET status = CASE WHEN result = 'late_refund' THEN 'refunded' ELSE 'succeeded' END, updated_at = moment, charge = money,
        provider_reference = coalesce(reference, p.provider_reference), check_at = NULL
    WHERE p.id = payment;

    IF result = 'late_refund' THEN
        INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status)
        SELECT gen_random_uuid(), payment, due.order_id, due.amount,
               CASE WHEN bill.status NOT IN ('pending', 'expired', 'cancelled') THEN 'paid twice'
                    ELSE 'late payment' || coalesce(': ' || misfit, '') END, 'pending'
        WHERE due.amount > 0;
        UPDATE public.orders AS o
        SET updated_at = moment,
            note = CASE WHEN bill.status IN ('pending', 'expired', 'cancelled')
                        THEN format('The payment came after the order had ended, and %s: it is being refunded.', CASE misfit
                             WHEN 'show_not_found' THEN 'the show does not take place any more'
                             WHEN 'sales_closed' THEN 'the show was not on sale any more'
                             WHEN 'seats_changed' THEN 'the seats or prices of the show had changed'
                             ELSE 'not all seats were free any more' END)
                        ELSE 'A second payment came in and is being refunded.' END
        WHERE o.id = due.order_id AND o.show_id = due.show_id;
        RETURN result;
    END IF;

    INSERT INTO public.seat_claims AS c (show_id, seat_id, state, hold_id, order_id, ticket_id, changed)
    SELECT t.show_id, t.seat_id, 'sold', bill.hold_id, t.order_id, t.id, pg_current_xact_id()
    FROM public.tickets AS t WHERE t.order_id = due.order_id ORDER BY t.show_id, t.seat_id
    ON CONFLICT (show_id, seat_id) DO UPDATE
    SET state = 'sold', hold_id = excluded.hold_id, order_id = excluded.order_id, ticket_id = excluded.ticket_id, expires_at = NULL,
        changed = excluded.changed;
    UPDATE public.tickets AS t SET status = 'valid', updated_at = moment WHERE t.order_id = due.order_id;
    UPDATE public.orders AS o
    SET status = 'paid', paid_at = moment, updated_at = moment,
        note = CASE WHEN result = 'late_paid'
                    THEN 'The payment came after the order had ended; all its seats were still free and were taken again.' END
    WHERE o.id = due.order_id AND o.show_id = due.show_id;
    PERFORM public.outbox_order(ARRAY[due.order_id], 'order.paid');
    RETURN result;
END
$$;

COMMENT ON FUNCTION public.apply_payment IS 'only for settle_payment, which stores the event first';

COMMIT;
