/*
 * tests/fault/load.c: saves until it is killed, and says afterwards whether what was acknowledged is
 * there. For tests/fault/crash.sh and postgres_stop.sh.
 *
 *   load run URL LIST    four threads save records; the number of each acknowledged one goes to LIST
 *   load check URL LIST  each number of LIST is there exactly once, none twice, the chain verifies
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "record/audit.h"
#include "shop.h"

enum { THREADS = 4, WAIT_MS = 20 };

struct load {
    struct cox_store *store;
    int list;
    _Atomic int64_t next;
    _Atomic bool has_failed;
};

struct one {
    int64_t number;
};

static enum cox_rc save_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct one *one = ctx;
    struct cox_row *row = cox_row_new(call, &shop_deal);
    char *name = cox_arena_format(cox_call_arena(call), "n%lld", (long long)one->number);
    int64_t id;

    if (row == NULL || name == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, SHOP_DEAL_NAME, cox_text_value(cox_text_of(name)));
    cox_row_set(row, SHOP_DEAL_CLOSE_DAY, cox_int(one->number));
    return cox_create(call, row, &id, reterr);
}

static bool note_number(struct load *load, int64_t number)
{
    char line[32];
    int size = snprintf(line, sizeof(line), "%lld\n", (long long)number);

    return write(load->list, line, (size_t)size) == size;
}

static void *save_often(void *arg)
{
    static const struct timespec wait = {.tv_nsec = WAIT_MS * 1000000L};
    const struct cox_write_opt opt = {.actor = SHOP_OPERATOR,
        .cause = COX_CAUSE_API,
        .request = "load"};
    struct load *load = arg;
    struct cox_err err;

    while (!load->has_failed) {
        struct one one = {atomic_fetch_add(&load->next, 1)};
        enum cox_rc rc = cox_store_write(load->store, &opt, save_one, &one, NULL, &err);
        if (rc == COX_OK) {
            load->has_failed = !note_number(load, one.number);
        } else if (rc == COX_IO || rc == COX_BUSY || rc == COX_UNKNOWN_OUTCOME) {
            (void)nanosleep(&wait, NULL); /* the server is away: goes on when it is back */
        } else {
            fprintf(stderr, "save: %s: %s\n", cox_rc_name(rc), err.text);
            load->has_failed = true;
        }
    }
    return NULL;
}

static int64_t highest(struct cox_store *store);

static int run(struct cox_store *store, const char *list)
{
    struct load load = {.store = store, .list = open(list, O_WRONLY | O_CREAT | O_APPEND, 0600)};
    pthread_t threads[THREADS];

    if (load.list < 0) {
        perror(list);
        return 1;
    }
    load.next = highest(store) + 1;
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, save_often, &load) != 0) {
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    return 1; /* it ends by being killed */
}

/* ---- afterwards ---- */

struct ask {
    const char *list;
    int64_t highest, checked;
};

static enum cox_rc find_highest(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ask *ask = ctx;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT("SELECT COALESCE(MAX(\"close_day\"), 0) FROM \"deal\""), &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    ask->highest = cox_stmt_int(stmt, 0);
    return COX_OK;
}

static int64_t highest(struct cox_store *store)
{
    const struct cox_read_opt opt = {.actor = SHOP_OPERATOR};
    struct ask ask = {.highest = 0};

    return cox_store_read(store, &opt, find_highest, &ask, NULL) == COX_OK ? ask.highest + 100 : 0;
}

static enum cox_rc check_number(struct cox_call *call, int64_t number, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT("SELECT count(*) FROM \"deal\" WHERE \"close_day\" = $1"), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, number);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    return cox_stmt_int(stmt, 0) == 1 ? COX_OK
                                      : cox_fail(reterr, COX_CORRUPT,
                                            "number %lld was acknowledged and is there %lld times",
                                            (long long)number, (long long)cox_stmt_int(stmt, 0));
}

static enum cox_rc check_list(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ask *ask = ctx;
    FILE *file = fopen(ask->list, "re");
    enum cox_rc rc = COX_OK;
    char line[64];

    if (file == NULL) {
        return errno == ENOENT ? COX_OK : cox_fail(reterr, COX_IO, "%s cannot be read", ask->list);
    }
    while (rc == COX_OK && fgets(line, sizeof(line), file) != NULL) {
        rc = check_number(call, strtoll(line, NULL, 10), reterr);
        ask->checked++;
    }
    (void)fclose(file); /* only read */
    return rc;
}

static enum cox_rc check_twice(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    (void)ctx;
    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT("SELECT \"close_day\" FROM \"deal\" GROUP BY \"close_day\" HAVING count(*) > 1"),
        &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    return is_row ? cox_fail(reterr, COX_CORRUPT, "number %lld is there more than once",
                        (long long)cox_stmt_int(stmt, 0))
                  : COX_OK;
}

static int check(struct cox_store *store, const char *list)
{
    const struct cox_read_opt opt = {.actor = SHOP_OPERATOR};
    struct cox_audit_report report = {0};
    struct ask ask = {.list = list};
    struct cox_err err = {0};
    enum cox_rc rc = cox_store_read(store, &opt, check_list, &ask, &err);

    rc = rc == COX_OK ? cox_store_read(store, &opt, check_twice, &ask, &err) : rc;
    rc = rc == COX_OK ? cox_audit_verify(store, NULL, NULL, &report, &err) : rc;
    if (rc != COX_OK || report.fault_count > 0) {
        fprintf(stderr, "%s\n", rc != COX_OK ? err.text : report.fault);
        return 1;
    }
    printf("%lld acknowledged, all there; %lld commits verify\n", (long long)ask.checked,
        (long long)report.commit_count);
    return 0;
}

int main(int argc, char **argv)
{
    struct cox_store *store = NULL;
    struct cox_err err = {0};

    if (argc != 4) {
        fprintf(stderr, "usage: load run|check URL LIST\n");
        return 2;
    }
    const struct cox_store_opt opt = {.url = argv[2],
        .entities = shop_entities,
        .create = true,
        .migrate = true};
    enum cox_rc rc = cox_store_open(&opt, &store, &err);
    if (rc != COX_OK) {
        fprintf(stderr, "open: %s: %s\n", cox_rc_name(rc), err.text);
        return 1;
    }
    int end = argv[1][0] == 'r' ? run(store, argv[3]) : check(store, argv[3]);
    cox_store_close(store);
    return end;
}
