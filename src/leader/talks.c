/* leader/talks.c: who needs a 1:1 and why, and one's own next one. */
#include "leader/talks.h"

#include <stdlib.h>

#include "base/num.h"
#include "leader/coaching.h"
#include "leader/one_on_one.h"
#include "org/line.h"
#include "org/people.h"
#include "record/query.h"
#include "record/switches.h"

enum { USUAL_DAYS = 14, NEWCOMER_DAYS = 90 };

/* ---- whose crew ---- */

static bool is_in(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* Those below the person on the day; for the operator everybody who works here. */
enum cox_rc cox_crew_load(struct cox_brief *brief, struct cox_crew *ret_crew,
    struct cox_err *reterr)
{
    const int64_t *below = NULL;
    size_t count = 0;

    ret_crew->count = 0;
    ret_crew->at = COX_NEW_ARRAY(cox_call_arena(brief->call), brief->people_count + 1,
        const struct cox_person *);
    if (ret_crew->at == NULL) {
        return cox_no_memory(reterr);
    }
    if (brief->user != 0) {
        COX_TRY(cox_line_below(brief->call, brief->user, brief->day, &below, &count, reterr));
    }
    for (size_t i = 0; i < brief->people_count; i++) {
        const struct cox_person *person = &brief->people[i];

        if (person->is_active && (brief->user == 0 || is_in(below, count, person->id)) &&
            cox_brief_counts(brief, person->id)) {
            ret_crew->at[ret_crew->count++] = person;
        }
    }
    return COX_OK;
}

/* ---- the talks of each ---- */

struct past_talk {
    int64_t day;
    enum cox_one_on_one_state state;
};

struct talk {
    const struct cox_person *person;
    bool reports;                           /* to the brief's person, without anybody between */
    struct past_talk last[COX_TALKS_SHOWN]; /* newest first */
    size_t count;
    int64_t held_day, next_day, next_id;
    bool has_agenda;                  /* of the next one */
    int64_t agreed_days, agreed_from; /* of the newest rhythm agreed; COX_NULL: none */
    int64_t promise_late_days;        /* the person's own promise to them, days overdue; 0: none */
    int need;
    struct cox_text why;
};

struct talks {
    struct cox_brief *brief;
    struct talk *at;
    size_t count;
};

static struct talk *talk_with(const struct talks *talks, int64_t person)
{
    for (size_t i = 0; i < talks->count; i++) {
        if (talks->at[i].person->id == person) {
            return &talks->at[i];
        }
    }
    return NULL;
}

/* Keeps the newest ones. */
static void keep(struct talk *talk, int64_t day, enum cox_one_on_one_state state)
{
    size_t at = talk->count;

    while (at > 0 && talk->last[at - 1].day < day) {
        at--;
    }
    if (at == COX_TALKS_SHOWN) {
        return;
    }
    if (talk->count < COX_TALKS_SHOWN) {
        talk->count++;
    }
    memmove(&talk->last[at + 1], &talk->last[at], (talk->count - at - 1) * sizeof(*talk->last));
    talk->last[at] = (struct past_talk){day, state};
}

static enum cox_rc note_talk(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct talks *talks = (struct talks *)ctx;
    struct cox_one_on_one talk;
    struct talk *with;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &talk);
    with = talk.leader == talks->brief->user ? talk_with(talks, talk.person) : NULL;
    if (with == NULL) {
        return COX_OK;
    }
    if (talk.state != COX_ONE_ON_ONE_PLANNED && talk.day <= talks->brief->day) {
        keep(with, talk.day, (enum cox_one_on_one_state)talk.state);
        if (talk.state == COX_ONE_ON_ONE_HELD && talk.day > with->held_day) {
            with->held_day = talk.day;
        }
    }
    if (talk.state == COX_ONE_ON_ONE_PLANNED && talk.day >= talks->brief->day &&
        (with->next_day == COX_NULL || talk.day < with->next_day)) {
        with->next_day = talk.day;
        with->next_id = row->id;
        with->has_agenda = talk.agenda.size > 0;
    }
    return COX_OK;
}

