-- Revert ticketing:outside_money from pg
BEGIN;
DROP TRIGGER refund_refused ON public.refunds;
DROP FUNCTION public.refund_asked(uuid, uuid, uuid[], boolean, uuid, text, bigint), public.refund_refused(), public.name_outside(uuid),
    public.adopt_outside(text, text), public.take_outside(text, text, text, text, bigint, text), public.apply_outside(uuid),
    public.outside_sum(uuid);
DROP TABLE public.outside_money;
ALTER TABLE public.shows DROP COLUMN outside_refund;
COMMIT;
