/*
 * leader/coaching_library.c: rubrics and own questions of the company, and the templates that come with the
 * program. The questions are our own words; GROW (goal, reality, options, way forward) is a common scheme.
 */
#include "leader/coaching.h"
#include "leader/prep.h"
#include "leader/skill.h"
#include "record/cell.h"
#include "record/query.h"

#define LEADING                                                                                    \
    (COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_OPERATOR) |           \
        COX_ROLE_BIT(COX_ADMIN))

const struct cox_grant cox_grants_library[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_EXECUTIVE), .read = COX_ALL},
    {LEADING, COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

/* ---- rubric ---- */

static const struct cox_field rubric_fields[] = {
    [COX_RUBRIC_NAME] = {"name", .type = COX_TEXT, .max = 120, .flags = COX_REQUIRED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_rubric, name), .help = "What it is for."},
    [COX_RUBRIC_KIND] = {"kind", .type = COX_CHOICE, .choices = cox_coaching_kinds,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_rubric, kind),
        .help = "Deals, calls, the field, or talks."},
    [COX_RUBRIC_HELP] = {"help", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_rubric, help), .help = "When to use it, and how."},
    [COX_RUBRIC_ALSO] = {"also", .label = "Also for", .type = COX_CHOICE,
        .choices = cox_coaching_kinds, .at = COX_AT_INT(struct cox_rubric, also),
        .help = "Another kind of coaching that it serves."},
    [COX_RUBRIC_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 1000,
        .flags = COX_SORTED, .at = COX_AT_INT(struct cox_rubric, position),
        .help = "Order in which they are offered."},
    [COX_RUBRIC_IS_RETIRED] = {"is_retired", .label = "Retired", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_rubric, is_retired),
        .help = "No longer offered; what was scored with it stays."},
};
_Static_assert(COX_COUNT(rubric_fields) == COX_RUBRIC_FIELD_COUNT, "one row for each field id");

const struct cox_entity cox_rubric = {
    .name = "rubric",
    .plural = "rubrics",
    .label = "Rubric",
    .label_plural = "Rubrics",
    .number = 158,
    .fields = rubric_fields,
    .field_count = COX_RUBRIC_FIELD_COUNT,
    .struct_size = sizeof(struct cox_rubric),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_RUBRIC_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_library,
    .help = "What is looked at in a coaching session, with both ends described.",
};

static const struct cox_field line_fields[] = {
    [COX_RUBRIC_LINE_RUBRIC] = {"rubric", .type = COX_REF, .ref = &cox_rubric,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_rubric_line, rubric), .help = "Of which rubric."},
    [COX_RUBRIC_LINE_TEXT] = {"text", .type = COX_TEXT, .max = 255, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_rubric_line, text), .help = "What is looked at."},
    [COX_RUBRIC_LINE_LOW] = {"low", .label = "A one", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_rubric_line, low), .help = "What a 1 looks like."},
    [COX_RUBRIC_LINE_HIGH] = {"high", .label = "A five", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_rubric_line, high), .help = "What a 5 looks like."},
    [COX_RUBRIC_LINE_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 1000,
        .flags = COX_SORTED, .at = COX_AT_INT(struct cox_rubric_line, position),
        .help = "Order on the page."},
    [COX_RUBRIC_LINE_SKILL] = {"skill", .type = COX_REF, .ref = &cox_skill,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_rubric_line, skill),
        .help = "The skill that is seen here: scores count as evidence for it."},
    [COX_RUBRIC_LINE_SECOND] = {"second", .label = "A two", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_rubric_line, second), .help = "What a 2 looks like."},
    [COX_RUBRIC_LINE_MIDDLE] = {"middle", .label = "A three", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_rubric_line, middle), .help = "What a 3 looks like."},
    [COX_RUBRIC_LINE_FOURTH] = {"fourth", .label = "A four", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_rubric_line, fourth), .help = "What a 4 looks like."},
    [COX_RUBRIC_LINE_IS_RETIRED] = {"is_retired", .label = "Retired", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_rubric_line, is_retired),
        .help = "No longer asked; what was scored on it stays."},
};
_Static_assert(COX_COUNT(line_fields) == COX_RUBRIC_LINE_FIELD_COUNT, "one row for each field id");

