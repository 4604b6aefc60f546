#include "tests/bench/load_requests.h"
#include "common/memory.h"
#include <stdio.h>
#include <string.h>

struct text_file {
    char *text;   /* with line ends and tabs replaced by NUL */
    char **lines; /* pointers into text */
    size_t count;
};

struct line {
    const char *method, *path, *body;
    long token;
};

struct request_list {
    struct text_file file;
    struct text_file tokens;
    struct line *lines;
};

static _Noreturn void refuse(const char *path, const char *reason)
{
    fprintf(stderr, "%s: %s\n", path, reason);
    exit(2);
}

static char *read_all(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        refuse(path, "cannot be read");
    }
    long length = ftell(file);
    rewind(file);
    if (length < 0) {
        refuse(path, "cannot be read");
    }
    char *text = memory_new((size_t)length + 1, 1);
    if (fread(text, 1, (size_t)length, file) != (size_t)length) {
        refuse(path, "cannot be read");
    }
    fclose(file);
    *ret_length = (size_t)length;
    return text;
}

static void read_lines(const char *path, struct text_file *ret_file)
{
    size_t length = 0;
    ret_file->text = read_all(path, &length);
    size_t ends = 0;
    for (size_t i = 0; i < length; i++) {
        ends += ret_file->text[i] == '\n';
    }
    ret_file->lines = memory_new(ends + 1, sizeof(ret_file->lines[0]));
    char *rest = NULL;
    for (char *line = strtok_r(ret_file->text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        ret_file->lines[ret_file->count++] = line;
    }
    if (ret_file->count == 0) {
        refuse(path, "has no line");
    }
}

/* Ends the field that begins at `text`; the next one, or NULL. */
static char *end_field(char *text)
{
    char *tab = text == NULL ? NULL : strchr(text, '\t');
    if (tab == NULL) {
        return NULL;
    }
    *tab = '\0';
    return tab + 1;
}

static bool split(char *text, size_t token_count, struct line *ret_line)
{
    char *path = end_field(text);
    char *token = end_field(path);
    char *body = end_field(token);
    if (body == NULL) {
        return false;
    }
    char *end = NULL;
    long number = strcmp(token, "-") == 0 ? NO_TOKEN : strtol(token, &end, 10);
    *ret_line = (struct line){.method = text, .path = path, .body = body, .token = number};
    return number == NO_TOKEN || (*end == '\0' && number >= 0 && (size_t)number < token_count);
}

struct request_list *request_list_open(const char *requests, const char *tokens)
{
    struct request_list *list = memory_new(1, sizeof(*list));
    if (tokens != NULL) {
        read_lines(tokens, &list->tokens);
    }
    read_lines(requests, &list->file);
    list->lines = memory_new(list->file.count, sizeof(list->lines[0]));
    for (size_t i = 0; i < list->file.count; i++) {
        if (!split(list->file.lines[i], list->tokens.count, &list->lines[i])) {
            refuse(requests, "a line is not METHOD, path, token number, body");
        }
    }
    return list;
}

void request_list_free(struct request_list *list)
{
    free(list->file.text);
    free(list->file.lines);
    free(list->tokens.text);
    free(list->tokens.lines);
    free(list->lines);
    free(list);
}

size_t request_list_count(const struct request_list *list)
{
    return list->file.count;
}

static size_t write_request(const struct request_list *list, const struct line *line,
                            char ret_text[static REQUEST_SIZE])
{
    bool authorized = line->token != NO_TOKEN;
    size_t body = strlen(line->body);
    char content[96] = "";
    if (body > 0) {
        snprintf(content, sizeof(content), "Content-Type: application/json\r\nContent-Length: %zu\r\n", body);
    }
    int length = snprintf(ret_text, REQUEST_SIZE, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s%s\r\n%s",
                          line->method, line->path, authorized ? "Authorization: Bearer " : "",
                          authorized ? list->tokens.lines[line->token] : "", authorized ? "\r\n" : "",
                          content, line->body);
    if (length < 0 || length >= REQUEST_SIZE) {
        refuse(line->path, "the request is too long");
    }
    return (size_t)length;
}

size_t request_list_write(const struct request_list *list, size_t index, char ret_text[static REQUEST_SIZE],
                          long *ret_token)
{
    const struct line *line = &list->lines[index];
    *ret_token = line->token;
    return write_request(list, line, ret_text);
}

size_t request_list_write_release(const struct request_list *list, long token, const char *hold_id,
                                  char ret_text[static REQUEST_SIZE])
{
    char path[sizeof("/api/holds/") + UUID_SIZE];
    snprintf(path, sizeof(path), "/api/holds/%s", hold_id);
    struct line line = {.method = "DELETE", .path = path, .body = "", .token = token};
    return write_request(list, &line, ret_text);
}
