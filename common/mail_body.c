/* mail_body.c: the words of a mail, as plain text and as HTML at once. */
#include "common/mail_body.h"
#include "common/html.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct stream {
    FILE *out; /* NULL: closed */
    char *data;
    size_t length;
};

struct mail_body {
    struct arena *arena;
    struct stream text;
    struct stream html;
    bool in_table;
};

static void stream_open(struct stream *stream)
{
    stream->out = open_memstream(&stream->data, &stream->length);
    if (stream->out == NULL) {
        abort(); /* only when memory is exhausted */
    }
}

static void stream_close(struct stream *stream)
{
    if (stream->out != NULL && fclose(stream->out) != 0) {
        abort(); /* only when memory is exhausted */
    }
    stream->out = NULL;
}

struct mail_body *mail_body_new(struct arena *arena)
{
    struct mail_body *body = memory_new(1, sizeof(*body));
    body->arena = arena;
    stream_open(&body->text);
    stream_open(&body->html);
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<body>\n", body->html.out);
    return body;
}

void mail_body_free(struct mail_body *body)
{
    if (body != NULL) {
        stream_close(&body->text);
        stream_close(&body->html);
        free(body->text.data);
        free(body->html.data);
        free(body);
    }
}

static void end_table(struct mail_body *body)
{
    if (body->in_table) {
        fputs("\n", body->text.out);
        fputs("</table>\n", body->html.out);
        body->in_table = false;
    }
}

void mail_body_paragraph(struct mail_body *body, const char *text)
{
    end_table(body);
    fprintf(body->text.out, "%s\n\n", text);
    fprintf(body->html.out, "<p style=\"white-space: pre-line\">%s</p>\n", html_escape(body->arena, text));
}

void mail_body_line(struct mail_body *body, const char *label, const char *value)
{
    if (!body->in_table) {
        fputs("<table cellpadding=\"4\">\n", body->html.out);
        body->in_table = true;
    }
    fprintf(body->text.out, "%s%s%s\n", label, value[0] != '\0' ? ": " : "", value);
    fprintf(body->html.out, "<tr><th align=\"left\">%s</th><td>%s</td></tr>\n",
            html_escape(body->arena, label), html_escape(body->arena, value));
}

void mail_body_link(struct mail_body *body, const char *words, const char *url)
{
    end_table(body);
    fprintf(body->text.out, "%s: %s\n\n", words, url);
    fprintf(body->html.out, "<p><a href=\"%s\">%s</a></p>\n", html_escape(body->arena, url),
            html_escape(body->arena, words));
}

void mail_body_end(struct mail_body *body, const char **ret_text, const char **ret_html)
{
    end_table(body);
    fputs("</body>\n</html>\n", body->html.out);
    stream_close(&body->text);
    stream_close(&body->html);
    *ret_text = arena_text(body->arena, body->text.data);
    *ret_html = arena_text(body->arena, body->html.data);
}
