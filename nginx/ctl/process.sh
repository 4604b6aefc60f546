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

# parent_into VARIABLE PID: fails when there is no such process.
parent_into() {
  local stat='' variable=$1
  { read -r -d '' stat <"/proc/$2/stat"; } 2>/dev/null || [[ -n $stat ]] || return 1
  # shellcheck disable=SC2086 # words are wanted
  set -- ${stat##*) }
  printf -v "$variable" '%s' "$2"
}

# descends_from PID ANCESTOR: the process is ANCESTOR, or was started by it or by what it started.
descends_from() {
  local pid=$1
  while ((pid > 1)); do
    [[ $pid != "$2" ]] || return 0
    parent_into pid "$pid" || return 1
  done
  return 1
}

# log_writers NAME: the processes that have this log open for writing, one a line. All that ticketctl starts have one.
log_writers() {
  local link flags folder
  folder=$(readlink -f "$LOGS")
  while read -r link; do
    # Two lines: "pos: …", then "flags:" with the octal flags of open(2). Its last two bits are 0 for a reader.
    { read -r _ && read -r _ flags; } <"${link/\/fd\//\/fdinfo\/}" 2>/dev/null || continue
    ((8#$flags & 3)) || continue
    link=${link#/proc/}
    printf '%s\n' "${link%%/*}"
  done < <(find /proc/[0-9]*/fd -maxdepth 1 -lname "$folder/$1.log*" 2>/dev/null) | sort -u
}

# strays_into ARRAY NAME [LOG]: what writes to NAME's log and is not below the process of its pid file. A process is left so when what
# started it was killed.
strays_into() {
  local -n into=$1
  local leader='' pid
  process_pid_into leader "$2" || true
  into=()
  for pid in $(log_writers "${3:-$2}"); do
    [[ -n $leader ]] && descends_from "$pid" "$leader" || into+=("$pid")
  done
}

all_ended() {
  local pid any
  for pid in "$@"; do
    ! start_time_into any "$pid" || return 1
  done
}

# strays_end NAME SIGNAL SECONDS [LOG]: by force after SECONDS.
strays_end() {
  local -a strays
  [[ -d $LOGS ]] || return 0
  strays_into strays "$1" "${4:-}"
  ((${#strays[@]})) || return 0
  say "ending what a killed process of $1 has left: ${strays[*]}"
  kill -s "$2" "${strays[@]}" 2>/dev/null || true
  if ! wait_for "$3" all_ended "${strays[@]}"; then
    say "$1 did not end within $3 s: killed"
    kill -s KILL "${strays[@]}" 2>/dev/null || true
    wait_for 10 all_ended "${strays[@]}" || true
  fi
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

# process_start NAME LOG COMMAND…: in a session of its own, with only the environment lines that stand on standard input.
process_start() {
  local name=$1 log=$2
  shift 2
  local -a lines
  mapfile -t lines
  (
    environment_replace
    cd /
    umask 0077
    # Without job control the shell starts what runs beside it with these two ignored.
    exec setsid env --default-signal=INT,QUIT "$@" </dev/null >>"$log" 2>&1 9<&-
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
