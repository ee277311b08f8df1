/* tests/unit/club_filter.c: random filters, their text and their plain meaning. */
#include "club_filter.h"

enum kind { TERM, AND, OR };
enum op { EQ, NEQ, GT, GTE, LT, LTE, LIKE, ILIKE, IN, IS_NULL, OP_COUNT };
enum truth { NO, UNKNOWN, YES };

struct ask {
    enum kind kind;
    bool is_negated;
    const struct ask *parts[3];
    int part_count;
    uint32_t field;
    bool is_name;
    enum op op;
    struct cox_value values[3];
    int value_count;
};

/* ---- making ---- */

static const struct {
    uint32_t field;
    bool is_name, is_text, has_fold, is_ordered;
} fields[] = {
    {CLUB_VISIT_TITLE, .is_text = true, .has_fold = true, .is_ordered = true},
    {CLUB_VISIT_MEMO, .is_text = true, .is_ordered = true},
    {CLUB_VISIT_HOUSE, .is_name = true, .is_text = true, .has_fold = true, .is_ordered = true},
    {CLUB_VISIT_OWNER, .is_text = false},
    {CLUB_VISIT_HOUSE, .is_text = false},
    {CLUB_VISIT_COST, .is_ordered = true},
    {CLUB_VISIT_RATING, .is_ordered = true},
    {CLUB_VISIT_DAY, .is_ordered = true},
    {CLUB_VISIT_PAID, .is_text = false},
    {CLUB_VISIT_KIND, .is_text = false},
};

static struct cox_value pick_value(struct model *model, const struct ask *ask, bool is_text)
{
    static const char *const texts[] = {"Haus S\303\274d", "haus ost", "HAUS", "a_b", "axb", "[x]",
        "q?r", "a\\b", "strasse", "50% off", "Nord", "zz"};
    static const char *const patterns[] = {"*haus*", "HAUS*", "*_*", "*%*", "*?*", "*[x]*", "*\\*",
        "stra*e", "*", "nord", "Haus*"};

    if (ask->op == LIKE || ask->op == ILIKE) {
        return cox_text_value(cox_text_of(patterns[model_pick(model, COX_COUNT(patterns))]));
    }
    if (is_text) {
        return cox_text_value(cox_text_of(texts[model_pick(model, COX_COUNT(texts))]));
    }
    switch (ask->field) {
    case CLUB_VISIT_OWNER:
        return cox_int(model->persons[model_pick(model, PERSON_COUNT)]);
    case CLUB_VISIT_HOUSE:
        return cox_int(model->records[model_pick(model, model->record_count)].id);
    case CLUB_VISIT_RATING:
        return cox_real((double)model_pick(model, 8) / 4);
    case CLUB_VISIT_PAID:
    case CLUB_VISIT_KIND:
        return cox_int((int64_t)model_pick(model, 2));
    default:
        return cox_int((int64_t)model_pick(model, 8));
    }
}

static void make_term(struct model *model, struct ask *ask)
{
    uint64_t at = model_pick(model, COX_COUNT(fields));

    ask->field = fields[at].field;
    ask->is_name = fields[at].is_name;
    do {
        ask->op = (enum op)model_pick(model, OP_COUNT);
    } while ((!fields[at].is_ordered && ask->op >= GT && ask->op <= LTE) ||
             (!fields[at].is_text && (ask->op == LIKE || ask->op == ILIKE)) ||
             (!fields[at].has_fold && ask->op == ILIKE));
    ask->value_count = ask->op == IS_NULL ? 0 : ask->op == IN ? 1 + (int)model_pick(model, 3) : 1;
    for (int i = 0; i < ask->value_count; i++) {
        ask->values[i] = pick_value(model, ask, fields[at].is_text);
    }
}

static const struct ask *make(struct model *model, struct cox_arena *arena, int depth)
{
    struct ask *ask = COX_NEW(arena, struct ask);

    if (ask == NULL) {
        abort();
    }
    ask->is_negated = model_pick(model, 4) == 0;
    if (depth == 0 || model_pick(model, 3) > 0) {
        make_term(model, ask);
        return ask;
    }
    ask->kind = model_pick(model, 2) == 0 ? AND : OR;
    ask->part_count = 1 + (int)model_pick(model, 3);
    for (int i = 0; i < ask->part_count; i++) {
        ask->parts[i] = make(model, arena, depth - 1);
    }
    return ask;
}

