/* show_body.c: a show as JSON, in and out. */
#include "fcgi/events/show_body.h"
#include "common/money.h"
#include "common/payable.h"
#include "common/response_database.h"
#include <string.h>

/* What a show sells in when neither it nor its seat map says. */
static const char DEFAULT_CURRENCY[] = "VND";

struct show_body {
    const char *starts_at;
    const char *ends_at;
    const char *sales_start_at;
    const char *sales_end_at;
    const char *seatmap_id;
    const char *currency;
    json_t *price_tiers;
    const char *admission_start_at;
    const char *admission_end_at;
    bool reentry;
    const char *outside_refund;
};

/* The first one is the default. */
static const char *const OUTSIDE_REFUNDS[] = {"void", "keep", NULL};

static const struct field SHOW_FIELDS[] = {
    {.name = "startsAt",
     .type = FIELD_TIME,
     .required = true,
     .offset = offsetof(struct show_body, starts_at)},
    {.name = "endsAt", .type = FIELD_TIME, .nullable = true, .offset = offsetof(struct show_body, ends_at)},
    {.name = "salesStartAt",
     .type = FIELD_TIME,
     .nullable = true,
     .offset = offsetof(struct show_body, sales_start_at)},
    {.name = "salesEndAt",
     .type = FIELD_TIME,
     .nullable = true,
     .offset = offsetof(struct show_body, sales_end_at)},
    {.name = "seatMapId",
     .type = FIELD_SLUG,
     .required = true,
     .offset = offsetof(struct show_body, seatmap_id)},
    {.name = "currency",
     .type = FIELD_CURRENCY,
     .nullable = true,
     .offset = offsetof(struct show_body, currency)},
    {.name = "priceTiers",
     .type = FIELD_PRICES,
     .nullable = true,
     .offset = offsetof(struct show_body, price_tiers)},
    {.name = "admissionStartAt",
     .type = FIELD_TIME,
     .nullable = true,
     .offset = offsetof(struct show_body, admission_start_at)},
    {.name = "admissionEndAt",
     .type = FIELD_TIME,
     .nullable = true,
     .offset = offsetof(struct show_body, admission_end_at)},
    {.name = "reentry", .type = FIELD_BOOLEAN, .offset = offsetof(struct show_body, reentry)},
    {.name = "outsideRefund",
     .type = FIELD_CHOICE,
     .choices = OUTSIDE_REFUNDS,
     .offset = offsetof(struct show_body, outside_refund)},
};
const struct field_spec show_create_body = FIELD_SPEC(struct show_body, SHOW_FIELDS);

static bool has_zone(const struct seatmap *map, const char *zone)
{
    for (size_t i = 0; i < seatmap_zone_count(map); i++) {
        if (strcmp(seatmap_zone_id(map, i), zone) == 0) {
            return true;
        }
    }
    return false;
}

static void check_zones(const struct show_body *body, const struct seatmap *map, struct arena *arena,
                        struct fault_list *faults)
{
    const char *zone;
    json_t *price;
    json_object_foreach(body->price_tiers, zone, price)
    {
        if (!has_zone(map, zone)) {
            fault_add(faults, arena_printf(arena, "priceTiers.%s", zone), "is not a zone of the seat map");
        }
    }
}

/* Names each price that the payment provider cannot express (a ticket of it could never be refunded) or that
 * is less than it takes. A price of 0 is no payment. */
static void check_prices(const struct events *events, const struct show_values *values,
                         const struct seatmap *map, struct arena *arena, struct fault_list *faults)
{
    const char *provider = events->config->payment_provider;
    int64_t step = payable_step(provider, values->currency);
    int64_t least = payable_least(provider, values->currency);
    json_auto_t *prices = show_body_prices(map, values->price_tiers);
    const char *zone;
    json_t *amount;
    json_object_foreach(prices, zone, amount)
    {
        long long price = json_integer_value(amount);
        const char *path = arena_printf(arena, "priceTiers.%s", zone);
        if (price % step != 0) {
            fault_add(faults, path,
                      "is %lld %s, but payment provider %s needs a multiple of %lld (minor units)", price,
                      values->currency, provider, (long long)step);
        } else if (price > 0 && price < least) {
            fault_add(faults, path, "is %lld %s, but payment provider %s takes %lld or more (minor units)",
                      price, values->currency, provider, (long long)least);
        }
    }
}

/* Does the show ask what it asked before? Then its prices are not judged again: those of a show that was made
 * for another payment provider must not keep it from being moved. */
static bool asks_the_same(const struct show_record *pinned, const struct show_values *values, int64_t version,
                          const json_t *price_tiers)
{
    if (pinned == NULL || strcmp(pinned->currency, values->currency) != 0 ||
        strcmp(pinned->seatmap_id, values->seatmap_id) != 0 || pinned->seatmap_version != version) {
        return false;
    }
    json_auto_t *before = pinned->price_tiers != NULL ? json_loads(pinned->price_tiers, 0, NULL) : NULL;
    return before == NULL ? price_tiers == NULL : json_equal(before, price_tiers) != 0;
}

static const char *dump(struct arena *arena, const json_t *object)
{
    CLEANUP(free) char *text = json_dumps(object, JSON_COMPACT);
    return text != NULL ? arena_text(arena, text) : NULL;
}

/* What needs the seat map itself: the zones that have a price, the currency when the show has none of its
 * own, and whether the prices can be paid. */