const struct cox_entity cox_rubric_line = {
    .name = "rubric_line",
    .plural = "rubric_lines",
    .label = "Line of a rubric",
    .label_plural = "Lines of rubrics",
    .number = 159,
    .fields = line_fields,
    .field_count = COX_RUBRIC_LINE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_rubric_line),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_RUBRIC_LINE_TEXT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_library,
    .help = "One thing that is looked at, from 1 to 5.",
};

/* ---- own questions ---- */

static const struct cox_field question_fields[] = {
    [COX_COACHING_QUESTION_TEXT] = {"text", .type = COX_TEXT, .max = 500,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_coaching_question, text),
        .help = "The question."},
    [COX_COACHING_QUESTION_KIND] = {"kind", .type = COX_CHOICE, .choices = cox_coaching_kinds,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_coaching_question, kind),
        .help = "Where it is asked."},
    [COX_COACHING_QUESTION_STEP] = {"step", .type = COX_TEXT, .max = 60,
        .at = COX_AT_TEXT(struct cox_coaching_question, step),
        .help = "The step of the talk it belongs to: goal, reality, options, way forward, or own."},
    [COX_COACHING_QUESTION_TEMPLATE] = {"template", .type = COX_REF, .ref = &cox_talk_template,
        .on_delete = COX_CASCADE, .at = COX_AT_INT(struct cox_coaching_question, template_id),
        .help = "The template of talks it is part of, if any."},
    [COX_COACHING_QUESTION_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 1000,
        .flags = COX_SORTED, .at = COX_AT_INT(struct cox_coaching_question, position),
        .help = "Order on the page."},
    [COX_COACHING_QUESTION_IS_RETIRED] = {"is_retired", .label = "Retired", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_coaching_question, is_retired), .help = "No longer offered."},
};
_Static_assert(COX_COUNT(question_fields) == COX_COACHING_QUESTION_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_coaching_question = {
    .name = "coaching_question",
    .plural = "coaching_questions",
    .label = "Coaching question",
    .label_plural = "Coaching questions",
    .number = 160,
    .fields = question_fields,
    .field_count = COX_COACHING_QUESTION_FIELD_COUNT,
    .struct_size = sizeof(struct cox_coaching_question),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_COACHING_QUESTION_TEXT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_library,
    .help = "A question of the company's own, beside those that come with the program.",
};

/* ---- own templates ---- */

static const struct cox_field template_fields[] = {
    [COX_TALK_TEMPLATE_NAME] = {"name", .type = COX_TEXT, .max = 120,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_talk_template, name),
        .help = "What the way of talking is called."},
    [COX_TALK_TEMPLATE_HELP] = {"help", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_talk_template, help), .help = "When to use it, and how."},
    [COX_TALK_TEMPLATE_KIND] = {"kind", .type = COX_CHOICE, .choices = cox_coaching_kinds,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_talk_template, kind),
        .help = "Where it is used."},
    [COX_TALK_TEMPLATE_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 1000,
        .flags = COX_SORTED, .at = COX_AT_INT(struct cox_talk_template, position),
        .help = "Order in which they are offered."},
    [COX_TALK_TEMPLATE_IS_RETIRED] = {"is_retired", .label = "Retired", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_talk_template, is_retired), .help = "No longer offered."},
};
_Static_assert(COX_COUNT(template_fields) == COX_TALK_TEMPLATE_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_talk_template = {
    .name = "talk_template",
    .plural = "talk_templates",
    .label = "Template of talks",
    .label_plural = "Templates of talks",
    .number = 195,
    .fields = template_fields,
    .field_count = COX_TALK_TEMPLATE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_talk_template),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_TALK_TEMPLATE_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_library,
    .help =
        "A way a talk can go, as steps with questions, beside those that come with the program.",
};

/* ---- what comes with the program ---- */

struct question {
    const char *step, *text;
};

struct template
{
    const char *name, *label;
    enum cox_coaching_kind kind;
    const struct question *questions; /* ends with {0} */
};

