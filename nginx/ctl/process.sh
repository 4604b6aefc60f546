# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# process.sh: starting processes that outlive ticketctl, knowing them again, ending them.
#
# A pid file holds "pid start-time": the start time (field 22 of /proc/PID/stat) tells our process from a later one
# that got the same number.

# start_time_into VARIABLE PID: fails when there is no such process, or only a zombie.
start_time_into() {
  local stat='' variable=$1
  { read -r -d '' stat <"/proc/$2/stat"; } 2>/dev/null || [[ -n $stat ]] || return 1
  # shellcheck disable=SC2086 # words are wanted
  set -- ${stat##*) }
  [[ $1 != Z ]] || return 1
  printf -v "$variable" '%s' "${20}"
}

# process_pid_into VARIABLE NAME: the pid, when the process of that pid file lives.
process_pid_into() {
  local recorded='' since='' now=''
  [[ -r $PIDS/$2.pid ]] || return 1
  read -r recorded since <"$PIDS/$2.pid" || true
  [[ -n $recorded && -n $since ]] && start_time_into now "$recorded" && [[ $now == "$since" ]] || return 1
  printf -v "$1" '%s' "$recorded"
}

process_lives() {
  local any
  process_pid_into any "$1"
}

process_remember() {
  local started=''
  start_time_into started "$2" || return 1
  printf '%s %s\n' "$2" "$started" >"$PIDS/$1.pid.new"
  mv -f "$PIDS/$1.pid.new" "$PIDS/$1.pid"
}

# environment_replace: by the caller's `lines`, each NAME=value, and nothing else. No secret ever is an argument.
environment_replace() {
  local variable line
  # In a command substitution, which bash waits for: what it has not waited for before exec is a zombie for ever.
  for variable in $(compgen -e); do
    unset "$variable" 2>/dev/null || true
  done
  for line in "${lines[@]}"; do
    export "${line?}"
  done
}

# process_start NAME LOG COMMAND…: in a session of its own, under the service account, with only the environment lines that stand
# on standard input.
process_start() {
  local name=$1 log=$2
  shift 2
  local -a lines
  mapfile -t lines
  (
    environment_replace
    cd /
    umask 0077
    if ((EUID == 0)); then
      set -- setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --init-groups --inh-caps=-all --no-new-privs -- "$@"
    fi
    exec setsid "$@" </dev/null >>"$log" 2>&1 9<&-
  ) &
  process_remember "$name" "$!"
}

# True when all of a process group has ended. What only waits for its parent to notice has: some containers' first process looks every other second.
group_gone() { ! kill -0 -- "-$1" 2>/dev/null || ! pgrep -g "$1" -r D,I,R,S,T,t >/dev/null; }

# process_stop NAME SIGNAL SECONDS: ends it and everything it started; by force after SECONDS.
process_stop() {
  local pid
  if ! process_pid_into pid "$1"; then
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
