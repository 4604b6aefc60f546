# The builds: Sanitize (or Coverage) for all tests, Debug with clang as a second opinion.
# shellcheck shell=bash

# As root the responders run as another user, who must be able to write the coverage counters.
if [[ $COVERAGE == yes ]]; then
    BUILD_TYPE=Coverage
    BUILD=/tmp/ticketing-coverage-$(id -u)
else
    BUILD_TYPE=Sanitize
    BUILD=$ROOT/build/sanitize
fi
ASAN_OPTIONS=abort_on_error=0:detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS

# compile FOLDER TYPE COMPILER [TARGET…]
compile() {
    # A tree that moved cannot be built any further.
    if [[ -f $1/CMakeCache.txt ]] && ! grep -qx "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT" "$1/CMakeCache.txt"; then
        rm -rf "$1"
    fi
    local folder=$1 type=$2 compiler=$3
    shift 3
    CC=$compiler cmake -S "$ROOT" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE="$type" && cmake --build "$folder" --target "${@:-all}"
}

build_main() {
    headline "building ($BUILD_TYPE)"
    if [[ $COVERAGE == yes && -d $BUILD ]]; then
        find "$BUILD" -name '*.gcda' -delete
    fi
    if ! compile "$BUILD" "$BUILD_TYPE" gcc >"$WORK/build.log" 2>&1; then
        grep -E -A 12 'error|FAILED' "$WORK/build.log" | head -n 60
        failed "build ($BUILD_TYPE)"
        total
        exit 1
    fi
    passed
}

suite_clang() {
    check 'compiles with clang' compile "$ROOT/build/clang" Debug clang
}

# Programs as they are shipped, built once for all suites that want them.
RELEASE=$ROOT/build/release

release_programs() {
    [[ ! -f $WORK/release-built ]] || return 0
    if ! compile "$RELEASE" Release gcc fcgi/all tests/bench/all >"$WORK/release.log" 2>&1; then
        grep -E -A 12 'error|FAILED' "$WORK/release.log" | head -n 60
        failed 'build (Release)'
        return 1
    fi
    touch "$WORK/release-built"
    passed
}

counters_writable() {
    [[ $COVERAGE == yes ]] || return 0
    chmod -R a+rwX "$BUILD"
}

coverage_summary() {
    headline coverage
    gcovr --root "$ROOT" --object-directory "$BUILD" --filter "$ROOT/common/" --filter "$ROOT/fcgi/" \
        --exclude-throw-branches --gcov-ignore-parse-errors -j 2 --txt --sort-uncovered "$BUILD" 2>"$WORK/gcovr.log" |
        tee "$WORK/coverage.log"
}
