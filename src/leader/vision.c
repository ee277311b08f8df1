/* leader/vision.c: the tables of visions, pillars, read receipts and questions, and their rules. */
#include "leader/vision.h"

#include "leader/vision_page.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/rule.h"

#define LEADING   (COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_EXECUTIVE))
#define FOLLOWING (COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_ADMIN))

static const struct cox_grant vision_grants[] = {
    {FOLLOWING, .read = COX_ALL},
    {LEADING | COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

/* ---- vision ---- */

static const struct cox_field vision_fields[] = {
    [COX_VISION_STATEMENT] = {"statement", .type = COX_TEXT, .max = 500,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_vision, statement),
        .help = "Where we are going, in a sentence or two."},
    [COX_VISION_NARRATIVE] = {"narrative", .type = COX_TEXT, .max = 16000, .flags = COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_vision, narrative),
        .help = "Why, and what it will be like: read in two minutes."},
    [COX_VISION_FROM_DAY] = {"from_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_vision, from_day), .help = "First day it holds."},
    [COX_VISION_TO_DAY] = {"to_day", .type = COX_DATE, .at = COX_AT_INT(struct cox_vision, to_day),
        .help = "First day after; empty: until another one."},
};
_Static_assert(COX_COUNT(vision_fields) == COX_VISION_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_vision(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)before; /* a vision is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_VISION_FROM_DAY, cox_call_day(call, cox_row_at_us(call, after)));
    return cox_days_check(cox_row_int(after, COX_VISION_FROM_DAY),
        cox_row_int(after, COX_VISION_TO_DAY), reterr);
}

const struct cox_entity cox_vision = {
    .name = "vision",
    .plural = "visions",
    .label = "Vision",
    .label_plural = "Visions",
    .number = 143,
    .fields = vision_fields,
    .field_count = COX_VISION_FIELD_COUNT,
    .struct_size = sizeof(struct cox_vision),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_VISION_STATEMENT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = vision_grants,
    .check = check_vision,
    .help = "Where the company is going.",
};

/* ---- pillar ---- */

static const struct cox_field pillar_fields[] = {
    [COX_PILLAR_VISION] = {"vision", .type = COX_REF, .ref = &cox_vision, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_pillar, vision),
        .help = "The vision it carries."},
    [COX_PILLAR_NAME] = {"name", .type = COX_TEXT, .max = 120, .flags = COX_REQUIRED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_pillar, name), .help = "In a few words."},
    [COX_PILLAR_TEXT] = {"text", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_pillar, text), .help = "What we mean by it."},
    [COX_PILLAR_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 1000,
        .flags = COX_SORTED, .at = COX_AT_INT(struct cox_pillar, position),
        .help = "Order on the page."},
};
_Static_assert(COX_COUNT(pillar_fields) == COX_PILLAR_FIELD_COUNT, "one row for each field id");

const struct cox_entity cox_pillar = {
    .name = "pillar",
    .plural = "pillars",
    .label = "Pillar",
    .label_plural = "Pillars",
    .number = 144,
    .fields = pillar_fields,
    .field_count = COX_PILLAR_FIELD_COUNT,
    .struct_size = sizeof(struct cox_pillar),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PILLAR_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = vision_grants,
    .help = "What the vision rests on; objectives point to one.",
};

/* ---- read receipt ---- */

/* One's own, seen by those above: whom to ask whether it makes sense, never a measure of anybody. */
static const struct cox_grant read_grants[] = {
    {FOLLOWING, COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_LEADER), COX_LINE, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_EXECUTIVE), COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {0},
};

