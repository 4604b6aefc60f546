-- Deploy ticketing:users to pg
-- People and what they may do. Nothing outside this schema refers to it by foreign key, so AUTH_DATABASE_URL may name another server.
BEGIN;

CREATE SCHEMA auth;

CREATE TABLE auth.roles (
    name text PRIMARY KEY CHECK (name ~ '^[a-z]{1,20}$')
);
INSERT INTO auth.roles (name) VALUES ('user'), ('staff'), ('admin');

CREATE TABLE auth.users (
    id uuid PRIMARY KEY,
    email text NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254 AND position('@' IN email) > 1),
    password_hash text NOT NULL CHECK (password_hash LIKE '$%' AND char_length(password_hash) <= 400),
    full_name text NOT NULL CHECK (char_length(full_name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE UNIQUE INDEX users_email ON auth.users (lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX users_list ON auth.users (created_at DESC, id DESC) WHERE deleted_at IS NULL;

CREATE TABLE auth.user_roles (
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    role text NOT NULL REFERENCES auth.roles (name),
    granted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, role)
);
CREATE INDEX user_roles_role ON auth.user_roles (role) WHERE role <> 'user'; -- "is this the last admin?"

COMMIT;
