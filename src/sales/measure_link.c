/* sales/measure_link.c: the records behind a figure, as a filter of their list. */
#include "base/day.h"
#include "sales/activity.h"
#include "sales/measure_parts.h"
#include "sales/quota.h"

struct link {
    struct cox_buf *text;
    const struct cox_measure_ask *ask;
    const struct cox_measure_frame *frame;
    const struct cox_book_generation *generation;
    const char *day_field; /* the day that counts */
    const char *user_field;
    struct cox_span days; /* within which it lies; is_any: no matter */
    bool is_any, is_open, is_of_deals;
};

static void add_days(struct link *link)
{
    char from[COX_DAY_SIZE], to[COX_DAY_SIZE];

    if (!link->is_any) {
        cox_day_format(link->days.from_day, from);
        cox_day_format(link->days.to_day, to);
        cox_buf_format(link->text, "%s=gte.%s&%s=lt.%s", link->day_field, from, link->day_field,
            to);
    }
}

/* The days of a key of time. */
static void narrow_days(struct link *link, size_t at, int64_t key)
{
    const int32_t *bounds = link->frame->bounds[at];
    struct cox_span bucket = {key, key};

    for (size_t i = 0; i + 1 < link->frame->bound_count[at]; i++) {
        bucket.to_day = bounds[i] == key ? bounds[i + 1] : bucket.to_day;
    }
    if (link->is_any) {
        link->days = bucket;
        link->is_any = false;
        return;
    }
    link->days.from_day =
        bucket.from_day > link->days.from_day ? bucket.from_day : link->days.from_day;
    link->days.to_day = bucket.to_day < link->days.to_day ? bucket.to_day : link->days.to_day;
}

/* One person's days in the team, as parts of an or. */
static void add_member_days(struct link *link, int64_t user, int64_t team, bool *is_first)
{
    char from_text[COX_DAY_SIZE], to_text[COX_DAY_SIZE];

    for (int64_t day = link->days.from_day, next; day < link->days.to_day; day = next) {
        next = cox_measure_next_team(link->frame, user, day, link->days.to_day);
        if (cox_measure_team_of(link->frame, user, day) != team) {
            continue;
        }
        cox_day_format(day, from_text);
        cox_day_format(next, to_text);
        cox_buf_format(link->text, "%sand(%s.eq.%lld,%s.gte.%s,%s.lt.%s)", *is_first ? "" : ",",
            link->user_field, (long long)user, link->day_field, from_text, link->day_field,
            to_text);
        *is_first = false;
    }
}

/* Of deals the owners in the book, of others whoever is or was in a team; once each. */
static bool next_user(const struct link *link, size_t *at, int64_t *ret_user)
{
    const struct cox_measure_frame *frame = link->frame;
    size_t count = link->is_of_deals ? link->generation->book.owner_count : frame->member_count;

    for (; *at < count; (*at)++) {
        if (link->is_of_deals || *at == 0 ||
            frame->members[*at - 1].user != frame->members[*at].user) {
            *ret_user =
                link->is_of_deals ? link->generation->owners[*at] : frame->members[*at].user;
            (*at)++;
            return true;
        }
    }
    return false;
}

static void add_team(struct link *link, int64_t team)
{
    bool by_day = !link->ask->as_it_is && !link->is_open, is_first = true;
    int64_t user;

    if (by_day) {
        cox_buf_add_string(link->text, "or=(");
    } else {
        cox_buf_format(link->text, "%s=in.(", link->user_field);
    }
    for (size_t at = 0; next_user(link, &at, &user);) {
        if (by_day) {
            add_member_days(link, user, team, &is_first);
        } else if (cox_measure_team_of(link->frame, user, link->frame->day) == team) {
            cox_buf_format(link->text, "%s%lld", is_first ? "" : ",", (long long)user);
            is_first = false;
        }
    }
    cox_buf_add_string(link->text, ")&");
}

static void add_key(struct link *link, size_t at, int64_t key)
{
    enum cox_measure_by by = link->ask->by[at];
    const char *const fields[COX_BY_COUNT] =
        {[COX_BY_OWNER] = link->user_field, [COX_BY_STAGE] = "stage", [COX_BY_PRODUCT] = "product"};

    if (fields[by] != NULL && key == 0) {
        cox_buf_format(link->text, "%s=is.null&", fields[by]);
    } else if (fields[by] != NULL) {
        cox_buf_format(link->text, "%s=eq.%lld&", fields[by], (long long)key);
    } else if (by == COX_BY_TEAM) {
        add_team(link, key);
    }
}

static void add_keys(struct link *link, const int64_t *keys)
{
    for (size_t i = 0; i < 2 && keys != NULL; i++) {
        if (cox_measure_by_is_time(link->ask->by[i])) {
            narrow_days(link, i, keys[i]);
        }
    }
    for (size_t i = 0; i < 2 && keys != NULL; i++) {
        add_key(link, i, keys[i]);
    }
}

