# Two lanes of suites beside each other; each prints in its own order, the second one's output comes after the first one's.
# shellcheck shell=bash

OTHER_LANE_PID=

# chosen SUITE…: those of them that this run is about.
chosen() {
    local suite
    for suite in "$@"; do
        [[ " ${CHOSEN[*]} " != *" $suite "* ]] || printf '%s\n' "$suite"
    done
}

run_suites() {
    local suite
    for suite in "$@"; do
        headline "$suite"
        "suite_$suite"
    done
}

# What a lane counted, for the other process to add: passed, failed, then the failures' names.
lane_report() {
    printf '%s\n' "$PASSED" "$FAILED" ${FAILURES[@]+"${FAILURES[@]}"} >"$WORK/lane-count"
}

other_lane() {
    trap 'node_test_stop; postgres_stop' EXIT
    trap 'exit 143' INT TERM HUP
    PASSED=0 FAILED=0 FAILURES=()
    run_suites "$@"
    lane_report
}

# In a process group of its own, so that all of it can be ended at once; a shell that only waits hears a signal at once.
other_lane_start() {
    set -m
    other_lane "$@" </dev/null &
    OTHER_LANE_PID=$!
    set +m
}

other_lane_stop() {
    if [[ -n $OTHER_LANE_PID ]]; then
        # The whole process group: what the lane waits for must end too.
        kill -TERM -- "-$OTHER_LANE_PID" 2>/dev/null
        wait "$OTHER_LANE_PID" 2>/dev/null
        kill -KILL -- "-$OTHER_LANE_PID" 2>/dev/null # who has started something after the signal
        cat "$WORK/lane.log" 2>/dev/null
        OTHER_LANE_PID=
    fi
}

other_lane_join() {
    local counted
    wait "$OTHER_LANE_PID"
    OTHER_LANE_PID=
    cat "$WORK/lane.log" 2>/dev/null
    if [[ ! -f $WORK/lane-count ]]; then
        failed 'the second lane died'
        return
    fi
    mapfile -t counted <"$WORK/lane-count"
    PASSED=$((PASSED + counted[0]))
    FAILED=$((FAILED + counted[1]))
    FAILURES+=(${counted[@]+"${counted[@]:2}"})
}

run_lanes() {
    local first second
    mapfile -t first < <(chosen "${STACK_LANE[@]}")
    mapfile -t second < <(chosen "${OTHER_LANE[@]}")
    # The tests that bring a stack of their own copy the programs of the common ones.
    if [[ ${#first[@]} -gt 0 ]] && ! http_stacks; then
        first=()
        mapfile -t second < <(printf '%s\n' "${second[@]}" | grep -v -x -e stacks -e '')
    fi
    if [[ ${#first[@]} -eq 0 ]]; then
        other_lane_start "${second[@]}"
        other_lane_join
        return
    fi
    if [[ ${#second[@]} -gt 0 ]]; then
        other_lane_start "${second[@]}" >"$WORK/lane.log" 2>&1
    fi
    run_suites "${first[@]}"
    [[ -z $OTHER_LANE_PID ]] || other_lane_join
}
