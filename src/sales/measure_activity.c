/* sales/measure_activity.c: activities done, and the open deals about which something was done of late. */
#include "record/query.h"
#include "sales/activity.h"
#include "sales/measure_parts.h"
#include "sales/opportunity.h"
#include "sales/risk.h"

/* ---- bits of deals ---- */

enum cox_rc cox_measure_bits(struct cox_measure_reading *r, uint64_t ***ret_bits,
    struct cox_err *reterr)
{
    const struct cox_book *book = &r->generation->book;
    uint64_t **bits = COX_NEW_ARRAY(r->arena, book->part_count + 1, uint64_t *);

    if (bits == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t p = 0; p < book->part_count; p++) {
        bits[p] = COX_NEW_ARRAY(r->arena, book->parts[p].deal_count / 64 + 1, uint64_t);
        if (bits[p] == NULL) {
            return cox_no_memory(reterr);
        }
    }
    *ret_bits = bits;
    return COX_OK;
}

void cox_measure_mark(const struct cox_measure_reading *r, uint64_t **bits, int64_t deal)
{
    size_t part, at;

    if (cox_book_find(r->generation, deal, &part, &at)) {
        bits[part][at / 64] |= UINT64_C(1) << at % 64;
    }
}

void cox_measure_bits_within(const struct cox_measure_reading *r, uint64_t **bits)
{
    const struct cox_book *book = &r->generation->book;

    for (size_t p = 0; r->question.picked != NULL && p < book->part_count; p++) {
        for (size_t w = 0; w < book->parts[p].deal_count / 64 + 1; w++) {
            bits[p][w] &= r->question.picked[p][w];
        }
    }
}

/* ---- deals with activity ---- */

struct marking {
    struct cox_measure_reading *r;
    uint64_t **bits;
};

static enum cox_rc note_deal_of(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct marking *marking = ctx;

    (void)id;
    (void)reterr;
    if (values[0].kind == COX_VALUE_INT) {
        cox_measure_mark(marking->r, marking->bits, values[0].number);
    }
    return COX_OK;
}

static enum cox_rc note_deal(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct marking *marking = ctx;

    (void)values;
    (void)reterr;
    cox_measure_mark(marking->r, marking->bits, id);
    return COX_OK;
}

/* What was done here, and what another system said was the last day of activity. */
enum cox_rc cox_measure_active_deals(struct cox_measure_reading *r, uint64_t ***ret_bits,
    struct cox_err *reterr)
{
    static const uint32_t deal_of[] = {COX_ACTIVITY_OPPORTUNITY};
    static const uint32_t any[] = {COX_OPPORTUNITY_STAGE};
    int64_t day = cox_call_as_of_day(r->call);
    const struct cox_filter_term done[] = {
        {COX_ACTIVITY_DONE_DAY, "gte", cox_int(day - COX_RISK_QUIET_DAYS)},
        {COX_ACTIVITY_DONE_DAY, "lte", cox_int(day)},
    };
    const struct cox_filter_term last = {COX_OPPORTUNITY_LAST_ACTIVITY_DAY, "gte",
        cox_int(day - COX_RISK_QUIET_DAYS)};
    struct cox_query activities = {.entity = &cox_activity}, deals = {.entity = &cox_opportunity};
    struct marking marking = {.r = r};

    COX_TRY(cox_measure_bits(r, &marking.bits, reterr));
    COX_TRY(cox_filter_build(r->call, &cox_activity, done, COX_COUNT(done), &activities.filter,
        reterr));
    COX_TRY(cox_scan(r->call, &activities, deal_of, COX_COUNT(deal_of), note_deal_of, &marking,
        reterr));
    COX_TRY(cox_filter_build(r->call, &cox_opportunity, &last, 1, &deals.filter, reterr));
    COX_TRY(cox_scan(r->call, &deals, any, COX_COUNT(any), note_deal, &marking, reterr));
    cox_measure_bits_within(r, marking.bits);
    *ret_bits = marking.bits;
    return COX_OK;
}

