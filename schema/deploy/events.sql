-- Deploy ticketing:events to pg
BEGIN;

CREATE TABLE public.events (
    id uuid PRIMARY KEY,
    title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    description text CHECK (char_length(description) <= 10000),
    venue text CHECK (char_length(venue) <= 200),
    image_url text CHECK (char_length(image_url) <= 2000 AND image_url ~* '^https?://'),
    published boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX events_list ON public.events (created_at DESC, id DESC) WHERE deleted_at IS NULL;

COMMIT;