const struct ask *ask_make(struct model *model, struct cox_arena *arena)
{
    return make(model, arena, 3);
}

/* ---- as text ---- */

static void add_value(struct cox_buf *out, const struct ask *ask, const struct cox_value *value,
    bool is_listed)
{
    static const char *const kinds[] = {"short", "long"};
    char day[32];

    if (value->kind == COX_VALUE_REAL) {
        cox_buf_format(out, "%.2f", value->real);
    } else if (value->kind == COX_VALUE_INT && ask->field == CLUB_VISIT_DAY) {
        (void)snprintf(day, sizeof day, "1970-01-%02d", (int)value->number + 1);
        cox_buf_add_string(out, day);
    } else if (value->kind == COX_VALUE_INT && ask->field == CLUB_VISIT_PAID) {
        cox_buf_add_string(out, value->number == 1 ? "true" : "false");
    } else if (value->kind == COX_VALUE_INT && ask->field == CLUB_VISIT_KIND) {
        cox_buf_add_string(out, kinds[value->number]);
    } else if (value->kind == COX_VALUE_INT && ask->field == CLUB_VISIT_COST) {
        cox_buf_format(out, "%.2f", (double)value->number / 100); /* small sums: exact enough */
    } else if (value->kind == COX_VALUE_INT) {
        cox_buf_format(out, "%lld", (long long)value->number);
    } else if (!is_listed) {
        cox_buf_add_text(out, value->text);
    } else {
        cox_buf_add_char(out, '"');
        for (size_t i = 0; i < value->text.size; i++) {
            if (value->text.ptr[i] == '\\' || value->text.ptr[i] == '"') {
                cox_buf_add_char(out, '\\');
            }
            cox_buf_add_char(out, value->text.ptr[i]);
        }
        cox_buf_add_char(out, '"');
    }
}

static void add_condition(struct cox_buf *out, const struct ask *ask, char between, bool is_listed)
{
    static const char *const ops[OP_COUNT] = {"eq", "neq", "gt", "gte", "lt", "lte", "like",
        "ilike", "in", "is"};

    cox_buf_add_string(out, club_visit.fields[ask->field].name);
    cox_buf_add_string(out, ask->is_name ? ".name" : "");
    cox_buf_add_char(out, between);
    cox_buf_add_string(out, ask->is_negated ? "not." : "");
    cox_buf_add_string(out, ops[ask->op]);
    cox_buf_add_string(out, ask->op == IN ? ".(" : ".");
    if (ask->op == IS_NULL) {
        cox_buf_add_string(out, "null");
    }
    for (int i = 0; i < ask->value_count; i++) {
        cox_buf_add_string(out, i == 0 ? "" : ",");
        add_value(out, ask, &ask->values[i], is_listed || ask->op == IN);
    }
    cox_buf_add_string(out, ask->op == IN ? ")" : "");
}

static void add_group(struct cox_buf *out, const struct ask *ask, bool is_top)
{
    cox_buf_add_string(out, ask->is_negated ? "not." : "");
    cox_buf_add_string(out, ask->kind == AND ? "and" : "or");
    cox_buf_add_string(out, is_top ? "=(" : "(");
    for (int i = 0; i < ask->part_count; i++) {
        cox_buf_add_string(out, i == 0 ? "" : ",");
        if (ask->parts[i]->kind == TERM) {
            add_condition(out, ask->parts[i], '.', true);
        } else {
            add_group(out, ask->parts[i], false);
        }
    }
    cox_buf_add_char(out, ')');
}

struct cox_text ask_text(const struct ask *ask, struct cox_arena *arena)
{
    struct cox_buf plain, coded;
    struct cox_text text;

    cox_buf_init(&plain, 1 << 16);
    cox_buf_init(&coded, 1 << 18);
    if (ask->kind == TERM) {
        add_condition(&plain, ask, '=', false);
    } else {
        add_group(&plain, ask, true);
    }
    for (size_t i = 0; i < plain.size; i++) {
        unsigned char c = (unsigned char)plain.ptr[i];
        if (c <= ' ' || c == '%' || c == '&' || c == '+' || c >= 0x7f) {
            cox_buf_format(&coded, "%%%02X", c);
        } else {
            cox_buf_add_char(&coded, (char)c);
        }
    }
    text = cox_arena_text(arena, cox_buf_text(&coded));
    cox_buf_done(&plain);
    cox_buf_done(&coded);
    return text;
}

