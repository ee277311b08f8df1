/*
 * Tests of what a scanner tries: every route as every role, without a sign-in, from another site's page; odd strings
 * in every path, parameter, filter and field; odd bodies. Made from the tables of routes and entities, so that a new
 * one is under attack from its first day. What belongs to one person is looked for as another.
 */
#include <string.h>

#include "record/sign_in.h"
#include "serve/route.h"
#include "site.h"

enum { PATH_MAX_SIZE = 48 * 1024 };

/* ---- helpers ---- */

/* Words of the engines and the machine, which no reply may hold. */
static void check_reply(const char *method, const char *path, const struct answer *answer)
{
    static const char *const inner[] = {"sqlite", "SQLITE", "syntax error", "unrecognized token",
        "near \"", "PGRES", "ERROR:", "pg_catalog", "root:x:0", ".c:", "COX_INTERNAL",
        "COX_CORRUPT"};
    bool is_bad = answer->status >= 500;

    for (size_t i = 0; i < COX_COUNT(inner) && !is_bad; i++) {
        is_bad = answer->body.size > 0 && answer->status >= 400 &&
                 memmem(answer->body.ptr, answer->body.size, inner[i], strlen(inner[i])) != NULL;
    }
    if (is_bad || answer_header(answer, "Set-Cookie").ptr != NULL) {
        print_message("# %s %.300s: %d %.*s\n", method, path, answer->status,
            (int)(answer->body.size > 500 ? 500 : answer->body.size), answer->body.ptr);
        fail();
    }
}

static struct answer attack(struct site *site, enum site_role who, const char *method,
    const char *path, const char *body, const char *headers)
{
    struct answer answer = site_ask(site, who, method, path, body, headers);

    check_reply(method, path, &answer);
    return answer;
}

/* The path of a route with these words in its braces: {entities}, and any other. */
static char *fill(struct site *site, const char *pattern, const char *entities, const char *other)
{
    char *path = cox_arena_alloc(site->arena, PATH_MAX_SIZE);
    size_t at = 0;

    assert_non_null(path);
    for (const char *c = pattern; *c != '\0'; c++) {
        if (*c != '{') {
            path[at++] = *c;
            continue;
        }
        const char *word = strncmp(c, "{entities}", 10) == 0 ? entities : other;
        assert_true(at + strlen(word) + strlen(pattern) < PATH_MAX_SIZE);
        memcpy(path + at, word, strlen(word));
        at += strlen(word);
        c = strchr(c, '}');
        assert_non_null(c);
    }
    path[at] = '\0';
    return path;
}

/* Every byte but letters and figures as %XX. */
static char *encode(struct site *site, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *coded = cox_arena_alloc(site->arena, strlen(text) * 3 + 1), *to = coded;

    assert_non_null(coded);
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
            (byte >= 'A' && byte <= 'Z')) {
            *to++ = *c;
            continue;
        }
        *to++ = '%';
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
    }
    *to = '\0';
    return coded;
}

/* Many requests in a short time are what this is about. */
static struct site *begin(void **state)
{
    const struct cox_server_opt opt = {.limits = {.user_rate = 1000000,
                                           .user_burst = 1000000,
                                           .address_rate = 1000000,
                                           .address_burst = 1000000}};
    struct site *site = site_of(state);

    site_restart(site, &opt);
    return site;
}

static bool goes_on(const struct cox_route *route)
{
    return strcmp(route->path, "/api/v1/events") == 0;
}

static bool copies_all(const struct cox_route *route)
{
    return route->method == COX_POST && strcmp(route->path, "/api/v1/backups") == 0;
}

static bool is_session_path(const struct cox_route *route)
{
    return strcmp(route->path, "/api/v1/session") == 0;
}

/* ---- every route as every role ---- */

