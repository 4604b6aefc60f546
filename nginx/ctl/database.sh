# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# database.sh: the private PostgreSQL cluster (unless DATABASE_URL is set), migrations, who may log in.

has_private_cluster() {
  local url
  setting_into url DATABASE_URL
  [[ -z $url ]]
}

# cluster_bin PROGRAM: of the newest PostgreSQL here.
cluster_bin() {
  local newest
  newest=$(compgen -G "/usr/lib/postgresql/*/bin/$1" | sort -V | tail -n 1)
  printf '%s' "$newest"
}

# Debian's /usr/bin/psql is a script that looks for the right one, which takes longer than most questions: when there is one only, that.
psql_find() {
  local -a found=(/usr/lib/postgresql/*/bin/psql)
  PSQL=psql
  if ((${#found[@]} == 1)) && [[ -x ${found[0]} ]]; then
    PSQL=${found[0]}
  fi
}

database_start() {
  if ! has_private_cluster; then
    database_answers || die "the database in DATABASE_URL does not answer" "$(owner_psql -Atc 'select 1' 2>&1 | head -n 3)"
    return 0
  fi
  [[ -s $CLUSTER/PG_VERSION ]] || cluster_create
  if ! cluster_watched; then
    database_stop
    cluster_start
  fi
  wait_for 60 database_answers_or_refuses || die "PostgreSQL does not answer; see: ticketctl logs postgres" \
    "$(tail -n 5 "$LOGS/postgres.log" 2>/dev/null)"
  database_answers || die "PostgreSQL runs, and does not take the password OWNER_DB_PASSWORD of $ENV_FILE" \
    "The database in $CLUSTER was made with another one: by a restore before the saved env was put here?" \
    "Then: ticketctl down, remove $STATE, put the saved env and keys there, ticketctl restore FILE, ticketctl up"
}

cluster_create() {
  say "creating the PostgreSQL cluster"
  folder_of "$CLUSTER" postgres
  local output='' code=0 password=$RUN/pg/initdb.password
  # shellcheck disable=SC2016 # the inner shell's argument
  printf '%s' "$(setting OWNER_DB_PASSWORD)" | as_account postgres bash -c 'umask 077 && cat >"$1"' _ "$password"
  output=$(as_account postgres "$(cluster_bin initdb)" -D "$CLUSTER" -U ticketing --auth=scram-sha-256 --pwfile="$password" \
    --encoding=UTF8 --locale=C.UTF-8 2>&1) || code=$?
  rm -f "$password"
  if ((code != 0)); then
    rm -rf "${CLUSTER:?}"
    die "initdb failed:" "$output"
  fi
  as_account postgres tee -a "$CLUSTER/postgresql.conf" >/dev/null <<'CONF'

# Event Ticketing: only a Unix socket (its folder is given on the command line), room for two generations of
# responders during a graceful restart.
listen_addresses = ''
max_connections = 200
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u '
log_min_messages = warning
log_checkpoints = off
max_wal_size = '2GB'
CONF
}

# Watched like the responders: multiwatch starts it again whenever it ends. The DETAIL of a refused row quotes its e-mail address, so the
# log goes without.
cluster_start() {
  local sockets=$RUN/pg
  local -a drop=() access=(-c unix_socket_permissions=0700)
  rm -f "$RUN"/.s.PGSQL.5432{,.lock} "$sockets"/.s.PGSQL.5432{,.lock} # releases before had them in the folder above
  install_file "$here/ctl/postgres-run" "$APP/bin/ticketing-postgres" 755
  if is_root; then
    folder_of "$CLUSTER" postgres
    drop=(setpriv --reuid "$(account_of postgres)" --regid "$GROUP" --init-groups --inh-caps=-all --no-new-privs --)
    access=(-c unix_socket_permissions=0770 -c unix_socket_group="$GROUP")
  fi
  process_start postgres "$LOGS/postgres.log" "${drop[@]}" /usr/bin/multiwatch "${WATCH[@]}" -- "$APP/bin/ticketing-postgres" \
    "$(cluster_bin postgres)" -D "$CLUSTER" -k "$sockets" "${access[@]}" -c log_error_verbosity=terse <<<'PATH=/usr/bin:/bin
LANG=C.UTF-8'
}

# postmaster_into VARIABLE: the server that runs on our cluster, whatever has started it. It works in its data directory, which tells it from
# a later process with the same number.
postmaster_into() {
  local recorded=''
  { read -r recorded <"$CLUSTER/postmaster.pid"; } 2>/dev/null || return 1
  [[ $recorded =~ ^[0-9]+$ && $(readlink "/proc/$recorded/cwd" 2>/dev/null) == "$(readlink -f "$CLUSTER")" ]] || return 1
  printf -v "$1" '%s' "$recorded"
}

# True when the watcher lives, and the server is the one it has started (or it is about to start one).
cluster_watched() {
  local leader server
  process_pid_into leader postgres || return 1
  postmaster_into server || return 0
  [[ $server != "$leader" ]] && descends_from "$server" "$leader"
}

# Ends the server, its watcher, and a server that pg_ctl or a killed watcher has left on the cluster.
database_stop() {
  local server=''
  if postmaster_into server; then
    kill -s INT "$server" 2>/dev/null || true # a fast shutdown
  fi
  process_stop postgres TERM 60
  if [[ -n $server ]] && ! wait_for 60 all_ended "$server"; then
    say "PostgreSQL did not end within 60 s: killed"
    kill -s KILL "$server" 2>/dev/null || true
  fi
  strays_end postgres INT 10
}

# Passwords reach libpq's programs through their environment, not through their arguments, which everybody can read.
owner_environment() {
  local url
  psql_find
  setting_into url DATABASE_URL
  if [[ -z $url ]]; then
    export PGHOST=$RUN/pg PGUSER=ticketing PGDATABASE=${1:-ticketing} PGPASSWORD
    setting_into PGPASSWORD OWNER_DB_PASSWORD
    OWNER_TARGET="dbname=$PGDATABASE"
  else
    if [[ $url =~ ^(postgres(ql)?://[^:/@]+):([^@]*)@(.*)$ ]]; then
      export PGPASSWORD
      PGPASSWORD=$(url_decode "${BASH_REMATCH[3]}")
      url="${BASH_REMATCH[1]}@${BASH_REMATCH[4]}"
    fi
    OWNER_TARGET=$url
  fi
  export PGCONNECT_TIMEOUT=5
}

owner_psql() { (owner_environment && exec "$PSQL" -X -q -v ON_ERROR_STOP=1 -d "$OWNER_TARGET" "$@"); }

database_answers() {
  if has_private_cluster; then
    (owner_environment postgres && exec "$PSQL" -X -Atc 'select 1' >/dev/null 2>&1)
  else
    owner_psql -Atc 'select 1' >/dev/null 2>&1
  fi
}

# Before a verb that asks the database: one clear line instead of what each of its programs would say. Exit code 2.
database_require() {
  database_answers && return 0
  local why
  why=$(owner_psql -Atc 'select 1' 2>&1 | head -n 1) || true
  if [[ $why == *'password authentication failed'* ]]; then
    why='its password is not the one in the settings: was the env file of another state put here?'
  elif has_private_cluster && ! process_lives postgres; then
    why='it does not run'
  fi
  EXIT_CODE=2 die "the database does not answer: $why" "Try: ticketctl up, ticketctl logs postgres"
}

# Also true when it says that the password is wrong, which waiting does not mend.
database_answers_or_refuses() {
  database_answers || [[ $( (owner_environment postgres && "$PSQL" -X -Atc 'select 1') 2>&1) == *'password authentication failed'* ]]
}

# database_url [NAME]: the owner's, or that responder's own.
database_url() {
  local name=${1:-} specific role=ticketing password
  if [[ -n $name ]]; then
    setting_into specific "${name^^}_DATABASE_URL"
    if [[ -n $specific ]]; then
      printf '%s' "$specific"
      return
    fi
  fi
  if ! has_private_cluster; then
    setting DATABASE_URL
    return
  fi
  setting_into password OWNER_DB_PASSWORD
  if [[ -n $name ]]; then
    role=ticketing_$name
    setting_into password "${name^^}_DB_PASSWORD"
  fi
  database_host
  printf 'postgresql://%s:%s@/ticketing?host=%s' "$role" "$password" "$DATABASE_HOST"
}

# One question tells what is left to do, so that a warm start asks the database once:
# "last change|seat maps|events|demo users|roles that may log in".
database_facts() {
  owner_psql -At <<'SQL'
select to_regclass('sqitch.changes') is not null and to_regclass('public.events') is not null and to_regclass('auth.users') is not null as known \gset
\if :known
select concat_ws('|',
  coalesce((select change from sqitch.changes order by planned_at desc, committed_at desc limit 1), ''),
  (select count(*) from sqitch.changes),
  coalesce((select string_agg(distinct id, ' ') from seatmaps), ''),
  (select count(*) from events),
  coalesce((select string_agg(split_part(lower(email), '@', 1), ' ') from auth.users
            where lower(email) in ('admin@example.com', 'staff@example.com', 'buyer@example.com')), ''),
  (select count(*) from pg_roles where rolname like 'ticketing\_%' and rolcanlogin));
\endif
SQL
}

database_prepare() {
  local demo=$1 facts count maps events
  # The database is there, but for the first time.
  if ! facts=$(database_facts 2>/dev/null); then
    if has_private_cluster; then
      database_create
    fi
    facts=$(database_facts)
  fi
  IFS='|' read -r _ count maps events FACT_DEMO_USERS FACT_LOGINS <<<"$facts"
  if [[ ${count:-0} != "$(plan_length)" ]]; then
    database_migrate
  fi
  if has_private_cluster && [[ ${FACT_LOGINS:-0} -lt 4 ]]; then
    logins_create
  fi
  seatmaps_load_new "${maps:-}"
  if [[ $demo == on && ${events:-0} == 0 ]]; then
    demo_load
    DEMO_IS_NEW=yes
  fi
}

database_create() {
  local exists
  exists=$(owner_environment postgres && "$PSQL" -X -Atc "select 1 from pg_database where datname = 'ticketing'")
  if [[ -z $exists ]]; then
    (owner_environment postgres && "$PSQL" -X -q -c 'create database ticketing')
  fi
}

# Changes in the plan: lines that are neither pragmas, tags, comments nor empty.
plan_length() {
  grep -cvE '^[[:space:]]*([%#@].*)?$' "$CHECKOUT/schema/sqitch.plan" || true
}

sqitch_target() {
  local url
  if has_private_cluster; then
    database_host
    printf 'db:pg://ticketing@/ticketing?host=%s' "$DATABASE_HOST"
  else
    (owner_environment && printf 'db:pg:%s' "${OWNER_TARGET#postgres*:}")
  fi
}

database_migrate() {
  say "migrating the database"
  local output
  studio_end always # its views would hold on to the columns that a migration changes
  if ! output=$(
    owner_environment
    export SQITCH_FULLNAME=ticketctl SQITCH_EMAIL=ticketctl@localhost SQITCH_PASSWORD=${PGPASSWORD:-} TZ=UTC
    unset PGUSER PGDATABASE
    cd "$CHECKOUT/schema"
    sqitch deploy --verify --client "$PSQL" --target "$(sqitch_target)" 2>&1
  ); then
    die "the migration failed and was undone up to the last good change:" "$output"
  fi
  if ! output=$(owner_psql <"$CHECKOUT/schema/grants.sql" 2>&1); then
    die "the responders' rights could not be granted:" "$output"
  fi
}

logins_create() {
  local name
  for name in $DOMAINS; do
    printf "do \$\$ begin create role ticketing_%s; exception when duplicate_object then null; end \$\$;\n" "$name"
    printf "alter role ticketing_%s login password '%s';\n" "$name" "$(setting "${name^^}_DB_PASSWORD")"
  done | owner_psql
}

verb_migrate() {
  settings_check
  state_prepare
  database_start
  if has_private_cluster; then
    database_create
  fi
  database_migrate
  if has_private_cluster; then
    logins_create
  fi
  say "the schema is up to date"
}

verb_psql() {
  database_require
  (owner_environment && exec "$PSQL" -d "$OWNER_TARGET" "$@")
}

verb_url() {
  [[ -z ${1:-} ]] || is_responder "$1" || die "url: there is no responder '$1'" "Names: $DOMAINS"
  database_url "${1:-}"
  printf '\n'
}
