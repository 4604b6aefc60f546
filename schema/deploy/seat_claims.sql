-- Deploy ticketing:seat_claims to pg
-- One row per seat that was ever touched, for held and sold alike: the primary key is the one judge of who has a seat. A released seat
-- keeps its row, so that deltas (changed >= xmin) see releases. Whoever writes a row sets changed = pg_current_xact_id().
-- A claim counts as taken when it is sold, or held and expires_at > clock_timestamp().
BEGIN;

CREATE TABLE public.seat_claims (
    show_id uuid NOT NULL,
    seat_id text COLLATE "C" NOT NULL CHECK (octet_length(seat_id) BETWEEN 1 AND 100),
    state text NOT NULL CHECK (state IN ('held', 'sold', 'released')),
    hold_id uuid NOT NULL,
    order_id uuid,
    ticket_id uuid,
    expires_at timestamptz,
    changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (show_id, seat_id),
    CONSTRAINT seat_claims_expiry CHECK ((state = 'held') = (expires_at IS NOT NULL)),
    CONSTRAINT seat_claims_ticket CHECK ((order_id IS NULL) = (ticket_id IS NULL)),
    CONSTRAINT seat_claims_sold CHECK (state <> 'sold' OR ticket_id IS NOT NULL)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX seat_claims_changed ON public.seat_claims (show_id, changed);

COMMIT;
