# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# base.sh: messages, the folders of this checkout's state, and who runs what.

say() { printf 'ticketctl: %s\n' "$*"; }

# die MESSAGE [HINT…]: one line says what is wrong, the others what to do. EXIT_CODE: 1 unless it is set.
die() {
  printf 'ticketctl: %s\n' "$1" >&2
  shift
  local hint
  for hint in "$@"; do
    printf '  %s\n' "$hint" >&2
  done
  exit "${EXIT_CODE:-1}"
}

is_root() { ((EUID == 0)); }

# As root, PostgreSQL, nginx's workers and each responder run under an account of their own, so that none can read another one's memory,
# environment or files. All have this primary group, which reaches the sockets; those that write mails have the other one as well.
readonly GROUP=ticketing MAIL_GROUP=ticketing-mail
readonly MAIL_WRITERS='auth checkout'

# account_of NAME: of "postgres", "nginx", "live" or a responder (also "auth.next" and "auth.old").
account_of() {
  case $1 in
    postgres) printf 'ticketing-db' ;;
    nginx | live) printf 'ticketing-web' ;;
    *) printf 'ticketing-%s' "${1%%.*}" ;;
  esac
}

# Replaces this process by a command under the account of NAME (or under the caller's, without root). The home of root is not that of the
# account: libpq would look for certificates where it may not.
as_account_exec() {
  local name=$1
  shift
  if is_root; then
    unset HOME
    exec setpriv --reuid "$(account_of "$name")" --regid "$GROUP" --init-groups --inh-caps=-all --no-new-privs -- "$@"
  fi
  exec "$@"
}

# as_account NAME COMMAND…
as_account() { (cd / && as_account_exec "$@"); }

# DOMAINS: the responders, from the list that the programs are built from.
domains_read() {
  local line
  DOMAINS=''
  while IFS= read -r line; do
    if [[ $line =~ ^\ +X\(([a-z]+)\) ]]; then
      DOMAINS+=${DOMAINS:+ }${BASH_REMATCH[1]}
    fi
  done <"$CHECKOUT/common/responders.h"
  readonly DOMAINS
}

is_responder() { [[ " $DOMAINS " == *" $1 "* ]]; }

# Where the state is: TICKETING_STATE, else var/ of the checkout, else (root) one folder per checkout under /var/lib.
state_locate() {
  if [[ -n ${TICKETING_STATE:-} ]]; then
    STATE=$(realpath -ms "$TICKETING_STATE")
  elif is_root; then
    local sum
    sum=$(printf '%s' "$CHECKOUT" | cksum)
    STATE=/var/lib/ticketing/$(basename "$CHECKOUT" | tr -c 'A-Za-z0-9._\n-' _)-${sum%% *}
  else
    STATE=$CHECKOUT/var
  fi
  if [[ $STATE != *([A-Za-z0-9/._+@=,~-]) ]]; then
    die "the state folder '$STATE' has characters that configuration files would need quoted" \
      "Choose another one: TICKETING_STATE=/some/folder nginx/ticketctl up"
  fi
  APP=$STATE/app
  LOGS=$STATE/log
  PIDS=$STATE/pid
  ENV_FILE=$STATE/env
  CLUSTER=$STATE/pg
  run_locate
}

