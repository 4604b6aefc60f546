-- Revert ticketing:refund_order from pg
-- Gives the whole order back, or some of its tickets: they are void and their seats free at once; the money is sent back by whoever claims
-- the refund. Outcomes: refunded | nothing_due (tickets of price 0 only: there is no money to send) | retried (all was refunded before, but
-- the provider had refused: tried again) | not_found | not_paid | unknown_ticket, not_valid, checked_in (tickets: which; the last unless
-- forced).
-- Planner settings: see hold_seats.
BEGIN;

DROP FUNCTION public.refund_payable(uuid, uuid, uuid[], boolean, uuid, text, bigint);
CREATE OR REPLACE FUNCTION public.refund_order(new_refund uuid, order_to_refund uuid, wanted uuid[], forced boolean, by_admin uuid, why text)
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
    bill record;
    due record;
    chosen uuid[];
    sum_of_prices bigint;
    given_back bigint;
    moment timestamptz;
BEGIN
    SELECT o.id, o.show_id, o.status INTO bill FROM public.orders AS o WHERE o.id = order_to_refund FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'not_found';
        RETURN NEXT;
        RETURN;
    END IF;
    PERFORM FROM public.tickets AS t JOIN public.seat_claims AS c ON c.show_id = t.show_id AND c.seat_id = t.seat_id
    WHERE t.order_id = bill.id ORDER BY c.seat_id FOR UPDATE OF c;
    PERFORM FROM public.tickets AS t WHERE t.order_id = bill.id ORDER BY t.id FOR UPDATE;
    moment := clock_timestamp();
    PERFORM public.who_and_why(by_admin, why);

    IF bill.status NOT IN ('paid', 'partially_refunded') THEN
        UPDATE public.refunds AS r
        SET status = 'pending', attempt = r.attempt + 1, tries = 0, next_try_at = moment, settled_at = NULL, provider_reference = NULL,
            earlier_references = CASE WHEN r.provider_reference IS NULL THEN r.earlier_references
                                      ELSE r.earlier_references || r.provider_reference END
        WHERE r.order_id = bill.id AND r.status = 'failed';
        outcome := CASE WHEN FOUND THEN 'retried' ELSE 'not_paid' END;
        RETURN NEXT;
        RETURN;
    END IF;

    IF wanted IS NOT NULL THEN
        SELECT array_agg(w) INTO tickets FROM unnest(wanted) AS w
        WHERE NOT EXISTS (SELECT FROM public.tickets AS t WHERE t.id = w AND t.order_id = bill.id);
        outcome := CASE WHEN tickets IS NOT NULL THEN 'unknown_ticket' END;
        IF outcome IS NULL THEN
            SELECT array_agg(t.id) INTO tickets FROM public.tickets AS t
            WHERE t.order_id = bill.id AND t.id = ANY (wanted) AND t.status = 'void';
            outcome := CASE WHEN tickets IS NOT NULL THEN 'not_valid' END;
        END IF;
    END IF;
    IF outcome IS NULL AND NOT forced THEN
        SELECT array_agg(t.id) INTO tickets FROM public.tickets AS t
        WHERE t.order_id = bill.id AND (wanted IS NULL OR t.id = ANY (wanted)) AND t.status = 'checked_in';
        outcome := CASE WHEN tickets IS NOT NULL THEN 'checked_in' END;
    END IF;
    IF outcome IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;

    SELECT array_agg(t.id ORDER BY t.id), sum(t.price) INTO chosen, sum_of_prices FROM public.tickets AS t
    WHERE t.order_id = bill.id AND t.status <> 'void' AND (wanted IS NULL OR t.id = ANY (wanted));
    UPDATE public.seat_claims AS c
    SET state = 'released', order_id = NULL, ticket_id = NULL, expires_at = NULL, changed = pg_current_xact_id()
    FROM public.tickets AS t
    WHERE t.id = ANY (chosen) AND c.show_id = t.show_id AND c.seat_id = t.seat_id AND c.ticket_id = t.id AND c.state = 'sold';
    UPDATE public.tickets AS t SET status = 'void', updated_at = moment WHERE t.id = ANY (chosen);
    SELECT p.id, p.amount INTO STRICT due FROM public.payments AS p
    WHERE p.order_id = bill.id AND (p.status IN ('succeeded', 'partially_refunded')
                                    OR p.status = 'refunded' AND sum_of_prices = 0 AND NOT EXISTS (
                                        SELECT FROM public.payments AS o WHERE o.order_id = bill.id AND o.status IN ('succeeded', 'partially_refunded')))
    ORDER BY p.created_at DESC LIMIT 1 FOR UPDATE;
    IF sum_of_prices > 0 THEN
        INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status, tickets)
        VALUES (new_refund, due.id, bill.id, sum_of_prices, why, 'pending', chosen);
    END IF;
    SELECT coalesce(sum(r.amount), 0) INTO given_back FROM public.refunds AS r WHERE r.payment_id = due.id;
    UPDATE public.payments AS p
    SET status = CASE WHEN given_back = p.amount THEN 'refunded' WHEN given_back > 0 THEN 'partially_refunded' ELSE p.status END,
        updated_at = moment
    WHERE p.id = due.id;
    UPDATE public.orders AS o
    SET updated_at = moment, status = CASE WHEN EXISTS (SELECT FROM public.tickets AS t WHERE t.order_id = o.id AND t.status <> 'void')
                                           THEN 'partially_refunded' ELSE 'refunded' END
    WHERE o.id = bill.id;
    INSERT INTO public.audit_log (actor, action, subject, detail)
    VALUES (by_admin, 'order.refund', 'order ' || bill.id,
            jsonb_build_object('refund', CASE WHEN sum_of_prices > 0 THEN new_refund END, 'amount', sum_of_prices, 'tickets', chosen,
                               'forced', forced, 'why', why));
    PERFORM public.outbox_order(ARRAY[bill.id], 'order.refunded');
    outcome := CASE WHEN sum_of_prices > 0 THEN 'refunded' ELSE 'nothing_due' END;
    tickets := chosen;
    RETURN NEXT;
END
$$;

COMMIT;
