-- Deploy ticketing:tickets to pg
-- tickets_live_seat is the second, independent guard against selling a seat twice.
BEGIN;

CREATE TABLE public.tickets (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    show_id uuid NOT NULL,
    user_id uuid NOT NULL, -- the owner
    seat_id text COLLATE "C" NOT NULL CHECK (octet_length(seat_id) BETWEEN 1 AND 100),
    zone text NOT NULL,
    row_label text NOT NULL,
    number integer NOT NULL,
    price bigint NOT NULL CHECK (price >= 0), -- minor units of the order's currency
    status text NOT NULL CHECK (status IN ('reserved', 'valid', 'checked_in', 'void')),
    checked_in_at timestamptz, -- first entry
    checked_in_gate text CHECK (char_length(checked_in_gate) <= 64),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (id, show_id),
    FOREIGN KEY (order_id, show_id) REFERENCES public.orders (id, show_id),
    CONSTRAINT tickets_checked_in CHECK (status <> 'checked_in' OR checked_in_at IS NOT NULL)
);
CREATE UNIQUE INDEX tickets_live_seat ON public.tickets (show_id, seat_id) WHERE status <> 'void';
CREATE INDEX tickets_of_order ON public.tickets (order_id);
CREATE INDEX tickets_of_user ON public.tickets (user_id, created_at DESC, id DESC);

COMMIT;
