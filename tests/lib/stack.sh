# Whole stacks, started through nginx/ticketctl on free ports, each with a state folder of its own.
# shellcheck shell=bash

STACKS=()
STACK_ENVIRONMENT=() # what the tests of a stack are told

free_port() {
    node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# Every stack begins as a copy of one that was started from nothing and stopped again: most of the time of a first start
# goes into making the database, and it would be the same in each test. Only those settings stay that the database knows.
template_make() {
    local folder=$WORK/template port
    [[ ! -d $folder ]] || return 0
    port=$(free_port)
    printf 'starting a stack from nothing\n'
    if ! {
        stack_ctl "$folder" PORT="$port" -- up && stack_ctl "$folder" -- down
    } >"$WORK/template-up.log" 2>&1; then
        tail -n 40 "$WORK/template-up.log"
        failed 'ticketctl up (from nothing)'
        return 1
    fi
    sed -i '/^\(JWT\|PAYMENT_WEBHOOK\)_SECRET=/d' "$folder/env"
    rm -rf "$folder"/{keys,started-with}
    mkdir "$WORK/template-log" && mv "$folder"/log/* "$WORK/template-log"
    passed
    export TEMPLATE_STATE=$folder
}

# stack_ctl FOLDER [SETTING=value…] -- VERB… Passwords cost less than they should: the tests' people register to do something else.
stack_ctl() {
    local folder=$1
    local -a settings=()
    shift
    while [[ $1 != -- ]]; do
        settings+=("$1") && shift
    done
    shift
    env TICKETING_STATE="$folder" RATE_LIMITS=off LOGIN_ATTEMPTS=0 PASSWORD_COST=1 DEMO_SALES=off \
        TICKETING_BUILD_TYPE="$BUILD_TYPE" TICKETING_BUILD_DIR="$BUILD" TICKETING_BUILD=off \
        "${settings[@]}" "$ROOT/nginx/ticketctl" "$@"
}

# stack_up NAME [SETTING=value…]: sets NAME_STATE and NAME_URL (name in capitals). When it is up already, it stays as it is.
stack_up() {
    local name=$1 folder=$WORK/$1 url=${1^^}_URL port
    shift
    if [[ " ${STACKS[*]-} " == *" $name "* ]]; then
        [[ -n ${!url-} ]]
        return
    fi
    port=$(free_port)
    counters_writable
    STACKS+=("$name")
    printf 'starting the %s stack on port %d\n' "$name" "$port"
    if ! { cp -a "$WORK/template" "$folder" && stack_ctl "$folder" PORT="$port" "$@" -- up; } >"$WORK/$name-up.log" 2>&1; then
        tail -n 40 "$WORK/$name-up.log"
        failed "ticketctl up ($name)"
        return 1
    fi
    passed
    declare -g "${name^^}_STATE=$folder" "$url=http://127.0.0.1:$port"
}

# YAML takes a second to read, and every file of tests reads it.
contract_as_json() {
    (cd "$ROOT/tests" && node --input-type=module -e '
        import { readFileSync, writeFileSync } from "node:fs";
        import { parse } from "yaml";
        writeFileSync(process.argv[2], JSON.stringify(parse(readFileSync(process.argv[1], "utf8"))));
    ' "$ROOT/nginx/html/docs/openapi.yaml" "$WORK/openapi.json")
}

# Both stacks of the HTTP tests: one with the usual times that may send events to this host and writes mails to a folder;
# one where holds and orders end within seconds, that may not, and sends its mails to SMTP_PORT.
http_stacks() {
    : "${SMTP_PORT:=$(free_port)}"
    template_make && contract_as_json || return 1
    stack_up main WEBHOOK_ALLOW_PRIVATE=1 || return 1
    stack_up short SMTP_URL="smtp://127.0.0.1:$SMTP_PORT" HOLD_TTL_SECONDS=2 HOLD_MAX_SECONDS=5 ORDER_TTL_SECONDS=3 || return 1
    # shellcheck disable=SC2153 # stack_up sets them
    # shellcheck disable=SC2034 # node_test reads it
    STACK_ENVIRONMENT=(TICKETING_STATE="$MAIN_STATE" BASE_URL="$MAIN_URL" SHORT_STATE="$SHORT_STATE" SHORT_URL="$SHORT_URL"
        SMTP_PORT="$SMTP_PORT"
        BUILD_TYPE="$BUILD_TYPE" TICKETING_BUILD_DIR="$BUILD" OPENAPI_JSON="$WORK/openapi.json")
}

stack_check() {
    local name
    for name in "${STACKS[@]}"; do
        check "$1: ticketctl check ($name stack)" env TICKETING_STATE="$WORK/$name" "$ROOT/nginx/ticketctl" check
    done
}

# Every stack of this run that is up: those of stack_up, and what a test that was interrupted has left of its own ones.
stacks_down() {
    local states state name
    mapfile -t states < <(find "$WORK" -maxdepth 5 -path '*/pid/*.pid' -printf '%h\n' 2>/dev/null | sort -u)
    for state in ${states[@]+"${states[@]%/pid}"}; do
        name=${state#"$WORK/"}
        env TICKETING_STATE="$state" "$ROOT/nginx/ticketctl" down >"$WORK/${name//\//-}-down.log" 2>&1 || failed "ticketctl down ($name)"
    done
    [[ ${#STACKS[@]} -eq 0 ]] || SEEN_STACKS=yes
    STACKS=()
}

# Anything that a sanitizer or an assertion printed while the stacks ran fails the run.
sanitizer_reports() {
    [[ ${SEEN_STACKS:-no} == yes ]] || return 0
    local found
    found=$(grep -E -A 30 'Sanitizer|runtime error:|Assertion .* failed|\*\*\* .* detected \*\*\*' \
        "$WORK"/*/log/*.log "$WORK/template-log"/*.log 2>/dev/null | head -n 120)
    if [[ -n $found ]]; then
        printf '%s\n' "$found"
        failed 'sanitizer reports in the logs of the stacks'
    else
        passed
    fi
}
