/* org/actor.c: from a person to the actor of a call. */
#include "org/actor.h"

#include "org/people.h"
#include "record/query.h"

struct hats {
    int64_t day;
    unsigned roles;
    size_t count;
};

static enum cox_rc note_hat(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct hats *hats = (struct hats *)ctx;
    struct cox_hat hat;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &hat);
    hats->count++;
    if (cox_days_hold(hat.from_day, hat.to_day, hats->day)) {
        hats->roles |= COX_ROLE_BIT(hat.role);
    }
    return COX_OK;
}

enum cox_rc cox_actor_of_user(struct cox_call *call, int64_t user, int64_t day,
    struct cox_actor *ret_actor, struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_HAT_USER, "eq", cox_int(user)};
    const struct cox_filter *filter;
    struct hats hats = {.day = day};
    struct cox_user who;

    COX_TRY(cox_load(call, &cox_user, user, &who, reterr));
    if (who.is_active == 0 || (who.leave_day != COX_NULL && who.leave_day <= day)) {
        return cox_fail_at(reterr, COX_DENIED, "user", 0, "%.*s no longer works here",
            (int)who.name.size, who.name.ptr);
    }
    COX_TRY(cox_filter_build(call, &cox_hat, &term, 1, &filter, reterr));
    COX_TRY(cox_each(call, &cox_hat, filter, note_hat, &hats, reterr));
    *ret_actor = (struct cox_actor){
        .user_id = user,
        .roles = hats.count == 0 ? COX_ROLE_BIT(COX_REP) : hats.roles,
    };
    return COX_OK;
}

struct email_search {
    struct cox_arena *arena;
    struct cox_text folded;
    int64_t user;
};

static enum cox_rc note_email(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct email_search *search = (struct email_search *)ctx;
    struct cox_text email = cox_row_text(row, COX_USER_EMAIL);
    struct cox_mark mark;

    (void)reterr; /* nothing can fail */
    if (email.size == 0) {
        return COX_OK;
    }
    mark = cox_arena_mark(search->arena);
    if (cox_text_same(cox_text_fold(search->arena, email), search->folded)) {
        search->user = row->id;
    }
    cox_arena_rewind(search->arena, mark);
    return COX_OK;
}

enum cox_rc cox_user_by_email(struct cox_call *call, struct cox_text email, int64_t *ret_user,
    struct cox_err *reterr)
{
    struct email_search search = {
        .arena = cox_call_arena(call),
        .folded = cox_text_fold(cox_call_arena(call), email),
    };

    if (search.folded.size == 0) {
        *ret_user = 0;
        return COX_OK;
    }
    COX_TRY(cox_each(call, &cox_user, NULL, note_email, &search, reterr));
    *ret_user = search.user;
    return COX_OK;
}

static bool as_number(struct cox_text text, int64_t *ret_number)
{
    int64_t number = 0;

    if (text.size == 0 || text.size > 18) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        number = 10 * number + (text.ptr[i] - '0');
    }
    *ret_number = number;
    return true;
}

enum cox_rc cox_actor_find(struct cox_call *call, struct cox_text who, int64_t day,
    struct cox_actor *ret_actor, struct cox_err *reterr)
{
    int64_t user = 0;

    if (!as_number(who, &user)) {
        COX_TRY(cox_user_by_email(call, who, &user, reterr));
    }
    if (user == 0) {
        return cox_fail_at(reterr, COX_MISSING, "user", 0,
            "nobody here has the address or number \"%.*s\"", (int)who.size, who.ptr);
    }
    return cox_actor_of_user(call, user, day, ret_actor, reterr);
}
