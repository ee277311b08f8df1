/* tests/unit/shop_work.c: random work in the test company. */
#include "shop_work.h"

#include "base/day.h"
#include "record/audit.h"

/* splitmix64 */
static uint64_t next_random(struct shop_work *work)
{
    uint64_t z = (work->random += 0x9e3779b97f4a7c15U);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

uint64_t shop_pick(struct shop_work *work, uint64_t limit)
{
    return next_random(work) % limit;
}

enum cox_rc shop_open_url(struct shop_work *work, const char *url, struct cox_store **ret_store)
{
    const struct cox_store_opt opt = {.url = url,
        .entities = shop_entities,
        .now_us = shop_now,
        .random = shop_random,
        .ctx = &work->clock,
        .create = true,
        .migrate = true,
        .tail_max = 7};

    return cox_store_open(&opt, ret_store, &work->err);
}

enum cox_rc shop_reopen(struct shop_work *work)
{
    cox_store_close(work->store);
    work->store = NULL;
    return shop_open_url(work, work->place.url, &work->store);
}

bool shop_open(struct shop_work *work, enum cox_engine engine, const char *name, uint64_t seed)
{
    const char *other = getenv("COX_TEST_SEED"); /* for looking through many */

    memset(work, 0, sizeof(*work));
    seed = other != NULL ? strtoull(other, NULL, 10) : seed;
    work->clock = (struct shop_clock){.now_us = INT64_C(1700000000000000), .random = seed * 3 + 1};
    work->random = seed;
    work->cause = COX_CAUSE_UI;
    work->ops = 3;
    work->is_there = place_make(&work->place, engine, name);
    if (work->is_there && shop_open_url(work, work->place.url, &work->store) != COX_OK) {
        fprintf(stderr, "# %s\n", work->err.text);
        abort();
    }
    return work->is_there;
}

void shop_close(struct shop_work *work)
{
    if (work->is_there) {
        cox_store_close(work->store);
        place_drop(&work->place);
    }
}

enum cox_rc shop_write(struct shop_work *work, cox_call_fn fn, void *ctx)
{
    const struct cox_write_opt opt = {.actor = SHOP_OPERATOR,
        .cause = work->cause,
        .batch = work->batch,
        .request = "work"};
    struct cox_commit commit = {0};

    work->clock.now_us += COX_SECOND_US;
    enum cox_rc rc = cox_store_write(work->store, &opt, fn, ctx, &commit, &work->err);
    work->seq = commit.seq != 0 ? commit.seq : work->seq;
    return rc;
}

void shop_state_at(struct shop_work *work, int64_t seq, char ret_digest[65])
{
    if (cox_state_digest(work->store, (struct cox_as_of){0, seq}, ret_digest, &work->err) !=
        COX_OK) {
        fprintf(stderr, "# %s\n", work->err.text);
        abort();
    }
}

void shop_state(struct shop_work *work, char ret_digest[65])
{
    shop_state_at(work, 0, ret_digest);
}

bool shop_is_valid(struct cox_store *store)
{
    struct cox_audit_report report;
    struct cox_err err;

    if (cox_audit_verify(store, NULL, NULL, &report, &err) != COX_OK) {
        fprintf(stderr, "# %s\n", err.text);
        return false;
    }
    if (report.fault_count > 0) {
        fprintf(stderr, "# %s\n", report.fault);
    }
    return report.fault_count == 0;
}

/* ---- operations ---- */

static void keep(struct shop_ids *ids, int64_t id)
{
    if (ids->count < SHOP_IDS_MAX) {
        ids->ids[ids->count++] = id;
    }
}

static int64_t any(struct shop_work *work, const struct shop_ids *ids)
{
    return ids->count == 0 ? 0 : ids->ids[shop_pick(work, ids->count)];
}

/* Has it not been removed since? */
static bool stands(struct cox_call *call, const char *sql, int64_t id)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row = false;

    if (id == 0 || cox_db_prepare(cox_call_db(call), cox_text_of(sql), &stmt, NULL) != COX_OK) {
        return false;
    }
    cox_stmt_bind_int(stmt, 1, id);
    return cox_stmt_step(stmt, &is_row, NULL) == COX_OK && is_row;
}

/* Somebody who has not been taken back; null when chance finds nobody. */
static struct cox_value any_user(struct shop_work *work, struct cox_call *call)
{
    int64_t id = any(work, &work->users);

