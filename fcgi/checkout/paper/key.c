/* key.c: rings of keys, and signatures by OpenSSL. */
#include "fcgi/checkout/paper/key.h"
#include "common/clock.h"
#include "common/identifier.h"
#include "common/memory.h"
#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

struct ticket_key {
    char id[TICKET_KEY_ID_SIZE];
    EVP_PKEY *key; /* with the private half when it is the active one */
};

struct ticket_ring {
    struct ticket_key keys[TICKET_KEYS_MAX];
    size_t count;
    const struct ticket_key *active;
    json_t *public_set;
};

static const char KEY_ID_DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648 §6 */
enum { HALF_TEXT_LENGTH = 43, HALF_TEXT_SIZE = HALF_TEXT_LENGTH + 1 };

static bool is_key_id(const char *text)
{
    return text != NULL && strlen(text) == TICKET_KEY_ID_LENGTH &&
           strspn(text, KEY_ID_DIGITS) == TICKET_KEY_ID_LENGTH;
}

static bool is(const json_t *object, const char *name, const char *value)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL && strcmp(text, value) == 0;
}

/* One half of a key as RFC 8037 §2 writes it. */
static bool read_half(const json_t *jwk, const char *name, unsigned char ret_half[static TICKET_KEY_BYTES])
{
    const char *text = json_string_value(json_object_get(jwk, name));
    size_t length = 0;
    return text != NULL && strlen(text) == HALF_TEXT_LENGTH &&
           base64url_decode(text, HALF_TEXT_LENGTH, ret_half, TICKET_KEY_BYTES, &length) &&
           length == TICKET_KEY_BYTES;
}

static EVP_PKEY *read_private(const json_t *jwk, const unsigned char public_half[static TICKET_KEY_BYTES])
{
    unsigned char seed[TICKET_KEY_BYTES];
    unsigned char derived[TICKET_KEY_BYTES];
    size_t length = sizeof(derived);
    if (!read_half(jwk, "d", seed)) {
        return NULL;
    }
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
    OPENSSL_cleanse(seed, sizeof(seed));
    if (key != NULL && (EVP_PKEY_get_raw_public_key(key, derived, &length) != 1 ||
                        length != sizeof(derived) || memcmp(derived, public_half, sizeof(derived)) != 0)) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

static const char *add_key(struct ticket_ring *ring, const json_t *jwk)
{
    const char *id = json_string_value(json_object_get(jwk, "kid"));
    unsigned char half[TICKET_KEY_BYTES];
    if (!is(jwk, "kty", "OKP") || !is(jwk, "crv", "Ed25519") || !read_half(jwk, "x", half)) {
        return "a key is not Ed25519";
    }
    if (!is_key_id(id)) {
        return "a key's id is not 3 characters of A-Z and 2-7";
    }
    if (ticket_ring_has(ring, id)) {
        return "two keys have the same id";
    }
    if (ring->count == TICKET_KEYS_MAX) {
        return "there are too many keys";
    }
    struct ticket_key *key = &ring->keys[ring->count];
    bool has_private = json_object_get(jwk, "d") != NULL;
    key->key = has_private ? read_private(jwk, half)
                           : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, half, sizeof(half));
    if (key->key == NULL) {
        return "a key's halves are malformed or do not belong together";
    }
    ring->count++;
    memcpy(key->id, id, TICKET_KEY_ID_SIZE);
    if (has_private && ring->active != NULL) {
        return "more than one key has its private half";
    }
    ring->active = has_private ? key : ring->active;
    char x[HALF_TEXT_SIZE];
    base64url_encode(half, sizeof(half), x, sizeof(x));
    json_array_append_new(json_object_get(ring->public_set, "keys"),
                          json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:O*}", "kty", "OKP", "crv", "Ed25519",
                                    "use", "sig", "alg", "EdDSA", "kid", key->id, "x", x, "iat",
                                    json_object_get(jwk, "iat")));
    return NULL;
}

struct ticket_ring *ticket_ring_parse(const json_t *set, const char **ret_problem)
{
    const json_t *keys = json_object_get(set, "keys");
    CLEANUP(ticket_ring_free) struct ticket_ring *ring = memory_new(1, sizeof(*ring));
    ring->public_set = json_pack("{s:[]}", "keys");
    const char *problem = json_is_array(keys) ? NULL : "it is not a JWK Set";
    size_t index;
    const json_t *jwk;
    json_array_foreach(keys, index, jwk)
    {
        problem = add_key(ring, jwk);
        if (problem != NULL) {
            break;
        }
    }
    if (problem == NULL && ring->active == NULL) {
        problem = "no key has its private half";
    }
    if (problem != NULL) {
        *ret_problem = problem;
        return NULL;
    }
    struct ticket_ring *made = ring;
    ring = NULL;
    return made;
}

