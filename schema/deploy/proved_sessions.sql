-- Deploy ticketing:proved_sessions to pg
-- In which sessions a guest has shown to have the mailbox. Whoever began as a guest with the address of another has a session, too, and must gain
-- nothing when the owner opens the mail: only a proved session makes an account of the guest, and then the others end.
BEGIN;

ALTER TABLE auth.sessions ADD COLUMN proved boolean NOT NULL DEFAULT false;

COMMIT;
