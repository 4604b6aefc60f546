/* dispatch.c: one request from its environment to a finished response: route, token, body, handler, log line,
 * metrics. */
#include "common/clock.h"
#include "common/exchange.h"
#include "common/log.h"
#include "common/request.h"
#include "common/response.h"
#include "common/turn.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Paths that every responder serves and no public location of the gateway reaches. */
static const char READY_PATH[] = "/-/ready";
static const char METRICS_PATH[] = "/-/metrics";

static const char DISK_RETRY_SECONDS[] = "30";

static enum problem serve_ready(const struct responder *responder, struct response *response)
{
    if (responder->ready != NULL && !responder->ready(responder->context)) {
        return response_unavailable(response, 1);
    }
    return response_json(response, 200,
                         json_pack("{s:s, s:s}", "status", "ok", "responder", responder->name));
}

static enum problem serve_metrics(const struct responder *responder, struct response *response)
{
    size_t length = 0;
    CLEANUP(free) char *text = metrics_render(responder->metrics, &length);
    return response_bytes(response, 200, "text/plain; version=0.0.4; charset=utf-8", text, length);
}

static enum problem serve_built_in(const struct request *request, struct response *response)
{
    return strcmp(request->path, READY_PATH) == 0 ? serve_ready(request->responder, response)
                                                  : serve_metrics(request->responder, response);
}

static enum problem refuse_token(struct response *response, bool token_sent)
{
    response_header(response, "WWW-Authenticate", token_sent ? "Bearer error=\"invalid_token\"" : "Bearer");
    return response_problem(response, PROBLEM_UNAUTHORIZED,
                            token_sent ? "The bearer token is not valid or no longer in force."
                                       : "Send a token: Authorization: Bearer …");
}

/* RFC 6750 §2.1: the scheme's name is case-insensitive. */
static enum problem check_token(struct request *request, struct response *response)
{
    enum auth_level level = request->match.route->auth;
    const char *header = request_header(request, "Authorization");
    if (level == AUTH_NONE || (level == AUTH_OPTIONAL && header == NULL)) {
        return PROBLEM_NONE;
    }
    if (header == NULL) {
        return refuse_token(response, false);
    }
    const char *token = strncasecmp(header, "Bearer ", 7) == 0 ? header + 7 : "";
    token += strspn(token, " ");
    if (!token_verify(request->responder->keys, token, &request->user)) {
        return refuse_token(response, true);
    }
    request->has_user = true;
    return route_admits(level, request->user.roles) ? PROBLEM_NONE : PROBLEM_FORBIDDEN;
}

/* Judged before the body is read: a flood costs little. */
static enum problem check_limit(const struct request *request, struct response *response)
{
    if (!request->match.route->limited || !request->has_user) {
        return PROBLEM_NONE;
    }
    const int seconds =
        buyer_limit_wait(request->responder->limit, request->user.user_id, clock_monotonic_us());
    if (seconds == 0) {
        return PROBLEM_NONE;
    }
    char text[16];
    snprintf(text, sizeof(text), "%d", seconds);
    response_header(response, "Retry-After", text);
    return response_problem(response, PROBLEM_TOO_MANY_REQUESTS, "You ask too often: try again in %s s.",
                            text);
}

static bool is_built_in(const struct request *request)
{
    return request->method == HTTP_GET &&
           (strcmp(request->path, READY_PATH) == 0 ||
            (strcmp(request->path, METRICS_PATH) == 0 && request->responder->metrics != NULL));
}

static enum problem refuse_path(struct request *request, struct response *response)
{
    if (!request->match.path_known) {
        return PROBLEM_NOT_FOUND;
    }
    response_header(response, "Allow", request->match.allow);
    return response_problem(response, PROBLEM_METHOD_NOT_ALLOWED, "This path takes %s.",
                            request->match.allow);
}

/* Only reading goes on while the disk is full: PostgreSQL would end if it could not write any more. */
static enum problem check_disk(const struct request *request, struct response *response)
{
    if (request->method == HTTP_GET || disk_watch_look(request->responder->disk).state != DISK_FULL) {
        return PROBLEM_NONE;
    }
    response_header(response, "Retry-After", DISK_RETRY_SECONDS);
    return response_problem(response, PROBLEM_UNAVAILABLE,
                            "There is hardly any space left for the database: until there is more, what is "
                            "there can be read, and nothing can be changed.");
}

