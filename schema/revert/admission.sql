-- Revert ticketing:admission from pg
BEGIN;

DELETE FROM public.checkins WHERE ticket_id IS NULL;
ALTER TABLE public.checkins
    DROP CONSTRAINT checkins_subject,
    DROP CONSTRAINT checkins_reentry,
    DROP COLUMN digest,
    DROP COLUMN reentry,
    DROP COLUMN earlier,
    ALTER COLUMN ticket_id SET NOT NULL;
DROP TRIGGER tickets_mark_changed ON public.tickets;
DROP FUNCTION public.mark_ticket_changed();
ALTER TABLE public.tickets DROP COLUMN inside, DROP COLUMN last_scan, DROP COLUMN changed;
ALTER TABLE public.shows DROP COLUMN reentry, DROP COLUMN admission_start_at, DROP COLUMN admission_end_at;

COMMIT;
