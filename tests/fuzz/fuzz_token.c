/* fuzz_token.c: an input is tried as a token, and its first line as the header and the rest as the payload of
 * a token that is signed with the right key: a fuzzer cannot guess a signature, and behind it lies most of
 * the code. */
#include "common/clock.h"
#include "common/memory.h"
#include "common/token.h"
#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

static const char secret[] = "0123456789abcdef0123456789abcdef";

static void verify(const struct token_keys *keys, const char *token)
{
    struct token_claims claims;
    if (token_verify(keys, token, &claims)) {
        assert(uuid_is_valid(claims.user_id) && uuid_is_valid(claims.session_id));
        assert(memchr(claims.email, '\0', sizeof(claims.email)) != NULL);
        assert(memchr(claims.full_name, '\0', sizeof(claims.full_name)) != NULL);
        assert((claims.roles & ~(unsigned)(ROLE_USER | ROLE_STAFF | ROLE_ADMIN)) == 0);
        assert(claims.expires_at + 5 > clock_seconds());
    }
}

static char *sign(const uint8_t *header, size_t header_size, const uint8_t *payload, size_t payload_size)
{
    size_t size = 2 * (header_size + payload_size) + 100;
    char *token = memory_new(size, 1);
    base64url_encode(header, header_size, token, size);
    size_t used = strlen(token);
    token[used++] = '.';
    base64url_encode(payload, payload_size, token + used, size - used);
    used += strlen(token + used);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned mac_size = 0;
    HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)token, used, mac, &mac_size);
    token[used++] = '.';
    base64url_encode(mac, mac_size, token + used, size - used);
    return token;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct token_keys *keys = NULL;
    if (keys == NULL) {
        keys = token_keys_open(secret, NULL, NULL);
    }
    CLEANUP(free) char *text = memory_new(size + 1, 1);
    memcpy(text, data, size);
    verify(keys, text);

    const uint8_t *line_end = size > 0 ? memchr(data, '\n', size) : NULL;
    if (line_end != NULL) {
        size_t header_size = (size_t)(line_end - data);
        CLEANUP(free) char *token = sign(data, header_size, line_end + 1, size - header_size - 1);
        verify(keys, token);
    }
    return 0;
}
