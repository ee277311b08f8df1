/*
 * serve/openapi.c: the API's description (OpenAPI 3.1), made of the tables that answer: routes, and entities. A route of
 * {entities} becomes one path for each entity, so that a client made from the text has a type for each.
 */
#include "serve/openapi.h"

#include <string.h>

#include "record/reach.h"
#include "record/token.h"
#include "serve/list.h"
#include "serve/route.h"
#include "serve/server.h"

static const char entities_part[] = "/api/v1/{entities}";
static const char record_part[] = "/api/v1/{entities}/{id}";

struct writing {
    struct cox_call *call;
    const struct cox_exchange *x;
    struct cox_json *json;
    const struct cox_route *const *routes;
    size_t route_count;
    bool is_done[1024]; /* routes whose path has been written */
};

static bool is_generic(const struct cox_route *route)
{
    return strncmp(route->path, entities_part, sizeof(entities_part) - 1) == 0;
}

static bool is_told(const struct writing *w, const struct cox_table *table)
{
    bool has_people = w->x->who.token_scope == 0 || (w->x->who.token_scope & COX_TOKEN_PEOPLE) != 0;

    return cox_reach_may(w->call, table, COX_READ) &&
           (has_people || !cox_reach_is_people(w->call, table));
}

/* ---- one operation ---- */

/* "get_opportunities_id_history": a name for generated clients. */
static void put_operation_id(struct cox_json *json, const struct cox_route *route, const char *path)
{
    static const char *const methods[COX_METHOD_COUNT] = {"get", "post", "put", "patch", "delete"};
    char id[200];
    size_t size = (size_t)snprintf(id, sizeof(id), "%s", methods[route->method]);

    if (strncmp(path, "/api/v1", 7) == 0) {
        path += 7;
    }
    for (const char *c = path; *c != '\0' && size + 2 < sizeof(id); c++) {
        if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9')) {
            id[size++] = *c;
        } else if (id[size - 1] != '_' && *c != '}') {
            id[size++] = '_';
        }
    }
    id[size] = '\0';
    cox_json_put_string(json, "operationId", id);
}

static void put_parameter(struct cox_json *json, const char *name, const char *in, const char *type,
    const char *help)
{
    cox_json_begin_object(json);
    cox_json_put_string(json, "name", name);
    cox_json_put_string(json, "in", in);
    if (in[0] == 'p') {
        cox_json_put_bool(json, "required", true);
    }
    if (help != NULL) {
        cox_json_put_string(json, "description", help);
    }
    cox_json_key(json, "schema");
    cox_json_begin_object(json);
    cox_json_put_string(json, "type", type);
    cox_json_end_object(json);
    cox_json_end_object(json);
}

/* Any field filters: name=operator.value. In OpenAPI: an object whose members become parameters. */
static void put_filters(struct cox_json *json, const char *help)
{
    cox_json_begin_object(json);
    cox_json_put_string(json, "name", "filters");
    cox_json_put_string(json, "in", "query");
    cox_json_put_string(json, "description", help);
    cox_json_put_string(json, "style", "form");
    cox_json_put_bool(json, "explode", true);
    cox_json_key(json, "schema");
    cox_json_raw(json,
        COX_LIT("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"));
    cox_json_end_object(json);
}

