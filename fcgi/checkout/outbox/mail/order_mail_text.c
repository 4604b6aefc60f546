/* order_mail_text.c: the words of a mail about an order. */
#include "fcgi/checkout/outbox/mail/order_mail_text.h"
#include "common/mail_body.h"
#include "common/money.h"
#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static int64_t amount_of(const json_t *object, const char *name)
{
    return (int64_t)json_integer_value(json_object_get(object, name));
}

static const json_t *refund_of(const struct order_mail_facts *facts)
{
    return facts->is_refund ? json_object_get(facts->order, "refund") : NULL;
}

/* Is there money in what the mail tells? A buyer who had nothing to pay reads no word of it. */
static bool tells_money(const struct order_mail_facts *facts)
{
    const json_t *refund = refund_of(facts);
    return amount_of(facts->order, "total") > 0 && (refund == NULL || amount_of(refund, "amount") > 0);
}

/* Is the mail about this ticket? That of a refund is about the tickets of this refund alone; an event written
 * by the release before has no `refund`: then about all that are void. */
static bool is_told(const struct order_mail_facts *facts, const json_t *ticket)
{
    const json_t *told = json_object_get(refund_of(facts), "tickets");
    if (told == NULL) {
        return (strcmp(text_of(ticket, "status"), "void") == 0) == facts->is_refund;
    }
    size_t index = 0;
    json_t *id = NULL;
    json_array_foreach(told, index, id)
    {
        if (strcmp(json_string_value(id), text_of(ticket, "id")) == 0) {
            return true;
        }
    }
    return false;
}

/* The seats that the mail is about, in the order of the seat map. */
static void seats(struct mail_body *body, struct arena *arena, const struct order_mail_facts *facts)
{
    const char *currency = text_of(facts->order, "currency");
    size_t index = 0;
    json_t *ticket = NULL;
    json_array_foreach(json_object_get(facts->order, "tickets"), index, ticket)
    {
        if (!is_told(facts, ticket)) {
            continue;
        }
        const char *zone_name = text_of(ticket, "zoneName");
        const char *zone = zone_name[0] != '\0' ? zone_name : text_of(ticket, "zone");
        char price[MONEY_TEXT_SIZE] = "";
        if (amount_of(ticket, "price") > 0) {
            money_format(amount_of(ticket, "price"), currency, price);
        }
        mail_body_line(body, arena_printf(arena, "Seat %s, %s", text_of(ticket, "seatId"), zone), price);
    }
}

static void money(struct mail_body *body, const char *label, int64_t amount, const char *currency)
{
    char price[MONEY_TEXT_SIZE];
    money_format(amount, currency, price);
    mail_body_line(body, label, price);
}

static void sums(struct mail_body *body, const struct order_mail_facts *facts)
{
    const char *currency = text_of(facts->order, "currency");
    const json_t *refund = refund_of(facts);
    if (!tells_money(facts)) {
        return;
    }
    money(body, "Order total", amount_of(facts->order, "total"), currency);
    if (refund != NULL) {
        money(body, "This refund", amount_of(refund, "amount"), currency);
        money(body, "All refunds of this order so far", amount_of(refund, "total"), currency);
    }
}

static void details(struct mail_body *body, struct arena *arena, const struct order_mail_facts *facts)
{
    mail_body_line(body, "Event", facts->title);
    if (facts->venue[0] != '\0') {
        mail_body_line(body, "Venue", facts->venue);
    }
    mail_body_line(body, "Starts", facts->when);
    seats(body, arena, facts);
    sums(body, facts);
    mail_body_line(body, "Order", text_of(facts->order, "id"));
}

/* What has happened, up to the title of the event. */
static const char *opening(const struct order_mail_facts *facts)
{
    if (!tells_money(facts)) {
        return facts->is_refund ? "tickets of yours were taken back: " : "here are your tickets for ";
    }
    if (!facts->is_refund) {
        return "your payment has arrived: here are your tickets for ";
    }
    return strcmp(text_of(refund_of(facts), "status"), "succeeded") == 0 ? "we have sent your money back for "
                                                                         : "you get money back for ";
}

static void closing(struct mail_body *body, struct arena *arena, const struct order_mail_facts *facts)
{
    if (facts->is_refund) {
        const char *bank = " Depending on your bank, the money is there in a few days.";
        mail_body_paragraph(body, arena_printf(arena, "These tickets do not open the gate any more.%s",
                                               tells_money(facts) ? bank : ""));
        if (facts->attached) {
            mail_body_paragraph(body, "The attached file takes them out of your calendar.");
        }
    } else if (facts->attached) {
        mail_body_paragraph(body, "The tickets are attached. Show them at the gate, on paper or on the "
                                  "screen; each admits one person once.");
    }
}

static const char *subject(const struct order_mail_facts *facts)
{
    if (!facts->is_refund) {
        return "Your tickets";
    }
    return tells_money(facts) ? "Your refund" : "Your cancelled tickets";
}

void order_mail_text(struct arena *arena, const struct order_mail_facts *facts, struct mail *mail)
{
    CLEANUP(mail_body_free) struct mail_body *body = mail_body_new(arena);
    mail_body_paragraph(body, arena_printf(arena, "Hello %s,", facts->buyer_name));
    mail_body_paragraph(body, arena_printf(arena, "%s%s.", opening(facts), facts->title));
    details(body, arena, facts);
    if (text_of(facts->order, "note")[0] != '\0') {
        mail_body_paragraph(body, text_of(facts->order, "note"));
    }
    closing(body, arena, facts);
    mail_body_link(body, "Your order", facts->link);
    mail_body_end(body, &mail->text, &mail->html);
    mail->subject = arena_printf(arena, "%s: %s", subject(facts), facts->title);
}
