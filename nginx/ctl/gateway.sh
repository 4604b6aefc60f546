# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# gateway.sh: renders the *.in templates of this folder, starts and reloads nginx.

# status, code (common/problem.h), title, detail, header line
problem_table() {
  cat <<'TABLE'
400|INVALID_REQUEST|The request is malformed|The web server cannot read this request.|
403|FORBIDDEN|This is not allowed|The web server does not serve this.|
404|NOT_FOUND|There is nothing here|No page and no call of the API has this address.|
405|METHOD_NOT_ALLOWED|This path does not take that method|Pages take GET and HEAD.|Allow "GET, HEAD"
408|INVALID_REQUEST|The request took too long|The request did not arrive in time; send it again.|
411|INVALID_REQUEST|The length of the body is missing|Send a Content-Length header.|
413|BODY_TOO_LARGE|The body is too large|A body may have 64 KiB, a seat map or a batch of scans 8 MiB.|
414|INVALID_REQUEST|The address is too long|The address and its query string may have 8 KiB.|
416|INVALID_REQUEST|The range cannot be served|The Range header asks for bytes that are not there.|
421|INVALID_REQUEST|The request is for another host|Another host serves this name.|
429|TOO_MANY_REQUESTS|Too many requests|This address sends too much; wait as long as Retry-After says.|Retry-After 2
431|INVALID_REQUEST|The headers are too large|The headers may have 32 KiB in all, each of them 8 KiB.|
500|INTERNAL|Something went wrong here|The web server failed; its log says why.|
501|INVALID_REQUEST|The transfer encoding is unknown|Only chunked is known.|
502|UNAVAILABLE|The service cannot answer just now|The responder is being started again; try again soon.|Retry-After 2
503|UNAVAILABLE|The service cannot answer just now|The service is busy or being started; try again soon.|Retry-After 2
504|UNAVAILABLE|The service did not answer in time|The responder took too long; try again soon.|Retry-After 2
505|INVALID_REQUEST|The HTTP version is not spoken here|Speak HTTP/1.1 or HTTP/2.|
TABLE
}

# One internal location per status, and the error_page lines that lead there. $1: "" or "-shared". They are addresses,
# not named locations: nginx cannot go to a named one when it could not read the request's address. They take a body of any size:
# nginx measures it again here, and a small limit would turn the true status of an upload into 413.
render_problems() {
  local status code title detail header
  while IFS='|' read -r status code title detail header; do
    printf 'error_page %s /.problem/%s;\nlocation = /.problem/%s {\n    internal;\n' "$status" "$status" "$status"
    printf '    include %s/nginx/headers%s.conf;\n' "$STATE" "$1"
    printf '    client_max_body_size 0;\n    add_header Cache-Control no-store always;\n'
    printf '    add_header Content-Security-Policy "default-src '\''none'\''; frame-ancestors '\''none'\''" always;\n'
    [[ -z $header ]] || printf '    add_header %s always;\n' "$header"
    printf '    default_type application/problem+json;\n'
    # shellcheck disable=SC2016 # nginx's variable
    printf '    return %s '\''{"type":"about:blank","title":"%s","status":%s,"detail":"%s","code":"%s","requestId":"$trace_id"}'\'';\n}\n' \
      "$status" "$title" "$status" "$detail" "$code"
  done < <(problem_table)
  printf 'error_page 494 =431 /.problem/431;\nerror_page 495 496 497 =400 /.problem/400;\n'
}

render_listen() {
  local address port
  setting_into address LISTEN_ADDRESS
  setting_into port PORT
  if [[ $address == '*' ]]; then
    printf '        listen %s backlog=4096;\n' "$port"
    ! has_ipv6 || printf '        listen [::]:%s backlog=4096;\n' "$port"
    return
  fi
  printf '        listen %s:%s backlog=4096;\n' "$address" "$port"
  if [[ $address == 127.0.0.1 ]] && has_ipv6; then # "localhost" is either
    printf '        listen [::1]:%s backlog=4096;\n' "$port"
  fi
}

