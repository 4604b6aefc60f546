# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# settings.sh: environment, then $STATE/env, then defaults. What `up` found in its environment is kept in $STATE/started-with, so that
# `restart`, `psql` and the others mean the service that runs, whatever shell they are typed in, and so that the next `up` does not move it.
# A new setting of a responder: common/config.c, a name below, env.example.

declare -A FROM_FILE=() FROM_START=() LAST_START=()

# What ticketctl itself uses, with defaults. Those of the responders have theirs in common/config.c.
declare -rA DEFAULTS=(
  [PORT]=4000
  [LISTEN_ADDRESS]=127.0.0.1
  [RATE_LIMITS]=on
  [DEMO]=on
  [DEMO_SALES]=on
  [SOCKET_MODE]=0600
  [ALLOW_TEST_PAYMENTS]=0
  [ALLOW_PLAIN_SMTP]=0
  [REAL_IP_FROM]=''
  [NGINX_WORKERS]=2
  [THREADS]=32
  [TICKETING_BUILD_TYPE]=Release
  [TICKETING_BUILD]=on
)

# Which settings reach which responder: nobody gets another one's.
readonly SETTINGS_ALL='DATABASE_POOL DATABASE_POOLED DATABASE_WAIT_MS DATABASE_STATEMENT_TIMEOUT_MS DATABASE_DIRECTORY DATABASE_DISK_LOW_MB DATABASE_DISK_FULL_MB THREADS LOG_LEVEL JWT_SECRET JWT_PUBLIC_KEY'
readonly SETTINGS_SANITIZER='ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS GCOV_PREFIX GCOV_PREFIX_STRIP LLVM_PROFILE_FILE'
declare -rA SETTINGS_OF=(
  [auth]='JWT_PRIVATE_KEY ACCESS_TOKEN_TTL_SECONDS REFRESH_TOKEN_TTL_SECONDS PASSWORD_MIN_LENGTH REFUSE_COMMON_PASSWORDS PASSWORD_COST LOGIN_ATTEMPTS ADMIN_EMAIL PUBLIC_URL SMTP_URL MAIL_FROM MAIL_DIRECTORY'
  [events]='PAYMENT_PROVIDER SEATMAP_CACHE AVAILABILITY_CACHE_MB RUN_DIRECTORY'
  [holds]='HOLD_TTL_SECONDS HOLD_MAX_SECONDS HOLD_COOLDOWN_SECONDS MAX_SEATS_PER_HOLD MAX_HELD_SEATS_PER_USER BUYER_REQUESTS_PER_SECOND SEATMAP_CACHE'
  [checkout]='ORDER_TTL_SECONDS BUYER_REQUESTS_PER_SECOND PAYMENT_PROVIDER STRIPE_SECRET_KEY STRIPE_WEBHOOK_SECRET STRIPE_API_BASE PAYMENT_WEBHOOK_SECRET TICKET_KEYS_FILE PUBLIC_URL SEATMAP_CACHE WEBHOOK_ALLOW_PRIVATE SMTP_URL MAIL_FROM MAIL_DIRECTORY'
)

