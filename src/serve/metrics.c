/* serve/metrics.c: counters by route; gauges are read when somebody asks. */
#include "serve/metrics.h"

#include <stdio.h>
#include <unistd.h>

#include "serve/auth.h"
#include "serve/inside.h"
#include "serve/list.h"

static const int64_t bounds_us[] = {500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000,
    500000, 1000000, 2500000, 10000000};

enum { BUCKETS = COX_COUNT(bounds_us) + 1, CLASSES = 6 };

struct route_counts {
    _Atomic uint64_t classes[CLASSES]; /* by the first digit of the status */
    _Atomic uint64_t buckets[BUCKETS];
    _Atomic uint64_t us;
};

struct cox_metrics {
    _Atomic uint64_t in_size, out_size;
    int64_t start_us;
    size_t count;
    struct route_counts routes[];
};

enum cox_rc cox_metrics_open(struct cox_server *server, struct cox_err *reterr)
{
    size_t count = server->route_count + 2;
    struct cox_metrics *metrics =
        cox_arena_alloc(server->arena, sizeof(*metrics) + count * sizeof(struct route_counts));

    if (metrics == NULL) {
        return cox_no_memory(reterr);
    }
    metrics->count = count;
    metrics->start_us = cox_clock_us();
    server->metrics = metrics;
    return COX_OK;
}

static void add(_Atomic uint64_t *counter, uint64_t number)
{
    atomic_fetch_add_explicit(counter, number, memory_order_relaxed);
}

void cox_metrics_request(struct cox_metrics *metrics, size_t index, int status, int64_t us,
    uint64_t in_size, uint64_t out_size)
{
    struct route_counts *route = &metrics->routes[index];
    size_t bucket = 0;

    while (bucket < COX_COUNT(bounds_us) && us > bounds_us[bucket]) {
        bucket++;
    }
    add(&route->classes[status / 100 < CLASSES ? status / 100 : 0], 1);
    add(&route->buckets[bucket], 1);
    add(&route->us, (uint64_t)us);
    add(&metrics->in_size, in_size);
    add(&metrics->out_size, out_size);
}

/* ---- as text ---- */

static void head(struct cox_buf *out, const char *name, const char *type, const char *help)
{
    cox_buf_format(out, "# HELP coxswain_%s %s\n# TYPE coxswain_%s %s\n", name, help, name, type);
}

static void gauge(struct cox_buf *out, const char *name, const char *help, uint64_t value)
{
    head(out, name, "gauge", help);
    cox_buf_format(out, "coxswain_%s %llu\n", name, (unsigned long long)value);
}

static void label(const struct cox_server *server, size_t index, struct cox_buf *out)
{
    if (index < server->route_count) {
        cox_buf_format(out, "method=\"%s\",route=\"%s\"",
            cox_method_name(server->routes[index]->method), server->routes[index]->path);
    } else {
        cox_buf_format(out, "method=\"GET\",route=\"%s\"",
            index == server->route_count ? "page" : "none");
    }
}

static uint64_t total(struct route_counts *route)
{
    uint64_t sum = 0;

    for (size_t b = 0; b < BUCKETS; b++) {
        sum += atomic_load(&route->buckets[b]);
    }
    return sum;
}

static void put_requests(const struct cox_server *server, struct cox_buf *out)
{
    head(out, "requests_total", "counter", "Requests answered, by route and class of status.");
    for (size_t i = 0; i < server->metrics->count; i++) {
        for (int c = 0; c < CLASSES; c++) {
            uint64_t count = atomic_load(&server->metrics->routes[i].classes[c]);
            if (count > 0) {
                cox_buf_add_string(out, "coxswain_requests_total{");
                label(server, i, out);
                cox_buf_format(out, ",status=\"%dxx\"} %llu\n", c, (unsigned long long)count);
            }
        }
    }
}