static const struct question grow[] = {
    {"goal", "What would make this talk worth your time?"},
    {"goal", "What do you want to be different in three months?"},
    {"goal", "How will you notice that you are there?"},
    {"reality", "What happens now? Take the last time as an example."},
    {"reality", "What have you tried, and what came of it?"},
    {"reality", "What part of it is in your hands?"},
    {"options", "What could you do? And what else?"},
    {"options", "What would you do if nobody could refuse it?"},
    {"options", "Which way costs little to try?"},
    {"way_forward", "What will you do, and by when?"},
    {"way_forward", "What could stop you, and what then?"},
    {"way_forward", "What do you want from me?"},
    {0},
};

static const struct question on_deal[] = {
    {"customer", "What changes for the customer if they do nothing?"},
    {"customer", "Who loses if this is bought, and have you spoken with them?"},
    {"state", "Which step did the customer take last, not we?"},
    {"state", "What do we know, and what do we only hope?"},
    {"next", "What would tell us early that this will not come?"},
    {"next", "What is the smallest thing the customer could agree to this week?"},
    {0},
};

static const struct question on_call[] = {
    {"before", "What did you want to have learnt by the end?"},
    {"during", "Where did the customer become livelier, and why there?"},
    {"during", "Which answer did you not follow up?"},
    {"after", "If you could have one minute of it again, which?"},
    {0},
};

static const struct question in_field[] = {
    {"before", "What shall I watch, and what shall I leave alone?"},
    {"after", "What did you see that I did not?"},
    {"after", "What will you do the same way tomorrow, and what not?"},
    {0},
};

static const struct template templates[] = {
    {"grow", "GROW", COX_COACHING_TALK, grow},
    {"deal", "On a deal", COX_COACHING_DEAL, on_deal},
    {"call", "On a call", COX_COACHING_CALL, on_call},
    {"field", "In the field", COX_COACHING_FIELD, in_field},
};

/* ---- GET /coaching/library: what is offered, in its order ---- */

enum { OWN_MAX = 500 };

struct own_question {
    int64_t id, kind, template_id, position;
    struct cox_text step, text; /* in the call's arena */
};

struct own_template {
    int64_t id, kind, position;
    struct cox_text name;
};

struct library {
    struct cox_exchange *x;
    struct cox_call *call;
    struct own_question *questions;
    struct own_template *templates;
    size_t question_count, template_count;
    struct cox_json json;
};

static void put_question(struct cox_json *json, struct cox_text step, struct cox_text text)
{
    cox_json_begin_object(json);
    cox_json_put_text(json, "step", step);
    cox_json_put_text(json, "text", text);
    cox_json_end_object(json);
}

static void begin_template(struct cox_json *json, const char *name, struct cox_text label,
    int64_t kind, int64_t id)
{
    cox_json_begin_object(json);
    cox_json_put_string(json, "name", name);
    cox_json_put_text(json, "label", label);
    cox_json_put_string(json, "kind", cox_coaching_kinds[kind].name);
    cox_cell_put_number(json, "id", id);
    cox_json_key(json, "questions");
    cox_json_begin_array(json);
}

static void end_template(struct cox_json *json)
{
    cox_json_end_array(json);
    cox_json_end_object(json);
}

static void put_templates(struct library *library)
{
    struct cox_json *json = &library->json;

    cox_json_key(json, "templates");
    cox_json_begin_array(json);
    for (size_t t = 0; t < library->template_count; t++) {
        const struct own_template *own = &library->templates[t];

        begin_template(json, "own", own->name, own->kind, own->id);
        for (size_t q = 0; q < library->question_count; q++) {
            if (library->questions[q].template_id == own->id) {
                put_question(json, library->questions[q].step, library->questions[q].text);
            }
        }
        end_template(json);
    }
    for (size_t t = 0; t < COX_COUNT(templates); t++) {
        begin_template(json, templates[t].name, cox_text_of(templates[t].label), templates[t].kind,
            COX_NULL);
        for (const struct question *q = templates[t].questions; q->text != NULL; q++) {
            put_question(json, cox_text_of(q->step), cox_text_of(q->text));
        }
        end_template(json);
    }
    cox_json_end_array(json);
}

