/* unicode.h: what may stand in a text of one line, and its one spelling (libunistring). */
#ifndef TICKETING_UNICODE_H
#define TICKETING_UNICODE_H

#include "common/memory.h"
#include <stdbool.h>

/* A sentence that names the first character of `text` (valid UTF-8) that no line may hold: controls, line and
 * paragraph separators, bidi controls (Unicode UAX #9) and characters that are not seen. Joiners (U+200C,
 * U+200D) and variation selectors are taken where a script or an emoji needs them (RFC 5892 appendix A).
 * NULL: nothing is wrong. The sentence lives in the arena. */
const char *unicode_line_problem(struct arena *arena, const char *text);

/* `text` (valid UTF-8) in Normalization Form C (Unicode UAX #15), in the arena. It may be longer than `text`.
 */
char *unicode_nfc(struct arena *arena, const char *text);

/* A password as RFC 8265 §4.2 (OpaqueString) prepares it for hashing: every space is U+0020, then NFC.
 * Whether its characters are allowed is the caller's to judge. In the arena. */
char *unicode_opaque(struct arena *arena, const char *text);

/* True when NFC would turn a character of `text` into one of ASCII, as it turns U+212A (the Kelvin sign) into
 * K: such a text could pass for another. */
bool unicode_hides_ascii(const char *text);

#endif
