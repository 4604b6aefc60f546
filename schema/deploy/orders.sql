-- Deploy ticketing:orders to pg
BEGIN;

CREATE TABLE public.orders (
    id uuid NOT NULL,
    show_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    user_id uuid NOT NULL,
    buyer_email text NOT NULL CHECK (char_length(buyer_email) <= 254),
    buyer_name text NOT NULL CHECK (char_length(buyer_name) <= 100),
    status text NOT NULL CHECK (status IN ('pending', 'paid', 'cancelled', 'expired', 'refunded', 'partially_refunded')),
    total bigint NOT NULL CHECK (total >= 0), -- minor units; fixed when the order is made
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL, -- of the pending state; meaningless afterwards
    paid_at timestamptz,
    note text, -- what a late payment led to
    PRIMARY KEY (id, show_id),
    UNIQUE (hold_id, show_id),
    FOREIGN KEY (hold_id, show_id) REFERENCES public.holds (id, show_id),
    CONSTRAINT orders_paid_at CHECK ((paid_at IS NOT NULL) = (status IN ('paid', 'refunded', 'partially_refunded')))
);
CREATE INDEX orders_of_user ON public.orders (user_id, created_at DESC, id DESC);
CREATE INDEX orders_of_show ON public.orders (show_id, created_at);
CREATE INDEX orders_overdue ON public.orders (expires_at) WHERE status = 'pending';
CREATE INDEX orders_unpaid_of_user ON public.orders (user_id, expires_at) WHERE status = 'pending'; -- counts towards the hold limit

COMMIT;