/* ---- activities done ---- */

/* Of one person on one day. */
struct day_tally {
    int64_t user, day, count[COX_ACTIVITY_KIND_COUNT];
};

struct tallies {
    struct cox_measure_reading *r;
    struct cox_imap *by_key; /* user and day of the period -> position */
    struct day_tally *at;
    size_t count, room;
};

enum { KIND, OWNER, DONE_DAY };
static const uint32_t fields[] = {
    [KIND] = COX_ACTIVITY_KIND, [OWNER] = COX_ACTIVITY_OWNER, [DONE_DAY] = COX_ACTIVITY_DONE_DAY};

static enum cox_rc tally_of(struct tallies *tallies, int64_t user, int64_t day,
    struct day_tally **ret_tally, struct cox_err *reterr)
{
    struct cox_span period = tallies->r->ask->period;
    int64_t key = user * (period.to_day - period.from_day) + day - period.from_day;
    uint64_t at;

    if (!cox_imap_find(tallies->by_key, key, &at)) {
        at = tallies->count;
        COX_TRY(cox_imap_put(tallies->by_key, key, at, reterr));
        if (tallies->count == tallies->room) {
            size_t room = tallies->room == 0 ? 256 : 2 * tallies->room;
            struct day_tally *grown = COX_NEW_ARRAY(tallies->r->arena, room, struct day_tally);
            if (grown == NULL) {
                return cox_no_memory(reterr);
            }
            if (tallies->count > 0) {
                memcpy(grown, tallies->at, tallies->count * sizeof(*grown));
            }
            tallies->at = grown;
            tallies->room = room;
        }
        tallies->at[tallies->count++] = (struct day_tally){.user = user, .day = day};
    }
    *ret_tally = &tallies->at[at];
    return COX_OK;
}

static enum cox_rc note_activity(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct tallies *tallies = ctx;
    struct day_tally *tally;

    (void)id;
    if (values[KIND].kind != COX_VALUE_INT || values[OWNER].kind != COX_VALUE_INT ||
        values[KIND].number < 0 || values[KIND].number >= COX_ACTIVITY_KIND_COUNT ||
        !cox_measure_counts(tallies->r->ask, values[OWNER].number)) {
        return COX_OK;
    }
    COX_TRY(tally_of(tallies, values[OWNER].number, values[DONE_DAY].number, &tally, reterr));
    tally->count[values[KIND].number]++;
    return COX_OK;
}

static enum cox_rc add_tally(struct cox_measure_reading *r, const struct day_tally *tally,
    struct cox_err *reterr)
{
    const struct cox_measure_place place = {tally->user, 0, tally->day};

    for (int kind = 0; kind < COX_ACTIVITY_KIND_COUNT; kind++) {
        COX_TRY(cox_measure_add(r, &place, COX_SUM_ACTIVITY + kind, tally->count[kind], reterr));
        COX_TRY(cox_measure_add(r, &place, COX_SUM_ACTIVITY_ALL, tally->count[kind], reterr));
    }
    return COX_OK;
}

enum cox_rc cox_measure_add_activities(struct cox_measure_reading *r, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_ACTIVITY_DONE_DAY, "gte", cox_int(r->ask->period.from_day)},
        {COX_ACTIVITY_DONE_DAY, "lt", cox_int(r->ask->period.to_day)},
        {COX_ACTIVITY_DONE_DAY, "lte", cox_int(cox_call_as_of_day(r->call))},
    };
    struct cox_query query = {.entity = &cox_activity};
    struct tallies tallies = {.r = r};

    COX_TRY(cox_imap_open_in(r->arena, 256, &tallies.by_key, reterr));
    COX_TRY(
        cox_filter_build(r->call, &cox_activity, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_scan(r->call, &query, fields, COX_COUNT(fields), note_activity, &tallies, reterr));
    for (size_t i = 0; i < tallies.count; i++) {
        COX_TRY(add_tally(r, &tallies.at[i], reterr));
    }
    return COX_OK;
}
