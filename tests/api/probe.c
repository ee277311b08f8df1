/* tests/api/probe.c: see probe.h. */
#include "probe.h"

#include <pthread.h>
#include <time.h>

#include "command/feature_list.h"
#include "command/serve_host.h"
#include "record/head.h"

static enum cox_rc get_who(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_json json;

    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "user", x->who.actor.user_id);
    cox_json_put_int(&json, "roles", x->who.actor.roles);
    cox_json_put_int(&json, "scope", x->who.token_scope);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc post_echo(struct cox_exchange *x, struct cox_err *reterr)
{
    json_t *json;

    COX_TRY(cox_exchange_json(x, &json, reterr));
    cox_buf_add_text(&x->reply.body, x->body);
    return COX_OK;
}

static enum cox_rc post_file(struct cox_exchange *x, struct cox_err *reterr)
{
    uint64_t sum = 0;

    (void)reterr;
    for (size_t i = 0; i < x->body.size; i++) {
        sum = sum * 31 + (unsigned char)x->body.ptr[i];
    }
    cox_buf_format(&x->reply.body, "{\"size\":%zu,\"sum\":\"%llx\"}", x->body.size,
        (unsigned long long)sum);
    return COX_OK;
}

/* A gate that requests wait at, so that a test knows who is at work without knowing how fast the machine is. */
static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_moved = PTHREAD_COND_INITIALIZER;
static bool gate_is_open;
static int at_work;

enum { PATIENCE_S = 60 };

static struct timespec patience(void)
{
    struct timespec end;

    (void)clock_gettime(CLOCK_REALTIME, &end); /* cannot fail for this clock */
    end.tv_sec += PATIENCE_S;
    return end;
}

static void work(int by)
{
    (void)pthread_mutex_lock(&gate_lock);
    at_work += by;
    (void)pthread_cond_broadcast(&gate_moved);
    (void)pthread_mutex_unlock(&gate_lock);
}

static void turn_gate(bool is_open)
{
    (void)pthread_mutex_lock(&gate_lock);
    gate_is_open = is_open;
    (void)pthread_cond_broadcast(&gate_moved);
    (void)pthread_mutex_unlock(&gate_lock);
}

void probe_open_gate(void)
{
    turn_gate(true);
}

bool probe_at_work(int count)
{
    struct timespec end = patience();
    int late = 0;

    (void)pthread_mutex_lock(&gate_lock);
    while (at_work != count && late == 0) {
        late = pthread_cond_timedwait(&gate_moved, &gate_lock, &end);
    }
    (void)pthread_mutex_unlock(&gate_lock);
    return late == 0;
}

static void wait_at_gate(void)
{
    struct timespec end = patience();
    int late = 0;

    (void)pthread_mutex_lock(&gate_lock);
    while (!gate_is_open && late == 0) {
        late = pthread_cond_timedwait(&gate_moved, &gate_lock, &end);
    }
    (void)pthread_mutex_unlock(&gate_lock);
}

static enum cox_rc get_slow(struct cox_exchange *x, struct cox_err *reterr)
{
    int64_t ms, gate;

    COX_TRY(cox_exchange_integer(x, "ms", 0, 10000, 100, &ms, reterr));
    COX_TRY(cox_exchange_integer(x, "gate", 0, 1, 0, &gate, reterr));
    work(1);
    if (gate == 1) {
        wait_at_gate();
    } else {
        (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000},
            NULL); /* about so long */
    }
    work(-1);
    return get_who(x, reterr);
}

static enum cox_rc hold(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    (void)call;
    return get_slow(ctx, reterr);
}

static enum cox_rc get_hold(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, hold, x, reterr);
}

static enum cox_rc get_item(struct cox_exchange *x, struct cox_err *reterr)
{
    int64_t id;

    COX_TRY(cox_exchange_id(x, 0, &id, reterr));
    cox_buf_format(&x->reply.body, "%lld:%.*s", (long long)id, (int)x->params[1].size,
        x->params[1].ptr);
    x->reply.type = "text/plain; charset=utf-8";
    return cox_reply_header(x, "ETag", "\"5\"", reterr);
}

static enum cox_rc get_fault(struct cox_exchange *x, struct cox_err *reterr)
{
    (void)x;
    return cox_fail(reterr, COX_INTERNAL, "a secret of the machine room");
}

static enum cox_rc pull(void *ctx, const struct cox_who *who, bool is_beat, struct cox_buf *out,
    struct cox_err *reterr)
{
    (void)reterr;
    cox_buf_format(out, "data: %lld %lld%s\n\n", (long long)who->actor.user_id,
        (long long)cox_store_head(ctx), is_beat ? " beat" : "");
    return COX_OK;
}

static void end(void *ctx)
{
    (void)ctx;
}

static enum cox_rc get_stream(struct cox_exchange *x, struct cox_err *reterr)
{
    (void)reterr;
    x->reply.type = "text/event-stream";
    cox_buf_add_string(&x->reply.body, ": hello\n\n");
    x->reply.stream = (struct cox_stream){pull, end, x->store};
    return COX_OK;
}

#define AT(name) "/api/v1/probe/" name

static const struct cox_parameter slow_parameters[] = {{"ms", "integer", "How long."},
    {"gate", "integer", "1: until the gate is open."}, {0}};

static const struct cox_route routes[] = {
    {.method = COX_GET, .path = AT("who"), .handle = get_who},
    {.method = COX_GET, .path = AT("quick"), .handle = get_who, .flags = COX_ROUTE_QUICK},
    {.method = COX_GET, .path = AT("admins"), .handle = get_who, .roles = COX_ROLE_BIT(COX_ADMIN)},
    {.method = COX_POST, .path = AT("change"), .handle = get_who},
    {.method = COX_POST, .path = AT("look"), .handle = get_who, .flags = COX_ROUTE_SAFE},
    {.method = COX_GET, .path = AT("people"), .handle = get_who, .flags = COX_ROUTE_PEOPLE},
    {.method = COX_GET, .path = AT("own"), .handle = get_who, .flags = COX_ROUTE_SESSION},
    {.method = COX_POST, .path = AT("echo"), .handle = post_echo, .body_max = 1000},
    {.method = COX_POST,
        .path = AT("file"),
        .handle = post_file,
        .body_max = 8 << 20,
        .flags = COX_ROUTE_KEEPS_BODY},
    {.method = COX_GET, .path = AT("slow"), .handle = get_slow, .parameters = slow_parameters},
    {.method = COX_GET, .path = AT("hold"), .handle = get_hold, .parameters = slow_parameters},
    {.method = COX_GET, .path = AT("stream"), .handle = get_stream},
    {.method = COX_GET, .path = AT("fault"), .handle = get_fault},
    {.method = COX_GET, .path = AT("items/{id}/{name}.txt"), .handle = get_item},
    {0},
};

static const struct cox_feature feature = {.name = "probe", .help = "Tests.", .routes = routes};

static const struct cox_feature *const *all_features(void)
{
    static const struct cox_feature *list[128];
    size_t count = 0;

    while (cox_features[count] != NULL && count < COX_COUNT(list) - 2) {
        list[count] = cox_features[count];
        count++;
    }
    list[count] = &feature;
    return list;
}

void probe_start(struct site *site, const struct cox_server_limits *limits)
{
    static struct cox_host host;

    turn_gate(false);
    struct cox_server_opt opt = {.host = &host};

    host = cox_serve_host;
    host.features = all_features();
    if (limits != NULL) {
        opt.limits = *limits;
    }
    site_restart(site, &opt);
}
