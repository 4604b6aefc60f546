# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# studio.sh: Debian's Adminer on loopback, for those who want to look at the tables, while `studio` runs. schema/studio.sql says what it shows.

readonly STUDIO_HOURS=12 # after which the database takes the reader's password no longer
# Debian package, then what proves it. php-cgi: else adminer brings a whole web server.
readonly STUDIO_PACKAGES='
php-cgi   php-cgi
php-cli   php
php-pgsql /usr/lib/php/*/pgsql.so
adminer   /usr/share/adminer/adminer.php
'

studio_packages_require() {
  local yes=$1 package proof answer=''
  local -a missing=()
  while read -r package proof; do
    if [[ -n $package ]] && ! package_present "$proof"; then
      missing+=("$package")
    fi
  done <<<"$STUDIO_PACKAGES"
  ((${#missing[@]})) || return 0
  is_root || die "packages are missing. Have an administrator run this line, then try again:" "apt-get install --no-install-recommends ${missing[*]}"
  if [[ $yes != yes ]]; then
    read -r -p "ticketctl: install ${missing[*]} (Debian, 6 MB)? [y/N] " answer || true
    [[ $answer == [yY]* ]] || die "nothing was installed" "Without a question: ticketctl studio --yes"
  fi
  packages_install "${missing[@]}"
}

# The reader, its views, and with them all that it is connected to.
studio_reader_create() {
  owner_psql -v password="$1" -v until="$(date -u -d "+$STUDIO_HOURS hours" '+%F %T+00')" -f "$CHECKOUT/schema/studio.sql" >/dev/null ||
    die "the database did not make a reader" "The owner in DATABASE_URL needs the right to make roles (CREATEROLE)."
}

studio_end() {
  local lived=''
  if process_lives studio; then
    lived=yes
  fi
  process_stop studio TERM 5
  rm -rf "$STATE/studio"
  if [[ -n $lived || ${1:-} == always ]] && database_answers; then
    printf 'BEGIN;\n%s\nCOMMIT;\n' "$(<"$CHECKOUT/schema/studio_end.sql")" | owner_psql >/dev/null || true
  fi
}

# "server:port" or a folder with a socket, and the name of the database, as the owner's connection has them: into SERVER and DATABASE.
studio_target() {
  local line
  line=$(owner_psql -At -F ' ' -c "select current_database(), coalesce(host(inet_server_addr()) || ':' || inet_server_port(), '')")
  DATABASE=${line%% *}
  SERVER=${line#* }
  if has_private_cluster; then
    SERVER=$RUN/pg
  elif [[ -z $SERVER ]]; then
    SERVER=$(owner_psql -Atc "select split_part(current_setting('unix_socket_directories'), ',', 1)")
  fi
}

studio_start() {
  local port=$1 password=$2 database_password SERVER DATABASE
  database_password=$(random_hex 24)
  studio_reader_create "$database_password"
  studio_target
  folder_of "$STATE/studio" nginx
  install_file "$CHECKOUT/nginx/ctl/studio.php" "$APP/share/ticketing/studio.php" 644
  local -a drop=()
  ! is_root || drop=(setpriv --reuid "$(account_of nginx)" --regid "$GROUP" --init-groups --inh-caps=-all --no-new-privs --)
  printf '%s\n' PATH=/usr/bin:/bin LANG=C.UTF-8 "STUDIO_SERVER=$SERVER" "STUDIO_DATABASE=$DATABASE" \
    "STUDIO_DATABASE_PASSWORD=$database_password" "STUDIO_PASSWORD_HASH=$(printf '%s' "$password" | sha256sum | cut -d ' ' -f 1)" |
    process_start studio "$LOGS/studio.log" "${drop[@]}" /usr/bin/php -d "session.save_path=$STATE/studio" -d "sys_temp_dir=$STATE/studio" \
      -d "upload_tmp_dir=$STATE/studio" -d session.cookie_samesite=Strict -d display_errors=0 -d open_basedir="/usr/share/adminer:$APP/share:$STATE/studio" \
      -S "127.0.0.1:$port" "$APP/share/ticketing/studio.php"
  wait_for 10 studio_answers "$port" || die "the studio does not start; see $LOGS/studio.log"
}

studio_answers() { curl -s -o /dev/null --noproxy '*' --max-time 2 "http://127.0.0.1:$1/"; }

free_port() {
  local port
  for port in $(shuf -i 20000-29999 -n 50); do
    if ! port_taken "$port"; then
      printf '%s' "$port"
      return
    fi
  done
  die "no free port was found"
}

verb_studio() {
  local yes='' argument port password
  for argument in "$@"; do
    case $argument in
      --yes) yes=yes ;;
      --stop)
        studio_end always
        say "the studio is closed"
        return
        ;;
      *) die "studio does not know '$argument'" "Try: ticketctl help" ;;
    esac
  done
  database_require
  ! process_lives studio || die "a studio is open already" "Try: ticketctl studio --stop"
  studio_packages_require "$yes"
  port=$(free_port)
  password=$(random_hex 8)
  trap 'studio_end' EXIT
  trap 'exit 0' INT TERM HUP
  studio_start "$port" "$password"
  printf '\nThe tables, to read: http://127.0.0.1:%s/\n  password  %s\nCtrl-C closes it; so does: ticketctl studio --stop\n' "$port" "$password"
  while process_lives studio; do
    sleep 0.3
  done
}
