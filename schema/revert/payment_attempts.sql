-- Revert ticketing:payment_attempts from pg
BEGIN;
DROP INDEX public.payment_events_unmatched;
DROP INDEX IF EXISTS public.refunds_failed; -- by name: it is on columns that were there before
ALTER TABLE public.refunds
    DROP COLUMN tickets, DROP COLUMN attempt, DROP COLUMN tries, DROP COLUMN next_try_at, DROP COLUMN provider_reference,
    DROP COLUMN earlier_references, DROP COLUMN last_error, DROP COLUMN settled_at;
ALTER TABLE public.payments
    DROP COLUMN attempt, DROP COLUMN attempt_expires_at, DROP COLUMN description, DROP COLUMN url, DROP COLUMN charge, DROP COLUMN check_at,
    DROP COLUMN checks;
COMMIT;