static enum db_status check_with_map(struct request *request, const struct show_body *body,
                                     const struct show_record *pinned, int64_t version,
                                     struct fault_list *faults, struct show_values *values)
{
    struct seatmap_cache *cache = events_of(request)->seatmaps;
    const struct seatmap *map = NULL;
    enum db_status status = seatmap_cache_get(cache, body->seatmap_id, version, &map);
    if (status != DB_OK) {
        return status;
    }
    struct arena *arena = request_arena(request);
    if (body->price_tiers != NULL) {
        check_zones(body, map, arena, faults);
        values->price_tiers = dump(arena, body->price_tiers);
    }
    if (values->currency == NULL) {
        const char *currency = seatmap_currency(map);
        values->currency = arena_text(arena, currency != NULL ? currency : DEFAULT_CURRENCY);
    }
    if (!asks_the_same(pinned, values, version, body->price_tiers)) {
        check_prices(events_of(request), values, map, arena, faults);
    }
    seatmap_cache_release(cache, map);
    return DB_OK;
}

static void check_times(const struct show_check *check, struct fault_list *faults)
{
    if (!check->ends_late_enough) {
        fault_add(faults, "endsAt", "must be later than startsAt");
    }
    if (!check->sales_end_late_enough) {
        fault_add(faults, "salesEndAt", "must be later than salesStartAt");
    } else if (!check->sales_end_in_time) {
        fault_add(faults, "salesEndAt", "must not be later than the end of the show");
    }
    if (!check->admission_end_late_enough) {
        fault_add(faults, "admissionEndAt", "must be later than admissionStartAt");
    }
    if (!check->admission_starts_in_time) {
        fault_add(faults, "admissionStartAt", "must be earlier than the end of the show");
    }
}

enum problem show_body_read(struct request *request, struct response *response, const json_t *json,
                            const struct show_record *pinned, struct fault_list *faults,
                            struct show_values *ret_values, int64_t *ret_version)
{
    struct show_body *body = arena_alloc(request_arena(request), sizeof(*body));
    if (!field_parse_json(&show_create_body, json, request_arena(request), faults, body) ||
        fault_count(faults) > 0) {
        return response_faults(response, faults);
    }
    struct show_values values = {
        .starts_at = body->starts_at,
        .ends_at = body->ends_at,
        .sales_start_at = body->sales_start_at,
        .sales_end_at = body->sales_end_at,
        .seatmap_id = body->seatmap_id,
        .currency = body->currency,
        .admission_start_at = body->admission_start_at,
        .admission_end_at = body->admission_end_at,
        .reentry = body->reentry,
        .outside_refund = body->outside_refund != NULL ? body->outside_refund : OUTSIDE_REFUNDS[0],
    };
    struct show_check check;
    enum db_status status =
        shows_db_check(events_of(request)->pool, pinned != NULL ? pinned->id : NULL, &values, &check);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    check_times(&check, faults);
    int64_t version = check.newest_version;
    if (pinned != NULL && check.in_use && strcmp(pinned->seatmap_id, values.seatmap_id) == 0) {
        version = pinned->seatmap_version; /* people have chosen their seats on it */
    }
    if (version == 0) {
        fault_add(faults, "seatMapId", "is not the id of a seat map");
    } else {
        status = check_with_map(request, body, pinned, version, faults, &values);
        if (status != DB_OK) {
            return response_database(response, status, PROBLEM_SEATMAP_NOT_FOUND);
        }
    }
    bool kept = pinned != NULL && values.currency != NULL && strcmp(pinned->currency, values.currency) == 0;
    if (values.currency != NULL && !kept && !money_is_currency(values.currency)) {
        fault_add(faults, "currency", "is not a currency that tickets can be sold in (ISO 4217)");
    }
    if (fault_count(faults) > 0) {
        return response_faults(response, faults);
    }
    *ret_values = values;
    *ret_version = version;
    return PROBLEM_NONE;
}

json_t *show_body_prices(const struct seatmap *map, const char *price_tiers)
{
    json_auto_t *own = price_tiers != NULL ? json_loads(price_tiers, 0, NULL) : NULL;
    json_t *prices = json_object();
    for (size_t i = 0; i < seatmap_zone_count(map); i++) {
        const char *zone = seatmap_zone_id(map, i);
        const json_t *price = json_object_get(own, zone);
        json_object_set_new(
            prices, zone,
            json_integer(price != NULL ? json_integer_value(price) : seatmap_zone_price(map, i)));
    }
    return prices;
}

enum db_status show_body_json(const struct events *events, const struct show_record *show, json_t **ret_json)
{
    const struct seatmap *map = NULL;
    enum db_status status =
        seatmap_cache_get(events->seatmaps, show->seatmap_id, show->seatmap_version, &map);
    if (status != DB_OK) {
        return status;
    }
    json_t *prices = show_body_prices(map, show->price_tiers);
    seatmap_cache_release(events->seatmaps, map);
    *ret_json = json_pack(
        "{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s, s:I, s:s, s:o, s:b, s:s?, s:s?, s:b, s:s, s:s, s:s}", "id",
        show->id, "eventId", show->event_id, "startsAt", show->starts_at, "endsAt", show->ends_at,
        "salesStartAt", show->sales_start_at, "salesEndAt", show->sales_end_at, "seatMapId", show->seatmap_id,
        "seatMapVersion", (json_int_t)show->seatmap_version, "currency", show->currency, "priceTiers", prices,
        "salesOpen", show->sales_open, "admissionStartAt", show->admission_start_at, "admissionEndAt",
        show->admission_end_at, "reentry", show->reentry, "outsideRefund", show->outside_refund, "createdAt",
        show->created_at, "updatedAt", show->updated_at);
    return DB_OK;
}
