/* tests/unit/firm.c: see firm.h. */
#include "firm.h"

#include "command/feature_list.h"
#include "org/people.h"
#include "sales/account.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/seed.h"

const struct cox_actor firm_operator = {.roles = COX_ROLE_BIT(COX_OPERATOR)};

struct cox_actor firm_actor(int64_t user, enum cox_role role)
{
    return (struct cox_actor){.user_id = user, .roles = COX_ROLE_BIT(role)};
}

void firm_ok(enum cox_rc rc, const struct cox_err *err, int line)
{
    if (rc != COX_OK) {
        print_message("# line %d: %s: %s: %s\n", line, cox_rc_name(rc), err->field, err->text);
    }
    assert_int_equal(rc, COX_OK);
}

static int64_t read_clock(void *ctx)
{
    return ((struct firm *)ctx)->now_us;
}

static void read_random(void *ctx, void *bytes, size_t size)
{
    struct firm *f = ctx;

    for (size_t i = 0; i < size; i++) {
        f->random = f->random * UINT64_C(6364136223846793005) + 1442695040888963407U;
        ((unsigned char *)bytes)[i] = (unsigned char)(f->random >> 56);
    }
}

static enum cox_rc note_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct firm *f = ctx;
    int64_t position = cox_row_int(row, COX_STAGE_POSITION);

    (void)reterr;
    if (position >= 1 && position <= 6) {
        f->stages[position - 1] = row->id;
        f->pipeline = cox_row_int(row, COX_STAGE_PIPELINE);
    }
    return COX_OK;
}

static enum cox_rc seed(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_seed_opt opt = {.currency = "EUR", .zone = "UTC"};

    COX_TRY(cox_seed(call, &opt, reterr));
    return cox_each(call, &cox_stage, NULL, note_stage, ctx, reterr);
}

static int set_up(void **state, enum cox_engine engine)
{
    static struct firm firm;
    struct firm *f = &firm;

    *f = (struct firm){.random = 7, .now_us = FIRM_TODAY * COX_DAY_US + COX_DAY_US / 2};
    *state = f;
    f->is_there = place_make(&f->place, engine, "firm");
    if (!f->is_there) {
        return 0;
    }
    f->arena = cox_arena_open((size_t)64 << 20);
    const struct cox_store_opt opt = {
        .url = f->place.url,
        .entities = cox_features_entities(f->arena),
        .now_us = read_clock,
        .random = read_random,
        .ctx = f,
        .create = true,
        .migrate = true,
    };
    if (cox_store_open(&opt, &f->store, &f->err) != COX_OK ||
        firm_write(f, firm_operator, COX_CAUSE_CLI, seed, f) != COX_OK) {
        print_message("# %s: %s\n", f->err.field, f->err.text);
        return -1;
    }
    return 0;
}

int firm_sqlite(void **state)
{
    return set_up(state, COX_SQLITE);
}

int firm_postgres(void **state)
{
    return set_up(state, COX_POSTGRES);
}

int firm_close(void **state)
{
    struct firm *f = *state;

    if (f->is_there) {
        cox_store_close(f->store);
        cox_arena_close(f->arena);
        place_drop(&f->place);
    }
    return 0;
}

struct firm *firm_of(void **state)
{
    struct firm *f = *state;

    if (!f->is_there) {
        print_message("# COX_TEST_POSTGRES is not set: not run on PostgreSQL\n");
        skip();
    }
    return f;
}

enum cox_rc firm_write(struct firm *f, struct cox_actor actor, enum cox_cause cause, cox_call_fn fn,
    void *ctx)
{
    const struct cox_write_opt opt = {.actor = actor, .cause = cause, .request = "test"};
    struct cox_commit commit;

    f->now_us += COX_SECOND_US;
    return cox_store_write(f->store, &opt, fn, ctx, &commit, &f->err);
}

