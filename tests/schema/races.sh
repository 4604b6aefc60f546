#!/bin/bash
# Races on a deployed database, TEST_DATABASE_URL, which they fill: many pgbench clients on few seats, then two sessions step by step.
# Prints "ok - …" or "not ok - …" a line and "# races done". No client may get any error, a deadlock least of all: every session logs one
# after 200 ms, long before a retry would hide it. RACE_SECONDS (3) is the length of each pgbench race, RACE_CLIENTS (16) its width.
set -u
cd "$(dirname "$0")" || exit 2
: "${TEST_DATABASE_URL:?a deployed database: postgresql://…}"
export PGOPTIONS='-c client_min_messages=warning -c deadlock_timeout=200ms'
seconds=${RACE_SECONDS:-3} clients=${RACE_CLIENTS:-16}
invariants=${SCHEMA_FOLDER:-../../schema}/check_invariants.sql
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

query() { psql -XAtq -v ON_ERROR_STOP=1 -d "$TEST_DATABASE_URL" "$@" 2>&1; }
# same NAME EXPECTED ACTUAL
same() {
    if [ "$2" = "$3" ]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        printf '%s\n' "expected: $2" "got:      $3" | sed 's/^/# /'
    fi
}
consistent() { same "$1: the invariants hold" '' "$(query -f "$invariants")"; }
# race NAME SCRIPT pgbench-options…: no error, invariants kept
race() {
    local name=$1 script=$2
    shift 2
    pgbench -n -f "races/$script.pgbench" "$@" "$TEST_DATABASE_URL" >"$work/out" 2>&1
    same "$name: no client saw an error" 'exit 0' "exit $?$(grep -E 'ERROR|aborted|FATAL|failed transactions: [1-9]' "$work/out")"
    sed -n 's/^number of transactions actually processed: \([0-9]*\).*/# \1 transactions/p' "$work/out"
    consistent "$name"
}
# Waits until a session called $1 waits for a lock (5 s at the most).
until_waiting() {
    for _ in $(seq 100); do
        [ "$(query -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = '$1' AND wait_event_type = 'Lock'")" = 1 ] && return
        sleep 0.05
    done
    echo "not ok - session $1 never waited for a lock"
}
until_idle() { # … until it sits in its open transaction
    for _ in $(seq 100); do
        [ "$(query -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = '$1' AND
            state = 'idle in transaction'")" = 1 ] && return
        sleep 0.05
    done
    echo "not ok - session $1 never got to its wait"
}
# first STATEMENT: a session that runs it in a transaction and keeps that open until finish COMMIT|ROLLBACK.
first() {
    mkfifo "$work/pipe"
    PGAPPNAME=first query -f "$work/pipe" >"$work/first" &
    first_pid=$!
    exec 9>"$work/pipe"
    printf 'BEGIN;\n%s\n' "$1" >&9
    until_idle first
}
finish() {
    printf '%s;\n' "$1" >&9
    exec 9>&-
    wait "$first_pid"
    rm -f "$work/pipe"
}
# second STATEMENT: a session that has to wait for the first; its answer is in $work/second after `wait $second_pid`.
second() {
    PGAPPNAME=second query -c "$1" >"$work/second" &
    second_pid=$!
    until_waiting second
}
second_answer() {
    wait "$second_pid"
    cat "$work/second"
}
SHOW() { echo "'4ace0000-0000-4000-8000-$(printf '%012d' "$1")'"; }

query -f races/setup.sql || { echo 'not ok - set up'; exit 1; }

for show in 30 31 32 33 34; do
    pgbench -n -c "$clients" -t 2 -D show=$show -f races/one_seat.pgbench "$TEST_DATABASE_URL" >"$work/out" 2>&1 || cat "$work/out"
    same "$clients clients on one seat, show $show: one hold" '1' \
        "$(query -c "SELECT count(*) FROM public.holds WHERE show_id = $(SHOW $show)")"
done
race 'four of twelve seats in any order' opposite_orders -c "$clients" -T "$seconds"
race 'batches over three small shows' batches -c "$clients" -T "$seconds"
race 'hold, extend, release, buy, cancel, expire, pay, decline, refund' whole_life -c "$clients" -T $((seconds * 2))
query -c "SELECT '# orders: ' || string_agg(status || ' ' || count, ', ')
    FROM (SELECT status, count(*) FROM public.orders GROUP BY status ORDER BY status) AS o"
query -c "SELECT '# payment events: ' || string_agg(outcome || ' ' || count, ', ')
    FROM (SELECT outcome, count(*) FROM public.payment_events GROUP BY outcome ORDER BY outcome) AS o"
