-- Deploy ticketing:payments to pg
-- A payment's id is random (UUID v4): knowing it is what lets a buyer open payment.url.
BEGIN;

CREATE TABLE public.payments (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    show_id uuid NOT NULL,
    provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_-]{0,31}$'),
    provider_reference text,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'succeeded', 'declined', 'refunded', 'partially_refunded')),
    amount bigint NOT NULL CHECK (amount >= 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (order_id, show_id) REFERENCES public.orders (id, show_id)
);
CREATE INDEX payments_of_order ON public.payments (order_id);
CREATE UNIQUE INDEX payments_reference ON public.payments (provider, provider_reference) WHERE provider_reference IS NOT NULL;

-- Every event a provider sent, stored once by the provider's id before it is acted on; also those that led to nothing.
CREATE TABLE public.payment_events (
    provider text NOT NULL,
    event_id text NOT NULL CHECK (char_length(event_id) BETWEEN 1 AND 255),
    type text NOT NULL CHECK (char_length(type) <= 255),
    payment_id uuid, -- as the event says; need not exist
    payload json NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    outcome text NOT NULL,
    PRIMARY KEY (provider, event_id)
);
CREATE INDEX payment_events_of_payment ON public.payment_events (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX payment_events_received ON public.payment_events (received_at);

CREATE TABLE public.refunds (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES public.payments (id),
    order_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    reason text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX refunds_of_payment ON public.refunds (payment_id);
CREATE INDEX refunds_of_order ON public.refunds (order_id);

COMMIT;