void ticket_ring_free(struct ticket_ring *ring)
{
    if (ring == NULL) {
        return;
    }
    for (size_t i = 0; i < ring->count; i++) {
        EVP_PKEY_free(ring->keys[i].key);
    }
    json_decref(ring->public_set);
    free(ring);
}

static const struct ticket_key *find(const struct ticket_ring *ring, const char *key_id)
{
    for (size_t i = 0; i < ring->count; i++) {
        if (strcmp(ring->keys[i].id, key_id) == 0) {
            return &ring->keys[i];
        }
    }
    return NULL;
}

const char *ticket_ring_active(const struct ticket_ring *ring)
{
    return ring->active->id;
}

bool ticket_ring_has(const struct ticket_ring *ring, const char *key_id)
{
    return find(ring, key_id) != NULL;
}

void ticket_ring_sign(const struct ticket_ring *ring, const void *message, size_t length,
                      unsigned char ret_signature[static TICKET_SIGNATURE_BYTES])
{
    size_t size = TICKET_SIGNATURE_BYTES;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, ring->active->key) == 1 &&
                EVP_DigestSign(context, ret_signature, &size, message, length) == 1;
    EVP_MD_CTX_free(context);
    if (!done || size != TICKET_SIGNATURE_BYTES) {
        abort(); /* only when libcrypto is out of memory */
    }
}

bool ticket_ring_verify(const struct ticket_ring *ring, const char *key_id, const void *message,
                        size_t length, const unsigned char signature[static TICKET_SIGNATURE_BYTES])
{
    const struct ticket_key *key = find(ring, key_id);
    if (key == NULL) {
        return false;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool genuine = context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->key) == 1 &&
                   EVP_DigestVerify(context, signature, TICKET_SIGNATURE_BYTES, message, length) == 1;
    EVP_MD_CTX_free(context);
    return genuine;
}

json_t *ticket_ring_public(const struct ticket_ring *ring)
{
    return json_deep_copy(ring->public_set); /* reference counts of shared JSON are not for many threads */
}

static bool set_has(const json_t *set, const char *key_id)
{
    size_t index;
    const json_t *jwk;
    json_array_foreach(json_object_get(set, "keys"), index, jwk)
    {
        if (is(jwk, "kid", key_id)) {
            return true;
        }
    }
    return false;
}

/* A new key as JWK, whose id `set` does not have. The id is made from the public half, so that it cannot be
 * chosen. */
static json_t *new_key(const json_t *set)
{
    unsigned char public_half[TICKET_KEY_BYTES];
    unsigned char seed[TICKET_KEY_BYTES];
    unsigned char digest[SHA256_DIGEST_LENGTH];
    size_t public_size = sizeof(public_half);
    size_t seed_size = sizeof(seed);
    char id[TICKET_KEY_ID_SIZE] = "";
    do {
        EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        if (key == NULL || EVP_PKEY_get_raw_private_key(key, seed, &seed_size) != 1 ||
            EVP_PKEY_get_raw_public_key(key, public_half, &public_size) != 1) {
            abort(); /* no random numbers, or out of memory */
        }
        EVP_PKEY_free(key);
        SHA256(public_half, sizeof(public_half), digest);
        for (size_t i = 0; i < TICKET_KEY_ID_LENGTH; i++) {
            id[i] = KEY_ID_DIGITS[digest[i] & 0x1f];
        }
    } while (set_has(set, id));
    char x[HALF_TEXT_SIZE];
    char d[HALF_TEXT_SIZE];
    base64url_encode(public_half, sizeof(public_half), x, sizeof(x));
    base64url_encode(seed, sizeof(seed), d, sizeof(d));
    json_t *jwk =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s}", "kty", "OKP", "crv", "Ed25519", "use", "sig",
                  "alg", "EdDSA", "kid", id, "iat", (json_int_t)clock_seconds(), "x", x, "d", d);
    OPENSSL_cleanse(seed, sizeof(seed));
    OPENSSL_cleanse(d, sizeof(d));
    return jwk;
}

json_t *ticket_keys_rotate(const json_t *set)
{
    json_t *copy = set == NULL ? json_pack("{s:[]}", "keys") : json_deep_copy(set);
    json_t *keys = json_object_get(copy, "keys");
    if (json_array_size(keys) >= TICKET_KEYS_MAX) {
        json_decref(copy);
        return NULL;
    }
    size_t index;
    json_t *jwk;
    json_array_foreach(keys, index, jwk)
    {
        json_object_del(jwk, "d");
    }
    json_array_insert_new(keys, 0, new_key(copy));
    return copy;
}