    return stands(call, "SELECT 1 FROM \"user\" WHERE \"id\" = $1", id) ? cox_int(id) : cox_null();
}

static struct cox_value name_of(struct shop_work *work, struct cox_call *call, const char *what)
{
    static const char *const last[] = {"Berg", "Müller", "Ågren", "O'Neil", "Straße", "Ιωάννου"};

    return cox_text_value(cox_text_of(cox_arena_format(cox_call_arena(call), "%s %u %s", what,
        ++work->created, last[shop_pick(work, COX_COUNT(last))])));
}

static enum cox_rc make_user(struct shop_work *work, struct cox_call *call, struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, &shop_user);
    int64_t id;

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, SHOP_USER_NAME, name_of(work, call, "User"));
    char *email = cox_arena_format(cox_call_arena(call), "u%u@example.com", work->created);
    cox_row_set(row, SHOP_USER_EMAIL, cox_text_value(cox_text_of(email)));
    COX_TRY(cox_create(call, row, &id, reterr));
    keep(&work->users, id);
    return COX_OK;
}

static enum cox_rc make_customer(struct shop_work *work, struct cox_call *call,
    struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, &shop_customer);
    int64_t id;

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, SHOP_CUSTOMER_NAME, name_of(work, call, "Customer"));
    cox_row_set(row, SHOP_CUSTOMER_OWNER, any_user(work, call));
    char *phone = cox_arena_format(cox_call_arena(call), "+49 30 %u", work->created);
    cox_row_set(row, SHOP_CUSTOMER_PHONE, cox_text_value(cox_text_of(phone)));
    COX_TRY(cox_create(call, row, &id, reterr));
    keep(&work->customers, id);
    return COX_OK;
}

static void fill_deal(struct shop_work *work, struct cox_call *call, struct cox_row *row)
{
    cox_row_set(row, SHOP_DEAL_NAME, name_of(work, call, "Deal"));
    cox_row_set(row, SHOP_DEAL_OWNER, any_user(work, call));
    cox_row_set(row, SHOP_DEAL_AMOUNT, cox_int((int64_t)shop_pick(work, 1000000)));
    cox_row_set(row, SHOP_DEAL_CURRENCY, cox_text_value(COX_LIT("EUR")));
    cox_row_set(row, SHOP_DEAL_STAGE, cox_int((int64_t)shop_pick(work, 3)));
    cox_row_set(row, SHOP_DEAL_CLOSE_DAY, cox_int(20000 + (int64_t)shop_pick(work, 400)));
    cox_row_set(row, SHOP_DEAL_CHANCE, cox_real((double)shop_pick(work, 1000) / 1000));
}

static enum cox_rc make_deal(struct shop_work *work, struct cox_call *call, struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, &shop_deal);
    int64_t id, customer = any(work, &work->customers);

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    fill_deal(work, call, row);
    if (stands(call, "SELECT 1 FROM \"customer\" WHERE \"id\" = $1", customer)) {
        cox_row_set(row, SHOP_DEAL_CUSTOMER, cox_int(customer));
    }
    COX_TRY(cox_create(call, row, &id, reterr));
    keep(&work->deals, id);
    return COX_OK;
}

static enum cox_rc import_deal(struct shop_work *work, struct cox_call *call,
    struct cox_err *reterr)
{
    struct cox_version versions[3];
    size_t count = 1 + shop_pick(work, 3);
    int64_t id = 0, from_us = cox_call_now_us(call) - COX_SECOND_US * 86400 * 30;
    bool is_changed, is_again = shop_pick(work, 3) == 0 && work->deals.count > 0;

    if (is_again) {
        id = any(work, &work->deals);
        if (!stands(call, "SELECT 1 FROM \"deal\" WHERE \"id\" = $1", id)) {
            return COX_OK; /* removed: another system's history does not bring it back */
        }
    }
    for (size_t i = 0; i < count; i++) {
        versions[i].row = cox_row_new(call, &shop_deal);
        if (versions[i].row == NULL) {
            return cox_no_memory(reterr);
        }
        from_us += COX_SECOND_US * (int64_t)(1 + shop_pick(work, 500000));
        versions[i].from_us = from_us;
        fill_deal(work, call, versions[i].row);
    }
    COX_TRY(cox_put_history(call, &shop_deal, id, versions, count, COX_FOREVER, &id, &is_changed,
        reterr));
    if (!is_again) {
        keep(&work->deals, id);
    }
    return COX_OK;
}

