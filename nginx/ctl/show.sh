# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# show.sh: what people read: the welcome, status, logs.

# show_entrance WORD ADDRESS LOGIN DEMO: where people of a kind go in, with the demo's login for it.
show_entrance() {
  local password=''
  [[ $4 != on ]] || setting_into password "DEMO_${3^^}_PASSWORD"
  printf '  %-8s%s%s\n' "$1" "$2" "${password:+  $3@example.com  $password}"
}

show_welcome() {
  local url
  if [[ $1 == off ]]; then
    say "the responders run; their sockets are $RUN/{auth,events,holds,checkout}.sock"
    # shellcheck disable=SC2153 # not a misspelling of state
    say "for the provider's nginx, inside its server block: include $STATE/nginx/locations-shared.conf;"
    return
  fi
  url=http://localhost:$(setting PORT)
  printf '\nEvent Ticketing runs at %s\n' "$url"
  show_entrance buyers "$url/" buyer "$2"
  show_entrance desk "$url/desk" admin "$2"
  show_entrance gate "$url/gate" staff "$2"
  if [[ -n ${ADMIN_PASSWORD-} ]]; then
    printf '  admin   %s  %s   (shown this once: change it)\n' "$(setting ADMIN_EMAIL)" "$ADMIN_PASSWORD"
  fi
  cat <<TEXT
Try next:
  curl -s $url/api/events | jq
  the cURL tour in README.md, every call to try out at $url/docs/
  nginx/ticketctl status | logs -f | down
TEXT
}

status_line() { printf '%-10s %-8s %8s %8s  %s\n' "$@"; }

uptime_of() { ps -o etime= -p "$1" | tr -d ' '; }

# Resident memory of a process and its children, in MB.
memory_of() { ps -o rss= --pid "$1" --ppid "$1" | awk '{ sum += $1 } END { printf "%.1f MB", sum / 1024 }'; }

verb_status() {
  local name pid code=0 state
  status_line NAME STATE PID UPTIME MEMORY
  if has_private_cluster; then
    if cluster_watched && postmaster_into pid && database_answers; then
      status_line postgres up "$pid" "$(uptime_of "$pid")" "$(memory_of "$pid")"
    else
      status_line postgres down - - -
      code=1
    fi
  elif database_answers; then
    status_line postgres up - - "(in DATABASE_URL)"
  else
    status_line postgres down - - "(in DATABASE_URL)"
    code=1
  fi
  for name in $DOMAINS; do
    if process_pid_into pid "$name"; then
      state=up
      responder_ready "$RUN/$name.sock" || state=unready code=1
      [[ $state == up ]] || code=1
      status_line "$name" "$state" "$pid" "$(uptime_of "$pid")" "$(memory_of "$pid")"
    else
      status_line "$name" down - - -
      code=1
    fi
  done
  if process_pid_into pid nginx; then
    status_line nginx up "$pid" "$(uptime_of "$pid")" "$(memory_of "$pid")"
  elif [[ -e $STATE/nginx/gateway.conf ]]; then
    status_line nginx down - - -
    code=1
  fi
  if process_pid_into pid live; then
    status_line live up "$pid" "$(uptime_of "$pid")" "$(memory_of "$pid")"
  elif [[ -e $STATE/nginx/live.conf ]]; then
    status_line live down - - -
    code=1
  fi
  return "$code"
}

# JSON lines become "time level process event key=value…"; others stay as they are.
# shellcheck disable=SC2016 # jq's variables
readonly LOG_FILTER='
  . as $line | (try fromjson catch null) as $entry |
  if ($entry | type) == "object" then
    [$entry.time, ($entry.level // "-"), ($entry.process // "-"), ($entry.event // "-")] +
    ($entry | del(.time, .level, .process, .event) | to_entries
      | map(.key + "=" + (if (.value | type) == "string" then .value | gsub("\\s"; "_") else .value | tojson end)))
    | map(tostring) | join("  ")
  else $line end'

verb_logs() {
  local follow='' lines=50 name
  local -a files=()
  while (($#)); do
    case $1 in
      -f) follow=yes ;;
      -n) lines=${2:?logs -n needs a number} && shift ;;
      postgres | access | error | live) files+=("$LOGS/$1.log") ;;
      nginx) files+=("$LOGS/access.log" "$LOGS/error.log") ;;
      *)
        is_responder "$1" || die "there is no log '$1'" "Logs: $DOMAINS postgres access error live"
        files+=("$LOGS/$1.log")
        ;;
    esac
    shift
  done
  [[ $lines =~ ^[0-9]+$ ]] || die "logs -n needs a number"
  if ((${#files[@]} == 0)); then
    files=("$LOGS"/*.log)
  fi
  for name in "${files[@]}"; do
    [[ -r $name ]] || die "there is no $name yet"
  done
  if [[ -n $follow ]]; then
    tail -q -n "$lines" -F "${files[@]}" 2>/dev/null | jq --unbuffered -Rr "$LOG_FILTER"
  else
    tail -q -n "$lines" "${files[@]}" | jq -Rr "$LOG_FILTER" | sort -s -k 1,1 | tail -n "$lines"
  fi
}
