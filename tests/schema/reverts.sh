#!/bin/bash
# Each change is undone by its revert: the catalogue is then what it was before the deploy. Runs the scripts as sqitch
# would, in the order of the plan, against TEST_DATABASE_URL, an empty database. Prints what differs; the last line is
# "# reverts done".
set -u
cd "$(dirname "$0")" || exit 2
: "${TEST_DATABASE_URL:?an empty database: postgresql://…}"
schema=${SCHEMA_FOLDER:-../../schema}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# The scripts of a change that was reworked later have the tag in their names.
mapfile -t changes < <(awk '
    /^@/ { for (i in names) if (!(i in tagged)) tagged[i] = $1 }
    /^[a-z]/ { names[$1]++; lines[++n] = $1 }
    END {
        for (i = 1; i <= n; i++) {
            name = lines[i]; count[name]++
            print name (count[name] < names[name] ? tagged[name] : "")
        }
    }' "$schema/sqitch.plan")

run_all() {
    local folder=$1 change
    shift
    for change; do
        printf '\\i %s/%s/%s.sql\n\\o %s/%s.%s\n\\i fixture/catalogue.psql\n\\o\n' "$schema" "$folder" "$change" "$work" "$change" "$folder"
    done | psql -XAtq -v ON_ERROR_STOP=1 -d "$TEST_DATABASE_URL" || exit 1
}

psql -XAtq -d "$TEST_DATABASE_URL" -o "$work/nothing.deploy" -f fixture/catalogue.psql || exit 1
run_all deploy "${changes[@]}"
mapfile -t backwards < <(printf '%s\n' "${changes[@]}" | tac)
run_all revert "${backwards[@]}"
before=nothing
for change in "${changes[@]}"; do
    if diff "$work/$before.deploy" "$work/$change.revert" >"$work/difference"; then
        echo "ok - $change is undone by its revert"
    else
        echo "not ok - $change is undone by its revert"
        sed 's/^/# /' "$work/difference"
    fi
    before=$change
done
echo '# reverts done'
