/* org/custom_route.c: run-time fields: POST /fields, PATCH and DELETE /fields/{id}. */
#include "org/settings_routes.h"
#include "record/custom.h"

enum { CHOICES_MAX = 200 };

static const char *const types[COX_TYPE_COUNT] = {
    [COX_TEXT] = "text",
    [COX_INT] = "int",
    [COX_REAL] = "real",
    [COX_BOOL] = "bool",
    [COX_MONEY] = "money",
    [COX_DATE] = "date",
    [COX_INSTANT] = "instant",
    [COX_CHOICE] = "choice",
    [COX_REF] = "ref",
};

static const struct {
    const char *name;
    unsigned flag;
} flags[] = {{"sorted", COX_SORTED}, {"searched", COX_SEARCHED}, {"personal", COX_PERSONAL}};

struct adding {
    json_t *asked;
    struct cox_custom_spec spec;
    struct cox_text entity, ref;
    int64_t id;
    int64_t seq; /* of the commit that added it */
};

static struct cox_text text_of(const json_t *value)
{
    return (struct cox_text){json_string_value(value), json_string_length(value)};
}

static enum cox_rc read_type(struct adding *adding, struct cox_err *reterr)
{
    const char *name = json_string_value(json_object_get(adding->asked, "type"));

    for (int i = 0; name != NULL && i < COX_TYPE_COUNT; i++) {
        if (types[i] != NULL && strcmp(types[i], name) == 0) {
            adding->spec.type = (enum cox_type)i;
            return COX_OK;
        }
    }
    return cox_fail_at(reterr, COX_INVALID, "type", 0,
        "is one of text, int, real, bool, money, date, instant, choice, ref");
}

static enum cox_rc read_flags(struct adding *adding, struct cox_err *reterr)
{
    json_t *value;
    size_t at;

    json_array_foreach(json_object_get(adding->asked, "flags"), at, value)
    {
        unsigned flag = 0;

        for (size_t i = 0; i < COX_COUNT(flags); i++) {
            if (json_is_string(value) && strcmp(json_string_value(value), flags[i].name) == 0) {
                flag = flags[i].flag;
            }
        }
        if (flag == 0) {
            return cox_fail_at(reterr, COX_INVALID, "flags", 0,
                "has only sorted, searched and personal");
        }
        adding->spec.flags |= flag;
    }
    return COX_OK;
}

static enum cox_rc read_choices(struct cox_exchange *x, struct adding *adding,
    struct cox_err *reterr)
{
    json_t *list = json_object_get(adding->asked, "choices"), *value;
    struct cox_text *choices = COX_NEW_ARRAY(x->arena, CHOICES_MAX, struct cox_text);
    size_t at;

    if (choices == NULL) {
        return cox_no_memory(reterr);
    }
    if (json_array_size(list) > CHOICES_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "choices", 0, "are at most %d", CHOICES_MAX);
    }
    json_array_foreach(list, at, value)
    {
        choices[at] = cox_text_trim(text_of(value));
        if (choices[at].size == 0 || memchr(choices[at].ptr, '\n', choices[at].size) != NULL) {
            return cox_fail_at(reterr, COX_INVALID, "choices", 0, "are texts of one line");
        }
    }
    adding->spec.choices = choices;
    adding->spec.choice_count = json_array_size(list);
    return COX_OK;
}

static enum cox_rc add_field(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct adding *adding = ctx;
    const struct cox_registry *registry = cox_call_registry(call);
    const struct cox_table *table = cox_registry_find(registry, adding->entity);
    const struct cox_table *ref = cox_registry_find(registry, adding->ref);

    if (table == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "entity", 0, "there is no such kind of record");
    }
    if (adding->spec.type == COX_REF && ref == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "ref", 0, "names the kind of record referred to");
    }
    adding->spec.ref = ref == NULL ? NULL : ref->entity;
    return cox_custom_add(call, table->entity, &adding->spec, &adding->id, reterr);
}

static enum cox_rc find_field(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct adding *adding = ctx;

    return cox_custom_find_added(call, adding->seq, &adding->id, reterr);
}

enum cox_rc cox_fields_post(struct cox_exchange *x, struct cox_err *reterr)
{
    struct adding adding = {0};
    struct cox_write_opt opt;
    struct cox_commit commit;
    struct cox_json json;

    COX_TRY(cox_exchange_json(x, &adding.asked, reterr));
    adding.entity = text_of(json_object_get(adding.asked, "entity"));
    adding.ref = text_of(json_object_get(adding.asked, "ref"));
    adding.spec.label = cox_text_trim(text_of(json_object_get(adding.asked, "label")));
    if (adding.spec.label.size == 0) {
        return cox_fail_at(reterr, COX_INVALID, "label", 0, "is a text");
    }
    COX_TRY(read_type(&adding, reterr));
    COX_TRY(read_flags(&adding, reterr));
    COX_TRY(read_choices(x, &adding, reterr));
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, add_field, &adding, &commit, reterr));
    if (commit.repeated) {
        const struct cox_read_opt reading = {.actor = x->who.actor};
        adding.seq = commit.seq;
        COX_TRY(cox_store_read(x->store, &reading, find_field, &adding, reterr));
    }
    x->reply.seq = commit.seq;
    cox_reply_json(x, 201, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "id", adding.id);
    cox_json_key(&json, "name");
    cox_json_string(&json, cox_arena_format(x->arena, "x%lld", (long long)adding.id));
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

struct renaming {
    struct cox_exchange *x;
    int64_t id;
    struct cox_text label, was;
};

static enum cox_rc rename_field(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct renaming *renaming = ctx;

    COX_TRY(cox_custom_rename(call, renaming->id, renaming->label, &renaming->was, reterr));
    renaming->was = cox_arena_text(renaming->x->arena, renaming->was);
    return renaming->was.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_fields_patch(struct cox_exchange *x, struct cox_err *reterr)
{
    struct renaming renaming = {.x = x};
    struct cox_write_opt opt;
    struct cox_commit commit;
    struct cox_json json;
    json_t *asked;

    COX_TRY(cox_exchange_id(x, 0, &renaming.id, reterr));
    COX_TRY(cox_exchange_json(x, &asked, reterr));
    renaming.label = cox_text_trim(text_of(json_object_get(asked, "label")));
    if (renaming.label.size == 0 || json_object_size(asked) != 1) {
        return cox_fail_at(reterr, COX_INVALID, "label", 0, "is a text, and all that can change");
    }
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    opt.note = "field renamed";
    opt.key = (struct cox_text){0}; /* done twice it is as done once */
    COX_TRY(cox_store_write(x->store, &opt, rename_field, &renaming, &commit, reterr));
    x->reply.seq = commit.seq;
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "id", renaming.id);
    cox_json_put_string(&json, "name", cox_arena_format(x->arena, "x%lld", (long long)renaming.id));
    cox_json_put_text(&json, "label", renaming.label);
    cox_json_put_text(&json, "was", renaming.was);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc retire_field(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const int64_t *id = ctx;

    return cox_custom_retire(call, *id, reterr);
}

enum cox_rc cox_fields_delete(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_write_opt opt;
    struct cox_commit commit;
    int64_t id;

    COX_TRY(cox_exchange_id(x, 0, &id, reterr));
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, retire_field, &id, &commit, reterr));
    x->reply.seq = commit.seq;
    x->reply.status = 204;
    return COX_OK;
}
