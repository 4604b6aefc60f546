# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# keys.sh: the keys that sign tickets. A backup of the database does not hold them: keep a copy of the file as well.

keys_file() {
  local file
  setting_into file TICKET_KEYS_FILE
  printf '%s' "${file:-$STATE/keys/tickets.json}"
}

# The first key is made once; whoever starts the service again finds it there.
keys_prepare() {
  if [[ $(keys_file) == "$STATE/keys/tickets.json" ]]; then
    folder_of "$STATE/keys" checkout
  fi
  keys_run init >/dev/null
}

keys_run() {
  local output
  output=$(as_account checkout "$APP/bin/ticketing-keys" "$(keys_file)" "$@" 2>&1) || die "the ticket keys:" "$output"
  [[ -z $output ]] || printf '%s\n' "$output"
}

# Running responders look at the file once a second: nothing is restarted, no request is lost.
verb_keys() {
  [[ -x $APP/bin/ticketing-keys ]] || die "nothing is installed here yet" "Try: ticketctl up"
  case ${1:-list} in
    list | rotate)
      (($# <= 1)) || die "keys $1 takes no argument"
      keys_run "${1:-list}"
      ;;
    remove)
      (($# == 2)) || die "name the key to remove" "ticketctl keys list shows them"
      keys_run remove "$2"
      ;;
    *) die "keys does not know '$1'" "Try: ticketctl keys list | rotate | remove KEY" ;;
  esac
}