enum cox_rc firm_read(struct firm *f, struct cox_actor actor, struct cox_as_of as_of,
    cox_call_fn fn, void *ctx)
{
    const struct cox_read_opt opt = {.actor = actor, .as_of = as_of};

    return cox_store_read(f->store, &opt, fn, ctx, &f->err);
}

struct one {
    struct firm *f;
    const struct cox_entity *entity;
    const void *structure;
    void *ret_structure;
    int64_t id;
    struct cox_change change;
};

static enum cox_rc create_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct one *one = ctx;

    return cox_create_struct(call, one->entity, one->structure, &one->id, reterr);
}

enum cox_rc firm_create(struct firm *f, struct cox_actor actor, enum cox_cause cause,
    const struct cox_entity *entity, const void *structure, int64_t *ret_id)
{
    struct one one = {.entity = entity, .structure = structure};
    enum cox_rc rc = firm_write(f, actor, cause, create_one, &one);

    if (ret_id != NULL) {
        *ret_id = one.id;
    }
    return rc;
}

static enum cox_rc change_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct one *one = ctx;

    return cox_change_fields(call, one->entity, one->id, 0, &one->change, 1, NULL, reterr);
}

enum cox_rc firm_change(struct firm *f, struct cox_actor actor, const struct cox_entity *entity,
    int64_t id, uint32_t field, struct cox_value value)
{
    struct one one = {.entity = entity, .id = id, .change = {field, value}};

    return firm_write(f, actor, COX_CAUSE_UI, change_one, &one);
}

static enum cox_rc remove_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct one *one = ctx;

    return cox_remove(call, one->entity, one->id, 0, reterr);
}

enum cox_rc firm_remove(struct firm *f, struct cox_actor actor, const struct cox_entity *entity,
    int64_t id)
{
    struct one one = {.entity = entity, .id = id};

    return firm_write(f, actor, COX_CAUSE_UI, remove_one, &one);
}

/* The texts go to the test's arena, as the call's is gone afterwards. */
static enum cox_rc load_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct one *one = ctx;
    const struct cox_row *row;

    COX_TRY(cox_get(call, one->entity, one->id, &row, reterr));
    for (uint32_t i = 0; i < one->entity->field_count; i++) {
        if (row->values[i].kind == COX_VALUE_TEXT) {
            row->values[i].text = cox_arena_text(one->f->arena, row->values[i].text);
        }
    }
    cox_row_unpack(row, one->ret_structure);
    return COX_OK;
}

enum cox_rc firm_load(struct firm *f, struct cox_actor actor, struct cox_as_of as_of,
    const struct cox_entity *entity, int64_t id, void *ret_structure)
{
    struct one one = {.f = f, .entity = entity, .id = id, .ret_structure = ret_structure};

    return firm_read(f, actor, as_of, load_one, &one);
}

int64_t firm_user(struct firm *f, const char *name, const char *email)
{
    struct cox_user user;
    int64_t id;

    cox_struct_init(&cox_user, &user);
    user.name = cox_text_of(name);
    user.email = cox_text_of(email);
    user.hire_day = FIRM_TODAY - 900;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_user, &user, &id));
    return id;
}

void firm_line(struct firm *f, int64_t user, int64_t manager)
{
    struct cox_reporting_line line;

    cox_struct_init(&cox_reporting_line, &line);
    line.user = user;
    line.manager = manager;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_reporting_line, &line, NULL));
}

int64_t firm_account(struct firm *f, const char *name, int64_t owner)
{
    struct cox_account account;
    int64_t id;

    cox_struct_init(&cox_account, &account);
    account.name = cox_text_of(name);
    account.owner = owner;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_account, &account, &id));
    return id;
}

int64_t firm_deal(struct firm *f, const char *name, int64_t owner, int64_t amount, int stage)
{
    struct cox_opportunity deal;
    int64_t id;

    cox_struct_init(&cox_opportunity, &deal);
    deal.name = cox_text_of(name);
    deal.owner = owner;
    deal.amount = amount;
    deal.stage = f->stages[stage];
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_opportunity, &deal, &id));
    return id;
}
