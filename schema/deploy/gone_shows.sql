-- Deploy ticketing:gone_shows to pg
-- When an organizer takes a show off sale, the orders that wait for their payment are closed with it, and say why: its event is not published any
-- more, it or its event is deleted, its sales are closed, or it is moved into the past. Sales that end by themselves close nothing: a buyer who has
-- checked out in time may pay until the order's own time is over. Triggers, so that no way of editing can forget it.
BEGIN;

-- Cancels the show's pending orders if nothing of the show can be sold now, else does nothing. The caller's transaction has made it so.
-- Runs as the owner: the events responder may write neither orders nor claims, and gains only this, about shows that sell nothing.
-- Locks: advisory show, exclusively: create_order and settle_payment hold it shared, so that each order is either seen here or refused there;
-- then orders by id and their claims, as everywhere. Overdue orders are left to expire_orders, settle_payment judges them by the show.
CREATE FUNCTION public.close_orders_of_show(show uuid) RETURNS void
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
    refusal text;
    order_ids uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('show:' || show::text, 0));
    refusal := public.show_refusal(show);
    IF refusal IS NULL THEN
        RETURN;
    END IF;
    order_ids := ARRAY(SELECT o.id FROM public.orders AS o
                       WHERE o.show_id = show AND o.status = 'pending' AND o.expires_at > clock_timestamp()
                       ORDER BY o.id FOR UPDATE);
    IF cardinality(order_ids) = 0 THEN
        RETURN;
    END IF;
    PERFORM FROM public.tickets AS t JOIN public.seat_claims AS c ON c.show_id = t.show_id AND c.seat_id = t.seat_id
    WHERE t.order_id = ANY (order_ids) ORDER BY c.show_id, c.seat_id FOR UPDATE OF c;
    PERFORM public.who_and_why(actor, 'taken off sale: ' || refusal);
    PERFORM public.close_orders(order_ids, 'cancelled');
    UPDATE public.orders AS o
    SET note = CASE refusal
            WHEN 'sales_closed' THEN 'The sales of the show were closed, so this order was cancelled before it was paid.'
            ELSE 'The show does not take place any more, so this order was cancelled before it was paid.' END
    WHERE o.id = ANY (order_ids);
    PERFORM public.who_and_why(actor, reason);
END
$$;

CREATE FUNCTION public.close_after_show_edit() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM public.close_orders_of_show(NEW.id);
    RETURN NULL;
END
$$;

-- By the keys of the locks, as take_seats takes those of a batch.
CREATE FUNCTION public.close_after_event_edit() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM public.close_orders_of_show(s.id)
    FROM (SELECT w.id FROM public.shows AS w WHERE w.event_id = NEW.id AND w.deleted_at IS NULL
          ORDER BY hashtextextended('show:' || w.id::text, 0)) AS s;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.close_orders_of_show, public.close_after_show_edit, public.close_after_event_edit FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_events') THEN
        GRANT EXECUTE ON FUNCTION public.close_orders_of_show, public.close_after_show_edit, public.close_after_event_edit TO ticketing_events;
    ELSE
        RAISE NOTICE 'role ticketing_events does not exist: no EXECUTE on close_orders_of_show';
    END IF;
END
$$;

CREATE TRIGGER shows_close AFTER UPDATE ON public.shows FOR EACH ROW WHEN (
    (OLD.starts_at, OLD.ends_at, OLD.sales_start_at, OLD.sales_end_at, OLD.deleted_at)
    IS DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.sales_start_at, NEW.sales_end_at, NEW.deleted_at))
    EXECUTE FUNCTION public.close_after_show_edit();
CREATE TRIGGER events_close AFTER UPDATE ON public.events FOR EACH ROW WHEN (
    OLD.published AND NOT NEW.published OR OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION public.close_after_event_edit();

-- Those that wait on shows which were taken away before this change.
SELECT public.close_orders_of_show(o.show_id)
FROM (SELECT DISTINCT w.show_id FROM public.orders AS w WHERE w.status = 'pending' ORDER BY w.show_id) AS o
WHERE public.show_refusal(o.show_id) = 'show_not_found';

UPDATE public.status_changes SET meaning = 'given up by its buyer, or its show was taken off sale'
WHERE (kind, was, becomes) = ('order', 'pending', 'cancelled');

COMMIT;