# read_settings FILE ARRAY: NAME=value lines, # comments; values are taken as they are, but for one pair of quotes. Nothing is executed.
read_settings() {
  local line value
  local -n into=$2
  [[ -r $1 ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line =~ ^[[:space:]]*([A-Za-z][A-Za-z0-9_]*)=(.*)$ ]]; then
      local name=${BASH_REMATCH[1]}
      value=${BASH_REMATCH[2]%$'\r'}
      if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then
        value=${BASH_REMATCH[1]}
      fi
      into["$name"]=$value
    elif [[ ! $line =~ ^[[:space:]]*(#.*)?$ ]]; then
      die "a line of $1 is not NAME=value"
    fi
  done <"$1"
}

# settings_load VERB [ARGUMENT…]. For `up` the env file, which people edit, comes before what an `up` found in its environment long ago;
# with --forget only the env file counts.
settings_load() {
  local name
  read_settings "$ENV_FILE" FROM_FILE
  read_settings "$STATE/started-with" FROM_START
  [[ $1 == up ]] || return 0
  for name in "${!FROM_START[@]}"; do
    LAST_START[$name]=${FROM_START[$name]}
    if [[ " $* " == *' --forget '* || -n ${FROM_FILE[$name]+x} ]]; then
      unset "FROM_START[$name]"
    fi
  done
}

# Keeps what the environment of `up` said, or of one before.
settings_keep() {
  local name
  {
    printf '# What up of ticketctl found in its environment, this time or before; up --forget empties it.\n'
    # shellcheck disable=SC2048 # words are wanted
    for name in "${!DEFAULTS[@]}" DATABASE_URL {AUTH,EVENTS,HOLDS,CHECKOUT}_DATABASE_URL $SETTINGS_ALL ${SETTINGS_OF[*]} $SETTINGS_SANITIZER; do
      [[ $name != TICKETING_* && $name != RUN_DIRECTORY ]] || continue
      if [[ -n ${!name+x} ]]; then
        printf '%s=%s\n' "$name" "${!name//$'\n'/ }"
      elif [[ -n ${FROM_START[$name]+x} ]]; then
        printf '%s=%s\n' "$name" "${FROM_START[$name]}"
      fi
    done | sort -u
  } | (umask 077 && cat >"$STATE/started-with.new")
  settings_tell_changes
  mv -f "$STATE/started-with.new" "$STATE/started-with"
}

# Says what is other than at the last `up`; the values of secrets stay unsaid.
settings_tell_changes() {
  [[ -e $STATE/started-with ]] || return 0
  local -A now=()
  local name before after secret='SECRET|PASSWORD|_URL$|KEY'
  read_settings "$STATE/started-with.new" now
  while IFS= read -r name; do
    before=${LAST_START[$name]:-${FROM_FILE[$name]:-${DEFAULTS[$name]:-}}}
    after=${now[$name]:-${FROM_FILE[$name]:-${DEFAULTS[$name]:-}}}
    [[ $before != "$after" ]] || continue
    if [[ $name =~ $secret ]]; then
      say "$name is another one now"
    else
      say "$name is ${after:-not set} now; it was ${before:-not set}"
    fi
  done < <(printf '%s\n' "${!now[@]}" "${!LAST_START[@]}" | sort -u)
}

# is_set NAME: the environment or a file has it, perhaps empty.
is_set() { [[ -n ${!1+x} || -n ${FROM_START[$1]+x} || -n ${FROM_FILE[$1]+x} ]]; }

# raw_setting_into VARIABLE NAME: as it was given, even empty, so that the responder can say what is wrong with it.
raw_setting_into() {
  if [[ -n ${!2+x} ]]; then
    printf -v "$1" '%s' "${!2}"
  elif [[ -n ${FROM_START[$2]+x} ]]; then
    printf -v "$1" '%s' "${FROM_START[$2]}"
  else
    printf -v "$1" '%s' "${FROM_FILE[$2]:-}"
  fi
}

# setting_into VARIABLE NAME: its value; the default when it is not set or empty. Where much is asked this is the form to use:
# each $(setting …) is a process, and processes are what the time of `up` is made of.
setting_into() { printf -v "$1" '%s' "${!2:-${FROM_START[$2]:-${FROM_FILE[$2]:-${DEFAULTS[$2]:-}}}}"; }

# setting NAME: prints it.
setting() {
  local value
  setting_into value "$1"
  printf '%s' "$value"
}

# All faults of ticketctl's own settings at once; the responders name theirs themselves.
settings_check() {
  local -a faults=()
  local port address limits demo sales mode workers networks type
  setting_into port PORT
  setting_into address LISTEN_ADDRESS
  setting_into limits RATE_LIMITS
  setting_into demo DEMO
  setting_into sales DEMO_SALES
  setting_into mode SOCKET_MODE
  setting_into workers NGINX_WORKERS
  setting_into networks REAL_IP_FROM
  setting_into type TICKETING_BUILD_TYPE
  [[ $port =~ ^[0-9]{1,5}$ ]] && ((10#$port >= 1 && 10#$port <= 65535)) || faults+=("PORT must be a number from 1 to 65535")
  [[ $address =~ ^([0-9.]+|\[[0-9a-fA-F:]+\]|\*)$ ]] ||
    faults+=("LISTEN_ADDRESS must be an IPv4 address, an IPv6 address in brackets, or *")
  [[ $limits =~ ^(on|off)$ ]] || faults+=("RATE_LIMITS must be on or off")
  [[ $demo =~ ^(on|off)$ ]] || faults+=("DEMO must be on or off")
  [[ $sales =~ ^(on|off)$ ]] || faults+=("DEMO_SALES must be on or off")
  [[ $mode =~ ^06[0246][0246]$ ]] || faults+=("SOCKET_MODE must be 0600, 0660 or 0666")
  [[ $workers =~ ^[0-9]{1,2}$ ]] && ((10#$workers >= 1)) || faults+=("NGINX_WORKERS must be a number from 1 to 99")
  [[ $networks =~ ^[0-9a-fA-F:./\ ]*$ ]] || faults+=("REAL_IP_FROM must be addresses or networks, with spaces between")
  [[ $type =~ ^(Release|Debug|Sanitize|Coverage)$ ]] ||
    faults+=("TICKETING_BUILD_TYPE must be Release, Debug, Sanitize or Coverage")
  if ((${#faults[@]})); then
    die "wrong settings:" "${faults[@]}" "They come from the environment or from $ENV_FILE; nginx/env.example explains each."
  fi
}

# True when only this machine reaches the gateway.
listens_on_loopback() {
  local address
  setting_into address LISTEN_ADDRESS
  [[ $address =~ ^127\.[0-9.]+$ || $address == '[::1]' ]]
}

# What is fine for a trial on one machine, and gives away tickets or passwords elsewhere, is refused unless a setting asks for it.
settings_check_exposure() {
  local -a faults=()
  local provider tests smtp plain key
  setting_into key JWT_PRIVATE_KEY
  setting_into provider PAYMENT_PROVIDER
  setting_into tests ALLOW_TEST_PAYMENTS
  setting_into smtp SMTP_URL
  setting_into plain ALLOW_PLAIN_SMTP
  if [[ ${provider:-test} == test && $tests != 1 ]] && ! listens_on_loopback; then
    faults+=("PAYMENT_PROVIDER=test takes no money, and LISTEN_ADDRESS opens the gateway to the network: choose stripe or manual," \
      "or say ALLOW_TEST_PAYMENTS=1")
  fi
  # With a password in it TLS is asked of the mail server in any case (common/outgoing_transfer.c).
  if [[ $smtp == smtp://* && $smtp != *@* && $plain != 1 && ! $smtp =~ ^smtp://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?$ ]]; then
    faults+=("SMTP_URL must be smtps://, or name a user, for another machine: links that reset passwords would travel without TLS;" \
      "or say ALLOW_PLAIN_SMTP=1")
  fi
  # Digits of chmod(1): none for the group and for others.
  if [[ -e $key && $(stat -L -c %a "$key") != *00 ]]; then
    faults+=("JWT_PRIVATE_KEY: accounts other than the owner may read $key: chmod 600$(! is_root || printf ', and chown ticketing-auth')")
  fi
  ((${#faults[@]} == 0)) || die "settings that are not safe:" "${faults[@]}" "nginx/env.example explains each."
}

# Secrets are made once. As root the file stays root's: the responders get what they need through their environment.
settings_generate() {
  local -a wanted=(JWT_SECRET PAYMENT_WEBHOOK_SECRET)
  ! has_private_cluster || wanted+=(OWNER_DB_PASSWORD AUTH_DB_PASSWORD EVENTS_DB_PASSWORD HOLDS_DB_PASSWORD CHECKOUT_DB_PASSWORD)
  local name
  for name in "${wanted[@]}"; do
    if [[ -z ${FROM_FILE[$name]+x} ]]; then
      settings_remember "$name" "$(random_hex 32)"
    fi
  done
}

# Appends one line to $STATE/env, which nobody else can read.
settings_remember() {
  if [[ ! -e $ENV_FILE ]]; then
    (umask 077 && printf '# Settings and secrets of this service; nginx/env.example lists what else can stand here.\n' >"$ENV_FILE")
  fi
  chmod 600 "$ENV_FILE"
  printf '%s=%s\n' "$1" "$2" >>"$ENV_FILE"
  FROM_FILE[$1]=$2
}

public_url() {
  local url port
  setting_into url PUBLIC_URL
  setting_into port PORT
  printf '%s' "${url:-http://localhost:$port}"
}

database_directory() {
  local folder
  setting_into folder DATABASE_DIRECTORY
  if [[ -z $folder ]] && has_private_cluster; then
    folder=$CLUSTER
  fi
  printf '%s' "$folder"
}

mail_directory() {
  local folder
  setting_into folder MAIL_DIRECTORY
  printf '%s' "${folder:-$STATE/mail}"
}

# What one responder is started with: NAME=value, one a line (no value has a newline: read from lines or refused here).
responder_settings() {
  local name=$1 variable raw
  printf 'PATH=/usr/bin:/bin\nLANG=C.UTF-8\nTZ=UTC\n'
  printf '%s_DATABASE_URL=%s\n' "${name^^}" "$(database_url "$name")"
  for variable in $SETTINGS_ALL ${SETTINGS_OF[$name]} $SETTINGS_SANITIZER; do
    case $variable in
      DATABASE_DIRECTORY) printf 'DATABASE_DIRECTORY=%s\n' "$(database_directory)" ;;
      RUN_DIRECTORY) printf 'RUN_DIRECTORY=%s\n' "$RUN" ;;
      MAIL_DIRECTORY) printf 'MAIL_DIRECTORY=%s\n' "$(mail_directory)" ;;
      TICKET_KEYS_FILE) printf 'TICKET_KEYS_FILE=%s\n' "$(keys_file)" ;;
      JWT_SECRET)
        # With a key pair nobody needs the secret.
        if is_set JWT_SECRET && [[ -z $(setting JWT_PUBLIC_KEY) ]]; then
          raw_setting_into raw JWT_SECRET
          printf 'JWT_SECRET=%s\n' "${raw//$'\n'/ }"
        fi
        ;;
      PUBLIC_URL) printf 'PUBLIC_URL=%s\n' "$(public_url)" ;;
      *)
        if is_set "$variable"; then
          raw_setting_into raw "$variable"
          printf '%s=%s\n' "$variable" "${raw//$'\n'/ }"
        elif [[ $variable == PASSWORD_MIN_LENGTH ]] && ! listens_on_loopback; then
          printf 'PASSWORD_MIN_LENGTH=10\n'
        elif [[ $variable == REFUSE_COMMON_PASSWORDS ]] && ! listens_on_loopback; then
          printf 'REFUSE_COMMON_PASSWORDS=1\n'
        elif [[ $variable == BUYER_REQUESTS_PER_SECOND && $(setting RATE_LIMITS) == off ]]; then
          printf 'BUYER_REQUESTS_PER_SECOND=0\n'
        fi
        ;;
    esac
  done
}
