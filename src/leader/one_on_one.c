/* leader/one_on_one.c: the tables of 1:1s, private notes and promises, and their rules. */
#include "leader/one_on_one.h"

#include "leader/coaching_plan.h"
#include "org/feed.h"
#include "org/people.h"
#include "record/record.h"

static bool is_history(const struct cox_row *after)
{
    return after != NULL && after->imported;
}

static int64_t day_of(struct cox_call *call, const struct cox_row *after)
{
    return cox_call_day(call, after->imported ? after->from_us : cox_call_now_us(call));
}

static void fill_int(struct cox_row *after, uint32_t field, int64_t value)
{
    if (cox_row_int(after, field) == COX_NULL) {
        cox_row_set(after, field, cox_int(value));
    }
}

static enum cox_rc check_two(const struct cox_row *after, uint32_t a, uint32_t b, const char *field,
    struct cox_err *reterr)
{
    if (cox_row_int(after, a) == cox_row_int(after, b)) {
        return cox_fail_at(reterr, COX_INVALID, field, 0, "this takes two people");
    }
    return COX_OK;
}

static const struct cox_choice one_on_one_states[] = {
    [COX_ONE_ON_ONE_PLANNED] = {"planned", "Planned", NULL},
    [COX_ONE_ON_ONE_HELD] = {"held", "Held", "done"},
    [COX_ONE_ON_ONE_MISSED] = {"missed", "Missed", "no show"},
    [COX_ONE_ON_ONE_CANCELLED] = {"cancelled", "Cancelled", "canceled"},
    {0},
};

/* ---- 1:1 ---- */

static const struct cox_field one_on_one_fields[] = {
    [COX_ONE_ON_ONE_LEADER] = {"leader", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_one_on_one, leader),
        .help = "Who leads."},
    [COX_ONE_ON_ONE_PERSON] = {"person", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_one_on_one, person),
        .help = "With whom."},
    [COX_ONE_ON_ONE_DAY] = {"day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_one_on_one, day), .help = "The day of the talk."},
    [COX_ONE_ON_ONE_STATE] = {"state", .type = COX_CHOICE, .choices = one_on_one_states,
        .at = COX_AT_INT(struct cox_one_on_one, state),
        .help = "Planned, held, missed or cancelled."},
    [COX_ONE_ON_ONE_AGENDA] = {"agenda", .type = COX_TEXT, .max = 16000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_one_on_one, agenda),
        .help = "What either wants to talk about.",
        .purpose =
            "So that the two people can prepare, remember and keep their promises; nobody else reads it."},
    [COX_ONE_ON_ONE_SHARED_NOTE] = {"shared_note", .type = COX_TEXT, .max = 64000,
        .flags = COX_PERSONAL, .at = COX_AT_TEXT(struct cox_one_on_one, shared_note),
        .help = "What both want to remember; both may write.",
        .purpose =
            "So that the two people can prepare, remember and keep their promises; nobody else reads it."},
    [COX_ONE_ON_ONE_STARTS] = {"starts", .label = "Begins", .type = COX_INSTANT,
        .at = COX_AT_INT(struct cox_one_on_one, starts),
        .help = "When it begins, if a time is agreed; the day follows it."},
    [COX_ONE_ON_ONE_MINUTES] = {"minutes", .type = COX_INT, .min = 5, .max = 1440,
        .at = COX_AT_INT(struct cox_one_on_one, minutes), .help = "How long it is to take."},
    [COX_ONE_ON_ONE_COACHING_PLAN] = {"coaching_plan", .type = COX_REF, .ref = &cox_coaching_plan,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_one_on_one, coaching_plan),
        .help = "The series of coaching it is part of."},
};
_Static_assert(COX_COUNT(one_on_one_fields) == COX_ONE_ON_ONE_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_one_on_one(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    if (after == NULL) {
        return COX_OK;
    }
    cox_dated_follow(call, before, after, COX_ONE_ON_ONE_DAY, COX_ONE_ON_ONE_STARTS);
    COX_TRY(check_two(after, COX_ONE_ON_ONE_LEADER, COX_ONE_ON_ONE_PERSON, "person", reterr));
    fill_int(after, COX_ONE_ON_ONE_STATE, COX_ONE_ON_ONE_PLANNED);
    if (cox_row_int(after, COX_ONE_ON_ONE_STATE) == COX_ONE_ON_ONE_HELD && !is_history(after) &&
        cox_row_int(after, COX_ONE_ON_ONE_DAY) > day_of(call, after)) {
        return cox_fail_at(reterr, COX_INVALID, "state", 0,
            "a talk on a day to come has not been held");
    }
    return cox_coaching_plan_check(call, cox_row_int(after, COX_ONE_ON_ONE_COACHING_PLAN),
        cox_row_int(after, COX_ONE_ON_ONE_LEADER), cox_row_int(after, COX_ONE_ON_ONE_PERSON),
        "coaching_plan", reterr);
}

const struct cox_entity cox_one_on_one = {
    .name = "one_on_one",
    .plural = "one_on_ones",
    .label = "1:1",
    .label_plural = "1:1s",
    .number = 140,
    .fields = one_on_one_fields,
    .field_count = COX_ONE_ON_ONE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_one_on_one),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_ONE_ON_ONE_DAY,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_ONE_ON_ONE_LEADER, COX_ONE_ON_ONE_PERSON},
    .check = check_one_on_one,
    .keep = {"So that the two people can prepare, remember and keep their promises.",
        COX_BASIS_INTEREST, 36},
    .help = "A talk between a leader and a person of the team. Only the two see it.",
};

