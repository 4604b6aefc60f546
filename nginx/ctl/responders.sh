# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# responders.sh: the four FastCGI processes. README.md, "A restart nobody notices", explains the order of things here.

# A responder that ends is started again at once by multiwatch; after 200 ends within a second of their start each,
# which only a wrong setting or a broken program causes, multiwatch gives up. Its -s names a signal by a table that is
# one off in Debian 12: QUIT sends SIGINT, upon which a responder drains.
readonly WATCH=(-f 1 -r 200 -t 1000 -s QUIT)
readonly BACKLOG=4096
readonly LEAVE_SECONDS=20 # how long nginx may take to give up its connections to an old process (keepalive_time)

# fcgi_get SOCKET PATH: status line or headers and body of a GET, as the responder wrote them.
fcgi_get() {
  REQUEST_METHOD=GET SCRIPT_NAME='' PATH_INFO=$2 QUERY_STRING='' SERVER_PROTOCOL=HTTP/1.1 REMOTE_ADDR=127.0.0.1 \
    timeout 5 cgi-fcgi -bind -connect "$1" </dev/null 2>/dev/null
}

responder_ready() { [[ $(fcgi_get "$1" /-/ready) == *'"ok"'* ]]; }

# Ready, or given up by multiwatch: either ends the wait.
ready_or_dead() {
  READY=no
  if responder_ready "$2"; then
    READY=yes
    return
  fi
  ! process_lives "$1"
}

# What a running responder was started from; a difference means that it must be restarted.
responder_fingerprint() {
  {
    responder_settings "$1"
    setting SOCKET_MODE
    cat "$APP/bin/ticketing-$1"
  } | sha256sum
}