static const unsigned role_bits[SITE_ROLE_COUNT] = {
    [SITE_REP] = COX_ROLE_BIT(COX_REP),
    [SITE_PEER] = COX_ROLE_BIT(COX_REP),
    [SITE_MANAGER] = COX_ROLE_BIT(COX_MANAGER),
    [SITE_LEADER] = COX_ROLE_BIT(COX_LEADER),
    [SITE_EXECUTIVE] = COX_ROLE_BIT(COX_EXECUTIVE),
    [SITE_ADMIN] = COX_ROLE_BIT(COX_ADMIN),
};

static void expect(const struct cox_route *route, enum site_role who, const struct answer *answer,
    int wanted)
{
    bool is_let_in = answer->status != 401;

    if (wanted != 0 ? answer->status != wanted : !is_let_in) {
        print_message("# %s %s as %d: %d instead of %d: %.*s\n", cox_method_name(route->method),
            route->path, (int)who, answer->status, wanted, (int)answer->body.size,
            answer->body.ptr);
        fail();
    }
}

static void try_route(struct site *site, const struct cox_route *route, enum site_role who)
{
    const char *method = cox_method_name(route->method);
    const char *path = fill(site, route->path, "accounts", "999999");
    int wanted = 0;

    if (who == SITE_NOBODY) {
        wanted = 401;
    } else if ((route->flags & COX_ROUTE_SESSION) != 0 ||
               (route->roles != 0 && (route->roles & role_bits[who]) == 0)) {
        wanted = 403;
    }
    if (wanted == 0 && (goes_on(route) || copies_all(route))) {
        return;
    }
    struct answer answer = attack(site, who, method, path, route->body_max > 0 ? "{}" : NULL, NULL);
    expect(route, who, &answer, wanted);
}

static void test_every_route_as_every_role(void **state)
{
    struct site *site = begin(state);
    const struct cox_route *const *routes;
    size_t count, locked = 0;

    routes = cox_server_routes(site->server, &count);
    assert_true(count > 40);
    for (size_t i = 0; i < count; i++) {
        if ((routes[i]->flags & COX_ROUTE_PUBLIC) != 0) {
            continue;
        }
        locked++;
        for (int who = SITE_NOBODY; who < SITE_ROLE_COUNT; who++) {
            try_route(site, routes[i], (enum site_role)who);
        }
    }
    assert_true(locked > 35);
}

/* What docs/api.md says is the administrators' alone, whatever the tables say. */
static void test_what_is_the_administrators(void **state)
{
    static const struct {
        const char *method, *path, *body;
    } calls[] = {
        {"PATCH", "/api/v1/settings", "{\"name\":\"Mine\"}"},
        {"POST", "/api/v1/fields", "{\"entity\":\"account\",\"label\":\"Mine\",\"type\":\"text\"}"},
        {"PATCH", "/api/v1/fields/1", "{\"label\":\"Mine\"}"},
        {"DELETE", "/api/v1/fields/1", NULL},
        {"GET", "/api/v1/audit", NULL},
        {"POST", "/api/v1/audit", NULL},
        {"GET", "/api/v1/commits", NULL},
        {"GET", "/api/v1/batches", NULL},
        {"GET", "/api/v1/backups", NULL},
        {"POST", "/api/v1/backups", NULL},
        {"POST", "/api/v1/reset-links", "{\"user\":1}"},
        {"POST", "/api/v1/users", "{\"name\":\"Mine\"}"},
        {"POST", "/api/v1/hats", "{\"user\":1,\"role\":\"admin\"}"},
    };
    struct site *site = begin(state);

    for (size_t i = 0; i < COX_COUNT(calls); i++) {
        for (int who = SITE_REP; who < SITE_ADMIN; who++) {
            struct answer answer = attack(site, (enum site_role)who, calls[i].method, calls[i].path,
                calls[i].body, NULL);
            if (answer.status != 403) {
                print_message("# %s %s as %d: %d\n", calls[i].method, calls[i].path, who,
                    answer.status);
            }
            assert_int_equal(answer.status, 403);
        }
    }
}

/* ---- a session's cookie from another site's page ---- */

