-- Verify ticketing:payment_attempts on pg
SELECT attempt, attempt_expires_at, description, url, charge, check_at, checks FROM public.payments WHERE false;
SELECT tickets, attempt, tries, next_try_at, provider_reference, earlier_references, last_error, settled_at FROM public.refunds WHERE false;
SELECT 'public.payments_charge'::regclass, 'public.payments_to_check'::regclass, 'public.refunds_to_try'::regclass,
       'public.payment_events_unmatched'::regclass;
