-- Deploy ticketing:seatmaps to pg
-- A version never changes: responders keep its expansion for ever. `json` (not jsonb) keeps the order of members.
BEGIN;

CREATE TABLE public.seatmaps (
    id text NOT NULL CHECK (id ~ '^[A-Za-z0-9._-]{1,100}$'),
    version integer NOT NULL CHECK (version >= 1),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    template json NOT NULL CHECK (json_typeof(template) = 'object'),
    seat_count integer NOT NULL CHECK (seat_count BETWEEN 1 AND 100000),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, version)
);

COMMIT;
