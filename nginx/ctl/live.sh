# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# live.sh: the second nginx, which streams seats as they change. It is optional: without Debian's libnginx-mod-nchan
# everything else works, and GET /shows/:id/live answers 503.

readonly LIVE_MODULE=ngx_nchan_module.so

# Where the module lies, or nothing.
live_module() {
  local folder
  for folder in /usr/lib/nginx/modules /usr/lib64/nginx/modules /usr/share/nginx/modules; do
    if [[ -r $folder/$LIVE_MODULE ]]; then
      printf '%s' "$folder/$LIVE_MODULE"
      return
    fi
  done
}

live_converge() {
  if [[ -z $(live_module) ]]; then
    say "there is no nginx module nchan (Debian: libnginx-mod-nchan): no live updates"
    live_stop
    return
  fi
  local changed=''
  local -A VALUES
  render_values '' ticketing_NAME
  if render live.conf.in "$STATE/nginx/live.conf"; then
    changed=yes
  fi
  if ! process_lives live; then
    strays_end live QUIT 5
    live_start
  elif [[ -n $changed ]]; then
    say "the live nginx takes over its new configuration"
    live_stop
    live_start
  fi
}

live_start() {
  local output
  rm -f "$RUN"/live{,-publish}.sock
  output=$( (umask 007 && cd / && exec nginx -p "$STATE/nginx" -e "$LOGS/live.log" -c "$STATE/nginx/live.conf" 9<&-) 2>&1) || die "the live nginx does not start, or does not accept its configuration:" "$output"
  wait_for 5 test -s "$PIDS/live-master" || die "the live nginx does not start; see: ticketctl logs live"
  process_remember live "$(cat "$PIDS/live-master")"
  live_sockets_for_service
}

# As root nginx makes its sockets for itself; the responder and the gateway's workers are somebody else.
live_sockets_for_service() {
  ! is_root || chown "$(account_of live):$GROUP" "$RUN"/live{,-publish}.sock
  chmod 660 "$RUN"/live{,-publish}.sock
}

live_stop() {
  process_stop live QUIT 5
  strays_end live QUIT 5
  rm -f "$RUN"/live{,-publish}.sock "$PIDS/live-master"
}

live_restart() {
  process_lives live || die "the live nginx does not run here" "Try: ticketctl up"
  live_stop
  live_start
}
