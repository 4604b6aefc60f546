-- Deploy ticketing:event_duration to pg
-- How long a show of the event lasts that does not say when it ends: a calendar needs an end, or shows an entry without length.
BEGIN;

ALTER TABLE public.events
    ADD COLUMN default_duration_minutes integer NOT NULL DEFAULT 120 CHECK (default_duration_minutes BETWEEN 1 AND 10080);

COMMIT;