query -c "SELECT '# seats twice: ' || count(*)
    FROM (SELECT FROM public.tickets WHERE status <> 'void' GROUP BY show_id, seat_id HAVING count(*) > 1) AS t"

# Step by step. A batch that finds its seats free and then has to wait for the one who is taking them:
batch="SELECT string_agg(outcome || coalesce(taken::text, ''), ' ' ORDER BY request) FROM public.hold_seats('{1,2,3}',
    ARRAY[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()], ARRAY[race.person(1), race.person(2), race.person(3)],
    array_fill(race.show(:show), ARRAY[3]), '{race,race,race}', '{1,1,1}', '{\"{S2,S1}\",\"{S2,S3}\",\"{S9}\"}', 300, 20)"
first "SELECT race.hold_these(10, '{S1}', 9, 300);"
second "${batch/:show/10}"
finish COMMIT
same 'a seat lost while waiting: refused, the next in line asked again, others granted' \
    'seats_unavailable{S1} again granted' "$(second_answer)"
same 'and nothing half held' 'S1=held S2=released S9=held' \
    "$(query -c "SELECT string_agg(seat_id || '=' || state, ' ' ORDER BY seat_id) FROM public.seat_claims WHERE show_id = race.show(10)")"
first "SELECT race.hold_these(11, '{S1}', 9, 300);"
second "${batch/:show/11}"
finish ROLLBACK
same 'a seat given up while waiting: granted' 'granted seats_unavailable{S2} granted' "$(second_answer)"

# A hold of one second that commits after two: the one who waited may have the seat, because time went on while it waited.
first "SELECT race.hold_these(12, '{S1}', 9, 1);"
second "SELECT race.hold_these(12, '{S1}', 8, 300);"
sleep 1.2
finish COMMIT
same 'a claim that lapsed while one waited for it is free' 'granted' "$(second_answer)"

query -c "SELECT race.hold_these(13, '{S1}', 9, 1)" >/dev/null
first "SELECT FROM public.holds WHERE show_id = race.show(13) FOR UPDATE;"
second "SELECT race.buy(h, 900) FROM public.holds AS h WHERE show_id = race.show(13)"
sleep 1.2
finish COMMIT
same 'a hold that lapsed while checkout waited for it is expired' 'hold_expired' "$(second_answer)"

for call in "race.buy(h, 900)" "(public.extend_hold(h.id, h.user_id, 300, 900)).outcome"; do
    # Long enough that a busy machine gets the second session to its wait before the hold ends.
    query -c "SELECT race.hold_these(19, '{S1}', 9, 5)" >/dev/null
    first "SELECT FROM public.seat_claims WHERE show_id = race.show(19) FOR UPDATE;"
    second "SELECT $call FROM public.holds AS h WHERE show_id = race.show(19) AND expires_at > clock_timestamp()"
    query -c "SELECT pg_sleep_until(max(expires_at) + interval '0.1 s') FROM public.holds WHERE show_id = race.show(19)" >/dev/null
    finish COMMIT
    case "$(second_answer)" in
        hold_expired | not_found) echo "ok - a hold that lapsed while $call waited for its claims is over" ;;
        *) echo "not ok - a hold that lapsed while $call waited for its claims: $(cat "$work/second")" ;;
    esac
done

query -c "SELECT race.hold_these(14, '{S1}', 9, 300)" >/dev/null
first "SELECT race.buy(h, 900) FROM public.holds AS h WHERE show_id = race.show(14);"
second "SELECT race.buy(h, 900) FROM public.holds AS h WHERE show_id = race.show(14)"
finish COMMIT
same 'a second checkout of one hold gets the same order' 'existing' "$(second_answer)"
first "SELECT public.settle_payment('test', 'once', 'payment.succeeded', p.id, p.amount, p.currency, '{}')
    FROM public.payments AS p WHERE show_id = race.show(14);"
second "SELECT public.settle_payment('test', 'once', 'payment.succeeded', p.id, p.amount, p.currency, '{}')
    FROM public.payments AS p WHERE show_id = race.show(14)"
finish COMMIT
same 'the same payment event at the same time is a duplicate' 'duplicate' "$(second_answer)"

query -c "SELECT race.hold_these(15, '{S1}', 9, 300)" >/dev/null
first "SELECT public.release_hold(h.id, h.user_id) FROM public.holds AS h WHERE show_id = race.show(15);"
second "SELECT race.buy(h, 900) FROM public.holds AS h WHERE show_id = race.show(15)"
finish COMMIT
same 'checkout of a hold being released finds none' 'hold_not_found' "$(second_answer)"

