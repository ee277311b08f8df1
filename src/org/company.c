/* org/company.c: GET and PATCH /settings: the company, and which features are on. */
#include "base/money.h"
#include "base/zone.h"
#include "org/settings_routes.h"
#include "record/switches.h"
#include "serve/server.h"

enum { NAME_MAX_BYTES = 100, FEATURES_MAX = 200 };

/* What everything else rests on is never off. */
static bool is_fixed(const struct cox_feature *feature)
{
    static const char *const fixed[] = {"org", "sales", "settings"};

    for (size_t i = 0; i < COX_COUNT(fixed); i++) {
        if (strcmp(feature->name, fixed[i]) == 0) {
            return true;
        }
    }
    return false;
}

static const struct cox_feature *const *features_of(const struct cox_exchange *x)
{
    return cox_server_host(x->server)->features;
}

/* ---- reading ---- */

static void put_features(struct cox_call *call, const struct cox_exchange *x, struct cox_json *json)
{
    const struct cox_feature *const *features = features_of(x);

    cox_json_key(json, "features");
    cox_json_begin_array(json);
    for (size_t f = 0; features[f] != NULL; f++) {
        cox_json_begin_object(json);
        cox_json_put_string(json, "name", features[f]->name);
        cox_json_put_string(json, "help", features[f]->help);
        cox_json_put_bool(json, "is_off", cox_call_is_off(call, features[f]->name));
        cox_json_put_bool(json, "is_fixed", is_fixed(features[f]));
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static enum cox_rc read_settings(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const char *const keys[] = {"name", "zone", "currency"};
    struct cox_exchange *x = ctx;
    struct cox_json json;

    x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    for (size_t i = 0; i < COX_COUNT(keys); i++) {
        struct cox_text value;

        COX_TRY(cox_setting_get(call, keys[i], &value, reterr));
        cox_json_put_text(&json, keys[i], value);
    }
    put_features(call, x, &json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

enum cox_rc cox_settings_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, read_settings, x, reterr);
}

/* ---- changing ---- */

struct change {
    const struct cox_exchange *x;
    json_t *asked;
    const struct cox_feature **off;
    size_t off_count;
};

static const struct cox_feature *find_feature(const struct cox_exchange *x, const char *name)
{
    const struct cox_feature *const *features = features_of(x);

    for (size_t f = 0; name != NULL && features[f] != NULL; f++) {
        if (strcmp(features[f]->name, name) == 0) {
            return features[f];
        }
    }
    return NULL;
}

static enum cox_rc read_off(struct cox_exchange *x, struct change *change, struct cox_err *reterr)
{
    json_t *list = json_object_get(change->asked, "features_off"), *name;
    size_t at;

    change->off = COX_NEW_ARRAY(x->arena, FEATURES_MAX, const struct cox_feature *);
    if (change->off == NULL) {
        return cox_no_memory(reterr);
    }
    if (list != NULL && (!json_is_array(list) || json_array_size(list) > FEATURES_MAX)) {
        return cox_fail_at(reterr, COX_INVALID, "features_off", 0,
            "is a list of names of features");
    }
    json_array_foreach(list, at, name)
    {
        const struct cox_feature *feature = find_feature(x, json_string_value(name));

        if (feature == NULL || is_fixed(feature)) {
            return cox_fail_at(reterr, COX_INVALID, "features_off", 0,
                feature == NULL ? "there is no such feature"
                                : "this feature is never off: others rest on it");
        }
        change->off[change->off_count++] = feature;
    }
    return COX_OK;
}

/* The key's new value when it is asked to change; ptr NULL: it is not. */
static enum cox_rc text_of(const struct change *change, const char *key, struct cox_text *ret_text,
    struct cox_err *reterr)
{
    const json_t *value = json_object_get(change->asked, key);

    *ret_text = (struct cox_text){0};
    if (value == NULL) {
        return COX_OK;
    }
    *ret_text =
        cox_text_trim((struct cox_text){json_string_value(value), json_string_length(value)});
    return ret_text->size == 0 ? cox_fail_at(reterr, COX_INVALID, key, 0, "is a text") : COX_OK;
}

static enum cox_rc put_texts(struct cox_call *call, const struct change *change,
    struct cox_err *reterr)
{
    struct cox_text name, zone, currency;

    COX_TRY(text_of(change, "name", &name, reterr));
    COX_TRY(text_of(change, "zone", &zone, reterr));
    COX_TRY(text_of(change, "currency", &currency, reterr));
    if (name.size > NAME_MAX_BYTES) {
        return cox_fail_at(reterr, COX_INVALID, "name", 0, "has at most %d bytes", NAME_MAX_BYTES);
    }
    if (name.ptr != NULL) {
        COX_TRY(cox_setting_put(call, "name", name, reterr));
    }
    if (zone.ptr != NULL) {
        if (cox_setting_put(call, "zone", zone, reterr) != COX_OK) {
            return cox_fail_at(reterr, COX_INVALID, "zone", 0, "there is no such time zone");
        }
    }
    if (currency.ptr == NULL) {
        return COX_OK;
    }
    if (currency.size != 3 || cox_iso_currency_find(currency) == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "currency", 0, "is a code of ISO 4217, as EUR");
    }
    return cox_setting_put(call, "currency", cox_text_of(cox_iso_currency_find(currency)->code),
        reterr);
}

static enum cox_rc put_settings(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct change *change = ctx;

    COX_TRY(put_texts(call, change, reterr));
    return json_object_get(change->asked, "features_off") == NULL
               ? COX_OK
               : cox_switch_put(call, change->off, change->off_count, reterr);
}

enum cox_rc cox_settings_patch(struct cox_exchange *x, struct cox_err *reterr)
{
    static const char *const known[] = {"name", "zone", "currency", "features_off"};
    struct change change = {.x = x};
    struct cox_write_opt opt;
    struct cox_commit commit;
    const char *key;
    json_t *value;

    COX_TRY(cox_exchange_json(x, &change.asked, reterr));
    json_object_foreach(change.asked, key, value)
    {
        bool is_known = false;

        for (size_t i = 0; i < COX_COUNT(known); i++) {
            is_known |= strcmp(key, known[i]) == 0;
        }
        if (!is_known) {
            return cox_fail_at(reterr, COX_INVALID, key, 0, "there is no such setting");
        }
    }
    COX_TRY(read_off(x, &change, reterr));
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, put_settings, &change, &commit, reterr));
    return cox_settings_get(x, reterr); /* which also lets the store know what is off now */
}
