/* mail_header.c: headers of a mail: dates, addresses, encoded words (RFC 2047) and base64. */
#include "common/mail_header.h"
#include "common/cleanup.h"
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

enum {
    ADDRESS_MAX = 254,       /* RFC 5321 §4.5.3.1.3, without the angle brackets */
    PLAIN_MAX = 60,          /* characters of a text that stands as it is, so that no line needs folding */
    LINE_MAX_COLUMNS = 76,   /* of a line with encoded words (RFC 2047 §2) */
    WORD_FRAME = 12,         /* "=?UTF-8?B?" and "?=" */
    ENCODED_WORD_BYTES = 45, /* 60 characters in base64, 72 with their frame */
    BASE64_LINE_BYTES = 57,  /* 76 characters */
};

bool mail_address_is_usable(const char *address)
{
    const char *at = strchr(address, '@');
    if (at == NULL || at == address || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
        strlen(address) > ADDRESS_MAX) {
        return false;
    }
    for (const char *c = address; *c != '\0'; c++) {
        /* RFC 5321 knows ASCII alone; SMTPUTF8 (RFC 6531) is not spoken. */
        const bool is_local_beyond_ascii = c < at && (unsigned char)*c >= 0x80;
        if (is_local_beyond_ascii || (unsigned char)*c <= 0x20 || *c == 0x7f ||
            strchr("<>()[]\\,;:\"", *c) != NULL) {
            return false;
        }
    }
    return true;
}

static bool is_plain(const char *text)
{
    if (strlen(text) > PLAIN_MAX || strstr(text, "=?") != NULL) {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < 0x20 || *text > 0x7e) {
            return false;
        }
    }
    return true;
}

/* How many of `length` bytes fit into one encoded word that begins behind `column` characters, without
 * splitting a character of UTF-8. */
static size_t word_bytes(const char *text, size_t length, size_t column)
{
    size_t room = (LINE_MAX_COLUMNS - WORD_FRAME - column) / 4 * 3;
    if (length <= room) {
        return length;
    }
    size_t bytes = room;
    while (bytes > 1 && ((unsigned char)text[bytes] & 0xc0) == 0x80) {
        bytes--;
    }
    return bytes;
}

/* `column`: how much of the line is taken; names of headers are short. */
static void print_words(FILE *out, const char *text, size_t column)
{
    size_t length = strlen(text);
    const char *space = "";
    while (length > 0) {
        unsigned char bytes[ENCODED_WORD_BYTES];
        unsigned char encoded[4 * ENCODED_WORD_BYTES / 3 + 4];
        size_t taken = word_bytes(text, length, column);
        for (size_t i = 0; i < taken; i++) {
            unsigned char byte = (unsigned char)text[i];
            bytes[i] = byte < 0x20 || byte == 0x7f ? ' ' : byte;
        }
        EVP_EncodeBlock(encoded, bytes, (int)taken);
        fprintf(out, "%s=?UTF-8?B?%s?=", space, (const char *)encoded);
        space = "\r\n ";
        column = 1;
        text += taken;
        length -= taken;
    }
}

void mail_header_text(FILE *out, const char *name, const char *text)
{
    fprintf(out, "%s: ", name);
    if (is_plain(text)) {
        fputs(text, out);
    } else {
        print_words(out, text, strlen(name) + 2);
    }
    fputs("\r\n", out);
}

static void print_quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

void mail_header_address(FILE *out, const char *name, const char *person, const char *address)
{
    fprintf(out, "%s: ", name);
    if (person != NULL && *person != '\0') {
        if (is_plain(person)) {
            print_quoted(out, person);
        } else {
            print_words(out, person, strlen(name) + 2);
        }
        fputs("\r\n ", out); /* with an address of 254 bytes the line would be long */
    }
    fprintf(out, "<%s>\r\n", address);
}

void mail_header_date(FILE *out, int64_t seconds)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t moment = (time_t)seconds;
    struct tm parts = {0};
    gmtime_r(&moment, &parts);
    fprintf(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[parts.tm_wday], parts.tm_mday,
            months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

void mail_base64(FILE *out, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    while (length > 0) {
        unsigned char line[4 * BASE64_LINE_BYTES / 3 + 4];
        size_t taken = length < BASE64_LINE_BYTES ? length : BASE64_LINE_BYTES;
        EVP_EncodeBlock(line, bytes, (int)taken);
        fprintf(out, "%s\r\n", (const char *)line);
        bytes += taken;
        length -= taken;
    }
}
