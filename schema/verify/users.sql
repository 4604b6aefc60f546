-- Verify ticketing:users on pg
SELECT id, email, password_hash, full_name, created_at, updated_at, deleted_at FROM auth.users WHERE false;
SELECT user_id, role, granted_at FROM auth.user_roles WHERE false;
SELECT 1 / (count(*) = 3)::integer FROM auth.roles;