struct opening {
    int64_t user;
    char secret[COX_SESSION_SECRET_SIZE];
};

static enum cox_rc open_session(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct opening *opening = ctx;

    return cox_session_add(call, opening->user, COX_LIT("test"), opening->secret, reterr);
}

static void test_no_other_page_reaches_a_route(void **state)
{
    static const char *const from[] = {"", "Origin: http://evil.example.com\r\n",
        "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n"};
    struct site *site = begin(state);
    struct firm *f = site->firm;
    struct opening opening = {.user = site->users[SITE_ADMIN]};
    const struct cox_route *const *routes;
    size_t count, tried = 0;

    OK(firm_write(f, firm_operator, COX_CAUSE_CLI, open_session, &opening));
    routes = cox_server_routes(site->server, &count);
    for (size_t i = 0; i < count; i++) {
        const struct cox_route *route = routes[i];
        if (route->method == COX_GET || (route->flags & COX_ROUTE_PUBLIC) != 0) {
            continue;
        }
        for (size_t at = 0; at < COX_COUNT(from); at++) {
            char *headers = cox_arena_format(site->arena, "Cookie: coxswain_session=%s\r\n%s",
                opening.secret, from[at]);
            struct answer answer = attack(site, SITE_NOBODY, cox_method_name(route->method),
                fill(site, route->path, "accounts", "999999"), route->body_max > 0 ? "{}" : NULL,
                headers);
            expect(route, SITE_NOBODY, &answer, 403);
            tried++;
        }
    }
    assert_true(tried > 80);
    struct answer answer = site_ask(site, SITE_NOBODY, "GET", "/api/v1/session", NULL,
        cox_arena_format(site->arena, "Cookie: coxswain_session=%s\r\n", opening.secret));
    assert_int_equal(answer.status, 200); /* it was a good one all along */
}

/* ---- odd strings everywhere ---- */

static const char *const odd[] = {
    "' OR '1'='1",
    "\"; DROP TABLE \"user\"; --",
    "1); DELETE FROM \"account\"; --",
    "x' UNION ALL TABLE credential --",
    "../../../../etc/passwd",
    "..\\..\\windows",
    "a\r\nSet-Cookie: a=b",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}%s%n%x",
    "\xff\xfe\xc0\x80",
    "\xe2\x80\xae\xe2\x80\x8b\xf0\x9f\x98\x80",
    "-1",
    "9223372036854775808",
    "1e999",
    "NaN",
    "$1",
    "*",
    "(((((((((((((((((((((((((((((((((((((((((((((((",
    "in.(1,2",
    "not.not.not.eq.1",
    "0001-00-99",
};

static void odd_paths(struct site *site, const struct cox_route *route, enum site_role who)
{
    const char *method = cox_method_name(route->method);
    const char *body = route->body_max > 0 ? "{}" : NULL;

    for (size_t i = 0; i < COX_COUNT(odd) && strchr(route->path, '{') != NULL; i++) {
        const char *coded = encode(site, odd[i]);
        if (strstr(route->path, "{entities}") != NULL) {
            (void)attack(site, who, method, fill(site, route->path, coded, "1"), body, NULL);
        }
        (void)attack(site, who, method, fill(site, route->path, "accounts", coded), body, NULL);
    }
}

static void odd_parameters(struct site *site, const struct cox_route *route, enum site_role who)
{
    const char *path = fill(site, route->path, "opportunities", "1");
    const char *method = cox_method_name(route->method);

    for (const struct cox_parameter *p = route->parameters; p != NULL && p->name != NULL; p++) {
        const char *name = strcmp(p->name, "*") == 0 ? "name" : p->name;
        for (size_t i = 0; i < COX_COUNT(odd); i++) {
            char *target =
                cox_arena_format(site->arena, "%s?%s=%s", path, name, encode(site, odd[i]));
            (void)attack(site, who, method, target, route->body_max > 0 ? "{}" : NULL, NULL);
        }
    }
}