# Wrong settings are named before anything is started or changed, those of all responders at once.
responders_check_settings() {
  local name said
  local -a lines faults=()
  for name in $DOMAINS; do
    [[ -x $APP/bin/ticketing-$name ]] || continue
    mapfile -t lines < <(responder_settings "$name")
    if ! said=$( (environment_replace && cd / && as_account_exec "$name" "$APP/bin/ticketing-$name" --check-settings) 2>&1); then
      faults+=("$said")
    fi
  done
  ((${#faults[@]})) || return 0
  mapfile -t faults < <(printf '%s\n' "${faults[@]}" | sort -u)
  die "wrong settings:" "${faults[@]}" "They come from the environment or from $ENV_FILE; nginx/env.example explains each."
}

# responder_launch NAME PROCESS SOCKET. As root, spawn-fcgi itself takes the responder's account, after it has made the socket in a folder
# where no account can: none can take another one's place. The group reaches the socket.
responder_launch() {
  local name=$1 process=$2 socket=$3 mode account
  local -a drop=() keep=()
  setting_into mode SOCKET_MODE
  if is_root; then
    account=$(account_of "$name")
    drop=(-u "$account" -g "$GROUP" -U "$account" -G "$GROUP")
    keep=(/usr/bin/setpriv --inh-caps=-all --no-new-privs --)
    [[ $mode != 0600 ]] || mode=0660
  fi
  [[ -x $APP/bin/ticketing-$name ]] || die "there is no program ticketing-$name; see $(build_folder)/build.log"
  rm -f "$socket"
  responder_settings "$name" | process_start "$process" "$LOGS/$name.log" \
    spawn-fcgi -n -s "$socket" -M "$mode" -b "$BACKLOG" "${drop[@]}" -- "${keep[@]}" \
    /usr/bin/multiwatch "${WATCH[@]}" -- "$APP/bin/ticketing-$name"
}

# responder_await NAME PROCESS SOCKET LOG-SIZE-BEFORE
responder_await() {
  local READY=no
  if wait_for 20 ready_or_dead "$2" "$3" && [[ $READY == yes ]]; then
    return 0
  fi
  process_stop "$2" TERM 5
  rm -f "$3"
  printf 'ticketctl: %s does not start. It says:\n' "$1" >&2
  tail -c "+$(($4 + 1))" "$LOGS/$1.log" | awk '!/^(Child\[|Spawning child)/ && !seen[$0]++' | head -n 20 | sed 's/^/  /' >&2
  return 1
}

log_size() { stat -c %s "$LOGS/$1.log" 2>/dev/null || printf 0; }

# Starts what does not run, replaces what runs from another program or with other settings.
responders_converge() {
  local name failed=''
  local -a stale=() started=()
  local -A size=()
  for name in $DOMAINS; do
    if ! process_lives "$name"; then
      size[$name]=$(log_size "$name")
      rm -f "$PIDS/$name.bound"
      responder_launch "$name" "$name" "$RUN/$name.sock"
      started+=("$name")
    elif [[ $(responder_fingerprint "$name") != "$(cat "$PIDS/$name.fingerprint" 2>/dev/null)" ]]; then
      stale+=("$name")
    fi
  done
  for name in "${started[@]}"; do
    if responder_await "$name" "$name" "$RUN/$name.sock" "${size[$name]}"; then
      responder_fingerprint "$name" >"$PIDS/$name.fingerprint"
    else
      failed+=" $name"
    fi
  done
  responders_end_strays
  [[ -z $failed ]] || die "not started:$failed" "Settings come from the environment or from $ENV_FILE; nginx/env.example explains each."
  if ((${#stale[@]})); then
    say "replacing by the new program or settings: ${stale[*]}"
    responders_replace "${stale[@]}"
  fi
}

# Orphans of a killed multiwatch, and the other half of a restart that was killed itself.
responders_end_strays() {
  local name
  for name in $DOMAINS; do
    strays_end "$name" INT 35
  done
}

# How many connections end at the process that bound PATH: the kernel keeps the name a socket was bound to.
connections_to() { awk -v path="$1" '$8 == path && $6 == "03"' /proc/net/unix | wc -l; }
nobody_connected() { (($(connections_to "$1") == 0)); }

# New processes beside the old ones, each on a socket of its own that is then renamed over the old one's name: a new
# connection reaches the new process, no connection is refused. The old one ends when nginx has left it by itself.
responders_replace() {
  local name bound generation
  local -A size=()
  local -a replaced=()
  generation=$(date +%s)
  for name in "$@"; do
    size[$name]=$(log_size "$name")
    responder_launch "$name" "$name.next" "$RUN/$name.$generation.sock"
  done
  for name in "$@"; do
    if ! responder_await "$name" "$name.next" "$RUN/$name.$generation.sock" "${size[$name]}"; then
      responders_give_up "$generation" "$@"
      die "the old processes go on serving"
    fi
  done
  for name in "$@"; do
    bound=$(cat "$PIDS/$name.bound" 2>/dev/null || printf '%s' "$RUN/$name.sock")
    mv -f "$RUN/$name.$generation.sock" "$RUN/$name.sock"
    if process_lives "$name"; then
      mv -f "$PIDS/$name.pid" "$PIDS/$name.old.pid"
      printf '%s' "$bound" >"$PIDS/$name.old.bound"
      replaced+=("$name")
    fi
    mv -f "$PIDS/$name.next.pid" "$PIDS/$name.pid"
    printf '%s' "$RUN/$name.$generation.sock" >"$PIDS/$name.bound"
    responder_fingerprint "$name" >"$PIDS/$name.fingerprint"
  done
  for name in "${replaced[@]}"; do
    wait_for "$LEAVE_SECONDS" nobody_connected "$(cat "$PIDS/$name.old.bound")" || true
    process_stop "$name.old" TERM 35
    rm -f "$PIDS/$name.old.bound"
  done
  responders_end_strays
}

responders_give_up() {
  local generation=$1 name
  shift
  for name in "$@"; do
    process_stop "$name.next" TERM 10
    rm -f "$RUN/$name.$generation.sock"
  done
}

responders_stop() {
  local name
  for name in $DOMAINS; do
    local pid
    if process_pid_into pid "$name"; then
      kill -s TERM "$pid" 2>/dev/null || true
    fi
  done
  for name in $DOMAINS; do
    process_stop "$name" TERM 35
    process_stop "$name.next" TERM 35
    process_stop "$name.old" TERM 35
    strays_end "$name" INT 35
    rm -f "$RUN/$name".*sock "$RUN/$name.sock" "$PIDS/$name".{bound,old.bound,fingerprint}
  done
}

verb_restart() {
  local name
  local -a responders=()
  (($#)) || set -- responders
  settings_check
  responders_check_settings
  for name in "$@"; do
    case $name in
      responders)
        # shellcheck disable=SC2206 # words are wanted
        responders+=($DOMAINS)
        ;;
      postgres)
        has_private_cluster || die "the database in DATABASE_URL is not ours to restart"
        database_stop
        database_start
        ;;
      nginx) gateway_reload ;;
      live) live_restart ;;
      *)
        is_responder "$name" || die "restart does not know '$name'" "Names: responders $DOMAINS postgres nginx live"
        responders+=("$name")
        ;;
    esac
  done
  if ((${#responders[@]})); then
    [[ -d $PIDS ]] || die "nothing runs here" "Try: ticketctl up"
    responders_replace "${responders[@]}"
  fi
  say "restarted: $*"
}
