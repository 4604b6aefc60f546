# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# process.sh: starting processes that outlive ticketctl, knowing them again, ending them.
#
# A pid file holds "pid start-time": the start time (field 22 of /proc/PID/stat) tells our process from a later one
# that got the same number.

start_time_of() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086 # words are wanted
  set -- ${stat##*) }
  [[ $1 != Z ]] || return 1
  printf '%s' "${20}"
}

# process_pid NAME: prints the pid when the process of that pid file lives.
process_pid() {
  local pid='' started=''
  [[ -r $PIDS/$1.pid ]] || return 1
  read -r pid started <"$PIDS/$1.pid" || true
  [[ -n $pid && -n $started && $(start_time_of "$pid") == "$started" ]] || return 1
  printf '%s' "$pid"
}

process_lives() { process_pid "$1" >/dev/null; }

process_remember() {
  local started
  started=$(start_time_of "$2") || return 1
  printf '%s %s\n' "$2" "$started" >"$PIDS/$1.pid.new"
  mv -f "$PIDS/$1.pid.new" "$PIDS/$1.pid"
}

# process_start NAME LOG COMMAND…: in a session of its own, under the service account, with only the environment lines that stand
# on standard input. No secret ever is an argument.
process_start() {
  local name=$1 log=$2
  shift 2
  local -a lines
  mapfile -t lines
  (
    local variable line
    # In a command substitution, which bash waits for: what it has not waited for before exec is a zombie for ever.
    for variable in $(compgen -e); do
      unset "$variable" 2>/dev/null || true
    done
    for line in "${lines[@]}"; do
      export "${line?}"
    done
    cd /
    umask 0077
    if ((EUID == 0)); then
      set -- setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --init-groups --inh-caps=-all --no-new-privs -- "$@"
    fi
    exec setsid "$@" </dev/null >>"$log" 2>&1 9<&-
  ) &
  process_remember "$name" "$!"
}

group_lives() { kill -0 -- "-$1" 2>/dev/null; }
group_gone() { ! group_lives "$1"; }

# process_stop NAME SIGNAL SECONDS: ends it and everything it started; by force after SECONDS.
process_stop() {
  local pid
  if ! pid=$(process_pid "$1"); then
    rm -f "$PIDS/$1.pid"
    return 0
  fi
  kill -s "$2" "$pid" 2>/dev/null || true
  if ! wait_for "$3" group_gone "$pid"; then
    say "$1 did not end within $3 s: killed"
    kill -s KILL -- "-$pid" 2>/dev/null || true
  fi
  rm -f "$PIDS/$1.pid"
}
