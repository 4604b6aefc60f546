# The suites other than the static checks. Each calls passed/failed for its tests.
# shellcheck shell=bash

# is_chosen FILE: does this run include that file of its suite?
is_chosen() {
    [[ ${#CHOSEN_FILES[@]} -eq 0 || " ${CHOSEN_FILES[*]} " == *" $1 "* ]]
}

# ctest LABEL
run_ctest() {
    local log=$WORK/ctest-$1.log passing failing pattern=. file
    for file in ${CHOSEN_FILES[@]+"${CHOSEN_FILES[@]}"}; do
        [[ $file != "$ROOT/tests/$1/"* ]] || pattern+="|^$1/$(basename "$file" .c)\$"
    done
    [[ $pattern == . ]] || pattern=${pattern#.|}
    # The counters of coverage are shared with responders that run as another user.
    (
        [[ $COVERAGE == no ]] || umask 0
        ctest --test-dir "$BUILD" -L "^$1\$" -R "$pattern" --output-on-failure -j 2
    ) >"$log" 2>&1
    passing=$(grep -c -E '^ *[0-9]+/[0-9]+ Test .* Passed' "$log")
    failing=$(grep -c -E '^ *[0-9]+/[0-9]+ Test .*\*\*\*' "$log")
    passed "$passing"
    if [[ $failing -gt 0 || $passing -eq 0 ]]; then
        tail -n 80 "$log"
        failed "$1" $((failing > 0 ? failing : 1))
    else
        printf 'ok %d test programs\n' "$passing"
    fi
}

suite_unit() {
    run_ctest unit
}

suite_db() {
    if ! { postgres_start && postgres_deploy; }; then
        tail -n 30 "$WORK/postgres.log"
        failed 'private PostgreSQL'
        return
    fi
    run_ctest db
    postgres_stop
}

suite_schema() {
    local log=$WORK/schema.log status=0 line
    if ! postgres_start; then
        tail -n 30 "$WORK/postgres.log"
        failed 'private PostgreSQL'
        return
    fi
    bash "$ROOT/tests/schema/run.sh" >"$log" 2>&1 || status=$?
    postgres_stop
    line=$(grep -E '[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
    if [[ $line =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        passed "${BASH_REMATCH[1]}"
        if [[ ${BASH_REMATCH[2]} -gt 0 ]]; then
            grep -A 20 -E '^not ok' "$log" | head -n 100
            failed schema "${BASH_REMATCH[2]}"
            return
        fi
    elif [[ $status -eq 0 ]]; then
        passed "$(grep -c -E '^ *ok ' "$log")"
    fi
    if [[ $status -ne 0 ]]; then
        tail -n 60 "$log"
        failed schema
    else
        printf 'ok schema\n'
    fi
}

NODE_TEST_PID=

# node_test FILE: not in the foreground, where it would keep a signal to this shell waiting until the test is over.
node_test() {
    local name status=0
    name=$(basename "$1" .mjs)
    set -m
    timeout -k 5 900 env TEST_FOLDER="$WORK" "${STACK_ENVIRONMENT[@]}" node --test-reporter=tap "$1" >"$WORK/$name.tap" 2>&1 </dev/null &
    NODE_TEST_PID=$!
    set +m
    wait "$NODE_TEST_PID" || status=$?
    NODE_TEST_PID=
    tap "$WORK/$name.tap" "$name" "$status"
    # A responder that the test itself started has written its counters as this user; those of the stack write there too.
    counters_writable
}

# For a run that is interrupted: timeout hands the signal to the test and all that it has started.
node_test_stop() {
    [[ -n $NODE_TEST_PID ]] || return 0
    kill -TERM "$NODE_TEST_PID" 2>/dev/null
    wait "$NODE_TEST_PID" 2>/dev/null
    NODE_TEST_PID=
}

# A file whose head says that it brings a stack of its own may run beside those on the common stack.
brings_a_stack() {
    grep -q -E "support/own_stack\.mjs|^// .*on a stack of its own" "$1"
}

# Both lanes run this suite: a file belongs to the one that is first to make its mark. The longest one comes first.
suite_stacks() {
    local file
    mkdir -p "$WORK/taken"
    for file in "$ROOT"/tests/http/{ticketctl.test.mjs,*.test.mjs}; do
        if brings_a_stack "$file" && is_chosen "$file" && mkdir "$WORK/taken/${file##*/}" 2>/dev/null; then
            node_test "$file"
        fi
    done
}

suite_http() {
    local file
    for file in "$ROOT"/tests/http/*.test.mjs; do
        ! brings_a_stack "$file" && is_chosen "$file" || continue
        if [[ $COVERAGE == yes ]] && grep -q -E 'killAndWait|SIGKILL' "$file"; then
            # kill -9 loses the counters that a responder has not written yet.
            env "${STACK_ENVIRONMENT[@]}" "$ROOT/nginx/ticketctl" restart >"$WORK/restart.log" 2>&1 || failed 'ticketctl restart'
        fi
        node_test "$file"
    done
    stack_check http
}

suite_browser() {
    local file
    for file in "$ROOT"/tests/browser/*.test.mjs; do
        ! is_chosen "$file" || node_test "$file"
    done
    stack_check browser
}

# A short look; tests/fuzz/run by hand goes on for as long as one likes.
suite_fuzz() {
    check 'fuzzing for 5 seconds each' env FUZZ_OUTPUT="$WORK/fuzz" "$ROOT/tests/fuzz/run" 5
}

# The benchmark's programs and all its lines, for half a second each: it judges nothing, but every request must be answered rightly.
suite_bench() {
    release_programs && check 'the benchmark runs' "$ROOT/tests/bench/run" --quick --build "$RELEASE"
}

# What only programs as they are shipped can show: memory at rest, and what a reader of the READMEs meets.
suite_release() {
    local STACK_ENVIRONMENT=(RELEASE="$RELEASE" BUILD="$BUILD") file
    release_programs && template_make || return
    for file in "$ROOT"/tests/release/*.test.mjs; do
        ! is_chosen "$file" || node_test "$file"
    done
}
