# House rules that a command can see: how modules include one another, how files begin, and whether documents are true.
# shellcheck shell=bash

# Prints "module included-module" for each include among common/ and fcgi/. A .c file and its .h file are one module; the
# inside of a module that has several .c files (db_internal.h) belongs to the module.
module_includes() {
    files .c .h | grep -E '^(common|fcgi)/' | xargs grep -H -o -E '^#include "[^"]+"' |
        sed -E 's/:#include "/ /; s/"$//; s/(_internal)?\.[ch]( |$)/\2/g' | awk '$1 != $2' | sort -u
}

# tsort (coreutils) complains of each circle and names its members.
modules_have_no_circle() {
    local circles
    if ! circles=$(module_includes | tsort 2>&1 >/dev/null); then
        printf '%s\n' "$circles"
        return 1
    fi
}

# Prints "D name object" for each function that an object of common/ and fcgi/ defines for others, "U name object" for
# what it wants of others. Objects whose source is gone are left out.
object_symbols() {
    local object source
    while read -r object; do
        source=${object#"$BUILD/"}
        source=${source%%/*}/${source#*.dir/}
        [[ ! -f ${source%.o} ]] || nm "$object" |
            awk -v object="$object" '$(NF-1) == "T" {print "D", $NF, object} $(NF-1) == "U" {print "U", $NF, object}'
    done < <(find "$BUILD"/common "$BUILD"/fcgi -name '*.c.o')
}

# A function that no other file of the programs calls is dead, or alive for a test only, or belongs to its file alone
# (static). Those that begin with OS_ are called by libfcgi.
functions_have_callers() {
    local found
    found=$(object_symbols | awk '$1 == "U" {wanted[$2] = 1} $1 == "D" {defined[$2] = $3}
        END {for (name in defined) if (!(name in wanted)) print name, defined[name]}' | grep -v -E '^(main|OS_[A-Za-z]+|_.*) ' | sort)
    [[ -z $found ]] || { printf '%s\n' "$found" && return 1; }
}

# "common/db.h", not "db.h": a reader sees the room, and a file that moves is found.
includes_name_full_paths() {
    local found
    found=$(files .c .h | grep -E '^(common|fcgi)/' | xargs grep -n -E '^#include "' /dev/null | grep -v -E '#include "(common|fcgi)/')
    [[ -z $found ]] || { printf '%s\n' "$found" && return 1; }
}

cleanup_stands_first() {
    local found
    found=$(files .c .h | xargs grep -n -E '^ *[a-z].*\bCLEANUP\(' /dev/null | grep -v -E ':[0-9]+: *(/?\*|#define|DEFINE_)')
    [[ -z $found ]] || { printf '%s\n' "$found" && return 1; }
}

files_say_what_they_are_for() {
    local file status=0
    while read -r file; do
        if ! head -n 1 "$file" | grep -q -E '^/\* .{10}' || head -n 1 "$file" | grep -q -E ': see [a-z_]+\.h'; then
            printf '%s does not open with what it is for\n' "$file" && status=1
        fi
    done < <(files .c .h | grep -E '^(common|fcgi)/')
    return "$status"
}

# What READMEs name in backquotes: paths, seen from the README's folder or from the top; and names of files without a
# folder, which have to be somewhere. What only a running checkout has (var/, build/, a state's keys/ and run/) and
# patterns (deploy/X.sql) are left out.
readmes_name_what_exists() {
    local readme name folder status=0 known
    known=$(git ls-files --cached --others --exclude-standard | sed 's|.*/||' | sort -u)
    while read -r readme; do
        folder=$(dirname "$readme")
        while read -r name; do
            if [[ $name == */* ]]; then
                [[ -e $folder/$name || -e $name ]]
            else
                grep -q -x -F "$name" <<<"$known"
            fi || { printf '%s names %s, which does not exist\n' "$readme" "$name" && status=1; }
        done < <(grep -o -E '`[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+/?`|`[A-Za-z0-9_-]+\.(c|h|sh|sql|mjs|in|yaml|json|conf)`' "$readme" |
            tr -d '`' | sort -u |
            grep -v -E '^(var|build|keys|run|log|mail|api|application|text|image)/|/X\.sql$|^fcgios\.h$')
    done < <(git ls-files '*README.md')
    return "$status"
}

# Names of files in the comments of C: some file of ours has each. Those of libfcgi and PostgreSQL are named as such.
comments_name_what_exists() {
    local known found
    known=$(git ls-files --cached --others --exclude-standard | sed 's|.*/||' | sort -u)
    found=$(files .c .h | grep -E '^(common|fcgi)/' | xargs grep -n -H -v '^#include' |
        grep -E '^[^:]+:[0-9]+: *(/\*|\*)|/\*' | grep -o -E '^[^:]+:[0-9]+|[A-Za-z_]+\.(c|h|sql|sh|mjs)\b' |
        awk '/:[0-9]+$/ {place = $0; next} {print $0, place}' | sort -u | grep -v -E '^(fcgiapp\.c|fcgios\.h|os_unix\.c|syncrep\.c) ' |
        awk 'NR == FNR {known[$0] = 1; next} !($1 in known)' <(printf '%s\n' "$known") -)
    [[ -z $found ]] || { printf '%s\n' "$found" && return 1; }
}

# What a test does shall be seen without scrolling sideways.
lines_of_tests_are_short() {
    local found
    found=$({ files .mjs .sql .sh .c .h .py && git ls-files tests/run tests/*/run; } | grep '^tests/' | xargs grep -n -E '.{141}' /dev/null)
    [[ -z $found ]] || { printf '%s\n' "$found" | cut -c1-160 && return 1; }
}

# Prose only: tables and commands cannot be wrapped.
readme_lines_are_short() {
    local readme status=0
    while read -r readme; do
        if awk '/^```/ {code = !code} !code && !/^\|/' "$readme" | grep -n -E '.{121}'; then
            printf '%s has lines of more than 120 columns\n' "$readme" && status=1
        fi
    done < <(git ls-files '*README.md')
    return "$status"
}
