# Checks that need no running program: layout, linters, and the house rules of the code.
# shellcheck shell=bash

# Every file of ours with one of these endings, as it stands in the tree (new ones too).
files() {
    local ending
    for ending in "$@"; do
        git -C "$ROOT" ls-files --cached --others --exclude-standard -- "*$ending"
    done | sort -u | while read -r file; do
        [[ ! -f $ROOT/$file ]] || printf '%s\n' "$file"
    done
}

suite_static() {
    (cd "$ROOT" || exit 1
        check 'clang-format' format_is_right
        check 'cppcheck' cppcheck_is_quiet
        check 'clang-tidy' clang_tidy_is_quiet
        check 'shellcheck' shellcheck_is_quiet
        check 'libraries are called in their own files only' library_calls_stand_where_they_belong
        check 'no file is longer than 400 lines' files_are_short
        check 'every folder has a README of at most a page' folders_have_a_readme
        check 'the top level holds what it should' top_level_is_as_decided
        check 'no mutable globals in C' no_mutable_globals
        check 'no unfinished marks' no_unfinished_marks
        check 'modules include one another in no circle' modules_have_no_circle
        check 'what a header offers is called by another file' functions_have_callers
        check 'includes name full paths' includes_name_full_paths
        check 'CLEANUP stands before the type' cleanup_stands_first
        check 'every file says what it is for' files_say_what_they_are_for
        check 'every path that a README names exists' readmes_name_what_exists
        check 'every file that a comment names exists' comments_name_what_exists
        check 'lines of READMEs are short' readme_lines_are_short
        check 'lines of tests are short' lines_of_tests_are_short
        printf '%d %d\n' "$PASSED" "$FAILED" >"$WORK/static-count"
    )
    local pass fail
    read -r pass fail <"$WORK/static-count"
    PASSED=$pass
    if [[ $fail -gt $FAILED ]]; then
        FAILURES+=(static)
        FAILED=$fail
    fi
}

format_is_right() {
    files .c .h | xargs clang-format --dry-run -Werror
}

cppcheck_is_quiet() {
    cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
        --suppress=missingIncludeSystem --suppress=unknownMacro --suppress=nullPointerOutOfMemory -I "$ROOT" -j 2 common fcgi
}

# With clang's own flags: gcc's sanitizer and warning options mean nothing to it. One file a run: several confuse its va_list checker.
clang_tidy_is_quiet() {
    cmake -S "$ROOT" -B "$ROOT/build/clang" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang >/dev/null || return 1
    if ! files .c | grep -E '^(common|fcgi)/' | xargs -P 2 -n 1 clang-tidy --quiet -p "$ROOT/build/clang" \
        >"$WORK/clang-tidy.log" 2>/dev/null; then
        grep -E ' (error|warning): ' "$WORK/clang-tidy.log" | sort -u
        return 1
    fi
}

shellcheck_is_quiet() {
    {
        files .sh
        git grep -l -I --untracked -E '^#!/.*[/ ](ba)?sh$'
    } | sort -u | xargs shellcheck -x -S warning -e SC1091
}

# only_in PATTERN FILES-REGEX: no C file outside may match.
only_in() {
    local found
    found=$(files .c .h | grep -E '^(common|fcgi)/' | grep -v -E "$2" | xargs grep -n -E "$1" /dev/null |
        grep -v -E '^[^:]+:[0-9]+: *(/?\*|.*/\*.*'"$1"')')
    [[ -z $found ]] || { printf '%s may only stand in %s:\n%s\n' "$1" "$2" "$found" && return 1; }
}

library_calls_stand_where_they_belong() {
    local status=0
    only_in '\bfastcgi_[a-z_]+ *\(' '^common/(fastcgi|connection|request|response)[a-z_]*\.[ch]$' || status=1
    only_in '\bFCGX_[A-Za-z]+' '^common/fastcgi\.[ch]$' || status=1
    only_in '\bOS_[A-Za-z]+ *\(' '^common/fastcgi_port\.c$' || status=1
    only_in '#include [<"]fastcgi\.h|\bFCGI_(STDOUT|HEADER_LEN)' '^common/fastcgi\.c$' || status=1
    # Records are libfcgi's: their headers, types and flags (fastcgi.h of libfcgi) are known to nobody else.
    only_in '\bFCGI_(Header|BeginRequest|EndRequest|BEGIN|END|PARAMS|STDIN|KEEP_CONN|RESPONDER)' '^$' || status=1
    only_in '\bPQ[a-z][A-Za-z]+ *\(' '^common/db[a-z_]*\.[ch]$|_db\.c$' || status=1
    only_in '\bcurl_[a-z_]+ *\(' '^common/outgoing[a-z_]*\.c$' || status=1
    only_in '\bjwt_[a-z_]+ *\(' '^common/token\.c$' || status=1
    only_in '\bcrypt(_[a-z]+)? *\(' '^common/password\.c$' || status=1
    only_in '#include [<"]fcgi/' '^fcgi/' || status=1
    return "$status"
}

files_are_short() {
    files .c .h .mjs .sh .sql | xargs wc -l | awk '$2 != "total" && $1 > 400 {print; bad = 1} END {exit bad}'
}

folders_have_a_readme() {
    local status=0 folder
    for folder in common fcgi nginx schema seatmaps tests; do
        if [[ ! -f $folder/README.md ]]; then
            printf '%s has no README.md\n' "$folder" && status=1
        elif [[ $(wc -l <"$folder/README.md") -gt 120 ]]; then
            printf '%s/README.md is longer than a page\n' "$folder" && status=1
        fi
    done
    return "$status"
}

top_level_is_as_decided() {
    local expected='CMakeLists.txt LICENSE README.md common fcgi nginx schema seatmaps tests' found
    found=$(git ls-files --cached --others --exclude-standard | grep -v '^\.' | cut -d/ -f1 | sort -u | tr '\n' ' ')
    [[ ${found% } == "$expected" ]] || { printf 'found: %s\n' "$found" && return 1; }
}

# Symbols in the data and bss sections of the library and the responders; the logger and the signal flag may be there.
no_mutable_globals() {
    local found types='_Atomic|volatile|unsigned|struct [a-z_]+|int|bool|char|size_t|int64_t|json_t|atomic_[a-z]+'
    found=$(files .c | grep -E '^(common|fcgi)/' | grep -v -E '^common/(log|turn|memory|fastcgi)\.c$' |
        xargs grep -n -E "^(static )?($types) [^()]*[;=]\$" /dev/null |
        grep -v -E '\bconst\b|extern |_Thread_local')
    [[ -z $found ]] || { printf '%s\n' "$found" && return 1; }
}

no_unfinished_marks() {
    local found
    # Written apart, so that this file is looked at like all others.
    found=$(git ls-files --cached --others --exclude-standard | xargs grep -n -I -w -E 'TO''DO|FIX''ME|XX''X|HA''CK' 2>/dev/null)
    [[ -z $found ]] || { printf '%s\n' "$found" && return 1; }
}
