#!/bin/bash
# Migrations, pgTAP tests and races against TEST_DATABASE_URL, an empty database of a superuser (pgtap is installed into it).
# Deploys, reverts everything, deploys again. Ends with "N passed, N failed" (assertions); exits 0 when none failed.
set -u
cd "$(dirname "$0")" || exit 2
: "${TEST_DATABASE_URL:?an empty database: postgresql://…}"
export SCHEMA_FOLDER=../../schema PGOPTIONS='-c client_min_messages=warning'
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# step NAME COMMAND…: one assertion; its output is shown when it fails
step() {
    local name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok - $name"
    else
        failed=$((failed + 1))
        echo "not ok - $name"
        sed 's/^/# /' "$work/log"
    fi
}

query() { psql -XAtq -v ON_ERROR_STOP=1 -d "$TEST_DATABASE_URL" "$@"; }
migrate() { (cd "$SCHEMA_FOLDER" && sqitch "$1" --target "db:$TEST_DATABASE_URL" "${@:2}"); }
# What a revert must not leave: relations, functions and schemas of ours.
leftovers() {
    query -c "SELECT 'relation ' || c.oid::regclass FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace
              UNION ALL SELECT 'function ' || p.oid::regprocedure FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace
              UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname NOT IN ('public', 'sqitch', 'information_schema')
                        AND nspname NOT LIKE 'pg\_%'"
}
empty() {
    local output
    output=$("$@") || return 1
    printf '%s' "$output"
    [ -z "$output" ]
}
matrix() { query -f fixture/matrix.psql; }
same_matrix() { matrix | diff "$work/matrix" -; }
# A provider's customer: owns the database, may not create roles. The superuser steps into that part.
owner_without_roles() {
    query -c 'CREATE ROLE schema_test_owner' \
        -c "ALTER DATABASE $(query -c 'SELECT quote_ident(current_database())') OWNER TO schema_test_owner" \
        -c 'DROP SCHEMA IF EXISTS sqitch CASCADE' \
        -c 'DROP ROLE IF EXISTS ticketing_auth, ticketing_events, ticketing_holds, ticketing_checkout'
}
as_owner() { PGOPTIONS="$PGOPTIONS -c role=schema_test_owner" "$@"; }
no_roles() { empty query -c "SELECT rolname FROM pg_roles WHERE rolname LIKE 'ticketing\_%'"; }
create_roles() {
    query -c 'CREATE ROLE ticketing_auth' -c 'CREATE ROLE ticketing_events' \
        -c 'CREATE ROLE ticketing_holds' -c 'CREATE ROLE ticketing_checkout'
}
owner_is_back() {
    query -c "ALTER DATABASE $(query -c 'SELECT quote_ident(current_database())') OWNER TO $(query -c 'SELECT quote_ident(session_user)')" \
        -c 'DROP OWNED BY schema_test_owner CASCADE' -c 'DROP ROLE schema_test_owner'
}
every_change_has_its_files() {
    local change folder missing=0
    for change in $(sed -n 's/^\([a-z0-9_]*\) .*/\1/p' "$SCHEMA_FOLDER/sqitch.plan"); do
        for folder in deploy revert verify; do
            [ -f "$SCHEMA_FOLDER/$folder/$change.sql" ] || { echo "$folder/$change.sql is missing"; missing=1; }
        done
    done
    return $missing
}

step 'every change has deploy, revert and verify' every_change_has_its_files
step 'the database is empty' empty leftovers
step 'deploy' migrate deploy
step 'verify' migrate verify
step 'revert all' migrate revert -y
step 'nothing is left' empty leftovers
./reverts.sh >"$work/reverts" 2>&1
step 'the reverts ran to their end' grep -q '^# reverts done' "$work/reverts"
grep -A 9 '^not ok' "$work/reverts"
passed=$((passed + $(grep -c '^ok ' "$work/reverts")))
failed=$((failed + $(grep -c '^not ok ' "$work/reverts")))
step 'nothing is left of that' empty leftovers
step 'deploy again' migrate deploy
step 'deploy a third time changes nothing' migrate deploy
step 'grants' query -f "$SCHEMA_FOLDER/grants.sql"
matrix >"$work/matrix"
step 'the matrix is not empty' test -s "$work/matrix"
step 'the grants may be repeated' query -f "$SCHEMA_FOLDER/grants.sql"
step 'and change nothing' same_matrix
step 'revert all again' migrate revert -y
step 'an owner who may not create roles' owner_without_roles
step 'deploy as that owner' as_owner migrate deploy
step 'no role was made' no_roles
step 'grants without roles are notices' as_owner query -f "$SCHEMA_FOLDER/grants.sql"
step 'an administrator creates the roles' create_roles
step 'grants as that owner' as_owner query -f "$SCHEMA_FOLDER/grants.sql"
step 'the matrix is that of a normal deployment' same_matrix
step 'revert all as that owner' as_owner migrate revert -y
step 'the superuser owns the database again' owner_is_back
step 'deploy a last time' migrate deploy
step 'grants a last time' query -f "$SCHEMA_FOLDER/grants.sql"
step 'check_invariants.sql runs and finds nothing' empty query -f "$SCHEMA_FOLDER/check_invariants.sql"
step 'pgtap' query -c 'CREATE EXTENSION IF NOT EXISTS pgtap'

# pg_prove takes no URL: it gets a psql that knows it.
printf '#!/bin/sh\nexec psql -d "$TEST_DATABASE_URL" "$@"\n' >"$work/psql"
chmod +x "$work/psql"
pg_prove --verbose --psql-bin "$work/psql" ./*.sql >"$work/tap" 2>&1
grep -E '^(not ok|#|psql|\./|Files|Result)' "$work/tap"
passed=$((passed + $(grep -c '^ok ' "$work/tap")))
failed=$((failed + $(grep -c '^not ok ' "$work/tap")))
# A file that died has no plan; one that died before its first assertion has nothing else to show for it.
step 'each file of tests ran to its end' grep -q '^Result: PASS' "$work/tap"

./races.sh >"$work/races" 2>&1
step 'the races ran to their end' grep -q '^# races done' "$work/races"
cat "$work/races"
passed=$((passed + $(grep -c '^ok ' "$work/races")))
failed=$((failed + $(grep -c '^not ok ' "$work/races")))

node payment_states.mjs >"$work/states" 2>&1
step 'the states ran to their end' grep -q '^# states done' "$work/states"
cat "$work/states"
passed=$((passed + $(grep -c '^ok ' "$work/states")))
failed=$((failed + $(grep -c '^not ok ' "$work/states")))

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