static void add_owners(struct link *link)
{
    const struct cox_measure_ask *ask = link->ask;

    for (size_t i = 0; ask->owners != NULL && i < ask->owner_count; i++) {
        cox_buf_format(link->text, "%s%s%lld", i == 0 ? link->user_field : ",",
            i == 0 ? "=in.(" : "", (long long)ask->owners[i]);
    }
    cox_buf_add_string(link->text, ask->owners != NULL && ask->owner_count > 0 ? ")&" : "");
}

/* A quota belongs to the people of a team as they are on the frame's day: a part of it is counted anyway. */
static void add_quotas(struct link *link, const int64_t *keys, enum cox_measure_behind behind)
{
    char from[COX_DAY_SIZE], to[COX_DAY_SIZE];

    link->user_field = "user";
    link->is_open = true;
    add_owners(link);
    add_keys(link, keys);
    cox_day_format(link->days.from_day, from);
    cox_day_format(link->days.to_day, to);
    cox_buf_format(link->text, "measure=eq.%s&from_day=lt.%s&to_day=gt.%s",
        cox_measures[behind - COX_BEHIND_QUOTAS].name, to, from);
}

static void add_activities(struct link *link, const int64_t *keys, enum cox_measure_behind behind,
    int64_t day)
{
    const struct cox_choice *kinds = cox_activity.fields[COX_ACTIVITY_KIND].choices;

    link->day_field = "done_day";
    link->days.to_day = link->days.to_day > day + 1 ? day + 1 : link->days.to_day;
    add_owners(link);
    add_keys(link, keys);
    if (behind >= COX_BEHIND_ACTIVITY) {
        cox_buf_format(link->text, "kind=eq.%s&", kinds[behind - COX_BEHIND_ACTIVITY].name);
    }
    add_days(link);
}

static void add_deals(struct link *link, const int64_t *keys, enum cox_measure_behind behind,
    int64_t day)
{
    static const char *const day_fields[] = {[COX_BEHIND_OPEN] = "close_day",
        [COX_BEHIND_DUE] = "close_day",
        [COX_BEHIND_WON] = "won_day",
        [COX_BEHIND_LOST] = "closed_day",
        [COX_BEHIND_CLOSED] = "closed_day",
        [COX_BEHIND_CREATED] = "created_day",
        [COX_BEHIND_DUE_BY] = "close_day"};
    char to[COX_DAY_SIZE];
    bool has_overdue = behind == COX_BEHIND_DUE_BY && link->days.from_day <= day;

    link->is_of_deals = true;
    link->day_field = day_fields[behind];
    link->is_any = behind == COX_BEHIND_OPEN;
    link->is_open =
        behind == COX_BEHIND_OPEN || behind == COX_BEHIND_DUE || behind == COX_BEHIND_DUE_BY;
    link->days.from_day = has_overdue ? INT32_MIN : link->days.from_day;
    add_keys(link, keys);
    cox_buf_add_string(link->text, link->is_open               ? "closed_day=is.null"
                                   : behind == COX_BEHIND_LOST ? "won_day=is.null"
                                                               : "");
    cox_buf_add_string(link->text,
        !link->is_any && (link->is_open || behind == COX_BEHIND_LOST) ? "&" : "");
    if (has_overdue && link->days.from_day == INT32_MIN) {
        cox_day_format(link->days.to_day, to);
        cox_buf_format(link->text, "close_day=lt.%s", to);
    } else {
        add_days(link);
    }
}

/* Who is in no team stands in no list of members. */
static bool is_of_no_team(const struct cox_measure_ask *ask, const int64_t *keys)
{
    return (ask->by[0] == COX_BY_TEAM && keys[0] == 0) ||
           (ask->by[1] == COX_BY_TEAM && keys[1] == 0);
}

bool cox_measure_add_filter(struct cox_buf *text, const struct cox_measure_ask *ask,
    const struct cox_measure_frame *frame, const struct cox_book_generation *generation,
    const int64_t *keys, enum cox_measure_behind behind, int64_t day)
{
    struct link link = {.text = text,
        .ask = ask,
        .frame = frame,
        .generation = generation,
        .user_field = "owner",
        .days = ask->period};

    if (behind == COX_BEHIND_NOTHING ||
        (behind >= COX_BEHIND_QUOTAS && keys != NULL && is_of_no_team(ask, keys))) {
        return false;
    }
    if (behind >= COX_BEHIND_ACTIVITIES) {
        add_activities(&link, keys, behind, day);
    } else if (behind >= COX_BEHIND_QUOTAS) {
        add_quotas(&link, keys, behind);
    } else {
        add_deals(&link, keys, behind, day);
    }
    return true;
}
