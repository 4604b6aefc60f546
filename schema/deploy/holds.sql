-- Deploy ticketing:holds to pg
-- Expiry is lazy: a hold past expires_at stays 'live' in its row and simply no longer counts.
-- No foreign key to shows: its KEY SHARE lock on one hot row would cost every hold of a rush.
BEGIN;

CREATE TABLE public.holds (
    id uuid NOT NULL,
    show_id uuid NOT NULL,
    user_id uuid NOT NULL,
    seats text[] COLLATE "C" NOT NULL CHECK (cardinality(seats) BETWEEN 1 AND 100), -- in the order asked
    state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'released', 'consumed')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    PRIMARY KEY (id, show_id)
);
-- "What does this user hold now?" reads only what has not expired, however many holds he let lapse.
CREATE INDEX holds_of_user ON public.holds (user_id, expires_at) WHERE state = 'live';

COMMIT;