static enum cox_rc note_promise(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct talks *talks = (struct talks *)ctx;
    struct cox_action_item item;
    struct talk *with;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &item);
    if (item.owner != talks->brief->user || item.state != COX_ACTION_ITEM_OPEN ||
        item.due_day == COX_NULL || item.due_day >= talks->brief->day) {
        return COX_OK;
    }
    with = talk_with(talks, item.author == item.owner ? item.other : item.author);
    if (with != NULL && talks->brief->day - item.due_day > with->promise_late_days) {
        with->promise_late_days = talks->brief->day - item.due_day;
    }
    return COX_OK;
}

static enum cox_rc note_cadence(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct talks *talks = (struct talks *)ctx;
    struct cox_cadence cadence;
    struct talk *with;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &cadence);
    with = cadence.leader == talks->brief->user ? talk_with(talks, cadence.person) : NULL;
    if (with != NULL && cadence.from_day <= talks->brief->day &&
        cadence.from_day >= with->agreed_from) { /* COX_NULL is the smallest */
        with->agreed_days = cadence.every_days;
        with->agreed_from = cadence.from_day;
    }
    return COX_OK;
}

static enum cox_rc note_line(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct talks *talks = (struct talks *)ctx;
    struct cox_reporting_line line;
    struct talk *with;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &line);
    if ((line.from_day != COX_NULL && line.from_day > talks->brief->day) ||
        (line.to_day != COX_NULL && line.to_day <= talks->brief->day)) {
        return COX_OK;
    }
    with = talk_with(talks, line.user);
    if (with != NULL) {
        with->reports = true;
    }
    return COX_OK;
}

static enum cox_rc load_talks(struct talks *talks, struct cox_err *reterr)
{
    struct cox_brief *brief = talks->brief;
    const struct cox_filter_term mine = {COX_REPORTING_LINE_MANAGER, "eq", cox_int(brief->user)};
    const struct cox_filter *filter;
    struct cox_crew crew;

    COX_TRY(cox_crew_load(brief, &crew, reterr));
    talks->at = COX_NEW_ARRAY(cox_call_arena(brief->call), crew.count + 1, struct talk);
    if (talks->at == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < crew.count; i++) {
        talks->at[talks->count++] = (struct talk){
            .person = crew.at[i],
            .held_day = COX_NULL,
            .next_day = COX_NULL,
            .next_id = COX_NULL,
            .agreed_days = COX_NULL,
            .agreed_from = COX_NULL,
        };
    }
    COX_TRY(cox_filter_build(brief->call, &cox_reporting_line, &mine, 1, &filter, reterr));
    COX_TRY(cox_each(brief->call, &cox_reporting_line, filter, note_line, talks, reterr));
    if (!cox_call_is_off(brief->call, "coaching")) {
        COX_TRY(cox_each(brief->call, &cox_cadence, NULL, note_cadence, talks, reterr));
    }
    COX_TRY(cox_each(brief->call, &cox_one_on_one, NULL, note_talk, talks, reterr));
    return cox_each(brief->call, &cox_action_item, NULL, note_promise, talks, reterr);
}

/* ---- who needs one, and why ---- */

/* The middle gap between held talks; COX_NULL below three of them. */
static int64_t usual_days(const struct talk *talk)
{
    int64_t gaps[COX_TALKS_SHOWN], later = COX_NULL;
    size_t count = 0;

    for (size_t i = 0; i < talk->count; i++) {
        if (talk->last[i].state != COX_ONE_ON_ONE_HELD) {
            continue;
        }
        if (later != COX_NULL) {
            gaps[count++] = later - talk->last[i].day;
        }
        later = talk->last[i].day;
    }
    if (count < 2) {
        return COX_NULL;
    }
    qsort(gaps, count, sizeof(*gaps), cox_num_compare);
    return gaps[count / 2];
}

static int missed_in_a_row(const struct talk *talk)
{
    int count = 0;

    while ((size_t)count < talk->count && talk->last[count].state != COX_ONE_ON_ONE_HELD) {
        count++;
    }
    return count;
}

static void reason(struct talk *talk, struct cox_buf *why, int need)
{
    talk->need += need;
    if (why->size > 0) {
        cox_buf_add_string(why, "; ");
    }
}

