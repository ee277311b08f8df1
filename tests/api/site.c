/* tests/api/site.c: see site.h. */
#include "site.h"

#include <pthread.h>

#include "command/feature_list.h"
#include "command/serve_host.h"
#include "org/people.h"

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

/* The last lines are kept: enough to ask whether something was logged. */
static void keep_line(void *ctx, enum cox_log_level level, struct cox_text line)
{
    struct site *site = ctx;

    (void)level;
    (void)pthread_mutex_lock(&log_lock);
    if (site->line_size + line.size + 2 > sizeof(site->lines)) {
        site->line_size = 0;
    }
    memcpy(site->lines + site->line_size, line.ptr, line.size);
    site->line_size += line.size;
    site->lines[site->line_size++] = '\n';
    site->lines[site->line_size] = '\0';
    (void)pthread_mutex_unlock(&log_lock);
}

static bool is_logged(struct site *site, const char *text)
{
    (void)pthread_mutex_lock(&log_lock);
    bool is_there = strstr(site->lines, text) != NULL;
    (void)pthread_mutex_unlock(&log_lock);
    return is_there;
}

bool site_logged(struct site *site, const char *text)
{
    for (int i = 0; i < 3000 && !is_logged(site, text); i++) {
        (void)usleep(10000);
    }
    return is_logged(site, text);
}

bool site_never_logged(struct site *site, const char *text)
{
    (void)usleep(500000);
    return !is_logged(site, text);
}

struct token_ask {
    int64_t user;
    char *token;
};

static enum cox_rc add_token(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct token_ask *ask = ctx;

    return cox_token_add(call, ask->user, COX_LIT("test"), COX_TOKEN_WRITE | COX_TOKEN_PEOPLE,
        COX_NULL, ask->token, reterr);
}

static void add_hat(struct firm *f, int64_t user, enum cox_role role)
{
    struct cox_hat hat;

    cox_struct_init(&cox_hat, &hat);
    hat.user = user;
    hat.role = role;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
}

static void add_people(struct site *site)
{
    static const struct {
        const char *name, *email;
        enum cox_role role;
        enum site_role reports_to;
    } people[SITE_ROLE_COUNT] = {
        [SITE_REP] = {"Ada Berg", "ada@example.com", COX_REP, SITE_MANAGER},
        [SITE_PEER] = {"Bo Lund", "bo@example.com", COX_REP, SITE_MANAGER},
        [SITE_MANAGER] = {"Cleo Ray", "cleo@example.com", COX_MANAGER, SITE_LEADER},
        [SITE_LEADER] = {"Dan Ito", "dan@example.com", COX_LEADER, SITE_NOBODY},
        [SITE_EXECUTIVE] = {"Eve Poe", "eve@example.com", COX_EXECUTIVE, SITE_NOBODY},
        [SITE_ADMIN] = {"Finn Ode", "finn@example.com", COX_ADMIN, SITE_NOBODY},
    };
    struct firm *f = site->firm;

    for (int i = SITE_REP; i < SITE_ROLE_COUNT; i++) {
        struct token_ask ask;
        site->users[i] = firm_user(f, people[i].name, people[i].email);
        add_hat(f, site->users[i], people[i].role);
        ask = (struct token_ask){site->users[i], site->tokens[i]};
        OK(firm_write(f, firm_operator, COX_CAUSE_CLI, add_token, &ask));
    }
    for (int i = SITE_REP; i < SITE_ROLE_COUNT; i++) {
        if (people[i].reports_to != SITE_NOBODY) {
            firm_line(f, site->users[i], site->users[people[i].reports_to]);
        }
    }
}

static void stop(struct site *site)
{
    for (int i = 0; i < SITE_ROLE_COUNT; i++) {
        client_close(&site->clients[i]);
    }
    if (site->server != NULL) {
        cox_server_stop(site->server, 5000);
        cox_server_close(site->server);
        site->server = NULL;
    }
}

void site_restart(struct site *site, const struct cox_server_opt *opt)
{
    struct firm *f = site->firm;
    struct cox_server_opt mine = opt == NULL ? (struct cox_server_opt){0} : *opt;

    stop(site);
    mine.store = f->store;
    mine.host = mine.host == NULL ? &cox_serve_host : mine.host;
    mine.listen = "127.0.0.1:0";
    mine.log = &site->log;
    OK(cox_server_open(&mine, &site->server, &f->err));
    OK(cox_server_start(site->server, &f->err));
    site->port = cox_server_port(site->server);
}

static int64_t firm_clock(void *ctx)
{
    return ((const struct firm *)ctx)->now_us;
}

