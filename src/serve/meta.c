/* serve/meta.c: the metadata: what kinds of record there are, from which clients draw lists and forms. */
#include <sodium.h>
#include <string.h>

#include "record/reach.h"
#include "record/token.h"
#include "serve/list.h"
#include "serve/server.h"

static const char *const type_names[COX_TYPE_COUNT] = {
    [COX_TEXT] = "text",
    [COX_INT] = "int",
    [COX_REAL] = "real",
    [COX_BOOL] = "bool",
    [COX_MONEY] = "money",
    [COX_DATE] = "date",
    [COX_INSTANT] = "instant",
    [COX_CHOICE] = "choice",
    [COX_REF] = "ref",
    [COX_BYTES] = "bytes",
};

static const struct {
    unsigned flag;
    const char *name;
} flags[] = {
    {COX_REQUIRED, "required"},
    {COX_SORTED, "sorted"},
    {COX_SEARCHED, "searched"},
    {COX_PERSONAL, "personal"},
    {COX_PRIVATE, "private"},
    {COX_UNIQUE, "unique"},
    {COX_FIXED, "fixed"},
    {COX_SYSTEM, "system"},
};

/* "close_day" as people read it, where the table gives no words of its own. What is called like the record it
 * points to has that record's words; the unit of instants is nothing for people. */
static void put_label(struct cox_json *json, const struct cox_field *field)
{
    char label[80];
    size_t size = 0;

    if (field->label != NULL ||
        (field->ref != NULL && strcmp(field->name, field->ref->name) == 0)) {
        cox_json_put_string(json, "label", field->label != NULL ? field->label : field->ref->label);
        return;
    }
    for (const char *c = field->name; *c != '\0' && size + 1 < sizeof(label); c++) {
        label[size++] = *c == '_' ? ' ' : *c;
    }
    if (field->type == COX_INSTANT && size > 3 && memcmp(label + size - 3, " us", 3) == 0) {
        size -= 3;
    }
    label[size] = '\0';
    if (label[0] >= 'a' && label[0] <= 'z') {
        label[0] = (char)(label[0] - 'a' + 'A');
    }
    cox_json_put_string(json, "label", label);
}

static void put_bounds(struct cox_json *json, const struct cox_field *field)
{
    bool has_bounds = field->max > field->min;

    cox_json_key(json, "min");
    has_bounds && field->type != COX_TEXT ? cox_json_int(json, field->min) : cox_json_null(json);
    cox_json_key(json, "max");
    if (field->type == COX_TEXT) {
        cox_json_int(json, field->max == 0 ? 255 : field->max);
    } else {
        has_bounds ? cox_json_int(json, field->max) : cox_json_null(json);
    }
}

static void put_field(struct cox_json *json, const struct cox_field *field)
{
    cox_json_begin_object(json);
    cox_json_put_string(json, "name", field->name);
    put_label(json, field);
    cox_json_put_string(json, "type", type_names[field->type]);
    cox_json_key(json, "flags");
    cox_json_begin_array(json);
    for (size_t i = 0; i < COX_COUNT(flags); i++) {
        if ((field->flags & flags[i].flag) != 0) {
            cox_json_string(json, flags[i].name);
        }
    }
    cox_json_end_array(json);
    put_bounds(json, field);
    if (field->type == COX_REF) {
        cox_json_put_string(json, "ref", field->ref->name);
    }
    if (field->choices != NULL) {
        cox_json_key(json, "choices");
        cox_json_begin_array(json);
        for (const struct cox_choice *c = field->choices; c->name != NULL; c++) {
            cox_json_begin_object(json);
            cox_json_put_string(json, "name", c->name);
            cox_json_put_string(json, "label", c->label == NULL ? c->name : c->label);
            cox_json_end_object(json);
        }
        cox_json_end_array(json);
    }
    if (field->help != NULL) {
        cox_json_put_string(json, "help", field->help);
    }
    if (field->purpose != NULL) {
        cox_json_put_string(json, "purpose", field->purpose);
    }
    if (field->custom_id != 0) {
        cox_json_put_int(json, "custom", (int64_t)field->custom_id);
    }
    cox_json_end_object(json);
}

static const char *name_at(const struct cox_entity *entity, uint32_t field)
{
    return field < entity->field_count ? entity->fields[field].name : NULL;
}

