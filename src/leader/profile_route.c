/* leader/profile_route.c: one's own profile, the acts behind it, contesting one, sharing it, and reading a shared one. */
#include "leader/profile.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"

enum { SHARED_MAX = 64 * 1024 };

/* ---- which role ---- */

enum cox_rc cox_profile_ask_read(struct cox_exchange *x, struct cox_profile_ask *ret_ask,
    struct cox_err *reterr)
{
    unsigned leading = COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_EXECUTIVE);
    unsigned roles = x->who.actor.roles;
    struct cox_text role;

    COX_TRY(cox_exchange_parameter(x, "role", &role, reterr));
    COX_TRY(cox_exchange_parameter(x, "situation", &ret_ask->situation, reterr));
    if (ret_ask->situation.size == 0) {
        ret_ask->situation = cox_text_of(cox_ranges[0].situation);
    }
    ret_ask->role = (roles & leading) != 0 && (roles & COX_ROLE_BIT(COX_MANAGER)) == 0
                        ? COX_RANGE_LEADER
                        : COX_RANGE_MANAGER;
    if (role.size == 0) {
        return COX_OK;
    }
    for (int r = 0; r < COX_RANGE_ROLE_COUNT; r++) {
        if (cox_text_same(role, cox_text_of(cox_range_roles[r].name))) {
            ret_ask->role = (enum cox_range_role)r;
            return COX_OK;
        }
    }
    return cox_fail_at(reterr, COX_INVALID, "role", 0, "is manager or leader");
}

struct looking {
    struct cox_exchange *x;
    struct cox_call *call;
    struct cox_profile_ask ask;
    struct cox_text aspect;
    int64_t person;
    struct cox_json json;
};

static enum cox_rc begin(struct cox_exchange *x, struct looking **ret_looking,
    struct cox_err *reterr)
{
    struct looking *looking = COX_NEW(x->arena, struct looking);

    if (looking == NULL) {
        return cox_no_memory(reterr);
    }
    *looking = (struct looking){.x = x};
    *ret_looking = looking;
    return COX_OK;
}

/* ---- GET /profile ---- */

static enum cox_rc make_profile(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct looking *looking = (struct looking *)ctx;

    cox_reply_json(looking->x, 200, &looking->json);
    COX_TRY(cox_profile_write(call, &looking->ask, &looking->json, reterr));
    return cox_reply_json_done(looking->x, &looking->json, reterr);
}

enum cox_rc cox_profile_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct looking *looking;

    COX_TRY(begin(x, &looking, reterr));
    COX_TRY(cox_profile_ask_read(x, &looking->ask, reterr));
    return cox_store_read(x->store, &opt, make_profile, looking, reterr);
}

/* ---- GET /profile/acts ---- */

