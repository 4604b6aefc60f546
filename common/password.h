/* password.h: yescrypt hashes by libxcrypt (crypt(5)), never more at once than `concurrency`: each takes 16
 * MiB and a core. */
#ifndef TICKETING_PASSWORD_H
#define TICKETING_PASSWORD_H

#include "common/metrics.h"
#include <stdbool.h>

struct password_hasher; /* opaque; shared between threads */

/* `cost` 1 to 11 (5: about 20 ms). Also makes the dummy hash that unknown users are checked against. NULL
 * when libxcrypt failed. */
struct password_hasher *password_hasher_new(unsigned cost, unsigned concurrency) MUST_CHECK;
void password_hasher_free(struct password_hasher *hasher);
/* Counts every hash from now on as METRIC_PASSWORDS_HASHED; the registry is borrowed. Before it is shared. */
void password_hasher_count(struct password_hasher *hasher, struct metrics *metrics);

/* A salted hash in crypt(5) format of a password of any length, prepared as RFC 8265 (OpaqueString) says:
 * typed in NFC or NFD, it is the same. Waits for a free slot. NULL when libxcrypt failed. Free with free(). */
char *password_hash(struct password_hasher *hasher, const char *password) MUST_CHECK;
/* Compares in constant time; `hash` NULL (no such user) costs the same time and is false. */
bool password_verify(struct password_hasher *hasher, const char *password, const char *hash) MUST_CHECK;

#endif
