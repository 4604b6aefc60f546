/* token_key_file.c: reads a key of ES256 and makes sure that it is one. */
#include "common/token_key_file.h"
#include "common/memory.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 4096, CURVE_NAME_SIZE = 32 };

DEFINE_CLEANUP(BIO *, BIO_free)
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)

/* Nobody is there to type a password. */
static int no_password(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

static bool is_p256(const char *text, enum token_key_kind kind)
{
    CLEANUP(BIO_free) BIO *bio = BIO_new_mem_buf(text, -1);
    CLEANUP(EVP_PKEY_free)
    EVP_PKEY *key = kind == TOKEN_KEY_PRIVATE ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL)
                                              : PEM_read_bio_PUBKEY(bio, NULL, no_password, NULL);
    ERR_clear_error(); /* of a text that is no PEM */
    char curve[CURVE_NAME_SIZE] = "";
    return key != NULL && EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL) == 1 &&
           strcmp(curve, "prime256v1") == 0;
}

char *token_key_file_read(const char *path, enum token_key_kind kind, const char **ret_error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        *ret_error = strerror(errno);
        return NULL;
    }
    char *text = memory_new(FILE_MAX + 1, 1);
    const size_t length = fread(text, 1, FILE_MAX, file);
    fclose(file);
    if (length == FILE_MAX || strlen(text) != length || !is_p256(text, kind)) {
        *ret_error = kind == TOKEN_KEY_PRIVATE ? "it holds no private key of the curve P-256 as PEM"
                                               : "it holds no public key of the curve P-256 as PEM";
        explicit_bzero(text, FILE_MAX);
        free(text);
        return NULL;
    }
    return text;
}