query -c "SELECT race.hold_these(20, '{S1,S2}', 9, 300), race.hold_these(20, '{S3}', 8, 300)" >/dev/null
back="SELECT string_agg(outcome, ' ' ORDER BY request)
    FROM (SELECT array_agg(id ORDER BY seats) AS ids, array_agg(user_id ORDER BY seats) AS users
    FROM public.holds WHERE show_id = race.show(20)) AS h, public.release_holds('{1,2}', ids, users)"
first "SELECT race.buy(h, 900) FROM public.holds AS h WHERE show_id = race.show(20) AND user_id = race.person(9);"
same 'a batch of releases does not wait for a checkout' 'again released' "$(query -c "SET lock_timeout = '1ms'; $back")"
finish ROLLBACK
first "SELECT FROM public.seat_claims WHERE show_id = race.show(20) AND seat_id = 'S2' FOR UPDATE;"
same 'nor for one seat' 'again not_found' "$(query -c "SET lock_timeout = '1ms'; $back")"
finish COMMIT
same 'and then gives nothing half back' 'S1=held S2=held S3=released' \
    "$(query -c "SELECT string_agg(seat_id || '=' || state, ' ' ORDER BY seat_id) FROM public.seat_claims WHERE show_id = race.show(20)")"
same 'it is given back when nobody is in the way' 'released not_found' "$(query -c "$back")"

first "SELECT race.hold_these(16, '{S1}', 9, 300);"
second "INSERT INTO public.seatmaps (id, version, name, template, seat_count) VALUES ('race', 2, 'Race', '{}', 5);
    SELECT public.update_show(race.show(16), now() + interval '1 day', NULL, NULL, NULL, 'race', 2, 'VND', NULL)"
finish COMMIT
same 'a seat map cannot change under a hold that is being made' 'has_claims' "$(second_answer)"
query -c "INSERT INTO public.seatmaps (id, version, name, template, seat_count) VALUES ('race', 2, 'Race', '{}', 5) ON CONFLICT DO NOTHING"
first "SELECT public.update_show(race.show(17), now() + interval '1 day', NULL, NULL, NULL, 'race', 2, 'VND', NULL);"
second "SELECT race.hold_these(17, '{S1}', 9, 300)"
finish COMMIT
same 'a hold that waited for a new seat map is told so' 'show_changed' "$(second_answer)"

first "SELECT race.hold_these(18, '{S1,S2,S3}', 9, 300);"
PGAPPNAME=other timeout 5 psql -XAtq -d "$TEST_DATABASE_URL" -c "SELECT race.hold_these(18, '{S4}', 8, 300)" >"$work/other" 2>&1
same 'a hold under way does not delay other seats of the show' 'granted' "$(cat "$work/other")"
finish COMMIT

# A show is taken off sale while somebody checks out or pays: whoever was first decides, and no order is left waiting.
off_sale() { echo "UPDATE public.shows SET sales_end_at = now() - interval '1 s' WHERE id = race.show($1)"; }
order_of() { query -c "SELECT status FROM public.orders WHERE show_id = race.show($1)"; }
pay="SELECT public.settle_payment('test', p.id::text, 'payment.succeeded', p.id, p.amount, p.currency, '{}')
    FROM public.payments AS p WHERE show_id = race.show"
for show in 21 22 23 24; do
    query -c "SELECT race.hold_these($show, '{S1}', 9, 300)" >/dev/null
    [ "$show" -lt 23 ] || query -c "SELECT race.buy(h, 900) FROM public.holds AS h WHERE show_id = race.show($show)" >/dev/null
done
first "SELECT race.buy(h, 900) FROM public.holds AS h WHERE show_id = race.show(21);"
second "$(off_sale 21)"
finish COMMIT
wait "$second_pid"
same 'an order that was being made when its show was taken off sale is closed' 'cancelled' "$(order_of 21)"
first "$(off_sale 22);"
second "SELECT race.buy(h, 900) FROM public.holds AS h WHERE show_id = race.show(22)"
finish COMMIT
same 'a checkout that waited for that is refused' 'sales_closed' "$(second_answer)"
first "$pay(23);"
second "$(off_sale 23)"
finish COMMIT
wait "$second_pid"
same 'an order that was being paid stays paid' 'paid' "$(order_of 23)"
first "$(off_sale 24);"
second "$pay(24)"
finish COMMIT
same 'a payment that waited for that goes back' 'late_refund cancelled' "$(second_answer) $(order_of 24)"

consistent 'step by step'
echo '# races done'
