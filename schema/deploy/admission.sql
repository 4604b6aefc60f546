-- Deploy ticketing:admission to pg
-- What gates need to know and to keep. Shows: when tickets are admitted and whether one may come back in. Tickets: whether the holder is
-- inside, the scan that led to that, and when the row last changed (a gate that has a pack asks only for what came after it). Scans: also of
-- texts that are no ticket of ours, told apart by a digest.
BEGIN;

ALTER TABLE public.shows
    ADD COLUMN reentry boolean NOT NULL DEFAULT false, -- whoever was scanned out may come in again
    ADD COLUMN admission_start_at timestamptz, -- null: at any time; likewise the end
    ADD COLUMN admission_end_at timestamptz,
    ADD CONSTRAINT shows_admission CHECK (admission_end_at > admission_start_at);

ALTER TABLE public.tickets
    ADD COLUMN inside boolean NOT NULL DEFAULT false,
    ADD COLUMN last_scan uuid, -- the accepted checkins row that led to the present state; null: none
    ADD COLUMN changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ADD CONSTRAINT tickets_inside CHECK (NOT inside OR checked_in_at IS NOT NULL);
UPDATE public.tickets AS t
SET inside = true,
    last_scan = (SELECT c.id FROM public.checkins AS c WHERE c.ticket_id = t.id AND c.outcome = 'accepted' ORDER BY c.server_time DESC LIMIT 1)
WHERE t.status = 'checked_in';
CREATE INDEX tickets_changed ON public.tickets (show_id, changed);

-- A trigger, because tickets are written in many places and a forgotten one would leave a gate with an old list.
CREATE FUNCTION public.mark_ticket_changed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    new.changed := pg_current_xact_id();
    RETURN new;
END
$$;
REVOKE ALL ON FUNCTION public.mark_ticket_changed FROM PUBLIC;
CREATE TRIGGER tickets_mark_changed BEFORE UPDATE ON public.tickets
FOR EACH ROW EXECUTE FUNCTION public.mark_ticket_changed();

ALTER TABLE public.checkins
    ALTER COLUMN ticket_id DROP NOT NULL,
    ADD COLUMN digest text CHECK (digest ~ '^[0-9a-f]{64}$'), -- SHA-256 of the scanned text; null: the ticket was named by its id
    ADD COLUMN reentry boolean NOT NULL DEFAULT false,
    ADD COLUMN earlier uuid, -- of a duplicate: the accepted scan that was there before
    ADD CONSTRAINT checkins_subject CHECK (ticket_id IS NOT NULL OR digest IS NOT NULL),
    ADD CONSTRAINT checkins_reentry CHECK (NOT reentry OR (direction = 'in' AND outcome = 'accepted'));

COMMIT;