/* What can be said of a request before its body is there. */
static enum problem judge_head(struct request *request, struct response *response)
{
    if (request->query_malformed) {
        return response_problem(response, PROBLEM_INVALID_REQUEST, "The query string is malformed.");
    }
    if (request->match.route == NULL) {
        return is_built_in(request) ? PROBLEM_NONE : refuse_path(request, response);
    }
    if (request->body_declared > request->body_max) {
        return response_problem(response, PROBLEM_BODY_TOO_LARGE, "The body may have at most %zu bytes.",
                                request->body_max);
    }
    enum problem problem = check_token(request, response);
    if (problem == PROBLEM_NONE) {
        problem = check_disk(request, response);
    }
    return problem == PROBLEM_NONE ? check_limit(request, response) : problem;
}

/* Tokens of buyers with an account are not looked up: they may do nothing that has to be taken back at once.
 * A guest's session ends when another person turns out to have the mailbox. */
static enum problem check_standing(struct request *request, struct response *response)
{
    const struct responder *responder = request->responder;
    bool is_looked_up = request_has_role(request, ROLE_STAFF) || request_has_role(request, ROLE_ADMIN) ||
                        (request->has_user && request->user.guest);
    if (responder->standing == NULL || !is_looked_up) {
        return PROBLEM_NONE;
    }
    enum problem problem = responder->standing(request, response);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    return route_admits(request->match.route->auth, request->user.roles) ? PROBLEM_NONE : PROBLEM_FORBIDDEN;
}

/* For a request whose head is well. */
static enum problem answer(struct request *request, struct response *response)
{
    const struct route *route = request->match.route;
    if (route == NULL) {
        return serve_built_in(request, response);
    }
    enum problem problem = check_standing(request, response);
    if (problem == PROBLEM_NONE) {
        problem = request_check_body(request);
    }
    if (problem == PROBLEM_NONE && route->query != NULL) {
        problem = request_parse_query(request, response);
    }
    if (problem == PROBLEM_NONE && route->body != NULL) {
        problem = request_parse_body(request, response);
    }
    return problem == PROBLEM_NONE ? route->handler(request, response) : problem;
}

static void log_request(const struct request *request, const struct response *response, int64_t microseconds)
{
    const struct route *route = request->match.route;
    const char *code = response->problem != PROBLEM_NONE ? problem_info(response->problem)->code : NULL;
    enum log_level level = response->status >= 500 ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO;
    struct log_line line;
    log_line_open(&line, level, "request");
    log_line_text(&line, "requestId", request->id);
    log_line_text(&line, "method", request->method_name);
    log_line_text(&line, "route", route != NULL ? route->pattern : NULL);
    log_line_text(&line, "path", request->path);
    log_line_number(&line, "status", response->status);
    if (code != NULL) {
        log_line_text(&line, "code", code);
    }
    log_line_number(&line, "microseconds", microseconds);
    log_line_number(&line, "bytes", (int64_t)response->body_length);
    if (request->has_user) {
        log_line_text(&line, "user", request->user.user_id);
    }
    log_line_write(&line);
}

size_t dispatch_head(struct exchange *exchange, const struct responder *responder, struct arena *arena,
                     const struct fastcgi *input)
{
    struct request *request = &exchange->request;
    request_open(request, responder, arena, input);
    exchange->response = (struct response){.request = request};
    route_find(responder->tables, responder->table_count, request->method, request->path, &request->match);
    const struct route *route = request->match.route;
    if (route != NULL) {
        request->body_max =
            route->body != NULL && route->body->body_max > 0 ? route->body->body_max : BODY_MAX_DEFAULT;
    }
    exchange->judged = judge_head(request, &exchange->response);
    bool wanted = route != NULL && exchange->judged == PROBLEM_NONE;
    return wanted ? (size_t)request->body_declared : 0; /* at most body_max */
}

static void finish(struct exchange *exchange, enum problem problem)
{
    struct request *request = &exchange->request;
    struct response *response = &exchange->response;
    const struct responder *responder = request->responder;
    response_finish(response, problem);
    int64_t spent = clock_monotonic_us() - exchange->began_us;
    metrics_add(responder->metrics, METRIC_REQUESTS_IN_FLIGHT, -1);
    metrics_request(responder->metrics, request->match.index, response->status, spent);
    log_request(request, response, spent);
    exchange->send(exchange);
}

void dispatch(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    exchange->began_us = clock_monotonic_us();
    metrics_add(request->responder->metrics, METRIC_REQUESTS_IN_FLIGHT, 1);
    if (request->body_declared > BODY_MAX_DEFAULT) {
        turn_will_wait(); /* parsing it takes as long as some waiting does */
    }
    enum problem problem =
        exchange->judged == PROBLEM_NONE ? answer(request, &exchange->response) : exchange->judged;
    if (problem != PROBLEM_LATER) {
        finish(exchange, problem);
    }
}

void response_resume(struct response *response, enum problem problem)
{
    finish((struct exchange *)((char *)response - offsetof(struct exchange, response)), problem);
}