# The sockets' folder: a socket's path has at most 107 bytes, the longest here is <run>/checkout.<10 digits>-<7 digits>.sock.
run_locate() {
  RUN=${TICKETING_RUN:-$STATE/run}
  if ((${#RUN} > 70)) && [[ -z ${TICKETING_RUN:-} ]]; then
    local sum parent=/tmp
    sum=$(printf '%s' "$STATE" | cksum)
    if ! is_root && [[ -d ${XDG_RUNTIME_DIR:-} && ${#XDG_RUNTIME_DIR} -lt 40 ]]; then
      parent=$XDG_RUNTIME_DIR
    fi
    RUN=$parent/ticketing-$EUID-${sum%% *}
  fi
  if ((${#RUN} > 70)); then
    die "TICKETING_RUN '$RUN' is too long for socket paths (at most 70 characters)"
  fi
}

# owned_folder PATH MODE [OWNER [GROUP]]: as root, they are who it belongs to.
owned_folder() {
  if [[ -L $1 ]]; then
    die "$1 is a symbolic link; a folder of our own is needed there"
  fi
  if [[ -d $1 && ! -O $1 ]] && ! is_root; then
    die "$1 belongs to somebody else"
  fi
  local -a owner=()
  ! is_root || owner=(-o "${3:-root}" -g "${4:-root}")
  install -d -m "$2" "${owner[@]}" "$1"
}

accounts_create() {
  is_root || return 0
  local name account
  for name in "$GROUP" "$MAIL_GROUP"; do
    getent group "$name" >/dev/null || groupadd --system "$name"
  done
  for name in postgres nginx $DOMAINS; do
    account=$(account_of "$name")
    if ! id -u "$account" >/dev/null 2>&1; then
      say "creating the system user '$account'"
      useradd --system --gid "$GROUP" --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$account"
    fi
  done
  for name in $MAIL_WRITERS; do
    [[ " $(id -nG "$(account_of "$name")") " == *" $MAIL_GROUP "* ]] || usermod --append --groups "$MAIL_GROUP" "$(account_of "$name")"
  done
}

# folder_of PATH NAME [MODE]: it and all in it belong to the account of NAME; releases before had one account for everything.
folder_of() {
  local account
  account=$(account_of "$2")
  owned_folder "$1" "${3:-700}" "$account" "$GROUP"
  ! is_root || find "$1" ! -user "$account" -exec chown -h "$account:$GROUP" {} +
}

# Where nothing needs the sockets but the service itself, nobody else enters their folder.
run_prepare() {
  local mode=700 open=711 sockets
  setting_into sockets SOCKET_MODE
  if is_root; then
    mode=750 open=751
  fi
  [[ $sockets == 0600 ]] || mode=$open
  owned_folder "$RUN" "$mode" root "$GROUP"
  folder_of "$RUN/live" events # which shows have listeners
  if has_private_cluster; then
    owned_folder "$RUN/pg" 750 "$(account_of postgres)" "$GROUP"
    database_host
  fi
}

state_prepare() {
  accounts_create
  if is_root && [[ -z ${TICKETING_STATE:-} ]]; then
    mkdir -p /var/lib/ticketing
    state_link
  fi
  owned_folder "$STATE" 755
  run_prepare
  if [[ $RUN != "$STATE/run" ]]; then
    if [[ ! -L $STATE/run ]]; then # from before the state was moved to here
      rm -rf "$STATE/run/live"
      rmdir "$STATE"/run{/pg,} 2>/dev/null || true
    fi
    ln -sfn "$RUN" "$STATE/run"
  fi
  owned_folder "$LOGS" 700
  owned_folder "$PIDS" 755
  if is_root; then
    owned_folder "$STATE/mail" 2770 root "$MAIL_GROUP"
  else
    owned_folder "$STATE/mail" 700
  fi
  owned_folder "$STATE/nginx" 755
  owned_folder "$APP" 755
  if is_root && ! as_account postgres test -x "$STATE"; then
    die "the user '$(account_of postgres)' cannot enter $STATE" "Choose a folder whose parents everybody may enter: TICKETING_STATE=…"
  fi
  settings_generate
}

# As root, var in the checkout points to the state, for people.
state_link() {
  if [[ -L $CHECKOUT/var || ! -e $CHECKOUT/var ]]; then
    ln -sfn "$STATE" "$CHECKOUT/var" 2>/dev/null || true
  fi
}

# One ticketctl at a time changes a state. Started processes close descriptor 9, so they do not keep the lock.
state_lock() {
  local folder=$STATE
  [[ -d $folder ]] || folder=$CHECKOUT
  exec 9<"$folder"
  if ! flock -n 9; then
    say "waiting for another ticketctl"
    flock -w 600 9 || die "another ticketctl still works on $STATE"
  fi
}

# Runs a check until it succeeds: wait_for SECONDS COMMAND…
wait_for() {
  local limit=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < limit)) || return 1
    sleep 0.05
  done
}

random_hex() { od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }

# DATABASE_HOST: the folder of PostgreSQL's socket as it stands in a URL (RFC 3986 §2.1). Asked for once, by the shell that all others begin in.
database_host() {
  # shellcheck disable=SC2016 # jq's variable
  [[ -n ${DATABASE_HOST:-} ]] || DATABASE_HOST=$(jq -rn --arg folder "$RUN/pg" '$folder | @uri')
}

url_decode() {
  local text=${1//\\/\\\\}
  printf '%b' "${text//%/\\x}"
}
