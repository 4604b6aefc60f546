/* password.h: yescrypt hashes by libxcrypt (crypt(5)), never more at once than `concurrency`: each takes 16
 * MiB and a core. A request that hashes has a place from its beginning to its end, and there are fewer places
 * than threads. So threads are left for other calls, however many passwords wait. */
#ifndef TICKETING_PASSWORD_H
#define TICKETING_PASSWORD_H

#include "common/cleanup.h"
#include "common/metrics.h"
#include <stdbool.h>

struct password_hasher; /* opaque; shared between threads */

/* `cost` 1 to 11 (5: about 20 ms); `places` at least 1. Also makes the dummy hash that unknown users are
 * checked against. NULL when libxcrypt failed. */
struct password_hasher *password_hasher_new(unsigned cost, unsigned concurrency, unsigned places) MUST_CHECK;
void password_hasher_free(struct password_hasher *hasher);
/* Counts every hash from now on as METRIC_PASSWORDS_HASHED; the registry is borrowed. Before it is shared. */
void password_hasher_count(struct password_hasher *hasher, struct metrics *metrics);

/* Takes a place and returns the hasher itself, to be given back with password_leave(); NULL when all are
 * taken: the request is answered with 503. Never waits. Any thread. */
struct password_hasher *password_enter(struct password_hasher *hasher) MUST_CHECK;
/* Gives the place back; NULL is fine. */
void password_leave(struct password_hasher *entered);
DEFINE_CLEANUP(struct password_hasher *, password_leave)

/* The caller has a place. Returns a salted hash in crypt(5) format of a password of any length, prepared as
 * RFC 8265 (OpaqueString) says: typed in NFC or NFD, it is the same. Waits for a free core. NULL when
 * libxcrypt failed. Free with free(). */
char *password_hash(struct password_hasher *hasher, const char *password) MUST_CHECK;
/* The caller has a place. Compares in constant time; `hash` NULL (no such user) costs the same time and is
 * false. */
bool password_verify(struct password_hasher *hasher, const char *password, const char *hash) MUST_CHECK;

#endif
