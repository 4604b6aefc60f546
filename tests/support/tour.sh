#!/bin/sh
# The tour of README.md, line by line, with the checks a person makes by looking. $1: the base, e.g.
# http://localhost:4000/api; STAFF_PASSWORD, and EMAIL, the buyer's address (a new one each time, where the README says
# user@example.com).
set -eu
base=$1

# say LABEL VALUE WANTED
say() {
    if [ "$2" != "$3" ]; then
        printf '%s: got %s, not %s\n' "$1" "$2" "$3" >&2
        exit 1
    fi
    printf '%s: %s\n' "$1" "$2"
}

# call METHOD PATH [BODY]: the status goes to $status, the body to $answer; $token is sent when set.
call() {
    answer=$(curl -sS -X "$1" "$base$2" ${token:+-H "Authorization: Bearer $token"} \
        ${3:+-H 'Content-Type: application/json' -d "$3"} -w '\n%{http_code}')
    status=$(printf '%s\n' "$answer" | tail -n 1)
    answer=$(printf '%s\n' "$answer" | sed '$d')
}

pick() {
    printf '%s' "$answer" | jq -r "$1"
}

token=
call POST /auth/register "{\"email\":\"$EMAIL\",\"password\":\"pass123\",\"fullName\":\"User\"}"
say 'register' "$status" 201
call POST /auth/login "{\"email\":\"$EMAIL\",\"password\":\"pass123\"}"
say 'login' "$status" 200
user=$(pick .token)

call GET '/events?q=My%20Dinh%20Spring%20Concert'
say 'events' "$status" 200
event=$(pick '.events[-1].id')
call GET "/events/$event/shows"
say 'shows' "$status" 200
show=${SHOW:-$(pick '.shows[0].id')}
call GET "/shows/$show/seatmap"
say 'seats of m1' "$(pick '.seats | length')" 150

token=$user
call POST /holds "{\"showId\":\"$show\",\"seats\":[\"A1\",\"A2\"]}"
say 'hold' "$status" 201
hold=$(pick .holdId)
say 'expiresAt is in milliseconds, 300 s ahead' "$(pick "(.expiresAt / 1000 - $(date +%s)) | . > 290 and . <= 302")" true

token=
call GET "/shows/$show/availability"
say 'exactly A1 and A2 are held' "$(pick '[.availability[] | select(.state!="available")] | tojson')" \
    '[{"seatId":"A1","state":"held"},{"seatId":"A2","state":"held"}]'

call POST /auth/register "{\"email\":\"other-$EMAIL\",\"password\":\"pass123\",\"fullName\":\"Other\"}"
call POST /auth/login "{\"email\":\"other-$EMAIL\",\"password\":\"pass123\"}"
token=$(pick .token)
call POST /holds "{\"showId\":\"$show\",\"seats\":[\"A1\",\"A2\"]}"
say 'the same hold by another user' "$status $(pick '.code + " " + (.seats | join(","))')" '409 SEATS_UNAVAILABLE A1,A2'

token=$user
call DELETE "/holds/$hold"
say 'release' "$status" 204
call GET "/shows/$show/availability"
say 'all available' "$(pick '[.availability[] | select(.state!="available")] | length')" 0

call POST /holds "{\"showId\":\"$show\",\"seats\":[\"A1\",\"A2\"]}"
say 'hold again' "$status" 201
call POST /checkout "{\"holdId\":\"$(pick .holdId)\"}"
say 'checkout' "$status $(pick '.status + " " + (.total | tostring) + " " + .currency')" '201 pending 2400000 VND'
order=$(pick .id)
url=$(pick .payment.url)
say 'pay' "$(curl -sS -o /dev/null -w '%{http_code}' -X POST "$base/${url#*/api/}")" 200
call GET "/orders/$order"
say 'order' "$(pick '.status + " " + ([.tickets[].status] | join(","))')" 'paid valid,valid'
ticket=$(pick '.tickets[0].id')
call GET "/shows/$show/availability"
say 'sold' "$(pick '[.availability[] | select(.state!="available") | .seatId + " " + .state] | join(",")')" 'A1 sold,A2 sold'
call GET /tickets
say 'tickets' "$(pick '.tickets | length')" 2

token=
call POST /auth/login "{\"email\":\"staff@example.com\",\"password\":\"$STAFF_PASSWORD\"}"
token=$(pick .token)
call POST "/tickets/$ticket/checkin" '{"gate":"North"}'
say 'first check-in' "$status $(pick '.status + " " + (.alreadyCheckedIn | tostring) + " " + .gate')" '200 checked_in false North'
first=$(pick .checkedInAt)
call POST "/tickets/$ticket/checkin" '{"gate":"South"}'
say 'second check-in says so' "$status $(pick '(.alreadyCheckedIn | tostring) + " " + .gate + " " + .checkedInAt')" "200 true North $first"