static json_int_t count_of(struct site *site, const char *plural)
{
    char *path = cox_arena_format(site->arena, "/api/v1/%s?count=exact&limit=1", plural);
    struct answer answer = site_get(site, SITE_ADMIN, path, 200);

    return json_integer_value(json_object_get(site_json(site, &answer), "count"));
}

/* The chain of the log and the tables agree still. */
static void check_whole(struct site *site)
{
    struct answer answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/audit", NULL, NULL);

    assert_int_equal(answer.status, 200);
    json_t *faults = json_object_get(site_json(site, &answer), "faults");
    assert_true(json_is_integer(faults) && json_integer_value(faults) == 0);
}

static void test_odd_strings_in_paths_and_parameters(void **state)
{
    struct site *site = begin(state);
    const struct cox_route *const *routes;
    json_int_t users = count_of(site, "users");
    size_t count;

    (void)firm_account(site->firm, "Nordwind", site->users[SITE_REP]);
    routes = cox_server_routes(site->server, &count);
    for (size_t i = 0; i < count; i++) {
        if (!goes_on(routes[i]) && !copies_all(routes[i]) && !is_session_path(routes[i])) {
            odd_paths(site, routes[i], SITE_ADMIN);
            odd_parameters(site, routes[i], SITE_REP);
            odd_parameters(site, routes[i], SITE_ADMIN);
        }
    }
    assert_int_equal(count_of(site, "users"), users);
    assert_int_equal(count_of(site, "accounts"), 1);
    check_whole(site);
}

/* ---- odd strings in every filter and field of every entity ---- */

static json_t *entities_of(struct site *site, enum site_role who)
{
    struct answer answer = site_get(site, who, "/api/v1/meta", 200);
    json_t *entities = json_object_get(site_json(site, &answer), "entities");

    assert_true(json_array_size(entities) > 0);
    return entities;
}

static const char *text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text == NULL ? "" : text;
}

static void odd_filters(struct site *site, const char *plural, const char *field,
    enum site_role who)
{
    static const char *const shapes[] = {"%s=%s", "%s=eq.%s", "%s=ilike.%s", "%s=in.(%s)",
        "%s=is.%s", "or=(%s.gt.%s)", "order=%s.%s", "select=%s,%s"};

    for (size_t shape = 0; shape < COX_COUNT(shapes); shape++) {
        for (size_t i = 0; i < COX_COUNT(odd); i += 2) {
            struct cox_buf target;
            cox_buf_init(&target, PATH_MAX_SIZE);
            cox_buf_format(&target, "/api/v1/%s?", plural);
            const char *coded = encode(site, odd[(i + shape) % COX_COUNT(odd)]);
            const char *hole = strstr(shapes[shape], "%s");
            cox_buf_add(&target, shapes[shape], (size_t)(hole - shapes[shape]));
            cox_buf_add_string(&target, field);
            const char *second = strstr(hole + 2, "%s");
            cox_buf_add(&target, hole + 2, (size_t)(second - hole - 2));
            cox_buf_add_string(&target, coded);
            cox_buf_add_string(&target, second + 2);
            (void)attack(site, who, "GET", cox_arena_text(site->arena, cox_buf_text(&target)).ptr,
                NULL, NULL);
            cox_buf_done(&target);
        }
    }
}

static void test_odd_strings_in_filters(void **state)
{
    struct site *site = begin(state);
    json_t *entity, *field, *entities = entities_of(site, SITE_ADMIN);
    size_t at, field_at;

    json_array_foreach(entities, at, entity)
    {
        json_array_foreach(json_object_get(entity, "fields"), field_at, field)
        {
            odd_filters(site, text_of(entity, "plural"), text_of(field, "name"), SITE_ADMIN);
        }
        for (size_t i = 0; i < COX_COUNT(odd); i++) { /* and as the name of a field */
            (void)attack(site, SITE_REP, "GET",
                cox_arena_format(site->arena, "/api/v1/%s?%s=eq.1", text_of(entity, "plural"),
                    encode(site, odd[i])),
                NULL, NULL);
        }
    }
}