/* ---- private note ---- */

static const struct cox_field private_note_fields[] = {
    [COX_PRIVATE_NOTE_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_private_note, author), .help = "Who wrote it."},
    [COX_PRIVATE_NOTE_OTHER] = {"other", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_private_note, other),
        .help = "The other of the two."},
    [COX_PRIVATE_NOTE_ONE_ON_ONE] = {"one_on_one", .type = COX_REF, .ref = &cox_one_on_one,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_private_note, one_on_one), .help = "The talk it belongs to."},
    [COX_PRIVATE_NOTE_TEXT] = {"text", .type = COX_TEXT, .max = 64000,
        .flags = COX_PERSONAL | COX_PRIVATE, .at = COX_AT_TEXT(struct cox_private_note, text),
        .help = "The note.", .purpose = "A memory aid of its author; nobody else reads it."},
};
_Static_assert(COX_COUNT(private_note_fields) == COX_PRIVATE_NOTE_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_private_note(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t author, other, leader, person;
    const struct cox_row *talk;

    if (after == NULL || before != NULL) {
        return COX_OK; /* who and which talk never change */
    }
    author = cox_row_int(after, COX_PRIVATE_NOTE_AUTHOR);
    other = cox_row_int(after, COX_PRIVATE_NOTE_OTHER);
    if (author != cox_call_actor(call)->user_id) {
        return cox_fail_at(reterr, COX_DENIED, "author", 0,
            "nobody writes a private note in another's name");
    }
    COX_TRY(cox_get(call, &cox_one_on_one, cox_row_int(after, COX_PRIVATE_NOTE_ONE_ON_ONE), &talk,
        reterr));
    leader = cox_row_int(talk, COX_ONE_ON_ONE_LEADER);
    person = cox_row_int(talk, COX_ONE_ON_ONE_PERSON);
    if (!(author == leader && other == person) && !(author == person && other == leader)) {
        return cox_fail_at(reterr, COX_INVALID, "other", 0,
            "a private note belongs to the two people of its talk");
    }
    return COX_OK;
}

const struct cox_entity cox_private_note = {
    .name = "private_note",
    .plural = "private_notes",
    .label = "Private note",
    .label_plural = "Private notes",
    .number = 141,
    .fields = private_note_fields,
    .field_count = COX_PRIVATE_NOTE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_private_note),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_PRIVATE_NOTE_ONE_ON_ONE,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_PRIVATE_NOTE_AUTHOR, COX_PRIVATE_NOTE_OTHER},
    .check = check_private_note,
    .keep = {"A memory aid of its author.", COX_BASIS_INTEREST, 12},
    .help =
        "What one of the two keeps to oneself. The other sees that it exists, not what it says.",
};

static const struct cox_choice action_item_states[] = {
    [COX_ACTION_ITEM_OPEN] = {"open", "Open", NULL},
    [COX_ACTION_ITEM_DONE] = {"done", "Done", "kept"},
    [COX_ACTION_ITEM_DROPPED] = {"dropped", "Dropped", "cancelled"},
    {0},
};

/* ---- promise ---- */

static const struct cox_field action_item_fields[] = {
    [COX_ACTION_ITEM_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_action_item, author), .help = "Who wrote it down."},
    [COX_ACTION_ITEM_OTHER] = {"other", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_action_item, other),
        .help = "The other of the two."},
    [COX_ACTION_ITEM_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_action_item, owner),
        .help = "Which of the two promised."},
    [COX_ACTION_ITEM_ONE_ON_ONE] = {"one_on_one", .type = COX_REF, .ref = &cox_one_on_one,
        .on_delete = COX_SET_NULL, .flags = COX_FIXED,
        .at = COX_AT_INT(struct cox_action_item, one_on_one), .help = "The talk it comes from."},
    [COX_ACTION_ITEM_TEXT] = {"text", .type = COX_TEXT, .max = 2000,
        .flags = COX_REQUIRED | COX_PERSONAL, .at = COX_AT_TEXT(struct cox_action_item, text),
        .help = "What was promised.",
        .purpose =
            "So that the two people can prepare, remember and keep their promises; nobody else reads it."},
    [COX_ACTION_ITEM_DUE_DAY] = {"due_day", .type = COX_DATE, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_action_item, due_day), .help = "By when."},
    [COX_ACTION_ITEM_STATE] = {"state", .type = COX_CHOICE, .choices = action_item_states,
        .at = COX_AT_INT(struct cox_action_item, state), .help = "Open, done or dropped."},
    [COX_ACTION_ITEM_REASON] = {"reason", .type = COX_TEXT, .max = 2000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_action_item, reason), .help = "Why it was dropped.",
        .purpose =
            "So that the two people can prepare, remember and keep their promises; nobody else reads it."},
    [COX_ACTION_ITEM_CREATED_DAY] = {"created_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_action_item, created_day),
        .help = "Day it was promised. Set when saved."},
    [COX_ACTION_ITEM_DONE_DAY] = {"done_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_action_item, done_day),
        .help = "Day it was done or dropped. Set when saved."},
};
_Static_assert(COX_COUNT(action_item_fields) == COX_ACTION_ITEM_FIELD_COUNT,
    "one row for each field id");

