-- Revert ticketing:status_changes from pg
BEGIN;
DROP TRIGGER refunds_status ON public.refunds;
DROP TRIGGER refunds_begin ON public.refunds;
DROP TRIGGER payments_status ON public.payments;
DROP TRIGGER payments_begin ON public.payments;
DROP TRIGGER orders_status ON public.orders;
DROP TRIGGER orders_begin ON public.orders;
DROP FUNCTION public.check_status_change();
DROP FUNCTION public.who_and_why(uuid, text);
DROP TABLE public.status_changes;
COMMIT;
