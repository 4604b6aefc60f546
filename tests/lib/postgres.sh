# A private PostgreSQL for the tests that need a database but no stack. Reachable through a socket only.
# shellcheck shell=bash

POSTGRES=

# The newest PostgreSQL's own programs. Debian's psql and pgbench are scripts that look for them, which takes longer than most questions.
postgres_locate() {
    POSTGRES_BIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    PATH=$POSTGRES_BIN:$PATH
}

# As root, PostgreSQL must run as somebody else.
as_postgres() {
    if [[ $(id -u) -eq 0 ]]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

# Starts a new cluster with one empty database, whose URL it exports as TEST_DATABASE_URL.
postgres_start() {
    local folder
    folder=$(mktemp -d "$WORK/pg.XXXX")
    chmod 755 "$folder"
    [[ $(id -u) -ne 0 ]] || chown postgres "$folder"
    (
        cd "$folder" &&
            as_postgres "$POSTGRES_BIN/initdb" -D "$folder/data" -A trust -U ticketing -E UTF8 --no-sync &&
            as_postgres "$POSTGRES_BIN/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" \
                -o "-k $folder -c listen_addresses= -c fsync=off -c max_connections=200" start
    ) >"$WORK/postgres.log" 2>&1 || return 1
    POSTGRES=$folder
    createdb -h "$folder" -U ticketing ticketing || return 1
    export TEST_DATABASE_URL="postgresql://ticketing@/ticketing?host=$folder"
}

postgres_deploy() {
    (cd "$ROOT/schema" && sqitch deploy --quiet --target "db:$TEST_DATABASE_URL" &&
        psql -Xq -v ON_ERROR_STOP=1 -d "$TEST_DATABASE_URL" -f grants.sql) \
        >>"$WORK/postgres.log" 2>&1
}

# The servers that a test started without a stack, and could not stop any more.
servers_stop() {
    local file
    while read -r file; do
        kill -QUIT "$(head -n 1 "$file")" 2>/dev/null
    done < <(find "$WORK" -maxdepth 5 -name postmaster.pid 2>/dev/null)
}

postgres_stop() {
    [[ -n $POSTGRES ]] || return 0
    (cd "$POSTGRES" && as_postgres "$POSTGRES_BIN/pg_ctl" -D "$POSTGRES/data" -m immediate -w stop) >/dev/null 2>&1
    POSTGRES=
}