/* Every operator, and each undone, on a field of each kind: what is no value is refused, or finds nothing. */
static void test_odd_strings_in_operators(void **state)
{
    static const char *const operators[] = {"eq.%s", "neq.%s", "gt.%s", "gte.%s", "lt.%s", "lte.%s",
        "like.%s", "ilike.%s", "in.(%s,%s)", "is.%s", "not.ilike.%s", "not.in.(%s,%s)"};
    static const char *const fields[] = {"name", "amount", "close_day", "forecast_category",
        "account", "id"};
    struct site *site = begin(state);

    for (size_t op = 0; op < COX_COUNT(operators); op++) {
        const char *hole = strstr(operators[op], "%s"), *second = strstr(hole + 2, "%s");
        int rest = second == NULL ? (int)strlen(hole + 2) : (int)(second - hole - 2);
        for (size_t at = 0; at < COX_COUNT(fields); at++) {
            for (size_t i = (op + at) % 2; i < COX_COUNT(odd); i += 2) {
                const char *coded = encode(site, odd[i]);
                (void)attack(site, SITE_REP, "GET",
                    cox_arena_format(site->arena, "/api/v1/opportunities?%s=%.*s%s%.*s%s%s",
                        fields[at], (int)(hole - operators[op]), operators[op], coded, rest,
                        hole + 2, second == NULL ? "" : coded, second == NULL ? "" : second + 2),
                    NULL, NULL);
            }
        }
    }
    check_whole(site);
}

/* What is taken as a text comes back as it was: nothing was cut, undone or run. */
static void odd_field(struct site *site, const char *plural, const char *field, const char *value)
{
    json_t *body = json_pack("{s:s}", field, value);
    struct answer answer, read;

    if (body == NULL) {
        return; /* not UTF-8: no JSON holds it */
    }
    char *sent = json_dumps(body, JSON_COMPACT);
    answer = attack(site, SITE_ADMIN, "POST", cox_arena_format(site->arena, "/api/v1/%s", plural),
        sent, NULL);
    free(sent);
    json_decref(body);
    if (answer.status != 201) {
        assert_in_range(answer.status, 400, 499);
        return;
    }
    json_t *made = site_json(site, &answer);
    char *path = cox_arena_format(site->arena, "/api/v1/%s/%lld", plural,
        (long long)json_integer_value(json_object_get(made, "id")));
    read = site_get(site, SITE_ADMIN, path, 200);
    json_t *stored = json_object_get(site_json(site, &read), field);
    if (json_is_string(stored)) {
        assert_string_equal(json_string_value(stored), value);
    }
}

static void test_odd_strings_in_fields(void **state)
{
    struct site *site = begin(state);
    json_t *entity, *field, *entities = entities_of(site, SITE_ADMIN);
    size_t at, field_at;

    json_array_foreach(entities, at, entity)
    {
        json_array_foreach(json_object_get(entity, "fields"), field_at, field)
        {
            for (size_t i = 0; i < 9; i++) {
                odd_field(site, text_of(entity, "plural"), text_of(field, "name"), odd[i]);
            }
            for (size_t i = 11; i < 15; i++) {
                odd_field(site, text_of(entity, "plural"), text_of(field, "name"), odd[i]);
            }
        }
    }
    check_whole(site);
}

/* ---- odd bodies ---- */

