/*
 * Requests made at random from the API's own description, good and bad ones: replies have a status that it names and
 * a body that fits its schema, refusals are problem details, and nothing is a fault of the program. The seed is fixed;
 * COX_SEED gives another one.
 */
#include <stdlib.h>

#include "site.h"

/* ---- chance ---- */

struct chance {
    uint64_t state;
    struct cox_arena *arena;
    json_t *api;
    json_int_t deal;
    size_t fit_count; /* replies as asked whose bodies were held against a schema */
};

/* Source: splitmix64, public domain, Sebastiano Vigna. */
static uint64_t roll(struct chance *c, uint64_t sides)
{
    uint64_t z = c->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % sides;
}

#define PICK(c, list) ((list)[roll((c), COX_COUNT(list))])

static const char *const odd_texts[] = {"", "a", "null", "'", "%27", "2026-05-20", "2026-13-40",
    "12.5", "-1", "99999999999999999999", "true", "Zoë", "a,b", "eq.1", "(", "seq:1",
    "../../etc/passwd", "<script>"};

/* ---- what a schema allows, and other things ---- */

static json_t *resolve(const struct chance *c, json_t *schema)
{
    const char *ref = json_string_value(json_object_get(schema, "$ref"));
    json_t *schemas;

    if (ref == NULL) {
        return schema;
    }
    assert_memory_equal(ref, "#/components/schemas/", 21);
    schemas = json_object_get(json_object_get(c->api, "components"), "schemas");
    schema = json_object_get(schemas, ref + 21);
    assert_non_null(schema);
    return schema;
}

static const char *type_of(json_t *schema)
{
    json_t *type = json_object_get(schema, "type");

    return json_string_value(json_is_array(type) ? json_array_get(type, 0) : type);
}

static json_t *odd_value(struct chance *c)
{
    switch (roll(c, 6)) {
    case 0:
        return json_null();
    case 1:
        return json_integer((json_int_t)roll(c, 3) * 1000000007 - 7);
    case 2:
        return json_boolean(roll(c, 2));
    case 3:
        return json_array();
    case 4:
        return json_object();
    default:
        return json_string(PICK(c, odd_texts));
    }
}

static json_t *value_of(struct chance *c, json_t *schema, int depth);

static json_t *object_of(struct chance *c, json_t *schema, int depth)
{
    json_t *object = json_object(), *member;
    const char *name;

    json_object_foreach(json_object_get(schema, "properties"), name, member)
    {
        if (roll(c, 3) != 0) {
            json_object_set_new(object, name, value_of(c, member, depth + 1));
        }
    }
    return object;
}

static json_t *value_of(struct chance *c, json_t *schema, int depth)
{
    static const char *const dates[] = {"2026-05-20", "2024-02-29", "1999-12-31"};
    json_t *choices;
    const char *type, *format;

    schema = resolve(c, schema);
    choices = json_object_get(schema, "enum");
    type = type_of(schema);
    format = json_string_value(json_object_get(schema, "format"));
    if (roll(c, 12) == 0 || depth > 4) {
        return odd_value(c);
    }
    if (json_array_size(choices) > 0) {
        return json_incref(json_array_get(choices, roll(c, json_array_size(choices))));
    }
    if (type == NULL) {
        return odd_value(c);
    }
    if (strcmp(type, "object") == 0) {
        return object_of(c, schema, depth);
    }
    if (strcmp(type, "array") == 0) {
        return json_pack("[o]", value_of(c, json_object_get(schema, "items"), depth + 1));
    }
    if (strcmp(type, "integer") == 0) {
        return json_integer(roll(c, 2) == 0 ? c->deal : (json_int_t)roll(c, 50));
    }
    if (strcmp(type, "number") == 0) {
        return json_real((double)roll(c, 100000) / 100);
    }
    if (strcmp(type, "boolean") == 0) {
        return json_boolean(roll(c, 2));
    }
    if (format != NULL && strcmp(format, "date") == 0) {
        return json_string(PICK(c, dates));
    }
    return json_sprintf("Word %u", (unsigned)roll(c, 1000));
}