static void judge_past(const struct cox_brief *brief, struct talk *talk, struct cox_buf *why)
{
    bool is_agreed = talk->agreed_days != COX_NULL;
    int64_t usual = is_agreed ? talk->agreed_days : usual_days(talk);
    int64_t since = talk->held_day == COX_NULL ? 0 : brief->day - talk->held_day;
    int missed = missed_in_a_row(talk);

    if (talk->held_day == COX_NULL) {
        reason(talk, why, 3);
        cox_buf_add_string(why, "no 1:1 held yet");
    } else if (since > (usual == COX_NULL ? USUAL_DAYS : is_agreed ? usual : usual + usual / 2)) {
        reason(talk, why, 2);
        cox_buf_format(why, "%lld days since the last", (long long)since);
        if (usual != COX_NULL) {
            cox_buf_format(why, is_agreed ? ", agreed are %lld" : ", usual are %lld",
                (long long)usual);
        }
    }
    if (missed > 0) {
        reason(talk, why, missed);
        if (missed == 1) {
            cox_buf_add_string(why, "the last one did not take place");
        } else {
            cox_buf_format(why, "%d in a row did not take place", missed);
        }
    }
}

static enum cox_rc judge(const struct cox_brief *brief, struct talk *talk, struct cox_err *reterr)
{
    const struct cox_person *person = talk->person;
    struct cox_buf why;

    cox_buf_init(&why, 1000);
    judge_past(brief, talk, &why);
    if (talk->promise_late_days > 0) {
        reason(talk, &why, 1);
        cox_buf_format(&why, "your promise is %lld day%s late", (long long)talk->promise_late_days,
            talk->promise_late_days == 1 ? "" : "s");
    }
    if (talk->has_agenda) {
        reason(talk, &why, 1);
        cox_buf_add_string(&why, "the next one has points on its agenda");
    }
    if (person->hire_day != COX_NULL && brief->day - person->hire_day < NEWCOMER_DAYS) {
        reason(talk, &why, 1);
        cox_buf_format(&why, "week %lld here",
            (long long)((brief->day - person->hire_day) / 7 + 1));
    }
    talk->why = cox_arena_text(cox_call_arena(brief->call), cox_buf_text(&why));
    cox_buf_done(&why);
    return talk->why.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* The greatest need first, then the longest ago. */
static int compare_talks(const void *a, const void *b)
{
    const struct talk *x = (const struct talk *)a, *y = (const struct talk *)b;

    if (x->need != y->need) {
        return x->need > y->need ? -1 : 1;
    }
    if (x->held_day != y->held_day) {
        return x->held_day < y->held_day ? -1 : 1; /* COX_NULL is the smallest */
    }
    return (x->person->id > y->person->id) - (x->person->id < y->person->id);
}

static const struct cox_brief_column talk_columns[] = {
    {"person", "Person", COX_BRIEF_TEXT}, {"last_day", "Last 1:1", COX_BRIEF_DAY},
    {"days_since", "Days since", COX_BRIEF_DAYS}, {"usual_days", "Usual days", COX_BRIEF_DAYS},
    {"agreed_days", "Agreed days", COX_BRIEF_DAYS}, {"next_day", "Next planned", COX_BRIEF_DAY},
    {"why", "Why", COX_BRIEF_TEXT}, {"last", "The last talks", COX_BRIEF_KEY},
    {"user", "user", COX_BRIEF_ID},
    {"one_on_one", "one_on_one", COX_BRIEF_ID}, /* the next planned one */
};

static struct cox_text letters_of(const struct cox_brief *brief, const struct talk *talk)
{
    static const char letters[] = {
        [COX_ONE_ON_ONE_PLANNED] = 'p',
        [COX_ONE_ON_ONE_HELD] = 'h',
        [COX_ONE_ON_ONE_MISSED] = 'm',
        [COX_ONE_ON_ONE_CANCELLED] = 'c',
    };
    char text[COX_TALKS_SHOWN];

    for (size_t i = 0; i < talk->count; i++) {
        text[talk->count - 1 - i] = letters[talk->last[i].state];
    }
    return cox_arena_text(cox_call_arena(brief->call), (struct cox_text){text, talk->count});
}

static enum cox_rc add_talk_row(struct cox_brief *brief, struct cox_brief_section *section,
    const struct talk *talk, struct cox_err *reterr)
{
    const struct cox_value cells[] = {
        cox_text_value(talk->person->name),
        cox_int(talk->held_day),
        cox_int(talk->held_day == COX_NULL ? COX_NULL : brief->day - talk->held_day),
        cox_int(usual_days(talk)),
        cox_int(talk->agreed_days),
        cox_int(talk->next_day),
        cox_text_value(talk->why),
        cox_text_value(letters_of(brief, talk)),
        cox_int(talk->person->id),
        cox_int(talk->next_id),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(talk_columns), "one cell a column");
    return cox_brief_row(brief, section, cells, reterr);
}

static enum cox_rc fill_talks(struct cox_brief *brief, struct cox_brief_section *section,
    struct cox_err *reterr)
{
    struct talks talks = {.brief = brief};