static void test_odd_bodies(void **state)
{
    static const char *const bodies[] = {"[", "[]", "null", "\"x\"", "0", "{", "{\"a\":}",
        "{\"a\":1,\"a\":2}", "{\"id\":9223372036854775808}", "{\"id\":-1,\"ids\":[[]]}",
        "{\"filter\":\"((((\",\"changes\":{\"name\":[]}}", "{\"user\":\"1 OR 1=1\"}",
        "{\"email\":[],\"password\":{}}", "{\"seq\":\"x\",\"batch\":{}}", "{\"into\":1e999}",
        "{\"files\":[\"../../etc/passwd\"]}", "{\"entity\":\"user\",\"label\":{},\"type\":7}",
        "{\"\\u0000\":1}", "{\"name\":\"\\u0000\"}", "\xef\xbb\xbf{}", "{\"name\":\"\xff\"}"};
    struct site *site = begin(state);
    const struct cox_route *const *routes;
    char *deep = cox_arena_alloc(site->arena, 4001);
    size_t count;

    assert_non_null(deep);
    memset(deep, '[', 4000);
    deep[4000] = '\0';
    routes = cox_server_routes(site->server, &count);
    for (size_t i = 0; i < count; i++) {
        const struct cox_route *route = routes[i];
        const char *method = cox_method_name(route->method);
        const char *path = fill(site, route->path, "accounts", "1");
        if (route->body_max == 0 || copies_all(route) ||
            (route->flags & COX_ROUTE_KEEPS_BODY) != 0) {
            continue;
        }
        for (size_t at = 0; at < COX_COUNT(bodies); at++) {
            (void)attack(site, SITE_ADMIN, method, path, bodies[at], NULL);
        }
        struct answer answer = attack(site, SITE_ADMIN, method, path, deep, NULL);
        char *form = cox_arena_format(site->arena,
            "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
            "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
            method, path, site->port, site->tokens[SITE_ADMIN]);
        answer = site_raw(site, form, strlen(form));
        assert_int_equal(answer.status, 415); /* what a form of another site could send */
    }
    check_whole(site);
}

/* ---- what is one person's is looked for as another ---- */

/* Peer and rep are equals: neither sees the other's deals. The word is not in what is asked for, so it is never an echo. */
static void look_everywhere(struct site *site, enum site_role who, json_int_t deal)
{
    static const char *const lists[] = {"opportunities?name=ilike.Zyx*&count=exact",
        "opportunities?search=Zyxwv", "opportunities?order=name.desc&limit=1000",
        "opportunities?or=(name.ilike.*xwv*,owner.neq.0)&select=name",
        "opportunities?as_of=seq:999999", "opportunities/export.csv", "search?q=Zyxwv",
        "opportunities/duplicates?name=Zyxwvut", "board", "home?hat=rep", "people", "access",
        "activities?limit=1000", "notifications", "attachments?limit=1000"};
    char *id = cox_arena_format(site->arena, "%lld", (long long)deal);
    const struct cox_route *const *routes;
    size_t count;

    for (size_t i = 0; i < COX_COUNT(lists); i++) {
        char *path = cox_arena_format(site->arena, "/api/v1/%s", lists[i]);
        struct answer answer = attack(site, who, "GET", path, NULL, NULL);
        if (answer.body.size > 0 &&
            memmem(answer.body.ptr, answer.body.size, "Marked", 6) != NULL) {
            print_message("# seen in %s: %.*s\n", path, (int)answer.body.size, answer.body.ptr);
            fail();
        }
    }
    routes = cox_server_routes(site->server, &count);
    for (size_t i = 0; i < count; i++) {
        const char *pattern = routes[i]->path;
        if (strstr(pattern, "{entities}/{id}") == NULL) {
            continue;
        }
        struct answer answer = attack(site, who, cox_method_name(routes[i]->method),
            fill(site, pattern, "opportunities", id),
            routes[i]->body_max > 0 ? "{\"name\":\"Taken\",\"into\":1,\"verb\":\"read\"}" : NULL,
            NULL);
        if (answer.status < 400 || memmem(answer.body.ptr, answer.body.size, "Marked", 6) != NULL) {
            print_message("# %s %s: %d %.*s\n", cox_method_name(routes[i]->method), pattern,
                answer.status, (int)answer.body.size, answer.body.ptr);
            fail();
        }
    }
}

