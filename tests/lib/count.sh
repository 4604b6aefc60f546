# Counting: every suite calls passed/failed; total prints the one line that matters.
# shellcheck shell=bash

PASSED=0
FAILED=0
FAILURES=()
STARTED=$SECONDS

headline() {
    printf '\n== %s (after %d s)\n' "$1" $((SECONDS - STARTED))
}

# passed [how many]
passed() {
    PASSED=$((PASSED + ${1:-1}))
}

# failed NAME [how many]
failed() {
    FAILED=$((FAILED + ${2:-1}))
    FAILURES+=("$1")
    printf 'FAILED %s\n' "$1"
}

# check NAME COMMAND…: one test that passes when the command succeeds; its output is shown when it does not.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed
        printf 'ok %s\n' "$name"
    else
        printf '%s\n' "$output" | tail -n 60
        failed "$name"
    fi
}

# tap FILE NAME STATUS: counts the summary that node:test leaves in TAP; a file that died without one is one failure.
tap() {
    local file=$1 name=$2 status=$3 pass fail
    pass=$(awk '/^# pass [0-9]+$/ {n = $3} END {print n + 0}' "$file")
    fail=$(awk '/^# (fail|cancelled) [0-9]+$/ {n += $3} END {print n + 0}' "$file")
    passed "$pass"
    if [[ $fail -eq 0 && $status -ne 0 ]]; then
        fail=1
    fi
    if [[ $fail -gt 0 ]]; then
        grep -E -A 40 '^ *not ok ' "$file" | head -n 150
        tail -n 5 "$file"
        failed "$name" "$fail"
    else
        printf 'ok %s (%d)\n' "$name" "$pass"
    fi
}

# Logs of a failed run stay in build/test-logs.
keep_logs() {
    local target=$ROOT/build/test-logs
    rm -rf "$target"
    mkdir -p "$target"
    cp -r "$WORK"/*.log "$WORK"/*.tap "$target/" 2>/dev/null
    local folder
    for folder in "$WORK"/*/log; do
        [[ -d $folder ]] && cp -r "$folder" "$target/$(basename "$(dirname "$folder")")"
    done
    printf 'Logs are in %s\n' "$target" >&2
}

total() {
    printf '\n'
    [[ ${#FAILURES[@]} -eq 0 ]] || printf 'failed: %s\n' "${FAILURES[@]}"
    printf '%d seconds\n' $((SECONDS - STARTED))
    printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
    [[ $FAILED -eq 0 ]]
}
