-- Revert ticketing:outside_money from pg
BEGIN;
DROP TRIGGER shows_outside_refund ON public.shows;
DROP TRIGGER refund_finished ON public.refunds;
DROP TRIGGER refund_not_outside ON public.refunds;
DROP FUNCTION public.apply_policy(), public.refund_asked(uuid, uuid, uuid[], boolean, uuid, text, bigint), public.refund_finished(),
    public.adopt_outside(text, text), public.take_outside(text, text, text, text, bigint, text), public.owe_again(uuid, text),
    public.apply_outside(uuid), public.settle_outside(uuid), public.outside_name(uuid, bigint), public.name_outside(uuid),
    public.outside_sums(uuid);
DROP TABLE public.outside_money;
ALTER TABLE public.refunds DROP COLUMN outside;
ALTER TABLE public.shows DROP COLUMN outside_refund;
COMMIT;