static void put_path_parameters(struct cox_json *json, const char *path)
{
    for (const char *at = strchr(path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        const char *end = strchr(at, '}');
        char name[40];
        bool is_id;
        if (end == NULL) {
            return;
        }
        (void)snprintf(name, sizeof(name), "%.*s", (int)(end - at - 1), at + 1);
        is_id = strcmp(name, "id") == 0 && strstr(path, "sessions") == NULL &&
                strstr(path, "tokens") == NULL;
        put_parameter(json, name, "path", is_id || strcmp(name, "user") == 0 ? "integer" : "string",
            NULL);
    }
}

/* Saving records: not over what somebody else has saved meanwhile, and once however often it is asked. */
static void put_header_parameters(struct cox_json *json, const struct cox_route *route)
{
    bool is_record = strcmp(route->path, record_part) == 0;

    if (!is_generic(route) || route->method == COX_GET) {
        return;
    }
    if (is_record && (route->method == COX_PATCH || route->method == COX_DELETE)) {
        put_parameter(json, "If-Match", "header", "string",
            "The ETag of what was read; 412 when the record has changed since.");
    }
    put_parameter(json, "Idempotency-Key", "header", "string",
        "The same key with the same request again does nothing twice, for 24 hours.");
}

/* Of every reply: the newest commit it knows of; of a record: its version. */
static void put_reply_headers(struct cox_json *json, const struct cox_route *route)
{
    bool has_tag =
        is_generic(route) &&
        (strcmp(route->path, record_part) == 0 || strcmp(route->path, entities_part) == 0) &&
        route->method != COX_DELETE;

    cox_json_key(json, "headers");
    cox_json_raw(json,
        has_tag ? COX_LIT("{\"Coxswain-Seq\":{\"schema\":{\"type\":\"integer\"}},\"ETag\":{"
                          "\"schema\":{\"type\":\"string\"}}}")
                : COX_LIT("{\"Coxswain-Seq\":{\"schema\":{\"type\":\"integer\"}}}"));
}

static void put_parameters(struct cox_json *json, const struct cox_route *route, const char *path)
{
    cox_json_key(json, "parameters");
    cox_json_begin_array(json);
    put_path_parameters(json, path);
    for (const struct cox_parameter *p = route->parameters; p != NULL && p->name != NULL; p++) {
        if (strcmp(p->name, "*") == 0) {
            put_filters(json, p->help);
        } else {
            put_parameter(json, p->name, "query", p->type, p->help);
        }
    }
    put_header_parameters(json, route);
    cox_json_end_array(json);
}

/* A schema with {entity} put in. */
static void put_schema(struct cox_json *json, const char *schema, const char *entity)
{
    const char *place = strstr(schema, "{entity}");
    char text[400];

    cox_json_key(json, "schema");
    if (place == NULL || entity == NULL) {
        cox_json_raw(json, cox_text_of(schema));
        return;
    }
    (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - schema), schema, entity,
        place + strlen("{entity}"));
    cox_json_raw(json, cox_text_of(text));
}

static void put_content(struct cox_json *json, const char *type, const char *schema,
    const char *entity)
{
    cox_json_key(json, "content");
    cox_json_begin_object(json);
    cox_json_key(json, type);
    cox_json_begin_object(json);
    if (schema != NULL) {
        put_schema(json, schema, entity);
    }
    cox_json_end_object(json);
    cox_json_end_object(json);
}

static void put_responses(struct cox_json *json, const struct cox_route *route, const char *entity)
{
    bool creates =
        route->method == COX_POST && is_generic(route) && strcmp(route->path, entities_part) == 0;
    bool is_own_change = !is_generic(route) && route->method != COX_GET; /* some make, some begin */

    cox_json_key(json, "responses");
    cox_json_begin_object(json);
    cox_json_key(json, creates ? "201" : route->out == NULL || is_own_change ? "2XX" : "200");
    cox_json_begin_object(json);
    cox_json_put_string(json, "description", "As asked.");
    put_reply_headers(json, route);
    if (route->out != NULL) {
        put_content(json, "application/json", route->out, entity);
    }
    cox_json_end_object(json);
    cox_json_key(json, "default");
    cox_json_begin_object(json);
    cox_json_put_string(json, "description", "It was refused; the body says why.");
    put_content(json, "application/problem+json", "{\"$ref\":\"#/components/schemas/problem\"}",
        NULL);
    cox_json_end_object(json);
    cox_json_end_object(json);
}

static void put_operation(struct cox_json *json, const struct cox_route *route, const char *path,
    const char *entity)
{
    static const char *const methods[COX_METHOD_COUNT] = {"get", "post", "put", "patch", "delete"};

    cox_json_key(json, methods[route->method]);
    cox_json_begin_object(json);
    put_operation_id(json, route, path);
    cox_json_put_string(json, "summary", route->summary);
    if (entity != NULL) {
        cox_json_key(json, "tags");
        cox_json_begin_array(json);
        cox_json_string(json, entity);
        cox_json_end_array(json);
    }
    put_parameters(json, route, path);
    if (route->in != NULL) {
        cox_json_key(json, "requestBody");
        cox_json_begin_object(json);
        cox_json_put_bool(json, "required", true);
        put_content(json, "application/json", route->in, entity);
        cox_json_end_object(json);
    } else if (route->body_max > 0 && (route->flags & COX_ROUTE_KEEPS_BODY) != 0) {
        cox_json_key(json, "requestBody");
        cox_json_begin_object(json);
        put_content(json, "application/octet-stream", "{}", NULL);
        cox_json_end_object(json);
    }
    if ((route->flags & COX_ROUTE_PUBLIC) != 0) {
        cox_json_key(json, "security");
        cox_json_raw(json, COX_LIT("[]"));
    }
    put_responses(json, route, entity);
    cox_json_end_object(json);
}

/* ---- paths ---- */