/* ---- does a value fit? ---- */

static bool is_type(json_t *value, const char *type)
{
    return (strcmp(type, "string") == 0 && json_is_string(value)) ||
           (strcmp(type, "integer") == 0 && json_is_integer(value)) ||
           (strcmp(type, "number") == 0 && json_is_number(value)) ||
           (strcmp(type, "boolean") == 0 && json_is_boolean(value)) ||
           (strcmp(type, "object") == 0 && json_is_object(value)) ||
           (strcmp(type, "array") == 0 && json_is_array(value)) ||
           (strcmp(type, "null") == 0 && json_is_null(value));
}

static bool misfit(const char *where, const char *why)
{
    print_message("# %s: %s\n", where, why);
    return false;
}

static bool fits(const struct chance *c, json_t *schema, json_t *value, const char *where);

static bool fits_object(const struct chance *c, json_t *schema, json_t *value, const char *where)
{
    json_t *required = json_object_get(schema, "required"), *item, *member;
    json_t *others = json_object_get(schema, "additionalProperties");
    const char *name;
    size_t at;

    json_array_foreach(required, at, item)
    {
        if (json_object_get(value, json_string_value(item)) == NULL) {
            return misfit(where,
                cox_arena_format(c->arena, "%s is missing", json_string_value(item)));
        }
    }
    json_object_foreach(value, name, member)
    {
        json_t *its = json_object_get(json_object_get(schema, "properties"), name);
        its = its != NULL ? its : json_is_object(others) ? others : NULL;
        if (its != NULL &&
            !fits(c, its, member, cox_arena_format(c->arena, "%s.%s", where, name))) {
            return false;
        }
    }
    return true;
}

static bool fits(const struct chance *c, json_t *schema, json_t *value, const char *where)
{
    json_t *types, *choices, *item;
    bool is_one;
    size_t at;

    schema = resolve(c, schema);
    types = json_object_get(schema, "type");
    choices = json_object_get(schema, "enum");
    is_one = types == NULL || (json_is_string(types) && is_type(value, json_string_value(types)));
    json_array_foreach(types, at, item)
    {
        is_one = is_one || is_type(value, json_string_value(item));
    }
    if (!is_one) {
        return misfit(where, "is of another type");
    }
    is_one = choices == NULL;
    json_array_foreach(choices, at, item)
    {
        is_one = is_one || json_equal(item, value);
    }
    if (!is_one) {
        return misfit(where, "is none of the choices");
    }
    if (json_is_object(value)) {
        return fits_object(c, schema, value, where);
    }
    json_array_foreach(json_is_array(value) ? value : NULL, at, item)
    {
        json_t *items = json_object_get(schema, "items");
        if (items != NULL &&
            !fits(c, items, item, cox_arena_format(c->arena, "%s[%zu]", where, at))) {
            return false;
        }
    }
    return true;
}

/* ---- requests ---- */

static void add_encoded(struct cox_buf *buf, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '.';
        cox_buf_format(buf, is_plain ? "%c" : "%%%02X", (unsigned char)*c);
    }
}

