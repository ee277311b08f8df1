/* sales/brief.c: what every section of a brief needs, and the sections themselves as data. */
#include "sales/brief.h"

#include <stdlib.h>

#include "base/num.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/book.h"
#include "sales/deals.h"
#include "sales/open_facts.h"
#include "sales/team.h"

/* ---- people ---- */

struct people {
    struct cox_brief *brief;
    struct cox_person *at;
    size_t count, room;
};

static enum cox_rc note_person(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct people *people = (struct people *)ctx;
    struct cox_arena *arena = cox_call_arena(people->brief->call);
    int64_t day = people->brief->day;
    struct cox_person *person;
    struct cox_user user;

    if (people->count == people->room) {
        size_t room = people->room == 0 ? 128 : 2 * people->room;
        struct cox_person *at = COX_NEW_ARRAY(arena, room, struct cox_person);

        if (at == NULL) {
            return cox_no_memory(reterr);
        }
        if (people->count > 0) {
            memcpy(at, people->at, people->count * sizeof(*at));
        }
        people->at = at;
        people->room = room;
    }
    cox_row_unpack(row, &user);
    person = &people->at[people->count++]; /* in id order, as cox_each goes */
    *person = (struct cox_person){
        .id = row->id,
        .hire_day = user.hire_day,
        .leave_day = user.leave_day,
        .name = cox_arena_text(arena, user.name),
        .is_active = user.is_active != 0 && (user.hire_day == COX_NULL || user.hire_day <= day) &&
                     (user.leave_day == COX_NULL || user.leave_day > day),
    };
    return person->name.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

const struct cox_person *cox_brief_person(const struct cox_brief *brief, int64_t id)
{
    const struct cox_person **seen = &brief->seen[(uint64_t)id % COX_BRIEF_SEEN];
    size_t low = 0, high = brief->people_count;

    if (*seen != NULL && (*seen)->id == id) {
        return *seen; /* every deal asks for its owner */
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (brief->people[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == brief->people_count || brief->people[low].id != id) {
        return NULL;
    }
    *seen = &brief->people[low];
    return *seen;
}

struct cox_value cox_brief_name(const struct cox_brief *brief, int64_t user)
{
    const struct cox_person *person = cox_brief_person(brief, user);

    return cox_text_value(person == NULL ? COX_LIT("(nobody)") : person->name);
}

/* ---- whose work ---- */

static bool has_id(const int64_t *ids, size_t count, int64_t id)
{
    return count > 0 && bsearch(&id, ids, count, sizeof(*ids), cox_num_compare) != NULL;
}

/* People of the team and of the teams below it on the brief's day. */
static enum cox_rc load_team(struct cox_brief *brief, struct cox_err *reterr)
{
    int64_t *members;

    COX_TRY(cox_team_people(brief->call, brief->team, brief->day, &members, &brief->member_count,
        reterr));
    qsort(members, brief->member_count, sizeof(*members), cox_num_compare);
    brief->members = members;
    return COX_OK;
}

/* A rep's brief is of one's own work. */
static enum cox_rc load_self(struct cox_brief *brief, struct cox_err *reterr)
{
    int64_t *self = COX_NEW(cox_call_arena(brief->call), int64_t);

    if (brief->user == 0) {
        return cox_fail_at(reterr, COX_INVALID, "user", 0, "a rep's brief is one person's");
    }
    if (self == NULL) {
        return cox_no_memory(reterr);
    }
    *self = brief->user;
    brief->members = self;
    brief->member_count = 1;
    return COX_OK;
}

bool cox_brief_counts(const struct cox_brief *brief, int64_t user)
{
    return brief->members == NULL || has_id(brief->members, brief->member_count, user);
}

/* ---- whose deals ---- */

/* Those of the brief, and of the teams that they lead: a team's quota is reached by all of the team. */
struct owners {
    struct cox_brief *brief;
    int64_t *teams, *users;
    size_t team_count, user_count, room;
};

static enum cox_rc note_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct owners *owners = ctx;
    struct cox_arena *arena = cox_call_arena(owners->brief->call);

    if (!cox_brief_counts(owners->brief, cox_row_int(row, COX_TEAM_LEAD))) {
        return COX_OK;
    }
    if (owners->team_count % 64 == 0) {
        int64_t *grown = COX_NEW_ARRAY(arena, owners->team_count + 64, int64_t);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (owners->team_count > 0) {
            memcpy(grown, owners->teams, owners->team_count * sizeof(*grown));
        }
        owners->teams = grown;
    }
    owners->teams[owners->team_count++] = row->id; /* ascending, as cox_each goes */
    return COX_OK;
}

static enum cox_rc note_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct owners *owners = ctx;
    struct cox_team_member member;

    cox_row_unpack(row, &member);
    if (!has_id(owners->teams, owners->team_count, member.team) ||
        !cox_days_hold(member.from_day, member.to_day, owners->brief->day)) {
        return COX_OK;
    }
    if (owners->user_count == owners->room) {
        size_t room = 2 * owners->room + 64;
        int64_t *grown = COX_NEW_ARRAY(cox_call_arena(owners->brief->call), room, int64_t);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (owners->user_count > 0) {
            memcpy(grown, owners->users, owners->user_count * sizeof(*grown));
        }
        owners->users = grown;
        owners->room = room;
    }
    owners->users[owners->user_count++] = member.user;
    return COX_OK;
}

static enum cox_rc load_owners(struct cox_brief *brief, struct cox_deals_ask *ask,
    struct cox_err *reterr)
{
    struct owners owners = {.brief = brief,
        .users = COX_NEW_ARRAY(cox_call_arena(brief->call), brief->member_count + 1, int64_t),
        .user_count = brief->member_count,
        .room = brief->member_count};

    if (brief->members == NULL) {
        return COX_OK; /* all that the actor sees */
    }
    if (owners.users == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(owners.users, brief->members, brief->member_count * sizeof(*owners.users));
    COX_TRY(cox_each(brief->call, &cox_team, NULL, note_team, &owners, reterr));
    if (owners.team_count > 0) {
        COX_TRY(cox_each(brief->call, &cox_team_member, NULL, note_member, &owners, reterr));
    }
    ask->owners = owners.users;
    ask->owner_count = owners.user_count;
    return COX_OK;
}

/* Newcomers are compared with what others won in the year before; a manager looks at the quarter and what has
 * moved of late, which keeps the brief of a large company small. */
static enum cox_rc load_deals(struct cox_brief *brief, const struct cox_brief_ask *ask,
    struct cox_deals *deals, struct cox_err *reterr)
{
    struct cox_deals_ask from_book = {.generation = ask->generation,
        .facts = ask->facts,
        .closed_from = ask->hat == COX_LEADER ? brief->day - 366
                                              : cox_call_day(brief->call, brief->since_us) - 1,
        .with_lost = ask->hat != COX_LEADER};

    if (brief->period.span.from_day < from_book.closed_from) {
        from_book.closed_from = brief->period.span.from_day;
    }
    if (ask->generation == NULL || ask->facts == NULL || !cox_call_is_now(brief->call) ||
        ask->generation->unrated_count > 0) {
        return cox_deals_load(brief->call, from_book.closed_from, from_book.with_lost, deals,
            reterr);
    }
    COX_TRY(load_owners(brief, &from_book, reterr));
    return cox_deals_load_from_book(brief->call, &from_book, deals, reterr);
}

/* ---- sums ---- */

static void add_won(const struct cox_brief *brief, const struct cox_deal *deal, int64_t won_after,
    struct cox_person_deals *sum)
{
    if (deal->won_day == COX_NULL || deal->won_day > brief->day) {
        return;
    }
    if (sum->first_won_day == COX_NULL || deal->won_day < sum->first_won_day) {
        sum->first_won_day = deal->won_day;
    }
    if (deal->won_day > won_after) {
        sum->won_count++;
        sum->won_minor += deal->amount_minor;
    }
}

enum cox_rc cox_brief_sum_people(const struct cox_brief *brief, int64_t won_after,
    struct cox_person_deals **ret_sums, struct cox_err *reterr)
{
    struct cox_person_deals *sums = COX_NEW_ARRAY(cox_call_arena(brief->call),
        brief->people_count + 1, struct cox_person_deals);

    if (sums == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < brief->people_count; i++) {
        sums[i].first_won_day = COX_NULL;
    }
    for (size_t i = 0; i < brief->deals->count; i++) {
        const struct cox_deal *deal = &brief->deals->at[i];
        const struct cox_person *person = cox_brief_person(brief, deal->owner);

        if (person == NULL) {
            continue;
        }
        if (cox_deal_is_open(deal)) {
            sums[person - brief->people].open_count++;
            sums[person - brief->people].open_minor += deal->amount_minor;
        }
        add_won(brief, deal, won_after, &sums[person - brief->people]);
    }
    *ret_sums = sums;
    return COX_OK;
}

/* ---- opening ---- */

enum cox_rc cox_brief_open(struct cox_call *call, const struct cox_brief_ask *ask,
    struct cox_brief *ret_brief, struct cox_err *reterr)
{
    struct cox_deals *deals = COX_NEW(cox_call_arena(call), struct cox_deals);
    struct people people = {.brief = ret_brief};

    if (deals == NULL) {
        return cox_no_memory(reterr);
    }
    *ret_brief = (struct cox_brief){
        .call = call,
        .hat = ask->hat,
        .user = ask->user,
        .team = ask->team,
        .day = cox_call_as_of_day(call),
        .since_us = ask->since_us != 0
                        ? ask->since_us
                        : cox_call_as_of(call).at_us - COX_BRIEF_SINCE_DAYS * COX_DAY_US,
        .currency = cox_call_currency(call),
        .deals = deals,
        .seen = COX_NEW_ARRAY(cox_call_arena(call), COX_BRIEF_SEEN, const struct cox_person *),
    };
    if (ret_brief->seen == NULL) {
        return cox_no_memory(reterr);
    }
    ret_brief->last = &ret_brief->first;
    COX_TRY(cox_fiscal_at_day(call, COX_PERIOD_QUARTER,
        ask->has_period_day ? ask->period_day : ret_brief->day, &ret_brief->period, reterr));
    COX_TRY(cox_workweek_load(call, ret_brief->day, &ret_brief->week, reterr));
    COX_TRY(cox_each(call, &cox_user, NULL, note_person, &people, reterr));
    ret_brief->people = people.at;
    ret_brief->people_count = people.count;
    if (ask->hat == COX_REP) {
        COX_TRY(load_self(ret_brief, reterr));
    } else if (ask->team != 0) {
        COX_TRY(load_team(ret_brief, reterr));
    }
    return load_deals(ret_brief, ask, deals, reterr);
}

static enum cox_rc open_and_hand(struct cox_call *call, const struct cox_brief_ask *ask,
    cox_brief_fn fn, void *ctx, struct cox_err *reterr)
{
    struct cox_brief brief;

    COX_TRY(cox_brief_open(call, ask, &brief, reterr));
    return fn(&brief, ctx, reterr);
}

static enum cox_rc open_with_facts(struct cox_call *call, struct cox_brief_ask *ask,
    struct cox_books *books, cox_brief_fn fn, void *ctx, struct cox_err *reterr)
{
    struct cox_facts_keeper *keeper = cox_books_facts(books);
    enum cox_rc rc;

    COX_TRY(cox_open_facts_use(keeper, call, &ask->facts, reterr));
    rc = open_and_hand(call, ask, fn, ctx, reterr);
    cox_open_facts_release(keeper, ask->facts);
    return rc;
}

enum cox_rc cox_brief_with_books(struct cox_call *call, const struct cox_brief_ask *ask,
    struct cox_books *books, cox_brief_fn fn, void *ctx, struct cox_err *reterr)
{
    struct cox_brief_ask with = *ask;
    enum cox_rc rc;

    if (books == NULL || !cox_call_is_now(call)) {
        return open_and_hand(call, ask, fn, ctx, reterr);
    }
    COX_TRY(cox_books_use(books, call, &with.generation, reterr));
    rc = with.generation->unrated_count > 0 ? open_and_hand(call, ask, fn, ctx, reterr)
                                            : open_with_facts(call, &with, books, fn, ctx, reterr);
    cox_books_release(books, with.generation);
    return rc;
}

/* ---- sections ---- */

struct cox_brief_section *cox_brief_section(struct cox_brief *brief, const char *name,
    const char *title, const struct cox_brief_column *columns, size_t column_count)
{
    struct cox_brief_section *section =
        COX_NEW(cox_call_arena(brief->call), struct cox_brief_section);

    if (section == NULL) {
        return NULL;
    }
    section->name = name;
    section->title = title;
    section->columns = columns;
    section->column_count = column_count;
    *brief->last = section;
    brief->last = &section->next;
    return section;
}

enum cox_rc cox_brief_row(struct cox_brief *brief, struct cox_brief_section *section,
    const struct cox_value *cells, struct cox_err *reterr)
{
    size_t width = section->column_count;

    if (section->row_count == section->row_room) {
        size_t room = section->row_room == 0 ? 16 : 2 * section->row_room;
        struct cox_value *bigger =
            COX_NEW_ARRAY(cox_call_arena(brief->call), room * width, struct cox_value);

        if (bigger == NULL) {
            return cox_no_memory(reterr);
        }
        if (section->row_count > 0) {
            memcpy(bigger, section->cells, section->row_count * width * sizeof(*bigger));
        }
        section->cells = bigger;
        section->row_room = room;
    }
    memcpy(section->cells + section->row_count * width, cells, width * sizeof(*cells));
    section->row_count++;
    return COX_OK;
}
