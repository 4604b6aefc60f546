/* responders.h: the names of the responders, in the one order that all use.
 *
 * To add one: a line here and a folder in fcgi/. CMake, ticketctl and the tests read these lines too, so
 * their form stays: X(name). nginx/systemd/ticketing.target repeats them, which a test compares. */
#ifndef TICKETING_RESPONDERS_H
#define TICKETING_RESPONDERS_H

/* clang-format off */
#define RESPONDER_LIST(X) \
    X(auth)               \
    X(events)             \
    X(holds)              \
    X(checkout)
/* clang-format on */

/* For an array of the names: `{RESPONDER_LIST(RESPONDER_NAME)}`. */
#define RESPONDER_NAME(name) #name,

#endif
