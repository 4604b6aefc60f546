/* config_text.h: the kinds of settings, and what may stand in one that is kept as text. */
#ifndef TICKETING_CONFIG_TEXT_H
#define TICKETING_CONFIG_TEXT_H

#include "common/cleanup.h"

enum setting_type {
    SETTING_TEXT,      /* const char * */
    SETTING_SECRET,    /* const char *, 32 bytes or more */
    SETTING_SECRETS,   /* const char *: several such with commas between them (rotation) */
    SETTING_KEYS,      /* const char *: what a provider gave us; several with commas between */
    SETTING_EMAIL,     /* const char * */
    SETTING_URL,       /* const char *, http:// or https:// without a trailing slash */
    SETTING_SMTP,      /* const char *, smtp:// or smtps:// */
    SETTING_DIRECTORY, /* const char * */
    SETTING_PROVIDER,  /* const char * */
    SETTING_INTEGER,   /* int64_t */
    SETTING_BOOLEAN,   /* bool */
    SETTING_LEVEL,     /* enum log_level */
};

/* What is wrong with `text` as the value of a setting of that type, as the end of a sentence that begins with
 * its name ("must be …"); NULL: nothing, or a type that is no text. Static. */
const char *config_text_problem(enum setting_type type, const char *text) MUST_CHECK;

#endif
