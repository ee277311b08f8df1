/* record/call.c: what a call tells about itself. */
#include "record/call.h"

struct cox_arena *cox_call_arena(struct cox_call *call)
{
    return call->arena;
}

struct cox_store *cox_call_store(struct cox_call *call)
{
    return call->store;
}

const struct cox_registry *cox_call_registry(struct cox_call *call)
{
    return call->registry;
}

const struct cox_actor *cox_call_actor(struct cox_call *call)
{
    return &call->actor;
}

struct cox_as_of cox_call_as_of(struct cox_call *call)
{
    return call->as_of;
}

bool cox_call_is_now(struct cox_call *call)
{
    return call->is_now;
}

int64_t cox_call_head_seq(struct cox_call *call)
{
    return call->head_seq;
}

int64_t cox_call_now_us(struct cox_call *call)
{
    return call->write != NULL ? call->now_us : call->as_of.at_us;
}

bool cox_call_is_changed(const struct cox_call *call)
{
    return call->write != NULL && (call->commit.count > 0 || call->commit.is_noted);
}

enum cox_cause cox_call_cause(struct cox_call *call)
{
    return call->write != NULL ? call->write->cause : COX_CAUSE_API;
}

int64_t cox_call_today(struct cox_call *call)
{
    return call->today;
}

int64_t cox_call_as_of_day(struct cox_call *call)
{
    return call->as_of_day;
}

const struct cox_zone *cox_call_zone(struct cox_call *call)
{
    return call->zone;
}

int64_t cox_call_day(struct cox_call *call, int64_t at_us)
{
    return cox_zone_day(call->zone, at_us);
}

struct cox_text cox_call_currency(struct cox_call *call)
{
    return call->currency;
}

struct cox_db *cox_call_db(struct cox_call *call)
{
    return call->db;
}