has_ipv6() { grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null; }

render_real_ip() {
  local networks network
  setting_into networks REAL_IP_FROM
  for network in $networks; do
    printf '    set_real_ip_from %s;\n' "$network"
  done
  printf '    real_ip_header X-Forwarded-For;\n    real_ip_recursive on;\n'
}

# nginx itself gives up each connection after keepalive_time, so an old process is left without any request being cut off (README.md).
render_upstreams() {
  local name
  for name in $DOMAINS; do
    printf '    upstream ticketing_%s { server unix:%s/%s.sock max_fails=0; keepalive 64; keepalive_time 5s; keepalive_timeout 2s; keepalive_requests 100000; }\n' \
      "$name" "$RUN" "$name"
  done
}

# Browsers heed it only in answers that came by TLS (RFC 6797 §8.1).
render_hsts() {
  [[ $(public_url) != https://* ]] || printf 'add_header Strict-Transport-Security "max-age=31536000" always;'
}

# render_values VARIANT UPSTREAMS: what stands for the templates' @NAMES@, into the caller's array VALUES.
render_values() {
  local name files workers
  setting_into workers NGINX_WORKERS
  files=$(ulimit -Hn)
  [[ $files =~ ^[0-9]+$ && $files -lt 32768 ]] || files=32768
  VALUES=(
    [STATE]=$STATE [RUN]=$RUN [LOGS]=$LOGS [PIDS]=$PIDS [APP]=$APP [VARIANT]=$1 [WORKERS]=$workers
    [FILES]=$files [CONNECTIONS]=$((files / 2)) [LISTEN]=$(render_listen) [REAL_IP]=$(render_real_ip) [HSTS]=$(render_hsts) [UPSTREAMS]=$(render_upstreams) [DOMAINS]=${DOMAINS// /|} [PROBLEMS]=$(render_problems "$1") [USER]='' [NCHAN]=$(live_module)
  )
  ! is_root || VALUES[USER]="user $(account_of nginx) $GROUP;"
  for name in $DOMAINS; do
    VALUES[${name^^}]=${2/NAME/$name}
  done
}

# render TEMPLATE TARGET: by the caller's VALUES; prints nothing, replaces TARGET when the result differs. True when it did.
render() {
  local template=$here/$1 target=$2 text='' before='' name limits other=shared
  local -a drop=()
  [[ -z ${VALUES[VARIANT]} ]] || other=gateway
  setting_into limits RATE_LIMITS
  [[ $limits == on && -z ${VALUES[VARIANT]} ]] || drop=(-e '/#limits$/d')
  text=$(sed -e "/#$other\$/d" -e 's/ *#\(gateway\|shared\)$//' "${drop[@]}" "$template")
  for name in "${!VALUES[@]}"; do
    text=${text//"@$name@"/"${VALUES[$name]}"}
  done
  while [[ $text == *$'\n' ]]; do # as $(<) has it below; a value at the end may be empty
    text=${text%$'\n'}
  done
  [[ ! -r $target ]] || before=$(<"$target")
  if [[ $text == "$before" ]]; then
    return 1
  fi
  printf '%s\n' "$text" >"$target.new"
  mv -f "$target.new" "$target"
}

# True when a file changed.
gateway_render() {
  local part changed=1
  local -A VALUES
  render_values '' ticketing_NAME
  for part in gateway fastcgi headers api locations; do
    if render "$part.conf.in" "$STATE/nginx/$part.conf"; then
      changed=0
    fi
  done
  return "$changed"
}

# For a provider's nginx: `include <state>/nginx/locations-shared.conf;` inside its server block.
gateway_render_shared() {
  local part
  local -A VALUES
  render_values -shared "unix:$RUN/NAME.sock"
  render fastcgi.conf.in "$STATE/nginx/fastcgi.conf" || true
  for part in headers api locations; do
    render "$part.conf.in" "$STATE/nginx/$part-shared.conf" || true
  done
}

verb_locations() {
  settings_check
  mkdir -p "$STATE/nginx"
  gateway_render_shared
  printf '%s\n' "$STATE/nginx/locations-shared.conf"
}

gateway_nginx() { nginx -p "$STATE/nginx" -e "$LOGS/error.log" -c "$STATE/nginx/gateway.conf" "$@" 9<&-; }

# Who listens on the port: "name (process N)", or nothing when that cannot be seen.
port_owner() {
  local inode link
  while read -r inode; do
    # One process looks at all descriptors of the machine, of which there are thousands.
    link=$(find /proc/[0-9]*/fd -maxdepth 1 -lname "socket:\\[$inode\\]" -print -quit 2>/dev/null) || true
    if [[ -n $link ]]; then
      link=${link#/proc/}
      printf '%s (process %s)' "$(cat "/proc/${link%%/*}/comm")" "${link%%/*}"
      return
    fi
  done < <(port_sockets "$1")
}

# The inodes of the sockets that listen on a port.
port_sockets() {
  local hex
  printf -v hex '%04X' "$1"
  awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

port_taken() { [[ -n $(port_sockets "$1") ]]; }

gateway_check_port() {
  local port owner
  port=$((10#$(setting PORT)))
  if process_lives nginx && grep -qE "^ *listen [^ ]*\b$port backlog" "$STATE/nginx/gateway.conf" 2>/dev/null; then
    return 0
  fi
  port_taken "$port" || return 0
  owner=$(port_owner "$port")
  die "port $port is taken by ${owner:-a process of another user (as root, ss -ltnp shows which)}" \
    "Stop that one, or choose another port: PORT=$((port + 1)) nginx/ticketctl up" \
    "(to keep it, write PORT=$((port + 1)) into $ENV_FILE)"
}

gateway_converge() {
  local changed=''
  if gateway_render; then
    changed=yes
  fi
  if ! process_lives nginx; then
    gateway_start
  elif [[ -n $changed ]]; then
    say "nginx takes over its new configuration"
    gateway_take_over
  fi
  wait_for 10 gateway_answers || die "nginx does not answer on port $(setting PORT); see: ticketctl logs error"
}

gateway_test() {
  local output
  output=$(gateway_nginx -t 2>&1) || die "nginx does not accept its configuration:" "$output"
}

gateway_start() {
  rm -f "$RUN/internal.sock"
  local output
  output=$( (umask 007 && cd / && gateway_nginx) 2>&1) || die "nginx does not start, or does not accept its configuration:" "$output"
  wait_for 5 test -s "$PIDS/nginx-master" || die "nginx does not start; see: ticketctl logs error"
  process_remember nginx "$(cat "$PIDS/nginx-master")"
}

gateway_address() {
  local address port
  setting_into address LISTEN_ADDRESS
  setting_into port PORT
  [[ $address != '*' && $address != 0.0.0.0 ]] || address=127.0.0.1
  printf 'http://%s:%s' "$address" "$port"
}

gateway_answers() { curl -s -o /dev/null --noproxy '*' --max-time 5 "$(gateway_address)/healthz"; }

gateway_reload() {
  process_lives nginx || die "nginx does not run here" "Try: ticketctl up"
  gateway_render || true
  gateway_take_over
}

# Reloads, and waits until only new workers take connections.
gateway_take_over() {
  local before
  gateway_test
  before=$(gateway_workers)
  gateway_nginx -s reload
  wait_for 10 gateway_workers_are_new "$before" || die "nginx did not reload; see: ticketctl logs error"
}

# The workers that take connections: those of an older configuration are "shutting down".
gateway_workers() {
  local master
  process_pid_into master nginx && ps -o pid=,args= --ppid "$master" | awk '!/shutting down/ { print $1 }' | sort
}

gateway_workers_are_new() {
  local now
  now=$(gateway_workers)
  [[ -n $now && -z $(comm -12 <(printf '%s\n' "$1") <(printf '%s\n' "$now")) ]]
}

gateway_stop() {
  process_stop nginx QUIT 10
  strays_end nginx QUIT 10 error
  rm -f "$RUN/internal.sock" "$PIDS/nginx-master"
}