    COX_TRY(load_talks(&talks, reterr));
    for (size_t i = 0; i < talks.count; i++) {
        COX_TRY(judge(brief, &talks.at[i], reterr));
    }
    qsort(talks.at, talks.count, sizeof(*talks.at), compare_talks);
    for (size_t i = 0; i < talks.count; i++) {
        if (talks.at[i].reports || talks.at[i].count > 0 || talks.at[i].next_day != COX_NULL) {
            COX_TRY(add_talk_row(brief, section, &talks.at[i], reterr));
        }
    }
    return COX_OK;
}

enum cox_rc cox_talks_add(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_brief_section *section = cox_brief_section(brief, "one_on_ones", "Who needs a 1:1",
        talk_columns, COX_COUNT(talk_columns));

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    if (brief->user == 0) {
        section->empty = "1:1s and promises belong to the two people of each; they are shown to "
                         "them alone: ask with --user.";
        return COX_OK;
    }
    section->note = "Those who report to you; the greatest need first. Usual: the middle of the "
                    "days between the last held ones; without any, two weeks.";
    section->empty = "Nobody reports to you.";
    return fill_talks(brief, section, reterr);
}

/* ---- a rep's own next talk ---- */

static const struct cox_brief_column next_columns[] = {
    {"with", "With", COX_BRIEF_TEXT},
    {"day", "Day", COX_BRIEF_DAY},
    {"last_day", "Last 1:1", COX_BRIEF_DAY},
    {"agenda", "Agenda", COX_BRIEF_TEXT},
    {"one_on_one", "one_on_one", COX_BRIEF_ID},
    {"user", "user", COX_BRIEF_ID},
};

struct own_talks {
    struct cox_brief *brief;
    int64_t held_day, next_day, next_id, with;
    struct cox_text agenda;
};

static enum cox_rc note_own(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct own_talks *own = (struct own_talks *)ctx;
    struct cox_one_on_one talk;

    cox_row_unpack(row, &talk);
    if (talk.person != own->brief->user) {
        return COX_OK;
    }
    if (talk.state == COX_ONE_ON_ONE_HELD && talk.day <= own->brief->day &&
        talk.day > own->held_day) {
        own->held_day = talk.day;
    }
    if (talk.state != COX_ONE_ON_ONE_PLANNED || talk.day < own->brief->day ||
        (own->next_day != COX_NULL && talk.day >= own->next_day)) {
        return COX_OK;
    }
    own->next_day = talk.day;
    own->next_id = row->id;
    own->with = talk.leader;
    own->agenda = talk.agenda;
    if (talk.agenda.size > 0) {
        own->agenda = cox_arena_text(cox_call_arena(own->brief->call), talk.agenda);
    }
    return talk.agenda.size > 0 && own->agenda.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_next_talk_add(struct cox_brief *brief, struct cox_err *reterr)
{
    struct own_talks own = {brief, COX_NULL, COX_NULL, COX_NULL, COX_NULL, {0}};
    struct cox_brief_section *section = cox_brief_section(brief, "next_one_on_one", "My next 1:1",
        next_columns, COX_COUNT(next_columns));

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->shared = 1u << 3; /* the agenda */
    section->empty = "No 1:1 is planned.";
    COX_TRY(cox_each(brief->call, &cox_one_on_one, NULL, note_own, &own, reterr));
    if (own.next_day == COX_NULL) {
        return COX_OK;
    }
    const struct cox_value cells[] = {
        cox_brief_name(brief, own.with),
        cox_int(own.next_day),
        cox_int(own.held_day),
        cox_text_value(own.agenda),
        cox_int(own.next_id),
        cox_int(own.with),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(next_columns), "one cell a column");
    return cox_brief_row(brief, section, cells, reterr);
}