/* All methods of the path of routes[at], which has not been written yet. */
static void put_path(struct writing *w, size_t at, const char *path, const char *entity)
{
    cox_json_key(w->json, path);
    cox_json_begin_object(w->json);
    for (size_t i = at; i < w->route_count; i++) {
        if (strcmp(w->routes[i]->path, w->routes[at]->path) == 0) {
            put_operation(w->json, w->routes[i], path, entity);
            w->is_done[i] = true;
        }
    }
    cox_json_end_object(w->json);
}

static void put_own_paths(struct writing *w)
{
    for (size_t i = 0; i < w->route_count; i++) {
        if (!w->is_done[i] && !is_generic(w->routes[i]) &&
            strncmp(w->routes[i]->path, "/api/", 5) == 0) {
            put_path(w, i, w->routes[i]->path, NULL);
        }
    }
}

/* A path of a route's own ("/api/v1/opportunities/...") goes before the generic one of the same words. */
static bool has_own(const struct writing *w, const char *path)
{
    for (size_t i = 0; i < w->route_count; i++) {
        if (strcmp(w->routes[i]->path, path) == 0) {
            return true;
        }
    }
    return false;
}

static void put_entity_paths(struct writing *w, const struct cox_entity *entity)
{
    char path[200];

    for (size_t i = 0; i < w->route_count; i++) {
        w->is_done[i] = !is_generic(w->routes[i]);
    }
    for (size_t i = 0; i < w->route_count; i++) {
        if (w->is_done[i]) {
            continue;
        }
        (void)snprintf(path, sizeof(path), "/api/v1/%s%s", entity->plural,
            w->routes[i]->path + sizeof(entities_part) - 1);
        if (!has_own(w, path)) {
            put_path(w, i, path, entity->name);
        }
    }
}

static void put_info(struct cox_json *json, const struct cox_exchange *x)
{
    cox_json_put_string(json, "openapi", "3.1.0");
    cox_json_key(json, "info");
    cox_json_begin_object(json);
    cox_json_put_string(json, "title", "Coxswain");
    cox_json_put_string(json, "version", COX_VERSION);
    cox_json_put_string(json, "description",
        "Records of a sales organisation with their whole history, and what is computed of them. The guide "
        "is docs/api.md.");
    cox_json_key(json, "license");
    cox_json_raw(json, COX_LIT("{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}"));
    cox_json_end_object(json);
    cox_json_key(json, "servers");
    cox_json_begin_array(json);
    cox_json_begin_object(json);
    cox_json_put_string(json, "url", cox_server_url(x->server));
    cox_json_end_object(json);
    cox_json_end_array(json);
    cox_json_key(json, "security");
    cox_json_raw(json, COX_LIT("[{\"token\":[]},{\"session\":[]}]"));
}

static enum cox_rc write_text(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_exchange *x = ctx;
    const struct cox_registry *registry = cox_call_registry(call);
    struct writing *w = COX_NEW(cox_call_arena(call), struct writing);
    struct cox_json json;

    if (w == NULL) {
        return cox_no_memory(reterr);
    }
    *w = (struct writing){.call = call, .x = x, .json = &json};
    w->routes = cox_server_routes(x->server, &w->route_count);
    if (w->route_count > COX_COUNT(w->is_done)) {
        return cox_fail(reterr, COX_INTERNAL,
            "there are more routes than the description has room for");
    }
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    put_info(&json, x);
    cox_json_key(&json, "paths");
    cox_json_begin_object(&json);
    put_own_paths(w);
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        if (is_told(w, cox_registry_at(registry, i))) {
            put_entity_paths(w, cox_registry_at(registry, i)->entity);
        }
    }
    cox_json_end_object(&json);
    cox_json_key(&json, "components");
    cox_json_begin_object(&json);
    cox_json_key(&json, "securitySchemes");
    cox_json_raw(&json,
        COX_LIT("{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"session\":{\"type\":"
                "\"apiKey\",\"in\":\"cookie\",\"name\":\"coxswain_session\"}}"));
    cox_json_key(&json, "schemas");
    cox_json_begin_object(&json);
    cox_openapi_put_shared_schemas(&json);
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        if (is_told(w, cox_registry_at(registry, i))) {
            cox_openapi_put_schemas(&json, cox_registry_at(registry, i));
        }
    }
    cox_json_end_object(&json);
    cox_json_end_object(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc get_openapi(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, write_text, x, reterr);
}

const struct cox_route cox_routes_openapi[] = {
    {.method = COX_GET,
        .path = "/api/v1/openapi.json",
        .handle = get_openapi,
        .summary = "This description, as far as one may use it.",
        .out = "{\"type\":\"object\"}"},
    {0},
};
