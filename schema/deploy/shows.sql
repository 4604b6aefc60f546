-- Deploy ticketing:shows to pg
BEGIN;

CREATE TABLE public.shows (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES public.events (id),
    seatmap_id text NOT NULL,
    seatmap_version integer NOT NULL,
    starts_at timestamptz NOT NULL CHECK (isfinite(starts_at)),
    ends_at timestamptz CHECK (ends_at > starts_at),
    sales_start_at timestamptz,
    sales_end_at timestamptz CHECK (sales_end_at > sales_start_at),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    price_tiers jsonb CHECK (jsonb_typeof(price_tiers) = 'object'), -- null: the template's prices
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    FOREIGN KEY (seatmap_id, seatmap_version) REFERENCES public.seatmaps (id, version)
);
CREATE INDEX shows_event ON public.shows (event_id, starts_at, id) WHERE deleted_at IS NULL;
CREATE INDEX shows_start ON public.shows (starts_at) WHERE deleted_at IS NULL;
CREATE INDEX shows_seatmap ON public.shows (seatmap_id, seatmap_version);

COMMIT;
