/* identifier.c: UUIDs, secrets and digests by OpenSSL. */
#include "common/identifier.h"

#include "common/clock.h"
#include <assert.h>
#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { UUID_BYTES = 16, UUID_TEXT = UUID_SIZE - 1, SECRET_BYTES_MAX = 64 };

static const char base64url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Identifiers and secrets made without randomness would be worse than no process at all. */
static void random_bytes(unsigned char *ret_bytes, size_t count)
{
    if (RAND_bytes(ret_bytes, (int)count) != 1) {
        abort();
    }
}

static void hex_encode(const unsigned char *bytes, size_t count, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        ret_hex[2 * i] = digits[bytes[i] >> 4];
        ret_hex[2 * i + 1] = digits[bytes[i] & 0x0f];
    }
    ret_hex[2 * count] = '\0';
}

static bool is_hyphen_position(size_t position)
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

void uuid_new(char ret_uuid[static UUID_SIZE])
{
    unsigned char bytes[UUID_BYTES];
    random_bytes(bytes, sizeof(bytes));
    uint64_t milliseconds = (uint64_t)clock_milliseconds();
    for (int i = 0; i < 6; i++) {
        bytes[i] = (unsigned char)(milliseconds >> (40 - 8 * i));
    }
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x70); /* version 7 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80); /* variant 10 */

    char hex[2 * UUID_BYTES + 1];
    hex_encode(bytes, sizeof(bytes), hex);
    const char *digit = hex;
    for (size_t i = 0; i < UUID_TEXT; i++) {
        ret_uuid[i] = is_hyphen_position(i) ? '-' : *digit++;
    }
    ret_uuid[UUID_TEXT] = '\0';
}

bool uuid_is_valid(const char *text)
{
    for (size_t i = 0; i < UUID_TEXT; i++) {
        if (is_hyphen_position(i) ? text[i] != '-' : !isxdigit((unsigned char)text[i])) {
            return false;
        }
    }
    return text[UUID_TEXT] == '\0';
}

void base64url_encode(const void *data, size_t length, char *ret_text, size_t size)
{
    assert(size >= (length * 4 + 2) / 3 + 1);
    const unsigned char *bytes = data;
    uint32_t bits = 0;
    unsigned held = 0; /* bits not written yet */
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        bits = (bits << 8) | bytes[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            ret_text[written++] = base64url_digits[(bits >> held) & 0x3f];
        }
    }
    if (held > 0) {
        ret_text[written++] = base64url_digits[(bits << (6 - held)) & 0x3f];
    }
    ret_text[written] = '\0';
}

bool base64url_decode(const char *text, size_t length, void *ret_data, size_t size, size_t *ret_length)
{
    if (length % 4 == 1 || length / 4 * 3 + length % 4 * 3 / 4 > size) {
        return false;
    }
    unsigned char *bytes = ret_data;
    uint32_t bits = 0;
    unsigned held = 0;
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        const char *digit = text[i] == '\0' ? NULL : strchr(base64url_digits, text[i]);
        if (digit == NULL) {
            return false;
        }
        bits = (bits << 6) | (uint32_t)(digit - base64url_digits);
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes[written++] = (unsigned char)(bits >> held);
        }
    }
    /* Left-over bits that are not zero would give one value two spellings. */
    if ((bits & ((1u << held) - 1)) != 0) {
        return false;
    }
    *ret_length = written;
    return true;
}

void secret_new(size_t bytes, char *ret_text, size_t size)
{
    assert(bytes <= SECRET_BYTES_MAX);
    unsigned char random[SECRET_BYTES_MAX];
    random_bytes(random, bytes);
    base64url_encode(random, bytes, ret_text, size);
    OPENSSL_cleanse(random, sizeof(random));
}

void digits_new(char ret_digits[static DIGITS_SIZE])
{
    unsigned char bytes[sizeof(uint64_t)];
    random_bytes(bytes, sizeof(bytes));
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        number = number << 8 | bytes[i];
    }
    for (size_t i = 0; i < DIGITS_SIZE - 1; i++) {
        ret_digits[i] = (char)('0' + number % 10);
        number /= 10;
    }
    ret_digits[DIGITS_SIZE - 1] = '\0';
}

void sha256_hex(const void *data, size_t length, char ret_hex[static 65])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(data, length, digest);
    hex_encode(digest, sizeof(digest), ret_hex);
}

void hmac_sha256_hex(const char *key, size_t key_length, const void *data, size_t length,
                     char ret_hex[static 65])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    if (HMAC(EVP_sha256(), key, (int)key_length, data, length, digest, NULL) == NULL) {
        abort(); /* only when libcrypto is out of memory */
    }
    hex_encode(digest, sizeof(digest), ret_hex);
}

bool secret_equal(const char *one, const char *other)
{
    size_t length = strlen(one);
    return length == strlen(other) && CRYPTO_memcmp(one, other, length) == 0;
}