/* What carries rights is not taken away from those who ask. */
static bool is_fragile(const char *path)
{
    static const char *const parts[] = {"/users", "/hats", "/reporting_lines", "/team", "/undo",
        "/settings", "/merge"};

    for (size_t i = 0; i < COX_COUNT(parts); i++) {
        if (strstr(path, parts[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void add_path(struct chance *c, struct cox_buf *buf, const char *path)
{
    static const char *const ids[] = {"0", "999999", "abc", "-1", "99999999999999999999", "1e3"};

    for (const char *at = path; *at != '\0'; at++) {
        if (*at != '{') {
            cox_buf_add_char(buf, *at);
            continue;
        }
        if (roll(c, 3) > 0 && !is_fragile(path)) {
            cox_buf_format(buf, "%lld",
                roll(c, 2) == 0 ? (long long)c->deal : (long long)(1 + roll(c, 60)));
        } else {
            cox_buf_add_string(buf, PICK(c, ids));
        }
        at = strchr(at, '}');
    }
}

static void add_query(struct chance *c, struct cox_buf *buf, json_t *parameters)
{
    char mark = '?';
    json_t *parameter;
    size_t at;

    json_array_foreach(parameters, at, parameter)
    {
        const char *name = json_string_value(json_object_get(parameter, "name"));
        const char *type = type_of(json_object_get(parameter, "schema"));
        if (strcmp(json_string_value(json_object_get(parameter, "in")), "query") != 0 ||
            roll(c, 6) != 0) {
            continue;
        }
        cox_buf_add_char(buf, mark);
        mark = '&';
        add_encoded(buf, strcmp(name, "filters") == 0 ? "name" : name);
        cox_buf_add_char(buf, '=');
        if (strcmp(type, "integer") == 0 && roll(c, 2) == 0) {
            cox_buf_format(buf, "%u", (unsigned)roll(c, 100));
        } else {
            add_encoded(buf, PICK(c, odd_texts));
        }
    }
}

static char *body_for(struct chance *c, json_t *operation)
{
    json_t *content = json_object_get(json_object_get(operation, "requestBody"), "content");
    json_t *schema = json_object_get(json_object_get(content, "application/json"), "schema");
    json_t *value;
    char *text, *kept;

    if (schema == NULL) {
        return NULL;
    }
    value = roll(c, 8) == 0 ? odd_value(c) : value_of(c, schema, 0);
    text = json_dumps(value, JSON_ENCODE_ANY);
    kept = cox_arena_string(c->arena, text);
    free(text);
    json_decref(value);
    return kept;
}

static json_t *schema_of(json_t *operation, int status)
{
    json_t *responses = json_object_get(operation, "responses"), *response;
    char name[8];

    (void)snprintf(name, sizeof(name), "%d", status);
    response = json_object_get(responses, name);
    if (response == NULL && status < 300) {
        response = json_object_get(responses, "2XX");
    }
    if (response == NULL && status >= 400) {
        response = json_object_get(responses, "default");
    }
    if (response == NULL) {
        return NULL;
    }
    response = json_object_get(response, "content");
    response =
        json_object_get(response, status < 300 ? "application/json" : "application/problem+json");
    response = json_object_get(response, "schema");
    return response == NULL ? json_true() : response;
}

static void ask_one(struct site *site, struct chance *c, enum site_role who, const char *path,
    const char *method, json_t *operation)
{
    char verb[8] = {0}, *body = body_for(c, operation), *target;
    struct answer answer;
    struct cox_buf buf;
    json_t *schema;
    bool is_good;

    for (size_t i = 0; method[i] != '\0' && i < sizeof(verb) - 1; i++) {
        verb[i] = (char)(method[i] - 'a' + 'A');
    }
    cox_buf_init(&buf, 100000);
    add_path(c, &buf, path);
    add_query(c, &buf, json_object_get(operation, "parameters"));
    target = cox_arena_format(c->arena, "%.*s", (int)buf.size, buf.ptr);
    cox_buf_done(&buf);
    answer = site_ask(site, who, verb, target, body, NULL);
    schema = schema_of(operation, answer.status);
    is_good = schema != NULL && (answer.status < 500 || answer.status == 501);
    if (is_good && json_is_object(schema) && answer.body.size > 0 &&
        strstr(path, "export.csv") == NULL && strstr(path, "content") == NULL) {
        is_good = fits(c, schema, site_json(site, &answer), "body");
        c->fit_count += answer.status < 300;
    }
    if (!is_good) {
        print_message("# %s %s %s: %d %.*s\n", verb, target, body == NULL ? "" : body,
            answer.status, (int)answer.body.size, answer.body.ptr);
    }
    assert_true(is_good);
}

static bool is_left_out(const char *path, const char *method)
{
    return strcmp(path, "/api/v1/events") == 0 || strstr(path, "/backups") != NULL ||
           (is_fragile(path) && (strstr(path, "/bulk") != NULL || strstr(path, "/undo") != NULL ||
                                    strstr(path, "/settings") != NULL)) ||
           (strcmp(method, "post") == 0 && strstr(path, "/import") != NULL);
}

/* Lists and figures need no record: their replies are those that are surely held against their schema. */
static bool is_always_asked(const char *path, const char *method)
{
    return strcmp(method, "get") == 0 && strchr(path, '{') == NULL;
}

static size_t ask_all(struct site *site, struct chance *c, enum site_role who, uint64_t one_in)
{
    struct answer answer = site_get(site, who, "/api/v1/openapi.json", 200);
    json_t *path, *operation;
    const char *name, *method;
    size_t count = 0;

    c->api = site_json(site, &answer);
    json_object_foreach(json_object_get(c->api, "paths"), name, path)
    {
        json_object_foreach(path, method, operation)
        {
            if (!is_left_out(name, method) &&
                (roll(c, one_in) == 0 || is_always_asked(name, method))) {
                ask_one(site, c, who, name, method, operation);
                count++;
            }
        }
    }
    return count;
}

static void test_replies_are_as_described(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    bool is_sqlite = cox_store_engine(f->store) == COX_SQLITE;
    const char *seed = getenv("COX_SEED");
    const struct cox_server_opt opt = {.limits = {.user_rate = 100000, .user_burst = 100000}};
    struct chance c = {.state = seed == NULL ? 7 : strtoull(seed, NULL, 10), .arena = site->arena};
    size_t count = 0;

    site_restart(site, &opt);
    c.deal = firm_deal(f, "Asked about", site->users[SITE_REP], 100, 0);
    count += ask_all(site, &c, SITE_MANAGER, is_sqlite ? 2 : 6);
    count += ask_all(site, &c, SITE_ADMIN, is_sqlite ? 2 : 6);
    assert_true(count > 50);
    print_message("# %zu requests, %zu replies held against a schema\n", count, c.fit_count);
    assert_true(c.fit_count > count / 10); /* not refusals alone */
}

/* ---- the checked-in copy ---- */

/* All paths but the records' own, and those of one entity for all, which are alike. */
static bool is_kept(const char *path, json_t *operations)
{
    json_t *operation = json_object_iter_value(json_object_iter(operations));
    const char *tag = json_string_value(json_array_get(json_object_get(operation, "tags"), 0));

    return path[0] == '/' && (tag == NULL || strcmp(tag, "account") == 0);
}

static void test_the_description_is_what_is_checked_in(void **state)
{
    static const char file[] = "tests/golden/openapi.json";
    struct site *site = site_of(state);
    struct answer answer = site_get(site, SITE_ADMIN, "/api/v1/openapi.json", 200);
    json_t *api = site_json(site, &answer), *schemas, *path, *golden;
    json_t *paths = json_object_get(api, "paths");
    json_error_t why;
    const char *name;
    void *next;

    schemas = json_object_get(json_object_get(api, "components"), "schemas");
    json_object_foreach_safe(paths, next, name, path)
    {
        if (!is_kept(name, path)) {
            json_object_del(paths, name);
        }
    }
    json_object_foreach_safe(schemas, next, name, path)
    {
        if (strncmp(name, "account", 7) != 0 && strcmp(name, "problem") != 0) {
            json_object_del(schemas, name);
        }
    }
    json_object_del(api, "servers"); /* the port is another one each time */
    if (getenv("COX_UPDATE_GOLDEN") != NULL) {
        assert_int_equal(json_dump_file(api, file, JSON_INDENT(1) | JSON_PRESERVE_ORDER), 0);
    }
    golden = json_load_file(file, 0, &why);
    if (golden == NULL || !json_equal(golden, api)) {
        json_decref(golden);
        fail_msg("%s is not what the program says; look at COX_UPDATE_GOLDEN=1's diff", file);
    }
    json_decref(golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_replies_are_as_described),
        {"test_the_description_is_what_is_checked_in", test_the_description_is_what_is_checked_in,
            site_sqlite, site_close, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
