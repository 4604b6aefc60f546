-- Deploy ticketing:status_changes to pg
-- The life of orders, payments and refunds: which status may follow which. A trigger refuses every other step, whoever takes it, and
-- writes each into audit_log with who and why, as said by who_and_why() in the same transaction.
BEGIN;

CREATE TABLE public.status_changes (
    kind text NOT NULL CHECK (kind IN ('order', 'payment', 'refund')),
    was text NOT NULL, -- 'new': how a row may begin
    becomes text NOT NULL,
    meaning text NOT NULL,
    PRIMARY KEY (kind, was, becomes)
);

INSERT INTO public.status_changes (kind, was, becomes, meaning) VALUES
    ('order', 'new', 'pending', 'a hold was checked out'),
    ('order', 'new', 'paid', 'there was nothing to pay'),
    ('order', 'pending', 'paid', 'paid in time, or just after it while the seats were still there'),
    ('order', 'pending', 'cancelled', 'given up by its buyer'),
    ('order', 'pending', 'expired', 'not paid in time'),
    ('order', 'expired', 'paid', 'paid late, all seats were still free'),
    ('order', 'cancelled', 'paid', 'paid late, all seats were still free'),
    ('order', 'paid', 'partially_refunded', 'some tickets were refunded'),
    ('order', 'paid', 'refunded', 'all tickets were refunded'),
    ('order', 'partially_refunded', 'refunded', 'the last tickets were refunded'),
    ('payment', 'new', 'pending', 'an order waits for it'),
    ('payment', 'new', 'succeeded', 'there was nothing to pay'),
    ('payment', 'new', 'refunded', 'an order was paid twice: the second payment goes back'),
    ('payment', 'pending', 'succeeded', 'the money came'),
    ('payment', 'pending', 'declined', 'the buyer may try again'),
    ('payment', 'pending', 'refunded', 'the money came too late'),
    ('payment', 'declined', 'succeeded', 'another try succeeded'),
    ('payment', 'declined', 'refunded', 'another try succeeded too late'),
    ('payment', 'succeeded', 'partially_refunded', 'some of the money goes back'),
    ('payment', 'succeeded', 'refunded', 'all of the money goes back'),
    ('payment', 'partially_refunded', 'refunded', 'the rest of the money goes back'),
    ('refund', 'new', 'pending', 'decided; the provider has to be told'),
    ('refund', 'pending', 'succeeded', 'the provider sent the money back'),
    ('refund', 'pending', 'failed', 'the provider refused: a person has to look'),
    ('refund', 'succeeded', 'failed', 'the bank gave the money back to the provider'),
    ('refund', 'failed', 'pending', 'an admin has it tried again');

-- Says who changes what follows in this transaction, and why. NULL: the system.
CREATE FUNCTION public.who_and_why(actor uuid, reason text) RETURNS void
LANGUAGE sql
AS $$
    SELECT set_config('ticketing.actor', coalesce(actor::text, ''), true), set_config('ticketing.reason', coalesce(reason, ''), true);
$$;

CREATE FUNCTION public.check_status_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    thing constant text := TG_ARGV[0];
    before constant text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE 'new' END;
BEGIN
    IF NOT EXISTS (SELECT FROM public.status_changes AS s WHERE s.kind = thing AND s.was = before AND s.becomes = NEW.status) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'status_changes',
                              MESSAGE = format('%s %s cannot become %s: it is %s', thing, NEW.id, NEW.status, before);
    END IF;
    INSERT INTO public.audit_log (actor, action, subject, detail)
    VALUES (nullif(current_setting('ticketing.actor', true), '')::uuid, thing || '.' || NEW.status, thing || ' ' || NEW.id,
            jsonb_build_object('was', before, 'becomes', NEW.status, 'why', nullif(current_setting('ticketing.reason', true), '')));
    RETURN NEW;
END
$$;

CREATE TRIGGER orders_begin BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.check_status_change('order');
CREATE TRIGGER orders_status BEFORE UPDATE OF status ON public.orders FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION public.check_status_change('order');
CREATE TRIGGER payments_begin BEFORE INSERT ON public.payments FOR EACH ROW EXECUTE FUNCTION public.check_status_change('payment');
CREATE TRIGGER payments_status BEFORE UPDATE OF status ON public.payments FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION public.check_status_change('payment');
CREATE TRIGGER refunds_begin BEFORE INSERT ON public.refunds FOR EACH ROW EXECUTE FUNCTION public.check_status_change('refund');
CREATE TRIGGER refunds_status BEFORE UPDATE OF status ON public.refunds FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION public.check_status_change('refund');

COMMIT;
