/* problem.h: the one table of errors a client can see (RFC 9457, problem details).
 *
 * `code` is stable and part of the API; title and detail may change. To add one: a line here and one in
 * nginx/html/docs/openapi.yaml. */
#ifndef TICKETING_PROBLEM_H
#define TICKETING_PROBLEM_H

/* clang-format off */
/*         name                     status  title */
#define PROBLEM_LIST(X)                                                                  \
    X(INVALID_JSON,                 400, "The body is not valid JSON")                   \
    X(INVALID_REQUEST,              400, "The request is malformed")                     \
    X(SIGNATURE_INVALID,            400, "The signature does not match the body")        \
    X(UNAUTHORIZED,                 401, "A valid bearer token is needed")               \
    X(INVALID_CREDENTIALS,          401, "E-mail address or password is wrong")          \
    X(REFRESH_TOKEN_INVALID,        401, "The refresh token is not valid")               \
    X(FORBIDDEN,                    403, "This is not allowed")                          \
    X(NOT_FOUND,                    404, "There is nothing here")                        \
    X(USER_NOT_FOUND,               404, "No such user")                                 \
    X(SESSION_NOT_FOUND,            404, "No such session")                              \
    X(EVENT_NOT_FOUND,              404, "No such event")                                \
    X(SHOW_NOT_FOUND,               404, "No such show")                                 \
    X(SEATMAP_NOT_FOUND,            404, "No such seat map")                             \
    X(HOLD_NOT_FOUND,               404, "No such live hold of yours")                   \
    X(ORDER_NOT_FOUND,              404, "No such order of yours")                       \
    X(TICKET_NOT_FOUND,             404, "No such ticket of yours")                      \
    X(CHECKIN_NOT_FOUND,            404, "The ticket is not checked in")                 \
    X(TRANSFER_NOT_FOUND,           404, "No such ticket on its way to or from you")     \
    X(PAYMENT_NOT_FOUND,            404, "No such payment")                              \
    X(WEBHOOK_ENDPOINT_NOT_FOUND,   404, "No such webhook endpoint")                     \
    X(METHOD_NOT_ALLOWED,           405, "This path does not take that method")          \
    X(ACCOUNT_REQUIRED,             403, "This needs an account")                       \
    X(EMAIL_NOT_VERIFIED,           409, "The e-mail address is not proved yet")        \
    X(EMAIL_VERIFIED,               409, "The e-mail address is proved already")         \
    X(NOT_A_GUEST,                  409, "This account is not that of a guest")         \
    X(GUEST_KEY_INVALID,            401, "This link opens nothing (any more)")          \
    X(EMAIL_TAKEN,                  409, "This e-mail address is registered already")    \
    X(LAST_ADMIN,                   409, "The last admin cannot be demoted")             \
    X(SHOW_HAS_CLAIMS,              409, "Seats of this show are held or sold")          \
    X(SHOW_HAS_ORDERS,              409, "Tickets of this show are sold or being paid")  \
    X(SEATS_UNAVAILABLE,            409, "Some of the seats are taken")                  \
    X(SALES_CLOSED,                 409, "This show is not on sale now")                 \
    X(HOLD_LIMIT,                   409, "Too many held seats for this show")            \
    X(HOLD_COOLDOWN,                409, "You have had this seat for long: others come first now") \
    X(HOLD_MAX_DURATION,            409, "The hold cannot be extended any further")      \
    X(HOLD_EXPIRED,                 409, "The hold has ended")                           \
    X(ORDER_NOT_PENDING,            409, "The order is not waiting for payment")         \
    X(ORDER_NOT_PAID,               409, "The order has not been paid")                  \
    X(PAYMENT_ELSEWHERE,            409, "This payment is made with its provider")       \
    X(REFUND_NOT_FOUND,             404, "No such refund")                               \
    X(REFUND_NOT_PENDING,           409, "The refund is not waiting for the money")      \
    X(PAYMENT_REFUSED,              409, "The payment provider refuses this payment")    \
    X(MONEY_WENT_OUTSIDE,           409, "Money of this order went back without us")     \
    X(AMOUNT_NOT_PAYABLE,           409, "The payment provider cannot send this amount") \
    X(PAYMENT_NOT_PENDING,          409, "The payment is settled already")               \
    X(TICKET_NOT_VALID,             409, "The ticket is not valid")                      \
    X(TICKET_CHECKED_IN,            409, "The ticket has been used at a gate")           \
    X(WRONG_SHOW,                   409, "The ticket is for another show")               \
    X(WEBHOOK_ENDPOINT_LIMIT,       409, "There are too many webhook endpoints")         \
    X(WEBHOOK_ENDPOINT_DISABLED,    409, "The webhook endpoint is disabled")             \
    X(ADMISSION_CLOSED,             409, "Tickets are not admitted at this time")        \
    X(REENTRY_NOT_ALLOWED,          409, "Whoever has left cannot come back in")         \
    X(NOT_INSIDE,                   409, "Nobody has come in with this ticket")          \
    X(TRANSFER_NOT_ALLOWED,         409, "This ticket cannot be passed on")              \
    X(IDEMPOTENCY_IN_FLIGHT,        409, "The first request with this key is running")   \
    X(PRECONDITION_FAILED,          412, "It has changed since you read it")             \
    X(BODY_TOO_LARGE,               413, "The body is too large")                        \
    X(UNSUPPORTED_MEDIA_TYPE,       415, "The body must be application/json")            \
    X(VALIDATION_FAILED,            422, "Some fields are missing or wrong")             \
    X(QR_INVALID,                   422, "The code is not that of a ticket")             \
    X(SCAN_ID_REUSED,               422, "This scanId belongs to another scan")          \
    X(IDEMPOTENCY_KEY_REUSED,       422, "This key was used with another payload")       \
    X(RESET_TOKEN_INVALID,          422, "The reset token is not valid any more")        \
    X(VERIFICATION_CODE_WRONG,      422, "It is another code")                           \
    X(VERIFICATION_INVALID,         422, "This link or code is not valid any more")      \
    X(TOO_MANY_REQUESTS,            429, "Too many requests")                            \
    X(INTERNAL,                     500, "Something went wrong here")                    \
    X(UNAVAILABLE,                  503, "The service cannot answer just now")
/* clang-format on */

enum problem {
    PROBLEM_LATER = -1, /* no answer yet: response_resume() will be called with the outcome */
    PROBLEM_NONE = 0,   /* no error: the response stands */
#define PROBLEM_ENUM(name, status, title) PROBLEM_##name,
    PROBLEM_LIST(PROBLEM_ENUM)
#undef PROBLEM_ENUM
        PROBLEM_COUNT /* one past the last */
};

struct problem_info {
    int status;        /* HTTP status code */
    const char *code;  /* the stable name, e.g. "SHOW_NOT_FOUND" */
    const char *title; /* one English sentence for people */
};

/* The table row of a problem; never NULL for a member of the enum above PROBLEM_NONE. */
const struct problem_info *problem_info(enum problem problem);

#endif
