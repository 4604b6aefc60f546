/* csv.h: comma-separated values (RFC 4180), written row after row into memory.
 *
 * A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"):
 * one that begins with = + - @, also in their full width, or with a tab, CR or LF. */
#ifndef TICKETING_CSV_H
#define TICKETING_CSV_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stddef.h>

struct csv {
    char separator;
    char *text; /* not NUL-terminated; valid until the next call */
    size_t length, size;
    bool in_row; /* the row has a value already */
};

struct csv csv_open(char separator);
void csv_close(struct csv *csv);
/* Forgets what was written, and keeps the memory. */
void csv_reset(struct csv *csv);

/* The next value of the row: a text of people, guarded as above; NULL is an empty value. */
void csv_text(struct csv *csv, const char *text);
/* The next value: a number, time or name of ours, written as it is. */
void csv_plain(struct csv *csv, const char *text);
void csv_end_row(struct csv *csv);
/* U+FEFF, by which some spreadsheets know UTF-8; before the first row. */
void csv_byte_order_mark(struct csv *csv);

#endif