static enum cox_rc put_act(struct looking *looking, const struct cox_acts *acts,
    const struct cox_act_row *act, struct cox_err *reterr)
{
    const struct cox_act_kind *kind = &cox_act_kinds[act->kind];
    struct cox_json *json = &looking->json;
    struct cox_text name = {0}, record = {0};
    char key[COX_ACT_KEY_SIZE];

    if (act->with != COX_NULL) {
        COX_TRY(cox_ref_name(looking->call, &cox_user, act->with, &name, reterr));
    }
    COX_TRY(cox_ref_name(looking->call, act->entity, act->id, &record, reterr));
    cox_act_key(act, key);
    cox_json_begin_object(json);
    cox_json_put_string(json, "act", key);
    cox_json_put_string(json, "kind", kind->name);
    cox_json_put_string(json, "label", kind->label);
    cox_json_put_string(json, "aspect", cox_aspects[kind->aspect].name);
    cox_json_put_string(json, "end", kind->is_high ? "high" : "low");
    cox_json_put_real(json, "weight", acts->weights[act->kind]);
    cox_cell_put_day(json, "day", act->day);
    cox_json_put_text(json, "with_name", name);
    cox_json_put_string(json, "entity", act->entity->name);
    cox_json_put_int(json, "record", act->id);
    cox_json_put_text(json, "record_name", record);
    cox_json_key(json, "contest");
    if (act->contest == 0) {
        cox_json_null(json);
    } else {
        cox_json_int(json, act->contest);
    }
    cox_json_put_bool(json, "is_contested",
        act->contest != 0 && act->state == COX_ACT_CONTEST_OPEN);
    cox_json_put_bool(json, "is_left_out",
        act->contest != 0 && act->state == COX_ACT_CONTEST_LEFT_OUT);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc make_acts(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct looking *looking = (struct looking *)ctx;
    struct cox_json *json = &looking->json;
    struct cox_acts acts;

    looking->call = call;
    COX_TRY(cox_acts_load(call, &acts, reterr));
    cox_reply_json(looking->x, 200, json);
    cox_json_begin_object(json);
    cox_cell_put_day(json, "from_day", acts.from_day);
    cox_cell_put_day(json, "to_day", acts.to_day);
    cox_json_put_bool(json, "is_cut", acts.is_cut);
    cox_json_key(json, "rows");
    cox_json_begin_array(json);
    for (size_t i = 0; i < acts.count; i++) {
        const char *aspect = cox_aspects[cox_act_kinds[acts.rows[i].kind].aspect].name;

        if (looking->aspect.ptr == NULL || cox_text_same(looking->aspect, cox_text_of(aspect))) {
            COX_TRY(put_act(looking, &acts, &acts.rows[i], reterr));
        }
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return cox_reply_json_done(looking->x, json, reterr);
}

enum cox_rc cox_profile_acts_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct looking *looking;

    COX_TRY(begin(x, &looking, reterr));
    COX_TRY(cox_exchange_parameter(x, "aspect", &looking->aspect, reterr));
    return cox_store_read(x->store, &opt, make_acts, looking, reterr);
}

/* ---- POST /profile/contests ---- */

struct contesting {
    struct cox_exchange *x;
    int64_t id;
};

static enum cox_rc read_contest(struct cox_exchange *x, struct cox_act_contest *ret,
    struct cox_err *reterr)
{
    json_t *body;

    COX_TRY(cox_exchange_json(x, &body, reterr));
    cox_struct_init(&cox_act_contest, ret);
    ret->person = x->who.actor.user_id;
    ret->second = json_is_integer(json_object_get(body, "second"))
                      ? json_integer_value(json_object_get(body, "second"))
                      : COX_NULL;
    ret->act = cox_text_of(json_string_value(json_object_get(body, "act")));
    ret->reason = cox_text_of(json_string_value(json_object_get(body, "reason")));
    return ret->act.ptr == NULL ? cox_fail_at(reterr, COX_INVALID, "act", 0, "is missing") : COX_OK;
}

/* The act is one of the asker's, and not contested yet. */
static enum cox_rc contest(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct contesting *c = (struct contesting *)ctx;
    struct cox_act_contest row;
    struct cox_acts acts;
    char key[COX_ACT_KEY_SIZE];
    size_t at = 0;

    COX_TRY(read_contest(c->x, &row, reterr));
    COX_TRY(cox_acts_load(call, &acts, reterr));
    for (; at < acts.count; at++) {
        cox_act_key(&acts.rows[at], key);
        if (cox_text_same(row.act, cox_text_of(key))) {
            break;
        }
    }
    if (at == acts.count) {
        return cox_fail_at(reterr, COX_MISSING, "act", 0, "there is no such act of yours");
    }
    if (acts.rows[at].contest != 0) {
        return cox_fail_at(reterr, COX_CONFLICT, "act", 0, "has been contested");
    }
    row.label = cox_text_of(cox_act_kinds[acts.rows[at].kind].label);
    row.day = acts.rows[at].day;
    return cox_create_struct(call, &cox_act_contest, &row, &c->id, reterr);
}

static enum cox_rc reply_id(struct cox_exchange *x, int64_t id, const struct cox_commit *commit,
    struct cox_err *reterr)
{
    struct cox_json json;

    x->reply.seq = commit->seq;
    cox_reply_json(x, commit->repeated ? 200 : 201, &json);
    cox_json_begin_object(&json);
    if (!commit->repeated) {
        cox_json_put_int(&json, "id", id);
    }
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

enum cox_rc cox_profile_contest_post(struct cox_exchange *x, struct cox_err *reterr)
{
    struct contesting c = {.x = x};
    struct cox_write_opt opt;
    struct cox_commit commit;

    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, contest, &c, &commit, reterr));
    return reply_id(x, c.id, &commit, reterr);
}

