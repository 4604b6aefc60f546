# Circles among the modules: which file includes which.
# shellcheck shell=bash

# Prints "module included-module" for each include among common/ and fcgi/. A .c file and its .h file are one module; the inside of a module that
# has several .c files (db_internal.h) belongs to the module.
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
