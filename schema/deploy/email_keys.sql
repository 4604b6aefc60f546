-- Deploy ticketing:email_keys to pg
-- The one spelling by which accounts are told apart (common/email.h): the local part in NFC with ASCII letters in lower case, the domain as
-- A-labels. Accounts of before, and those that a responder of the release before makes, have none: their address with ASCII letters in lower
-- case stands for it. lower() in the locale of the database would fold other letters into ASCII.
BEGIN;

ALTER TABLE auth.users ADD COLUMN email_key text COLLATE "C" CHECK (char_length(email_key) BETWEEN 3 AND 254);
CREATE UNIQUE INDEX users_email_key ON auth.users (coalesce(email_key, lower(email COLLATE "C"))) WHERE deleted_at IS NULL;

COMMIT;