static void test_nobody_sees_anothers_deal(void **state)
{
    struct site *site = begin(state);
    int64_t deal = firm_deal(site->firm, "Zyxwvut Marked", site->users[SITE_REP], 100, 0);
    char *path = cox_arena_format(site->arena, "/api/v1/opportunities/%lld", (long long)deal);
    struct answer answer;

    look_everywhere(site, SITE_PEER, deal);
    answer = site_ask(site, SITE_PEER, "GET", "/api/v1/opportunities?name=ilike.Zyx*&count=exact",
        NULL, NULL);
    assert_int_equal(json_integer_value(json_object_get(site_json(site, &answer), "count")), 0);
    answer = site_ask(site, SITE_PEER, "POST", "/api/v1/opportunities/bulk",
        cox_arena_format(site->arena, "{\"ids\":[%lld],\"changes\":{\"name\":\"Taken\"}}",
            (long long)deal),
        NULL);
    check_reply("POST", "bulk", &answer);
    assert_null(memmem(answer.body.ptr, answer.body.size, "Marked", 6));
    answer = site_get(site, SITE_REP, path, 200);
    assert_string_equal(text_of(site_json(site, &answer), "name"), "Zyxwvut Marked");
    (void)site_get(site, SITE_MANAGER, path, 200); /* who leads sees it */
}

/* ---- what the metadata say one may, and what one may ---- */

static bool may(const json_t *entity, const char *verb)
{
    json_t *word;
    size_t at;

    json_array_foreach(json_object_get(entity, "may"), at, word)
    {
        if (strcmp(json_string_value(word), verb) == 0) {
            return true;
        }
    }
    return false;
}

static const json_t *entity_of(json_t *entities, const char *plural)
{
    json_t *entity;
    size_t at;

    json_array_foreach(entities, at, entity)
    {
        if (strcmp(text_of(entity, "plural"), plural) == 0) {
            return entity;
        }
    }
    return NULL;
}

static void refuse(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body)
{
    struct answer answer = attack(site, who, method, path, body, NULL);

    if (answer.status != 403 && answer.status != 404) {
        print_message("# %s %s as %d: %d %.*s\n", method, path, (int)who, answer.status,
            (int)answer.body.size, answer.body.ptr);
        fail();
    }
}

static void test_verbs_by_role(void **state)
{
    struct site *site = begin(state);
    json_t *entity, *all = entities_of(site, SITE_ADMIN);
    size_t at, refused = 0;

    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        json_t *mine = entities_of(site, (enum site_role)who);
        json_array_foreach(all, at, entity)
        {
            const char *plural = text_of(entity, "plural");
            const json_t *own = entity_of(mine, plural);
            char *list = cox_arena_format(site->arena, "/api/v1/%s", plural);
            char *one = cox_arena_format(site->arena, "/api/v1/%s/1", plural);
            /* files come by a route of their own, which looks at its parameters first */
            if ((own == NULL || !may(own, "create")) && strcmp(plural, "attachments") != 0) {
                refuse(site, (enum site_role)who, "POST", list, "{}");
                refused++;
            }
            if (own == NULL || !may(own, "change")) {
                refuse(site, (enum site_role)who, "PATCH", one, "{}");
                refused++;
            }
            if (own == NULL || !may(own, "remove")) {
                refuse(site, (enum site_role)who, "DELETE", one, NULL);
                refused++;
            }
        }
    }
    assert_true(refused > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_every_route_as_every_role),
        BOTH_SITES(test_what_is_the_administrators),
        BOTH_SITES(test_no_other_page_reaches_a_route),
        BOTH_SITES(test_odd_strings_in_paths_and_parameters),
        BOTH_SITES(test_odd_strings_in_filters),
        BOTH_SITES(test_odd_strings_in_operators),
        BOTH_SITES(test_odd_strings_in_fields),
        BOTH_SITES(test_odd_bodies),
        BOTH_SITES(test_nobody_sees_anothers_deal),
        BOTH_SITES(test_verbs_by_role),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
