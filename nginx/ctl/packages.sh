# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# packages.sh: what Debian must have installed, and how to see that it is there.

# Debian package, then a command or a file pattern that proves it.
readonly PACKAGES='
gcc                  cc
libc6-dev            /usr/include/stdio.h
cmake                cmake
ninja-build          ninja
pkg-config           pkg-config
libfcgi-dev          /usr/include/fcgiapp.h
libpq-dev            /usr/include/postgresql/libpq-fe.h
zlib1g-dev           /usr/include/zlib.h
libjansson-dev       /usr/include/jansson.h
libjwt-dev           /usr/include/jwt.h
libssl-dev           /usr/include/openssl/evp.h
libcurl4-openssl-dev /usr/include/*/curl/curl.h
libidn2-dev          /usr/include/idn2.h
libunistring-dev     /usr/include/uninorm.h
libzxcvbn-dev        /usr/include/zxcvbn.h
libqrencode-dev      /usr/include/qrencode.h
libcairo2-dev        /usr/include/cairo/cairo-pdf.h
libpango1.0-dev      /usr/include/pango-1.0/pango/pangocairo.h
libfontconfig-dev    /usr/include/fontconfig/fontconfig.h
fonts-dejavu-core    /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
libcrypt-dev         /usr/include/crypt.h
nginx-light          nginx
libnginx-mod-nchan   /usr/lib/nginx/modules/ngx_nchan_module.so
spawn-fcgi           spawn-fcgi
multiwatch           multiwatch
libfcgi-bin          cgi-fcgi
postgresql           /usr/lib/postgresql/*/bin/initdb
postgresql-client    psql
sqitch               sqitch
libdbd-pg-perl       /usr/lib/*/perl5/*/DBD/Pg.pm
procps               ps
jq                   jq
python3-yaml         /usr/lib/python3/dist-packages/yaml/__init__.py
curl                 curl
'

export PATH="$PATH:/usr/sbin:/sbin"

package_present() {
  if [[ $1 == /* ]]; then
    compgen -G "$1" >/dev/null
  else
    command -v "$1" >/dev/null
  fi
}

packages_missing() {
  local package proof
  while read -r package proof; do
    if [[ -n $package ]] && ! package_present "$proof"; then
      printf '%s\n' "$package"
    fi
  done <<<"$PACKAGES"
}

packages_require() {
  local -a missing
  mapfile -t missing < <(packages_missing)
  ((${#missing[@]})) || return 0
  local line="apt-get install --no-install-recommends ${missing[*]}"
  if ! is_root; then
    die "packages are missing. Have an administrator run this line, then try again:" "$line"
  fi
  command -v apt-get >/dev/null || die "packages are missing and there is no apt-get here:" "${missing[*]}"
  say "installing: ${missing[*]}"
  packages_install "${missing[@]}"
  mapfile -t missing < <(packages_missing)
  ((${#missing[@]} == 0)) || die "these packages are still missing: ${missing[*]}"
}

# The packages of nginx and PostgreSQL start services of their own on ports 80 and 5432. Nobody asked for those:
# Debian's policy-rc.d says no while they are installed, and the system's nginx is not started at boot.
packages_install() {
  local policy=/usr/sbin/policy-rc.d ours='' had_nginx=''
  ! command -v nginx >/dev/null || had_nginx=yes
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    ours=yes
  fi
  local code=0
  {
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
  } >&2 || code=$?
  if [[ -n $ours ]]; then
    rm -f "$policy"
  fi
  ((code == 0)) || die "apt-get failed"
  if [[ -z $had_nginx ]] && command -v systemctl >/dev/null; then
    systemctl disable nginx >/dev/null 2>&1 || true
  fi
}
