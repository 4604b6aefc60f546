/* html.h: text as HTML (HTML Living Standard). */
#ifndef TICKETING_HTML_H
#define TICKETING_HTML_H

#include "common/memory.h"

/* `text` as element content or quoted attribute value (§13.3, "Serializing HTML fragments"), in the arena. */
const char *html_escape(struct arena *arena, const char *text);

#endif