static void put_own(struct library *library)
{
    struct cox_json *json = &library->json;

    cox_json_key(json, "own");
    cox_json_begin_array(json);
    for (size_t q = 0; q < library->question_count; q++) {
        const struct own_question *own = &library->questions[q];

        if (own->template_id != COX_NULL) {
            continue;
        }
        cox_json_begin_object(json);
        cox_json_put_int(json, "id", own->id);
        cox_json_put_string(json, "kind", cox_coaching_kinds[own->kind].name);
        cox_json_put_text(json, "step", own->step);
        cox_json_put_text(json, "text", own->text);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

/* ---- what is the company's own ---- */

static enum cox_rc keep(const struct library *library, struct cox_text text,
    struct cox_text *ret_text, struct cox_err *reterr)
{
    *ret_text = cox_arena_text(cox_call_arena(library->call), text);
    return text.size > 0 && ret_text->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc note_question(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct library *library = (struct library *)ctx;
    struct cox_coaching_question question;
    struct own_question *own;

    cox_row_unpack(row, &question);
    if (question.is_retired == 1 || library->question_count == OWN_MAX) {
        return COX_OK;
    }
    own = &library->questions[library->question_count++];
    *own = (struct own_question){row->id, question.kind, question.template_id, question.position,
        {0}, {0}};
    COX_TRY(keep(library, question.step, &own->step, reterr));
    return keep(library, question.text, &own->text, reterr);
}

static enum cox_rc note_template(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct library *library = (struct library *)ctx;
    struct cox_talk_template template;
    struct own_template *own;

    cox_row_unpack(row, &template);
    if (template.is_retired == 1 || library->template_count == OWN_MAX) {
        return COX_OK;
    }
    own = &library->templates[library->template_count++];
    *own = (struct own_template){row->id, template.kind, template.position, {0}};
    return keep(library, template.name, &own->name, reterr);
}

/* Those without a place come last, as they were made. */
static int compare_places(int64_t a, int64_t b, int64_t id_a, int64_t id_b)
{
    if (a != b) {
        return a == COX_NULL ? 1 : b == COX_NULL ? -1 : a < b ? -1 : 1;
    }
    return (id_a > id_b) - (id_a < id_b);
}

static int compare_questions(const void *a, const void *b)
{
    const struct own_question *x = (const struct own_question *)a;
    const struct own_question *y = (const struct own_question *)b;

    return compare_places(x->position, y->position, x->id, y->id);
}

static int compare_templates(const void *a, const void *b)
{
    const struct own_template *x = (const struct own_template *)a;
    const struct own_template *y = (const struct own_template *)b;

    return compare_places(x->position, y->position, x->id, y->id);
}

static enum cox_rc load_own(struct library *library, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(library->call);

    library->question_count = library->template_count = 0; /* a read may be done again */
    library->questions = COX_NEW_ARRAY(arena, OWN_MAX, struct own_question);
    library->templates = COX_NEW_ARRAY(arena, OWN_MAX, struct own_template);
    if (library->questions == NULL || library->templates == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_each(library->call, &cox_coaching_question, NULL, note_question, library, reterr));
    COX_TRY(cox_each(library->call, &cox_talk_template, NULL, note_template, library, reterr));
    qsort(library->questions, library->question_count, sizeof(*library->questions),
        compare_questions);
    qsort(library->templates, library->template_count, sizeof(*library->templates),
        compare_templates);
    return COX_OK;
}

static enum cox_rc make_library(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct library *library = (struct library *)ctx;

    library->call = call;
    COX_TRY(load_own(library, reterr));
    cox_reply_json(library->x, 200, &library->json);
    cox_json_begin_object(&library->json);
    put_templates(library);
    put_own(library);
    cox_json_end_object(&library->json);
    return cox_reply_json_done(library->x, &library->json, reterr);
}

enum cox_rc cox_coaching_library_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct library library = {.x = x};
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, make_library, &library, reterr);
}
