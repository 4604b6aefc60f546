/* key.h: the keys that sign tickets: Ed25519 (RFC 8032) by OpenSSL.
 *
 * A ring is a JWK Set (RFC 7517, RFC 8037). One key in it has its private half `d` and signs; the others only
 * verify what they signed before:
 *
 *     {"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "7QK", "iat":
 * 1796126400, "x": "<public key, base64url>", "d": "<private key, base64url>"}, …]}
 *
 * A key's id is 3 characters of [A-Z2-7] made from the hash of the key. Removing a key voids all that it
 * signed. A ring never changes once made, so threads share it; key_file.h follows the file. */
#ifndef TICKETING_PAPER_KEY_H
#define TICKETING_PAPER_KEY_H

#include "common/cleanup.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    TICKET_KEY_ID_LENGTH = 3,
    TICKET_KEY_ID_SIZE = TICKET_KEY_ID_LENGTH + 1,
    TICKET_KEY_BYTES = 32, /* of either half */
    TICKET_SIGNATURE_BYTES = 64,
    TICKET_KEYS_MAX = 64, /* in a ring */
};

struct ticket_ring; /* opaque; immutable */

/* The ring of a JWK Set. NULL when anything about it is wrong, and `*ret_problem` (a constant) says what: a
 * key of another kind, an id twice, no private half or more than one, halves that do not belong together. */
struct ticket_ring *ticket_ring_parse(const json_t *set, const char **ret_problem) MUST_CHECK;
void ticket_ring_free(struct ticket_ring *ring);
DEFINE_CLEANUP(struct ticket_ring *, ticket_ring_free)

/* The id of the key that signs. */
const char *ticket_ring_active(const struct ticket_ring *ring);
bool ticket_ring_has(const struct ticket_ring *ring, const char *key_id) MUST_CHECK;

/* Signs with the active key; the same message always gets the same signature. Messages of different kinds
 * must begin differently (tickets with "T1"). */
void ticket_ring_sign(const struct ticket_ring *ring, const void *message, size_t length,
                      unsigned char ret_signature[static TICKET_SIGNATURE_BYTES]);
/* True when that key signed exactly this; false also when the ring has no such key. */
bool ticket_ring_verify(const struct ticket_ring *ring, const char *key_id, const void *message,
                        size_t length,
                        const unsigned char signature[static TICKET_SIGNATURE_BYTES]) MUST_CHECK;

/* The public halves as a JWK Set; the caller owns it. */
json_t *ticket_ring_public(const struct ticket_ring *ring) MUST_CHECK;

/* A new set with a new key that signs, and every key of `set` (NULL: none) without its private half: from now
 * on they only verify. The caller owns it. NULL when the set is full. */
json_t *ticket_keys_rotate(const json_t *set) MUST_CHECK;

#endif