static void put_durations(const struct cox_server *server, struct cox_buf *out)
{
    static const char name[] = "coxswain_request_seconds";

    head(out, "request_seconds", "histogram", "From the first line of a request to its end.");
    for (size_t i = 0; i < server->metrics->count; i++) {
        struct route_counts *route = &server->metrics->routes[i];
        uint64_t sum = 0, all = total(route);
        if (all == 0) {
            continue;
        }
        for (size_t b = 0; b < COX_COUNT(bounds_us); b++) {
            sum += atomic_load(&route->buckets[b]);
            cox_buf_format(out, "%s_bucket{", name);
            label(server, i, out);
            cox_buf_format(out, ",le=\"%g\"} %llu\n", (double)bounds_us[b] / 1e6,
                (unsigned long long)sum);
        }
        cox_buf_format(out, "%s_bucket{", name);
        label(server, i, out);
        cox_buf_format(out, ",le=\"+Inf\"} %llu\n%s_count{", (unsigned long long)all, name);
        label(server, i, out);
        cox_buf_format(out, "} %llu\n%s_sum{", (unsigned long long)all, name);
        label(server, i, out);
        cox_buf_format(out, "} %g\n", (double)atomic_load(&route->us) / 1e6);
    }
}

static uint64_t memory_size(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    unsigned long all = 0, resident = 0;

    if (file == NULL) {
        return 0;
    }
    if (fscanf(file, "%lu %lu", &all, &resident) != 2) {
        resident = 0;
    }
    (void)fclose(file); /* it was only read */
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void put_gauges(const struct cox_server *server, struct cox_buf *out)
{
    unsigned connections = 0, requests = 0;

    for (unsigned i = 0; i < server->loop_count; i++) {
        connections += atomic_load(&server->loops[i].connection_count);
        requests += atomic_load(&server->loops[i].request_count);
    }
    gauge(out, "connections", "Connections that are open.", connections);
    gauge(out, "requests_open", "Requests begun and not yet answered, streams among them.",
        requests);
    gauge(out, "streams", "Streams of events that are open.", atomic_load(&server->stream_count));
    gauge(out, "queue", "Requests that wait for a worker.", cox_workers_queue(server->workers));
    gauge(out, "commit_seq", "Number of the newest commit.",
        (uint64_t)cox_store_head(server->opt.store));
    gauge(out, "memory_bytes", "Resident memory of the process.", memory_size());
    gauge(out, "uptime_seconds", "Since the server was started.",
        (uint64_t)(cox_clock_us() - server->metrics->start_us) / 1000000);
    head(out, "received_bytes_total", "counter", "Bodies received.");
    cox_buf_format(out, "coxswain_received_bytes_total %llu\n",
        (unsigned long long)atomic_load(&server->metrics->in_size));
    head(out, "sent_bytes_total", "counter", "Bodies sent.");
    cox_buf_format(out, "coxswain_sent_bytes_total %llu\n",
        (unsigned long long)atomic_load(&server->metrics->out_size));
}

/* From this machine without sign-in, unless a proxy has brought it here; else for administrators. */
static enum cox_rc get_metrics(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_server *server = x->server;

    if (!cox_request_of(x)->connection->is_loopback ||
        cox_exchange_header(x, "X-Forwarded-For").ptr != NULL ||
        cox_exchange_header(x, "Forwarded").ptr != NULL) {
        COX_TRY(cox_auth_require(x, COX_ROLE_BIT(COX_ADMIN), reterr));
    }
    put_requests(server, &x->reply.body);
    put_durations(server, &x->reply.body);
    put_gauges(server, &x->reply.body);
    x->reply.type = "text/plain; version=0.0.4";
    return COX_OK;
}

const struct cox_route cox_routes_metrics[] = {
    {.method = COX_GET,
        .path = "/metrics",
        .handle = get_metrics,
        .flags = COX_ROUTE_PUBLIC | COX_ROUTE_UNLOGGED,
        .summary = "Counters for Prometheus: from this machine, or for administrators."},
    {0},
};