/* A page between two people: only they may write it. */
static enum cox_rc write_talk(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *work = ctx;
    struct cox_row *row = cox_row_new(call, &shop_talk);
    int64_t id;

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, SHOP_TALK_AUTHOR, cox_int(cox_call_actor(call)->user_id));
    cox_row_set(row, SHOP_TALK_OTHER, cox_int(work->users.ids[1]));
    cox_row_set(row, SHOP_TALK_SHARED, name_of(work, call, "Talk"));
    cox_row_set(row, SHOP_TALK_PRIVATE, cox_text_value(COX_LIT("for my eyes")));
    COX_TRY(cox_create(call, row, &id, reterr));
    keep(&work->talks, id);
    return COX_OK;
}

enum cox_rc shop_talk_once(struct shop_work *work)
{
    const struct cox_write_opt opt = {
        .actor = {.user_id = work->users.ids[0], .roles = COX_ROLE_BIT(COX_MANAGER)},
        .cause = work->cause,
        .batch = work->batch,
        .request = "work"};
    struct cox_commit commit = {0};

    work->clock.now_us += COX_SECOND_US;
    COX_TRY(cox_store_write(work->store, &opt, write_talk, work, &commit, &work->err));
    work->seq = commit.seq;
    return COX_OK;
}

/* A removed record answers MISSING, an erased one GONE: no harm in random work. */
static enum cox_rc forgive(enum cox_rc rc)
{
    return rc == COX_MISSING || rc == COX_CONFLICT || rc == COX_GONE ? COX_OK : rc;
}

static enum cox_rc change_deal(struct shop_work *work, struct cox_call *call,
    struct cox_err *reterr)
{
    struct cox_change changes[2] = {
        {SHOP_DEAL_AMOUNT, cox_int((int64_t)shop_pick(work, 1000000))},
        {SHOP_DEAL_NAME, name_of(work, call, "Deal")},
    };

    return forgive(cox_change_fields(call, &shop_deal, any(work, &work->deals), 0, changes,
        1 + shop_pick(work, 2), NULL, reterr));
}

static enum cox_rc change_customer(struct shop_work *work, struct cox_call *call,
    struct cox_err *reterr)
{
    char *phone = cox_arena_format(cox_call_arena(call), "+1 %u", (unsigned)shop_pick(work, 1000));
    struct cox_change change = {SHOP_CUSTOMER_PHONE, cox_text_value(cox_text_of(phone))};

    return forgive(cox_change_fields(call, &shop_customer, any(work, &work->customers), 0, &change,
        1, NULL, reterr));
}

static enum cox_rc remove_one(struct shop_work *work, struct cox_call *call, struct cox_err *reterr)
{
    if (shop_pick(work, 4) == 0) {
        return forgive(cox_remove(call, &shop_customer, any(work, &work->customers), 0, reterr));
    }
    return forgive(cox_remove(call, &shop_deal, any(work, &work->deals), 0, reterr));
}

typedef enum cox_rc (*op_fn)(struct shop_work *work, struct cox_call *call, struct cox_err *reterr);

static enum cox_rc do_ops(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const op_fn ops[] = {make_user, make_customer, make_customer, make_deal, make_deal,
        make_deal, change_deal, change_deal, change_deal, change_customer, import_deal, remove_one};
    struct shop_work *work = ctx;

    for (unsigned i = 0; i < work->ops; i++) {
        COX_TRY(ops[shop_pick(work, COX_COUNT(ops))](work, call, reterr));
    }
    return COX_OK;
}

static enum cox_rc do_start(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    for (int i = 0; i < 3; i++) {
        COX_TRY(make_user(ctx, call, reterr));
        COX_TRY(make_customer(ctx, call, reterr));
    }
    return COX_OK;
}

enum cox_rc shop_start(struct shop_work *work)
{
    return shop_write(work, do_start, work);
}

enum cox_rc shop_run(struct shop_work *work, int count)
{
    for (int i = 0; i < count; i++) {
        COX_TRY(shop_pick(work, 12) == 0 ? shop_talk_once(work) : shop_write(work, do_ops, work));
    }
    return COX_OK;
}
