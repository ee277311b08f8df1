/* command/serve_host.c: people and the company, as the server asks for them. */
#include "command/serve_host.h"

#include "command/feature_list.h"
#include "org/actor.h"
#include "org/people.h"

static enum cox_rc actor(struct cox_call *call, int64_t user_id, struct cox_actor *ret_actor,
    struct cox_err *reterr)
{
    return cox_actor_of_user(call, user_id, cox_call_today(call), ret_actor, reterr);
}

static enum cox_rc profile(struct cox_call *call, int64_t user_id, struct cox_profile *ret_profile,
    struct cox_err *reterr)
{
    struct cox_user user;

    COX_TRY(cox_load(call, &cox_user, user_id, &user, reterr));
    *ret_profile = (struct cox_profile){.name = user.name,
        .email = user.email,
        .locale = user.locale,
        .zone = user.zone,
        .currency = user.currency,
        .title = user.title};
    return COX_OK;
}

static enum cox_rc company(struct cox_call *call, struct cox_company *ret_company,
    struct cox_err *reterr)
{
    struct cox_company company = {0};

    COX_TRY(cox_setting_get(call, "name", &company.name, reterr));
    COX_TRY(cox_setting_get(call, "zone", &company.zone, reterr));
    COX_TRY(cox_setting_get(call, "currency", &company.currency, reterr));
    *ret_company = company;
    return COX_OK;
}

/* Roles follow from who is active and from hats. */
static const struct cox_entity *const actor_entities[] = {&cox_user, &cox_hat, NULL};

const struct cox_host cox_serve_host = {
    .actor = actor,
    .user_by_email = cox_user_by_email,
    .profile = profile,
    .company = company,
    .actor_entities = actor_entities,
    .features = cox_features,
};