static void put_may(struct cox_json *json, struct cox_call *call, const struct cox_table *table)
{
    static const char *const verbs[COX_VERB_COUNT] = {"read", "create", "change", "remove"};

    cox_json_key(json, "may");
    cox_json_begin_array(json);
    for (int verb = COX_READ; verb < COX_VERB_COUNT; verb++) {
        if (cox_reach_may(call, table, (enum cox_verb)verb)) {
            cox_json_string(json, verbs[verb]);
        }
    }
    cox_json_end_array(json);
}

static const char *feature_of(const struct cox_exchange *x, const struct cox_entity *entity)
{
    const struct cox_feature *const *features = cox_server_host(x->server)->features;

    for (size_t f = 0; features[f] != NULL; f++) {
        for (size_t e = 0; features[f]->entities != NULL && features[f]->entities[e] != NULL; e++) {
            if (features[f]->entities[e] == entity) {
                return features[f]->name;
            }
        }
    }
    return NULL;
}

static void put_entity(struct cox_json *json, struct cox_call *call, const struct cox_exchange *x,
    const struct cox_table *table)
{
    static const char *const reaches[] = {"line", "company", "participants", "person"};
    const struct cox_entity *entity = table->entity;

    cox_json_begin_object(json);
    cox_json_put_string(json, "name", entity->name);
    cox_json_put_string(json, "plural", entity->plural);
    cox_json_put_string(json, "label", entity->label);
    cox_json_put_string(json, "label_plural", entity->label_plural);
    cox_json_put_string(json, "help", entity->help);
    cox_json_put_string(json, "feature", feature_of(x, entity));
    cox_json_put_string(json, "reach", reaches[entity->reach]);
    cox_json_put_bool(json, "is_people", cox_reach_is_people(call, table));
    cox_json_put_string(json, "name_field", name_at(entity, entity->name_field));
    cox_json_put_string(json, "owner_field", name_at(entity, entity->owner_field));
    cox_json_put_bool(json, "fills_owner", entity->fills_owner);
    cox_json_put_string(json, "parent_field", name_at(entity, entity->parent_field));
    cox_json_put_string(json, "currency_field", name_at(entity, entity->currency_field));
    cox_json_key(json, "participants");
    cox_json_begin_array(json);
    for (int i = 0; i < 2 && entity->reach == COX_REACH_PARTICIPANTS; i++) {
        cox_json_string(json, name_at(entity, entity->participant[i]));
    }
    cox_json_end_array(json);
    put_may(json, call, table);
    cox_json_key(json, "fields");
    cox_json_begin_array(json);
    for (uint32_t i = 0; i < table->field_count; i++) {
        if ((table->fields[i]->flags & COX_RETIRED) == 0) {
            put_field(json, table->fields[i]);
        }
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
}

static enum cox_rc write_meta(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_exchange *x = ctx;
    const struct cox_registry *registry = cox_call_registry(call);
    bool has_people = x->who.token_scope == 0 || (x->who.token_scope & COX_TOKEN_PEOPLE) != 0;
    struct cox_json json;

    x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "entities");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);
        if (cox_reach_may(call, table, COX_READ) &&
            (has_people || !cox_reach_is_people(call, table))) {
            put_entity(&json, call, x, table);
        }
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

/* The ETag is that of the bytes: 304 as long as neither the program, nor fields, nor rights have changed. */
static enum cox_rc get_meta(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct cox_text wanted = cox_exchange_header(x, "If-None-Match");
    unsigned char digest[16];
    char etag[40] = "\"";

    COX_TRY(cox_store_read(x->store, &opt, write_meta, x, reterr));
    (void)crypto_generichash(digest, sizeof(digest), (const unsigned char *)x->reply.body.ptr,
        x->reply.body.size, NULL, 0); /* sizes are in range */
    (void)sodium_bin2hex(etag + 1, sizeof(etag) - 1, digest, sizeof(digest));
    etag[33] = '"';
    etag[34] = '\0';
    if (cox_text_same(wanted, cox_text_of(etag))) {
        cox_buf_clear(&x->reply.body);
        x->reply.status = 304;
    }
    COX_TRY(cox_reply_header(x, "Cache-Control", "private, no-cache", reterr));
    return cox_reply_header(x, "ETag", etag, reterr);
}

const struct cox_route cox_routes_meta[] = {
    {.method = COX_GET,
        .path = "/api/v1/meta",
        .handle = get_meta,
        .summary = "The kinds of record one may see, with their fields.",
        .out = "{\"type\":\"object\",\"required\":[\"entities\"],\"properties\":{\"entities\":{"
               "\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}"},
    {0},
};
