# What the tests need from Debian and npm.
# shellcheck shell=bash

PACKAGES=(build-essential cmake ninja-build pkg-config git ca-certificates procps
    libfcgi-dev libpq-dev libjansson-dev zlib1g-dev libjwt-dev libcrypt-dev libssl-dev
    libcurl4-openssl-dev libidn2-dev libunistring-dev libzxcvbn-dev libcmocka-dev
    libqrencode-dev libcairo2-dev libpango1.0-dev libfontconfig-dev fonts-dejavu-core fonts-noto-core fonts-noto-cjk
    fonts-noto-color-emoji zbar-tools poppler-utils librsvg2-bin
    postgresql postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl sqitch libdbd-pg-perl postgresql-client
    nginx-light libnginx-mod-nchan spawn-fcgi multiwatch libfcgi-bin
    adminer php-cgi php-cli php-pgsql python3-aiosmtpd python3-yaml pgbouncer logrotate
    clang libclang-rt-dev clang-format clang-tidy cppcheck shellcheck gcovr curl jq)

missing_packages() {
    local package
    for package in "${PACKAGES[@]}"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
    done
    # Another source than Debian may have brought these.
    command -v node >/dev/null || printf 'nodejs\n'
    command -v npm >/dev/null || printf 'npm\n'
    command -v chromium >/dev/null || printf 'chromium\n'
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

packages_install() {
    local missing
    mapfile -t missing < <(missing_packages)
    [[ ${#missing[@]} -gt 0 ]] || return 0
    if [[ $(id -u) -ne 0 ]] && ! sudo -n true 2>/dev/null; then
        printf 'Packages are missing. Have an administrator run:\n  apt-get install -y --no-install-recommends %s\n' "${missing[*]}" >&2
        exit 2
    fi
    headline "installing ${missing[*]}"
    # No package may start a service or make a cluster here: ports may be taken, and the tests start their own.
    local policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    else
        policy=
    fi
    if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
        as_root mkdir -p /etc/postgresql-common
        printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    local status=0
    {
        as_root apt-get update -q &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
    } >"$WORK/apt.log" 2>&1 || status=$?
    [[ -z $policy ]] || as_root rm -f "$policy"
    if [[ $status -ne 0 ]]; then
        tail -n 30 "$WORK/apt.log" >&2
        printf 'apt-get failed\n' >&2
        exit 2
    fi
}

node_modules_install() {
    local lock=$ROOT/tests/package-lock.json modules=$ROOT/tests/node_modules
    if [[ -f $modules/.package-lock.json && ! $lock -nt $modules/.package-lock.json ]]; then
        return 0
    fi
    headline 'npm ci'
    if ! (cd "$ROOT/tests" && npm ci --no-audit --no-fund --ignore-scripts) >"$WORK/npm.log" 2>&1; then
        tail -n 30 "$WORK/npm.log" >&2
        printf 'npm ci failed\n' >&2
        exit 2
    fi
    touch "$modules/.package-lock.json"
}
