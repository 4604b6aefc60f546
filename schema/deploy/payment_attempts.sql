-- Deploy ticketing:payment_attempts to pg
-- Talking to a payment provider that may be slow, away or lose an answer: what is about to be asked is written down first (the attempt and
-- its number make the provider's idempotency key), then it is asked, then the answer is written down. Whatever is lost in between is asked
-- for again when check_at or next_try_at has come, by whichever host is first.
BEGIN;

ALTER TABLE public.payments
    ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt > 0),
    ADD COLUMN attempt_expires_at timestamptz, -- NULL: this attempt has not been started
    ADD COLUMN description text, -- what the provider was told is paid for: a repetition must say the same
    ADD COLUMN url text, -- the provider's page; provider_reference names it
    ADD COLUMN charge text, -- the provider's name for the money: what a refund refers to
    ADD COLUMN check_at timestamptz, -- when to ask the provider what became of it; NULL: nothing to ask
    ADD COLUMN checks integer NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX payments_charge ON public.payments (provider, charge) WHERE charge IS NOT NULL;
CREATE INDEX payments_to_check ON public.payments (check_at) WHERE check_at IS NOT NULL;

ALTER TABLE public.refunds
    ADD COLUMN tickets uuid[] NOT NULL DEFAULT '{}', -- that became void with it
    ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt > 0),
    ADD COLUMN tries integer NOT NULL DEFAULT 0, -- calls to the provider
    ADD COLUMN next_try_at timestamptz DEFAULT clock_timestamp(),
    ADD COLUMN provider_reference text,
    ADD COLUMN earlier_references text[] NOT NULL DEFAULT '{}', -- of attempts that failed
    ADD COLUMN last_error text,
    ADD COLUMN settled_at timestamptz;
CREATE INDEX refunds_to_try ON public.refunds (next_try_at) WHERE status = 'pending';
CREATE INDEX refunds_failed ON public.refunds (created_at) WHERE status = 'failed';

-- What an admin has to look at: money that belongs to nothing we know.
CREATE INDEX payment_events_unmatched ON public.payment_events (received_at DESC, event_id DESC)
    WHERE outcome IN ('unknown_payment', 'unknown_refund', 'amount_mismatch');

COMMIT;
