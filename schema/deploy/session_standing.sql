-- Deploy ticketing:session_standing to pg
-- What an access token's session is worth now: asked by the responders whose tokens say staff or admin, so that logout, a password reset and a
-- demotion count at once, not when the token ends. They may read nothing else of this schema.
BEGIN;

-- Roles with commas between; '' when the session has ended; null when this database does not know the user: then the auth responder has a
-- database of its own (AUTH_DATABASE_URL), and a token counts until it ends.
CREATE FUNCTION auth.session_standing(bearer uuid, session uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN u.deleted_at IS NULL AND EXISTS (
                         SELECT FROM auth.sessions AS s
                         WHERE s.id = session AND s.user_id = u.id AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp())
                THEN coalesce((SELECT string_agg(r.role, ',') FROM auth.user_roles AS r WHERE r.user_id = u.id), 'none')
                ELSE '' END
    FROM auth.users AS u WHERE u.id = bearer
$$;
REVOKE ALL ON FUNCTION auth.session_standing FROM PUBLIC;

COMMIT;
