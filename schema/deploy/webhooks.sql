-- Deploy ticketing:webhooks to pg
-- Who is told of events, and how far each has got. The mail to buyers is a receiver like the others (kind 'mail'): same queue, same rules.
BEGIN;

CREATE TABLE public.webhook_endpoints (
    id uuid PRIMARY KEY,
    kind text NOT NULL DEFAULT 'webhook' CHECK (kind IN ('webhook', 'mail')),
    url text NOT NULL CHECK (char_length(url) <= 2000),
    events text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 20),
    secret text NOT NULL, -- signs deliveries, so it is needed as it is
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    disabled_at timestamptz,
    disabled_reason text,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0), -- times in a row that it could not be reached
    paused_until timestamptz NOT NULL DEFAULT '-infinity', -- nothing is sent before
    claimed_at timestamptz NOT NULL DEFAULT '-infinity', -- who waited longest comes first
    CONSTRAINT webhook_endpoints_disabled CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);
CREATE UNIQUE INDEX webhook_endpoints_mail ON public.webhook_endpoints (kind) WHERE kind = 'mail';
INSERT INTO public.webhook_endpoints (id, kind, url, events, secret)
VALUES ('00000000-0000-4000-8000-00000000a110', 'mail', 'mail', '{order.paid,order.refunded}', '');

CREATE TABLE public.webhook_deliveries (
    id bigserial PRIMARY KEY,
    endpoint_id uuid NOT NULL REFERENCES public.webhook_endpoints (id) ON DELETE CASCADE,
    outbox_id bigint NOT NULL REFERENCES public.outbox (id),
    key uuid NOT NULL, -- of the event: those of one key are delivered one after another
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'parked')),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- three days later it is parked
    next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
    lease_until timestamptz, -- somebody is at it until then; another may take over afterwards
    finished_at timestamptz,
    UNIQUE (endpoint_id, outbox_id),
    CONSTRAINT webhook_deliveries_finished CHECK ((finished_at IS NULL) = (state = 'waiting') AND (lease_until IS NULL OR state = 'waiting'))
);
CREATE INDEX webhook_deliveries_waiting ON public.webhook_deliveries (endpoint_id, outbox_id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_of_key ON public.webhook_deliveries (endpoint_id, key, outbox_id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_leased ON public.webhook_deliveries (endpoint_id, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX webhook_deliveries_of_event ON public.webhook_deliveries (outbox_id);
CREATE INDEX webhook_deliveries_finished_at ON public.webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE public.webhook_attempts (
    id bigserial PRIMARY KEY,
    delivery_id bigint NOT NULL REFERENCES public.webhook_deliveries (id) ON DELETE CASCADE,
    attempt integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(), -- when it ended
    duration_ms integer NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('delivered', 'failed', 'unreachable', 'gone', 'refused')),
    status integer, -- of HTTP or SMTP; null: there was no answer
    error text CHECK (char_length(error) <= 500)
);
CREATE INDEX webhook_attempts_of_delivery ON public.webhook_attempts (delivery_id, id);

COMMIT;
