-- Deploy ticketing:bookkeeping to pg
-- outbox: domain events, written in the transaction of the change they tell of. idempotency_keys: stored answers of repeated requests.
-- audit_log: who did what.
BEGIN;

CREATE TABLE public.outbox (
    id bigserial PRIMARY KEY,
    key uuid NOT NULL, -- order or show; events of one key keep their order
    type text NOT NULL CHECK (char_length(type) BETWEEN 1 AND 100),
    data json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    processed_at timestamptz
);
CREATE INDEX outbox_waiting ON public.outbox (id) WHERE processed_at IS NULL;

CREATE TABLE public.idempotency_keys (
    user_id uuid NOT NULL,
    key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    status smallint NOT NULL CHECK (status BETWEEN 200 AND 599),
    location text,
    body text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_age ON public.idempotency_keys (created_at);

CREATE TABLE public.audit_log (
    id bigserial PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor uuid, -- null: the system
    action text NOT NULL CHECK (char_length(action) BETWEEN 1 AND 100),
    subject text NOT NULL,
    detail jsonb
);
CREATE INDEX audit_log_subject ON public.audit_log (subject, id);

COMMIT;
