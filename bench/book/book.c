/*
 * bench/book/book.c: figures over a large book. usage: book_speed [DEALS]; data by formula, so that
 * bench/book/duckdb.mjs makes the same in its own tables and both print the same sums. Five versions a deal.
 */
#include <inttypes.h>
#include <pthread.h>
#include <unistd.h>

#include "bench.h"
#include "kernel/book/pack.h"

enum { VERSIONS = 5, OWNERS = 500, STAGES = 6, REPEATS = 5, CHANGES = 20 };
static const struct cox_book_stage stages[STAGES] = {{COX_BOOK_OPEN, 1000}, {COX_BOOK_OPEN, 2500},
    {COX_BOOK_OPEN, 5000}, {COX_BOOK_OPEN, 7500}, {COX_BOOK_WON, 10000}, {COX_BOOK_LOST, 0}};

static void *room(size_t count, size_t size)
{
    void *block = calloc(count, size);

    if (block == NULL) {
        fprintf(stderr, "no memory\n");
        exit(1);
    }
    return block;
}

static struct cox_book_state state_of(int64_t i, int64_t v)
{
    int64_t stage = v == 0 ? 0 : (i * 13 + v * 7) % STAGES;
    int32_t day = (int32_t)(18262 + (i * 97 + v * 11) % 900);

    return (struct cox_book_state){.amount_minor = (i * 7919 + v / 2 * 104729) % 1000000 * 100,
        .close_day = day,
        .closed_day = stage >= 4 ? day : COX_BOOK_NO_DAY,
        .owner = (uint16_t)((i * 17 + (v >= 3 ? 5 : 0)) % OWNERS),
        .stage = (uint16_t)stage,
        .win_bp = COX_BOOK_NO_PROB};
}

static int64_t second_of(int64_t i, int64_t v)
{
    return 1577836800 + i * 7919 % 63072000 + v * 864000 + (i * 31 + v * 17) % 86400;
}

static struct cox_book_part fill(int64_t deals)
{
    size_t n = (size_t)deals, e = n * CHANGES;
    struct cox_book_fill fill = {.deal_room = n, .event_room = e};
    struct cox_err err;

    fill.id = room(n, 4);
    fill.event_end = room(n, 4);
    fill.amount_minor = room(n, 8);
    fill.close_day = room(n, 4);
    fill.created_day = room(n, 4);
    fill.closed_day = room(n, 4);
    fill.owner = room(n, 2);
    fill.stage = room(n, 2);
    fill.win_bp = room(n, 2);
    fill.code = room(n, 2);
    fill.cause = room(n, 2);
    fill.at_s = room(e, 4);
    fill.at_us = room(e, 2);
    fill.word = room(e, 8);
    for (int64_t i = 0; i < deals; i++) {
        if (cox_book_begin_deal(&fill, i + 1, (int32_t)(second_of(i, 0) / 86400), 0, &err) !=
            COX_OK) {
            exit(1);
        }
        for (int64_t v = 0; v < VERSIONS; v++) {
            struct cox_book_state state = state_of(i, v);
            if (cox_book_add_state(&fill, second_of(i, v) * 1000000, &state, &err) != COX_OK) {
                fprintf(stderr, "%s\n", err.text);
                exit(1);
            }
        }
        cox_book_end_deal(&fill);
    }
    return cox_book_filled(&fill);
}

enum { THREADS_MAX = 8 };

/* One thread's share of the deals. */
struct share {
    const struct cox_book *book;
    struct cox_book_ask ask;
    struct cox_book_cell cells[OWNERS * STAGES];
};

static void *sum_share(void *ctx)
{
    const struct cox_book_group rows = {.by = COX_BOOK_BY_OWNER,
        .group_count = OWNERS,
        .map_count = OWNERS};
    const struct cox_book_group columns = {.by = COX_BOOK_BY_STAGE,
        .group_count = STAGES,
        .map_count = STAGES};
    struct share *share = ctx;
    struct cox_err err;

    if (cox_book_sum(share->book, &share->ask, &rows, &columns, share->cells, &err) != COX_OK) {
        exit(1);
    }
    return NULL;
}

/* Open deals: count and amount per owner and stage, by as many threads as there are cores. */
static double dashboard(const struct cox_book *book, int64_t at_us, int64_t *ret_count,
    int64_t *ret_sum)
{
    static const unsigned char open[STAGES] = {1, 1, 1, 1, 0, 0};
    static struct share shares[THREADS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (unsigned)cores;
    pthread_t threads[THREADS_MAX];
    double seconds[REPEATS];

    for (int r = 0; r < REPEATS; r++) {
        double start = bench_now();
        for (unsigned t = 0; t < count; t++) {
            shares[t] = (struct share){.book = book,
                .ask = {.at_us = at_us,
                    .stage_in = open,
                    .close = COX_BOOK_ANY_DAY,
                    .created = COX_BOOK_ANY_DAY,
                    .closed = COX_BOOK_ANY_DAY,
                    .slice_at = t,
                    .slice_count = count}};
            if (pthread_create(&threads[t], NULL, sum_share, &shares[t]) != 0) {
                exit(1);
            }
        }
        for (unsigned t = 0; t < count; t++) {
            (void)pthread_join(threads[t], NULL); /* cannot fail for a thread just made */
        }
        seconds[r] = bench_now() - start;
    }
    *ret_count = *ret_sum = 0;
    for (unsigned t = 0; t < count; t++) {
        for (size_t i = 0; i < OWNERS * STAGES; i++) {
            *ret_count += shares[t].cells[i].count;
            *ret_sum += shares[t].cells[i].amount_minor;
        }
    }
    return bench_quantile(seconds, REPEATS, 0.5);
}

static double waterfall(const struct cox_book *book, int64_t from_us, int64_t to_us,
    struct cox_book_flow *flow)
{
    const struct cox_book_ask ask = {.at_us = to_us,
        .close = COX_BOOK_ANY_DAY,
        .created = COX_BOOK_ANY_DAY,
        .closed = COX_BOOK_ANY_DAY};
    double start = bench_now();
    struct cox_err err;

    if (cox_book_waterfall(book, &ask, from_us, NULL, NULL, flow, &err) != COX_OK) {
        exit(1);
    }
    return bench_now() - start;
}

int main(int argc, char **argv)
{
    int64_t deals = argc > 1 ? atoll(argv[1]) : 10000000, count, sum;
    const int64_t then = INT64_C(1609459200000000), before = INT64_C(1601510400000000);
    struct cox_book_part part = fill(deals);
    struct cox_book book = {&part, 1, stages, STAGES, OWNERS};
    struct cox_book_flow flow;
    double seconds;

    printf("deals %" PRId64 " versions %" PRId64 " events %zu bytes %zu\n", deals, deals * VERSIONS,
        part.event_count, part.deal_count * 38 + part.event_count * 14);
    seconds = dashboard(&book, COX_BOOK_NOW, &count, &sum);
    printf("now %.6f %" PRId64 " %" PRId64 "\n", seconds, count, sum);
    seconds = dashboard(&book, then, &count, &sum);
    printf("then %.6f %" PRId64 " %" PRId64 "\n", seconds, count, sum);
    seconds = waterfall(&book, before, then, &flow);
    printf("waterfall %.6f %" PRId64 " %" PRId64 "\n", seconds, flow.closing_count,
        flow.closing_minor);
    return 0;
}
