-- Deploy ticketing:checkins to pg
-- Each attempt at a gate is a row, also the refused ones; a scan of something that is no ticket has no show and no seat.
BEGIN;

CREATE TABLE public.checkins (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    show_id uuid,
    seat_id text COLLATE "C",
    scan_id text CHECK (char_length(scan_id) BETWEEN 1 AND 64),
    direction text NOT NULL DEFAULT 'in' CHECK (direction IN ('in', 'out')),
    gate text CHECK (char_length(gate) <= 64),
    by_user uuid NOT NULL,
    device_time timestamptz,
    server_time timestamptz NOT NULL DEFAULT clock_timestamp(),
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'duplicate', 'refused', 'undone')),
    code text, -- why it was refused
    CHECK ((code IS NOT NULL) = (outcome = 'refused'))
);
CREATE UNIQUE INDEX checkins_scan ON public.checkins (scan_id) WHERE scan_id IS NOT NULL;
CREATE INDEX checkins_of_ticket ON public.checkins (ticket_id);
CREATE INDEX checkins_of_show ON public.checkins (show_id, server_time);

COMMIT;