/* ---- meaning ---- */

static bool matches(const char *pattern, size_t pattern_size, const char *text, size_t size)
{
    if (pattern_size == 0) {
        return size == 0;
    }
    if (*pattern == '*') {
        return matches(pattern + 1, pattern_size - 1, text, size) ||
               (size > 0 && matches(pattern, pattern_size, text + 1, size - 1));
    }
    return size > 0 && *pattern == *text &&
           matches(pattern + 1, pattern_size - 1, text + 1, size - 1);
}

static int compare(const struct ask *ask, const struct cox_value *a, const struct cox_value *b,
    struct cox_arena *arena)
{
    if (a->kind == COX_VALUE_INT) {
        return a->number < b->number ? -1 : a->number > b->number;
    }
    if (a->kind == COX_VALUE_REAL) {
        return a->real < b->real ? -1 : a->real > b->real;
    }
    /* Equality is of the text itself; order that of the fold, where the field has one. */
    if (ask->op == EQ || ask->op == NEQ || ask->op == IN || ask->field == CLUB_VISIT_MEMO) {
        return cox_text_compare(a->text, b->text);
    }
    return cox_text_compare(cox_text_fold(arena, a->text), cox_text_fold(arena, b->text));
}

static bool is_met(const struct ask *ask, const struct cox_value *value, struct cox_arena *arena)
{
    struct cox_text text = value->text, pattern = ask->values[0].text;
    int order;

    if (ask->op == LIKE) {
        return matches(pattern.ptr, pattern.size, text.ptr, text.size);
    }
    if (ask->op == ILIKE) {
        text = cox_text_fold(arena, text);
        pattern = cox_text_fold(arena, pattern);
        return matches(pattern.ptr, pattern.size, text.ptr, text.size);
    }
    order = compare(ask, value, &ask->values[0], arena);
    switch (ask->op) {
    case EQ:
        return order == 0;
    case NEQ:
        return order != 0;
    case GT:
        return order > 0;
    case GTE:
        return order >= 0;
    case LT:
        return order < 0;
    case LTE:
        return order <= 0;
    case LIKE:
    case ILIKE:
    case IN:
    case IS_NULL:
    case OP_COUNT:
        break;
    }
    for (int i = 0; i < ask->value_count; i++) {
        if (compare(ask, value, &ask->values[i], arena) == 0) {
            return true;
        }
    }
    return false;
}

static struct cox_value value_of(const struct ask *ask, const struct model *model,
    const struct model_view *view, const struct model_version *version)
{
    const struct cox_value *value = &version->values[ask->field];
    const struct model_record *house;
    const struct model_version *seen;

    if (!ask->is_name) {
        return *value;
    }
    house = value->kind == COX_VALUE_NULL ? NULL : model_find(model, value->number);
    seen = house == NULL ? NULL : model_look(model, view, house);
    return seen == NULL ? cox_null() : seen->values[CLUB_HOUSE_NAME];
}

static enum truth truth_of(const struct ask *ask, const struct model *model,
    const struct model_view *view, const struct model_version *version, struct cox_arena *arena)
{
    enum truth truth = ask->kind == AND ? YES : NO;

    for (int i = 0; i < ask->part_count; i++) {
        enum truth part = truth_of(ask->parts[i], model, view, version, arena);
        bool is_stronger = ask->kind == AND ? part < truth : part > truth;
        truth = is_stronger ? part : truth;
    }
    if (ask->kind == TERM) {
        struct cox_value value = value_of(ask, model, view, version);
        if (ask->op == IS_NULL) {
            truth = value.kind == COX_VALUE_NULL ? YES : NO;
        } else if (value.kind == COX_VALUE_NULL) {
            truth = UNKNOWN;
        } else {
            truth = is_met(ask, &value, arena) ? YES : NO;
        }
    }
    return ask->is_negated ? (enum truth)(YES - truth) : truth;
}

bool ask_holds(const struct ask *ask, const struct model *model, const struct model_view *view,
    const struct model_version *version, struct cox_arena *arena)
{
    return truth_of(ask, model, view, version, arena) == YES;
}