static const struct cox_field read_fields[] = {
    [COX_VISION_READ_VISION] = {"vision", .type = COX_REF, .ref = &cox_vision,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_vision_read, vision), .help = "What was read."},
    [COX_VISION_READ_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_vision_read, user),
        .help = "Who has read it."},
    [COX_VISION_READ_DAY] = {"day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_vision_read, day), .help = "When. Set when saved."},
    [COX_VISION_READ_VISION_REV] = {"vision_rev", .label = "Version read", .type = COX_INT,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_vision_read, vision_rev),
        .help = "The commit of the version that was read. Set when saved."},
};
_Static_assert(COX_COUNT(read_fields) == COX_VISION_READ_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_once(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    const struct cox_filter_term same[] = {
        {COX_VISION_READ_VISION, "eq", cox_int(cox_row_int(after, COX_VISION_READ_VISION))},
        {COX_VISION_READ_USER, "eq", cox_int(cox_row_int(after, COX_VISION_READ_USER))},
        {COX_VISION_READ_VISION_REV, "eq", cox_int(cox_row_int(after, COX_VISION_READ_VISION_REV))},
    };
    struct cox_query query = {.entity = &cox_vision_read, .limit = 1};
    struct cox_page page;

    COX_TRY(cox_filter_build(call, &cox_vision_read, same, COX_COUNT(same), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr)); /* one's own, so one sees them */
    return page.count == 0 ? COX_OK
                           : cox_fail_at(reterr, COX_CONFLICT, "vision", 0,
                                 "this version has been read already");
}

static enum cox_rc check_read(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;
    const struct cox_row *vision;

    if (after == NULL || before != NULL) {
        return COX_OK; /* nothing in it changes */
    }
    cox_fill_int(after, COX_VISION_READ_USER, actor == 0 ? COX_NULL : actor);
    if (actor != 0 && cox_row_int(after, COX_VISION_READ_USER) != actor) {
        return cox_fail_at(reterr, COX_DENIED, "user", 0, "nobody reads for somebody else");
    }
    cox_fill_int(after, COX_VISION_READ_DAY, cox_call_day(call, cox_row_at_us(call, after)));
    if (cox_row_int(after, COX_VISION_READ_VISION) == COX_NULL) {
        return COX_OK; /* refused as required */
    }
    COX_TRY(
        cox_peek(call, &cox_vision, cox_row_int(after, COX_VISION_READ_VISION), &vision, reterr));
    cox_fill_int(after, COX_VISION_READ_VISION_REV, vision->rev);
    return check_once(call, after, reterr);
}

const struct cox_entity cox_vision_read = {
    .name = "vision_read",
    .plural = "vision_reads",
    .label = "Read receipt",
    .label_plural = "Read receipts",
    .number = 145,
    .fields = read_fields,
    .field_count = COX_VISION_READ_FIELD_COUNT,
    .struct_size = sizeof(struct cox_vision_read),
    .reach = COX_REACH_LINE,
    .name_field = COX_VISION_READ_DAY,
    .owner_field = COX_VISION_READ_USER,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = read_grants,
    .check = check_read,
    .help = "That somebody has read the vision, and which version of it.",
};

/* ---- question ---- */

static const struct cox_grant question_grants[] = {
    {FOLLOWING, COX_ALL, COX_OWN, COX_OWN, COX_OWN},
    {LEADING, COX_ALL, COX_OWN, COX_ALL, COX_OWN},
    {COX_ROLE_BIT(COX_OPERATOR), .read = COX_ALL},
    {0},
};

static const struct cox_field question_fields[] = {
    [COX_VISION_QUESTION_VISION] = {"vision", .type = COX_REF, .ref = &cox_vision,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_vision_question, vision), .help = "What it is about."},
    [COX_VISION_QUESTION_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_vision_question, author), .help = "Who asks."},
    [COX_VISION_QUESTION_TEXT] = {"text", .type = COX_TEXT, .max = 4000, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_vision_question, text), .help = "The question."},
    [COX_VISION_QUESTION_DAY] = {"day", .type = COX_DATE, .flags = COX_SYSTEM | COX_SORTED,
        .at = COX_AT_INT(struct cox_vision_question, day), .help = "When. Set when saved."},
    [COX_VISION_QUESTION_ANSWER] = {"answer", .type = COX_TEXT, .max = 8000,
        .at = COX_AT_TEXT(struct cox_vision_question, answer),
        .help = "What leaders or executives answer; everybody reads it."},
    [COX_VISION_QUESTION_ANSWERED_BY] = {"answered_by", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_SET_NULL, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_vision_question, answered_by),
        .help = "Who answered. Set when saved."},
    [COX_VISION_QUESTION_ANSWERED_DAY] = {"answered_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_vision_question, answered_day),
        .help = "Day of the answer. Set when saved."},
};
_Static_assert(COX_COUNT(question_fields) == COX_VISION_QUESTION_FIELD_COUNT,
    "one row for each field id");