/* A promise comes out of a talk of the same two people. */
static enum cox_rc check_talk(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    int64_t id = cox_row_int(after, COX_ACTION_ITEM_ONE_ON_ONE);
    int64_t author = cox_row_int(after, COX_ACTION_ITEM_AUTHOR);
    int64_t other = cox_row_int(after, COX_ACTION_ITEM_OTHER);
    int64_t leader, person;
    const struct cox_row *talk;

    if (id == COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_get(call, &cox_one_on_one, id, &talk, reterr));
    leader = cox_row_int(talk, COX_ONE_ON_ONE_LEADER);
    person = cox_row_int(talk, COX_ONE_ON_ONE_PERSON);
    if (!(author == leader && other == person) && !(author == person && other == leader)) {
        return cox_fail_at(reterr, COX_INVALID, "one_on_one", 0,
            "the promise is between the two people of the talk");
    }
    return COX_OK;
}

static enum cox_rc check_action_item(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t state, owner;

    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(check_two(after, COX_ACTION_ITEM_AUTHOR, COX_ACTION_ITEM_OTHER, "other", reterr));
    fill_int(after, COX_ACTION_ITEM_OWNER, cox_row_int(after, COX_ACTION_ITEM_AUTHOR));
    owner = cox_row_int(after, COX_ACTION_ITEM_OWNER);
    if (owner != cox_row_int(after, COX_ACTION_ITEM_AUTHOR) &&
        owner != cox_row_int(after, COX_ACTION_ITEM_OTHER)) {
        return cox_fail_at(reterr, COX_INVALID, "owner", 0, "a promise is made by one of the two");
    }
    fill_int(after, COX_ACTION_ITEM_STATE, COX_ACTION_ITEM_OPEN);
    fill_int(after, COX_ACTION_ITEM_CREATED_DAY, day_of(call, after));
    if (before == NULL) {
        COX_TRY(check_talk(call, after, reterr));
    }
    state = cox_row_int(after, COX_ACTION_ITEM_STATE);
    if (state == COX_ACTION_ITEM_DROPPED && cox_row_text(after, COX_ACTION_ITEM_REASON).size == 0) {
        return cox_fail_at(reterr, COX_INVALID, "reason", 0, "say why the promise was dropped");
    }
    if (state == COX_ACTION_ITEM_OPEN) {
        cox_row_set(after, COX_ACTION_ITEM_DONE_DAY, cox_null());
    } else {
        fill_int(after, COX_ACTION_ITEM_DONE_DAY, day_of(call, after));
    }
    return COX_OK;
}

const struct cox_entity cox_action_item = {
    .name = "action_item",
    .plural = "action_items",
    .label = "Promise",
    .label_plural = "Promises",
    .number = 142,
    .fields = action_item_fields,
    .field_count = COX_ACTION_ITEM_FIELD_COUNT,
    .struct_size = sizeof(struct cox_action_item),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_ACTION_ITEM_TEXT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_ACTION_ITEM_AUTHOR, COX_ACTION_ITEM_OTHER},
    .check = check_action_item,
    .keep = {"So that the two people can prepare, remember and keep their promises.",
        COX_BASIS_INTEREST, 36},
    .help = "What one of the two has promised the other.",
};

static const struct cox_entity *const entities[] = {
    &cox_one_on_one,
    &cox_private_note,
    &cox_action_item,
    NULL,
};

static const struct cox_dated dated[] = {
    {&cox_one_on_one, "1:1", COX_ONE_ON_ONE_DAY, COX_ONE_ON_ONE_STARTS, COX_ONE_ON_ONE_MINUTES,
        COX_ONE_ON_ONE_STATE, 1u << COX_ONE_ON_ONE_CANCELLED | 1u << COX_ONE_ON_ONE_MISSED},
    {0},
};

const struct cox_feature cox_feature_one_on_one = {
    .name = "one_on_one",
    .help = "1:1s with shared and private notes, and the promises made in them.",
    .entities = entities,
    .dated = dated,
};
