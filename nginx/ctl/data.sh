# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# data.sh: seat maps, demo data and logins, roles, invariants, backup and restore.

# seatmap_load FILE…: validates and stores; a template that is stored already makes no new version.
seatmap_load() {
  local output
  if ! output=$(
    export DATABASE_URL DATABASE_POOLED
    DATABASE_URL=$(database_url)
    setting_into DATABASE_POOLED DATABASE_POOLED
    as_account postgres "$APP/bin/ticketing-seatmap" load "$@" 2>&1
  ); then
    die "the seat maps were not loaded:" "$output"
  fi
}

seatmap_files() {
  find "$APP/share/ticketing/seatmaps" -name '*.json' ! -name '*.schema.json' | sort
}

# Only those the database does not know: an organizer may have changed the others since.
seatmaps_load_new() {
  local known=" $1 " file
  local -a files=()
  while IFS= read -r file; do
    [[ $known == *" $(basename "$file" .json) "* ]] || files+=("$file")
  done < <(seatmap_files)
  if ((${#files[@]})); then
    say "loading seat maps"
    seatmap_load "${files[@]}"
  fi
}

demo_load() {
  say "loading demo data"
  owner_psql >/dev/null <"$CHECKOUT/schema/demo.sql" || die "the demo data was not loaded"
  owner_psql -c 'SET client_min_messages = error; ANALYZE' || die "the statistics of the tables were not renewed" # else the first plans know nothing of it
}

# Of a demo that was loaded just now, or when somebody asks for them: nothing made up comes among what people have sold. They need the logins.
demo_sales_load() {
  say "loading the sales of the demo"
  owner_psql -f "$CHECKOUT/schema/demo_sales.sql" >/dev/null || die "the sales of the demo were not loaded"
  owner_psql -c 'SET client_min_messages = error; ANALYZE' || die "the statistics of the tables were not renewed"
}

demo_users_known() {
  owner_psql -At <<<"select string_agg(split_part(lower(email), '@', 1), ' ') from auth.users
    where lower(email) in ('admin@example.com', 'staff@example.com', 'buyer@example.com')"
}

# The demo's people register as anybody does, through the auth responder, and are given their roles.
demo_users() {
  local who role name password
  for who in admin staff buyer; do
    [[ " ${FACT_DEMO_USERS:-} " != *" $who "* ]] || continue
    role=${who/buyer/user}
    name=DEMO_${who^^}_PASSWORD
    if [[ -z $(setting "$name") ]]; then
      settings_remember "$name" "$(random_hex 8)"
    fi
    password=$(setting "$name")
    demo_register "$who@example.com" "$password" "Demo ${who^}"
    role_set "$who@example.com" user "$role" >/dev/null
  done
}

# ADMIN_EMAIL gets an account with a password that is printed once. Who registers that address by himself is a user only, until a mailed link has
# proved the address.
admin_user() {
  local email password
  email=$(setting ADMIN_EMAIL)
  [[ -n $email && ${email,,} != admin@example.com ]] || return 0
  [[ -z $(owner_psql -At -v email="$email" <<<"SELECT 1 FROM auth.users WHERE lower(email COLLATE \"C\") = lower(:'email' COLLATE \"C\")") ]] || return 0
  password=$(random_hex 8)
  demo_register "$email" "$password" Administrator
  role_set "$email" user admin >/dev/null
  ADMIN_PASSWORD=$password
}

demo_register() {
  local body answer
  body=$(jq -cn --arg email "$1" --arg password "$2" --arg name "$3" '{email: $email, password: $password, fullName: $name}')
  answer=$(printf '%s' "$body" | REQUEST_METHOD=POST SCRIPT_NAME=/api PATH_INFO=/auth/register QUERY_STRING='' \
    SERVER_PROTOCOL=HTTP/1.1 REMOTE_ADDR=127.0.0.1 CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} \
    timeout 10 cgi-fcgi -bind -connect "$RUN/auth.sock" 2>&1) || true
  [[ $answer == *'"id"'* || $answer == *EMAIL_TAKEN* ]] || die "the demo login $1 was not registered:" "$answer"
}

verb_seed() {
  [[ $# -eq 0 || "$*" == --sales ]] || die "seed does not know '$*'" "Try: ticketctl help"
  settings_check
  state_prepare
  database_start
  local -a files
  mapfile -t files < <(seatmap_files)
  ((${#files[@]})) || die "nothing is installed yet" "Try: ticketctl up"
  seatmap_load "${files[@]}"
  demo_load
  if [[ ${1:-} == --sales ]]; then
    process_lives auth || die "the demo's logins need the service" "Try: ticketctl up"
    FACT_DEMO_USERS=$(demo_users_known)
    demo_users
    demo_sales_load
  fi
  say "seat maps and demo data are loaded"
}

# role_set EMAIL ROLE…: exactly these; they count from the user's next token on.
role_set() {
  local email=$1 list
  shift
  list=$(printf '%s\n' "$@" | paste -sd ,)
  owner_psql -At -v email="$email" -v roles="$list" <<'SQL'
begin;
select (select id from auth.users where lower(email collate "C") = lower(:'email' collate "C") and deleted_at is null for update) as user_id \gset
\if :{?user_id}
delete from auth.user_roles where user_id = :'user_id' and role <> all (string_to_array(:'roles', ','));
insert into auth.user_roles (user_id, role) select :'user_id', unnest(string_to_array(:'roles', ',')) on conflict do nothing;
commit;
select 'set';
\else
rollback;
select 'unknown';
\endif
SQL
}

verb_role() {
  (($# >= 2)) || die "usage: ticketctl role EMAIL ROLE…" "Roles: user staff admin"
  local role email=$1
  shift
  for role in "$@"; do
    [[ $role =~ ^(user|staff|admin)$ ]] || die "there is no role '$role'" "Roles: user staff admin"
  done
  database_require
  case $(role_set "$email" "$@") in
    set) say "$email now has: $*. It counts from the next login on." ;;
    unknown) die "nobody is registered as $email" ;;
    *) die "the role was not set" ;;
  esac
}

verb_check() {
  local violations
  database_require
  violations=$(owner_psql -At -F ': ' -f "$CHECKOUT/schema/check_invariants.sql") || EXIT_CODE=2 die "the check did not run"
  if [[ -n $violations ]]; then
    printf '%s\n' "$violations"
    die "$(wc -l <<<"$violations") violated invariants"
  fi
  say "all invariants hold"
}

verb_backup() {
  (($# == 1)) || die "usage: ticketctl backup FILE"
  local file=$1
  [[ -d $(dirname "$file") ]] || die "there is no folder $(dirname "$file")"
  database_require
  (umask 077 && owner_environment && pg_dump -Fc --no-owner -d "$OWNER_TARGET" -f "$file.part") || {
    rm -f "$file.part"
    die "the backup failed"
  }
  mv -f "$file.part" "$file"
  say "the database is in $file; keep $ENV_FILE and $(keys_file) with it: the secrets are not in there"
}

# restore_script FILE [OPTION…]: the whole restore as one transaction. Without its last line, when pg_restore fails, psql commits nothing.
# Marks of change are transaction ids of the cluster that the backup came from; here all is new. A trigger writes those of tickets.
restore_script() {
  printf 'BEGIN;\n'
  pg_restore --no-owner --file=- "${@:2}" "$1" || return
  printf '%s;\n' 'RESET search_path' 'UPDATE public.seat_claims SET changed = pg_current_xact_id()' \
    'UPDATE public.tickets SET changed = changed' 'COMMIT'
}

verb_restore() {
  (($# == 1)) || die "usage: ticketctl restore FILE"
  [[ -r $1 ]] || die "cannot read $1"
  local file had_env=''
  file=$(realpath "$1")
  [[ ! -e $ENV_FILE ]] || had_env=yes
  settings_check
  packages_require
  state_prepare
  database_start
  if has_private_cluster; then
    database_create
    logins_create
  fi
  local tables
  tables=$(owner_psql -Atc "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')")
  ((tables == 0)) || die "the database is not empty: it has $tables tables" \
    "A backup is restored into a new one: another TICKETING_STATE, or an empty database in DATABASE_URL."
  local -a rights=()
  if [[ $(owner_psql -Atc "select count(*) from pg_roles where rolname in ('ticketing_auth', 'ticketing_events', 'ticketing_holds', 'ticketing_checkout')") != 4 ]]; then
    rights=(--no-privileges)
    say "the roles ticketing_* do not exist here: their rights are not restored"
  fi
  restore_script "$file" "${rights[@]}" | owner_psql >/dev/null || die "the restore failed; nothing was changed"
  say "restored. Next: ticketctl up"
  [[ -n $had_env ]] || say "new secrets were made, for there was no $ENV_FILE. A saved one has another database password, so it cannot be put" \
    "here now: ticketctl down, remove $STATE, put the saved env there, restore again"
  [[ -e $(keys_file) ]] || say "the keys that sign tickets are not here: put those of the backup to $(keys_file) first, or no ticket of before is let in"
}