/* The question is its author's, the answer is of those who lead. */
static enum cox_rc check_parts(const struct cox_actor *actor, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr)
{
    struct cox_text was =
        before == NULL ? (struct cox_text){0} : cox_row_text(before, COX_VISION_QUESTION_ANSWER);

    if (actor->user_id == 0) {
        return COX_OK;
    }
    if (!cox_text_same(was, cox_row_text(after, COX_VISION_QUESTION_ANSWER)) &&
        (actor->roles & LEADING) == 0) {
        return cox_fail_at(reterr, COX_DENIED, "answer", 0, "leaders and executives answer");
    }
    if (cox_row_int(after, COX_VISION_QUESTION_AUTHOR) != actor->user_id &&
        (before == NULL || !cox_text_same(cox_row_text(before, COX_VISION_QUESTION_TEXT),
                               cox_row_text(after, COX_VISION_QUESTION_TEXT)))) {
        return cox_fail_at(reterr, COX_DENIED, "text", 0, "a question is its author's");
    }
    return COX_OK;
}

static enum cox_rc check_question(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_actor *actor = cox_call_actor(call);
    int64_t day;

    if (after == NULL) {
        return COX_OK;
    }
    day = cox_call_day(call, cox_row_at_us(call, after));
    cox_fill_int(after, COX_VISION_QUESTION_AUTHOR,
        actor->user_id == 0 ? COX_NULL : actor->user_id);
    cox_fill_int(after, COX_VISION_QUESTION_DAY, day);
    COX_TRY(check_parts(actor, before, after, reterr));
    if (cox_row_text(after, COX_VISION_QUESTION_ANSWER).size == 0) {
        cox_row_set(after, COX_VISION_QUESTION_ANSWERED_BY, cox_null());
        cox_row_set(after, COX_VISION_QUESTION_ANSWERED_DAY, cox_null());
    } else {
        cox_fill_int(after, COX_VISION_QUESTION_ANSWERED_BY,
            actor->user_id == 0 ? COX_NULL : actor->user_id);
        cox_fill_int(after, COX_VISION_QUESTION_ANSWERED_DAY, day);
    }
    return COX_OK;
}

const struct cox_entity cox_vision_question = {
    .name = "vision_question",
    .plural = "vision_questions",
    .label = "Question about the vision",
    .label_plural = "Questions about the vision",
    .number = 146,
    .fields = question_fields,
    .field_count = COX_VISION_QUESTION_FIELD_COUNT,
    .struct_size = sizeof(struct cox_vision_question),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_VISION_QUESTION_TEXT,
    .owner_field = COX_VISION_QUESTION_AUTHOR,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = question_grants,
    .check = check_question,
    .help = "What somebody asks about the vision, and the answer. Everybody reads both.",
};

static const struct cox_entity *const entities[] = {
    &cox_vision,
    &cox_pillar,
    &cox_vision_read,
    &cox_vision_question,
    NULL,
};

const struct cox_feature cox_feature_vision = {
    .name = "vision",
    .help = "Vision, pillars, who has read it, questions and answers.",
    .entities = entities,
    .routes = cox_routes_vision,
};