void site_open_second(struct site *site, struct site *ret_second, struct cox_store **ret_store,
    const struct cox_server_opt *opt)
{
    struct firm *f = site->firm;
    struct cox_store *own = f->store;
    const struct cox_store_opt store = {.url = f->place.url,
        .entities = cox_features_entities(f->arena),
        .now_us = firm_clock,
        .ctx = f};

    memcpy(ret_second, site, sizeof(*site));
    OK(cox_store_open(&store, ret_store, &f->err));
    for (int i = 0; i < SITE_ROLE_COUNT; i++) {
        ret_second->clients[i] = (struct client){.fd = -1}; /* its own connections */
    }
    ret_second->server = NULL;
    f->store = *ret_store; /* the second server is over the second store */
    site_restart(ret_second, opt);
    f->store = own;
}

void site_close_second(struct site *second, struct cox_store *store)
{
    stop(second);
    cox_store_close(store);
}

static int set_up(void **state, int (*firm_set_up)(void **))
{
    static struct site site;
    void *firm = NULL;

    site = (struct site){.log = {.write = keep_line, .ctx = &site}};
    for (int i = 0; i < SITE_ROLE_COUNT; i++) {
        site.clients[i].fd = -1;
    }
    *state = &site;
    if (firm_set_up(&firm) != 0) {
        return -1;
    }
    site.firm = firm;
    if (site.firm->is_there) {
        site.arena = cox_arena_open((size_t)256 << 20);
        add_people(&site);
        site_restart(&site, NULL);
    }
    return 0;
}

int site_sqlite(void **state)
{
    return set_up(state, firm_sqlite);
}

int site_postgres(void **state)
{
    return set_up(state, firm_postgres);
}

int site_close(void **state)
{
    struct site *site = *state;
    void *firm = site->firm;

    stop(site);
    cox_arena_close(site->arena);
    return firm_close(&firm);
}

struct site *site_of(void **state)
{
    struct site *site = *state;
    void *firm = site->firm;

    (void)firm_of(&firm);
    return site;
}

static struct cox_text build(struct site *site, enum site_role who, const char *method,
    const char *path, const char *body, const char *headers)
{
    struct cox_buf bytes;

    cox_buf_init(&bytes, (size_t)64 << 20);
    cox_buf_format(&bytes, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n", method, path, site->port);
    if (who != SITE_NOBODY) {
        cox_buf_format(&bytes, "Authorization: Bearer %s\r\n", site->tokens[who]);
    }
    if (body != NULL) {
        cox_buf_format(&bytes, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
            strlen(body));
    }
    cox_buf_add_string(&bytes, headers == NULL ? "" : headers);
    cox_buf_add_string(&bytes, "\r\n");
    cox_buf_add_string(&bytes, body == NULL ? "" : body);
    struct cox_text text = cox_arena_text(site->arena, cox_buf_text(&bytes));
    cox_buf_done(&bytes);
    return text;
}

struct answer site_ask(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body, const char *headers)
{
    struct client *client = &site->clients[who];
    struct cox_text bytes = build(site, who, method, path, body, headers);
    struct answer answer;

    if (client->fd < 0) {
        assert_true(client_open(client, site->port));
    }
    assert_true(client_send(client, bytes.ptr, bytes.size));
    answer = client_read(client, site->arena, strcmp(method, "HEAD") == 0);
    if (answer.closes) {
        client_close(client);
    }
    if (answer.status == 0) {
        print_message("# %s %s: no reply\n", method, path);
    }
    assert_int_not_equal(answer.status, 0);
    return answer;
}

struct answer site_get(struct site *site, enum site_role who, const char *path, int status)
{
    struct answer answer = site_ask(site, who, "GET", path, NULL, NULL);

    if (answer.status != status) {
        print_message("# GET %s: %d %.*s\n", path, answer.status, (int)answer.body.size,
            answer.body.ptr);
    }
    assert_int_equal(answer.status, status);
    return answer;
}

static void drop_json(void *json)
{
    json_decref(json);
}

json_t *site_json(struct site *site, const struct answer *answer)
{
    json_error_t why;
    json_t *json = json_loadb(answer->body.ptr, answer->body.size, JSON_DECODE_ANY, &why);

    if (json == NULL) {
        print_message("# %s in: %.*s\n", why.text, (int)answer->body.size, answer->body.ptr);
    }
    assert_non_null(json);
    assert_int_equal(cox_arena_defer(site->arena, drop_json, json), COX_OK);
    return json;
}

struct answer site_raw(struct site *site, const char *bytes, size_t size)
{
    struct client client;
    struct answer answer;

    assert_true(client_open(&client, site->port));
    (void)client_send(&client, bytes, size); /* it may be refused before all of it is sent */
    answer = client_read(&client, site->arena, false);
    client_close(&client);
    return answer;
}

void site_refused(struct site *site, const struct answer *answer, int status, const char *code)
{
    if (answer->status != status) {
        print_message("# %d: %.*s\n", answer->status, (int)answer->body.size, answer->body.ptr);
    }
    assert_int_equal(answer->status, status);
    json_t *problem = site_json(site, answer);
    assert_string_equal(json_string_value(json_object_get(problem, "code")), code);
    assert_int_equal(json_integer_value(json_object_get(problem, "status")), status);
}