/* ---- POST /profile/shares ---- */

struct sharing {
    struct cox_exchange *x;
    struct cox_profile_ask ask;
    struct cox_buf body;
    int64_t reader, id;
};

/* Written out as the person sees it now: what is shared is what the person has before the eyes. */
static enum cox_rc write_out(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct sharing *s = (struct sharing *)ctx;
    struct cox_json json;

    cox_json_init(&json, cox_call_arena(call), cox_buf_sink(&s->body));
    COX_TRY(cox_profile_write(call, &s->ask, &json, reterr));
    return cox_json_done(&json, reterr);
}

static enum cox_rc share(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct sharing *s = (struct sharing *)ctx;
    struct cox_profile_share row;

    if (s->reader == s->x->who.actor.user_id) {
        return cox_fail_at(reterr, COX_INVALID, "reader", 0, "this takes two people");
    }
    cox_struct_init(&cox_profile_share, &row);
    row.person = s->x->who.actor.user_id;
    row.reader = s->reader;
    row.day = cox_call_today(call);
    row.body = cox_buf_text(&s->body);
    return cox_create_struct(call, &cox_profile_share, &row, &s->id, reterr);
}

static enum cox_rc read_and_share(struct sharing *s, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = s->x->who.actor};
    struct cox_write_opt write;
    struct cox_commit commit;
    json_t *body, *reader;

    COX_TRY(cox_exchange_json(s->x, &body, reterr));
    reader = json_object_get(body, "reader");
    if (!json_is_integer(reader)) {
        return cox_fail_at(reterr, COX_INVALID, "reader", 0, "is the number of a person");
    }
    s->reader = json_integer_value(reader);
    COX_TRY(cox_profile_ask_read(s->x, &s->ask, reterr));
    COX_TRY(cox_store_read(s->x->store, &opt, write_out, s, reterr));
    COX_TRY(cox_exchange_write_opt(s->x, &write, reterr));
    COX_TRY(cox_store_write(s->x->store, &write, share, s, &commit, reterr));
    return reply_id(s->x, s->id, &commit, reterr);
}

enum cox_rc cox_profile_share_post(struct cox_exchange *x, struct cox_err *reterr)
{
    struct sharing s = {.x = x};
    enum cox_rc rc;

    cox_buf_init(&s.body, SHARED_MAX);
    rc = read_and_share(&s, reterr);
    cox_buf_done(&s.body);
    return rc;
}

/* ---- GET /profiles/{user}: the newest that this person has shown to the asker ---- */

static enum cox_rc make_shared(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct looking *looking = (struct looking *)ctx;
    const struct cox_filter_term terms[] = {
        {COX_PROFILE_SHARE_PERSON, "eq", cox_int(looking->person)},
        {COX_PROFILE_SHARE_READER, "eq", cox_int(looking->x->who.actor.user_id)},
    };
    struct cox_query query = {.entity = &cox_profile_share,
        .limit = 1,
        .order = {{COX_NO_FIELD, true}},
        .order_count = 1};
    struct cox_page page;

    COX_TRY(
        cox_filter_build(call, &cox_profile_share, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count == 0 || cox_row_text(&page.rows[0], COX_PROFILE_SHARE_BODY).size == 0) {
        return cox_fail(reterr, COX_MISSING, "nobody has shown you this profile");
    }
    cox_reply_json(looking->x, 200, &looking->json);
    cox_json_begin_object(&looking->json);
    cox_cell_put_day(&looking->json, "day", cox_row_int(&page.rows[0], COX_PROFILE_SHARE_DAY));
    cox_json_key(&looking->json, "profile");
    cox_json_raw(&looking->json, cox_row_text(&page.rows[0], COX_PROFILE_SHARE_BODY));
    cox_json_end_object(&looking->json);
    return cox_reply_json_done(looking->x, &looking->json, reterr);
}

enum cox_rc cox_profile_shared_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct looking *looking;

    COX_TRY(begin(x, &looking, reterr));
    COX_TRY(cox_exchange_id(x, 0, &looking->person, reterr));
    return cox_store_read(x->store, &opt, make_shared, looking, reterr);
}
