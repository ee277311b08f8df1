/*
 * record/filter.c: the filter language, from text to a tree. Every "not" is pushed down to the
 * terms while parsing, so the tree knows only and, or and terms.
 */
#include "record/filter.h"

#include <assert.h>

struct parser {
    struct cox_call *call;
    const struct cox_table *table;
    struct cox_text rest; /* of the part being read, decoded */
    unsigned depth, term_count;
    struct cox_err *reterr;
};

/* ---- fields ---- */

const struct cox_field *cox_filter_field(const struct cox_call *call, const struct cox_table *table,
    const struct cox_filter *term, bool *ret_has_fold)
{
    const struct cox_table *other;
    bool has_fold = false;
    const struct cox_field *field = NULL;

    if (term->field != COX_NO_FIELD && !term->is_name) {
        field = table->fields[term->field];
        has_fold = field->custom_id == 0 && cox_field_has_fold(table->entity, term->field);
    } else if (term->field != COX_NO_FIELD) {
        other = cox_registry_entity(call->registry, table->fields[term->field]->ref);
        field = other->fields[other->entity->name_field];
        has_fold = cox_field_has_fold(other->entity, other->entity->name_field);
    }
    if (ret_has_fold != NULL) {
        *ret_has_fold = has_fold;
    }
    return field;
}

/* The same words for a field that is not there and one that may not be named. */
static enum cox_rc unknown_field(struct cox_text name, struct cox_err *reterr)
{
    char copy[64];
    size_t size = name.size < sizeof copy - 1 ? name.size : sizeof copy - 1;

    if (size > 0) {
        memcpy(copy, name.ptr, size);
    }
    copy[size] = '\0';
    return cox_fail_at(reterr, COX_INVALID, copy, 0, "unknown field");
}

static bool has_readable_name(const struct cox_call *call, const struct cox_field *field)
{
    const struct cox_table *other;

    if (field->type != COX_REF || field->ref == NULL) {
        return false;
    }
    other = cox_registry_entity(call->registry, field->ref);
    return other != NULL && other->entity->name_field < other->field_count &&
           cox_scope_may_name(other->fields[other->entity->name_field]);
}

/* path: "field", "field.name" or "id". */
static enum cox_rc find_field(struct parser *parser, struct cox_text path,
    struct cox_filter *ret_term)
{
    struct cox_text rest = path;
    struct cox_text name = cox_text_split(&rest, '.');
    uint32_t at;

    if (cox_text_same(path, COX_LIT("id"))) {
        ret_term->field = COX_NO_FIELD;
        return COX_OK;
    }
    at = cox_table_field(parser->table, name);
    if (at == COX_NO_FIELD || !cox_scope_may_name(parser->table->fields[at])) {
        return unknown_field(path, parser->reterr);
    }
    ret_term->field = at;
    ret_term->is_name = rest.ptr != NULL;
    if (ret_term->is_name && (!cox_text_same(rest, COX_LIT("name")) ||
                                 !has_readable_name(parser->call, parser->table->fields[at]))) {
        return unknown_field(path, parser->reterr);
    }
    return COX_OK;
}

/* ---- pieces of text ---- */

static enum cox_rc bad(const struct parser *parser, const char *what)
{
    return cox_fail(parser->reterr, COX_INVALID, "the filter cannot be read: %s", what);
}

static bool accept_char(struct parser *parser, char c)
{
    if (parser->rest.size == 0 || parser->rest.ptr[0] != c) {
        return false;
    }
    parser->rest.ptr++;
    parser->rest.size--;
    return true;
}

static bool accept_word(struct parser *parser, struct cox_text word)
{
    if (!cox_text_starts(parser->rest, word)) {
        return false;
    }
    parser->rest.ptr += word.size;
    parser->rest.size -= word.size;
    return true;
}

static int hex_of(int c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%41+b" to "A b", into the arena, terminated. */
static enum cox_rc decode(const struct parser *parser, struct cox_text text,
    struct cox_text *ret_text)
{
    char *out = cox_arena_alloc(parser->call->arena, text.size + 1);
    size_t size = 0;

    if (out == NULL) {
        return cox_no_memory(parser->reterr);
    }
    for (size_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < text.size ? hex_of(text.ptr[i + 1]) : -1;
            int low = high >= 0 ? hex_of(text.ptr[i + 2]) : -1;
            if (low < 0) {
                return bad(parser, "a % is not followed by two hexadecimal digits");
            }
            c = (char)(high * 16 + low);
            i += 2;
        }
        out[size++] = c;
    }
    *ret_text = (struct cox_text){out, size};
    return cox_text_is_utf8(*ret_text) ? COX_OK : bad(parser, "it is not valid UTF-8 text");
}

/* "..." with \" and \\ inside; the opening quote has been read. Unescaped in place. */
static enum cox_rc read_quoted(struct parser *parser, struct cox_text *ret_text)
{
    char *out = cox_arena_alloc(parser->call->arena, parser->rest.size + 1);
    size_t size = 0;

    if (out == NULL) {
        return cox_no_memory(parser->reterr);
    }
    while (!accept_char(parser, '"')) {
        (void)accept_char(parser, '\\'); /* whatever follows stands for itself */
        if (parser->rest.size == 0) {
            return bad(parser, "a quote is not closed");
        }
        out[size++] = parser->rest.ptr[0];
        parser->rest.ptr++;
        parser->rest.size--;
    }
    *ret_text = (struct cox_text){out, size};
    return COX_OK;
}

/* A value within a list: quoted, or up to the next comma or closing parenthesis. */
static enum cox_rc read_listed(struct parser *parser, struct cox_text *ret_text)
{
    size_t size = 0;

    if (accept_char(parser, '"')) {
        return read_quoted(parser, ret_text);
    }
    while (size < parser->rest.size && parser->rest.ptr[size] != ',' &&
           parser->rest.ptr[size] != ')') {
        if (parser->rest.ptr[size] == '(' || parser->rest.ptr[size] == '"') {
            return bad(parser, "a value with ( or \" in it must be put in quotes");
        }
        size++;
    }
    *ret_text = (struct cox_text){parser->rest.ptr, size};
    parser->rest.ptr += size;
    parser->rest.size -= size;
    return COX_OK;
}

/* ---- terms ---- */

static struct cox_filter *new_node(struct parser *parser, enum cox_filter_kind kind)
{
    struct cox_filter *node = COX_NEW(parser->call->arena, struct cox_filter);

    if (node != NULL) {
        node->kind = kind;
    }
    return node;
}

static enum cox_rc add_value(struct parser *parser, const struct cox_field *field,
    struct cox_text text, struct cox_filter *term)
{
    if (term->value_count == COX_FILTER_VALUES_MAX) {
        return cox_fail(parser->reterr, COX_TOO_LARGE, "in takes at most %d values",
            COX_FILTER_VALUES_MAX);
    }
    return cox_filter_value(parser->call, field, text, &term->values[term->value_count++],
        parser->reterr);
}

/* "(1,2,"x,y")" */
static enum cox_rc read_values(struct parser *parser, const struct cox_field *field,
    struct cox_filter *term)
{
    struct cox_text text;

    term->values = COX_NEW_ARRAY(parser->call->arena, COX_FILTER_VALUES_MAX, struct cox_value);
    if (term->values == NULL) {
        return cox_no_memory(parser->reterr);
    }
    if (!accept_char(parser, '(')) {
        return bad(parser, "in is followed by values in parentheses: in.(1,2)");
    }
    do {
        COX_TRY(read_listed(parser, &text));
        COX_TRY(add_value(parser, field, text, term));
    } while (accept_char(parser, ','));
    return accept_char(parser, ')') ? COX_OK : bad(parser, "a parenthesis is not closed");
}

/* The name is "null", "true" or "false". */
static enum cox_rc make_is(struct parser *parser, const struct cox_field *field,
    struct cox_text word, struct cox_filter *term)
{
    enum cox_type type = field == NULL ? COX_INT : field->type;
    bool is_true = cox_text_same(word, COX_LIT("true"));

    if (cox_text_same(word, COX_LIT("null"))) {
        term->op = COX_OP_NULL;
        return COX_OK;
    }
    if (!is_true && !cox_text_same(word, COX_LIT("false"))) {
        return bad(parser, "is takes null, true or false");
    }
    if (type != COX_BOOL) {
        return cox_fail_at(parser->reterr, COX_INVALID, field == NULL ? "id" : field->name, 0,
            "this is neither true nor false: is takes only null here");
    }
    term->op = COX_OP_EQ;
    term->value_count = 1;
    term->values = COX_NEW(parser->call->arena, struct cox_value);
    if (term->values == NULL) {
        return cox_no_memory(parser->reterr);
    }
    *term->values = cox_int(is_true ? 1 : 0);
    return COX_OK;
}

static enum cox_rc read_value(struct parser *parser, bool is_listed, struct cox_text *ret_text)
{
    if (is_listed) {
        return read_listed(parser, ret_text);
    }
    *ret_text = parser->rest; /* alone after "field=", nothing needs quoting */
    parser->rest.ptr += parser->rest.size;
    parser->rest.size = 0;
    return COX_OK;
}

static enum cox_rc read_operand(struct parser *parser, struct cox_text op_name, bool is_listed,
    struct cox_filter *term)
{
    bool has_fold;
    const struct cox_field *field = cox_filter_field(parser->call, parser->table, term, &has_fold);
    struct cox_text text;

    if (cox_text_same(op_name, COX_LIT("is"))) {
        COX_TRY(read_value(parser, is_listed, &text));
        return make_is(parser, field, text, term);
    }
    term->op = cox_filter_op_find(op_name);
    if (term->op == COX_OP_COUNT) {
        return bad(parser, "after a field comes eq, neq, gt, gte, lt, lte, like, ilike, in or is "
                           "and a dot");
    }
    COX_TRY(cox_filter_check_op(field, has_fold, term->op, parser->reterr));
    if (term->op == COX_OP_IN) {
        return read_values(parser, field, term);
    }
    term->values = COX_NEW(parser->call->arena, struct cox_value);
    if (term->values == NULL) {
        return cox_no_memory(parser->reterr);
    }
    COX_TRY(read_value(parser, is_listed, &text));
    return add_value(parser, field, text, term);
}

/* Behind the field: "[not.]op.value". */
static enum cox_rc read_condition(struct parser *parser, struct cox_text path, bool is_negated,
    bool is_listed, struct cox_filter **ret_node)
{
    struct cox_filter *term = new_node(parser, COX_FILTER_TERM);
    size_t size = 0;
    struct cox_text op_name;

    if (term == NULL) {
        return cox_no_memory(parser->reterr);
    }
    if (++parser->term_count > COX_FILTER_TERMS_MAX) {
        return cox_fail(parser->reterr, COX_TOO_LARGE, "a filter has at most %d conditions",
            COX_FILTER_TERMS_MAX);
    }
    COX_TRY(find_field(parser, path, term));
    assert(parser->rest.ptr != NULL);
    while (accept_word(parser, COX_LIT("not."))) {
        is_negated = !is_negated;
    }
    while (size < parser->rest.size && parser->rest.ptr[size] >= 'a' &&
           parser->rest.ptr[size] <= 'z') {
        size++;
    }
    op_name = (struct cox_text){parser->rest.ptr, size};
    if (size == parser->rest.size || parser->rest.ptr[size] != '.') {
        return bad(parser, "after a field comes an operator and a dot: amount=gte.1000");
    }
    parser->rest.ptr += size + 1;
    parser->rest.size -= size + 1;
    COX_TRY(read_operand(parser, op_name, is_listed, term));
    if (is_negated) {
        term->op = cox_filter_op_negate(term->op);
    }
    *ret_node = term;
    return COX_OK;
}

/* ---- and(...), or(...) ---- */

static enum cox_rc add_part(struct parser *parser, struct cox_filter *node, struct cox_filter *part)
{
    /* Room is doubled at each power of two. */
    if ((node->part_count & (node->part_count - 1)) == 0) {
        struct cox_filter **grown = COX_NEW_ARRAY(parser->call->arena,
            node->part_count == 0 ? 1 : 2 * (size_t)node->part_count, struct cox_filter *);
        if (grown == NULL) {
            return cox_no_memory(parser->reterr);
        }
        for (uint32_t i = 0; i < node->part_count; i++) {
            grown[i] = node->parts[i];
        }
        node->parts = grown;
    }
    node->parts[node->part_count++] = part;
    return COX_OK;
}

static enum cox_rc read_group(struct parser *parser, bool is_or, bool is_negated,
    struct cox_filter **ret_node);

/* The path of a listed condition: one name, or two when the second is neither an operator nor not. */
static struct cox_text read_path(struct parser *parser)
{
    struct cox_text rest = parser->rest;
    struct cox_text first = cox_text_split(&rest, '.');
    struct cox_text after = rest;
    struct cox_text second = cox_text_split(&after, '.');
    bool is_pair = rest.ptr != NULL && cox_text_same(second, COX_LIT("name"));
    struct cox_text path = {first.ptr, is_pair ? first.size + 1 + second.size : first.size};

    parser->rest = is_pair ? after : rest;
    if (parser->rest.ptr == NULL) {
        parser->rest = (struct cox_text){"", 0};
    }
    return path;
}

/* One element of a list: a group or a condition. */
/* NOLINTNEXTLINE(misc-no-recursion): nesting is limited by read_group */
static enum cox_rc read_element(struct parser *parser, bool is_negated,
    struct cox_filter **ret_node)
{
    struct parser before = *parser;
    bool is_not = accept_word(parser, COX_LIT("not."));

    if (accept_word(parser, COX_LIT("and("))) {
        return read_group(parser, is_negated != is_not, is_negated != is_not, ret_node);
    }
    if (accept_word(parser, COX_LIT("or("))) {
        return read_group(parser, is_negated == is_not, is_negated != is_not, ret_node);
    }
    *parser = before;
    return read_condition(parser, read_path(parser), is_negated, true, ret_node);
}

/*
 * The opening parenthesis has been read. is_or already tells what the group is after negation:
 * not(a and b) is (not a) or (not b).
 */
/* NOLINTNEXTLINE(misc-no-recursion): at most COX_FILTER_DEPTH_MAX deep */
static enum cox_rc read_group(struct parser *parser, bool is_or, bool is_negated,
    struct cox_filter **ret_node)
{
    struct cox_filter *node = new_node(parser, is_or ? COX_FILTER_OR : COX_FILTER_AND);
    struct cox_filter *part = NULL;

    if (node == NULL) {
        return cox_no_memory(parser->reterr);
    }
    if (++parser->depth > COX_FILTER_DEPTH_MAX) {
        return cox_fail(parser->reterr, COX_TOO_LARGE, "and and or are nested at most %d deep",
            COX_FILTER_DEPTH_MAX);
    }
    do {
        COX_TRY(read_element(parser, is_negated, &part));
        COX_TRY(add_part(parser, node, part));
    } while (accept_char(parser, ','));
    parser->depth--;
    *ret_node = node;
    return accept_char(parser, ')') ? COX_OK : bad(parser, "a parenthesis is not closed");
}

/* ---- the whole ---- */

/* One part between "&": "key=value". */
static enum cox_rc read_part(struct parser *parser, struct cox_text part,
    struct cox_filter **ret_node)
{
    struct cox_text value = part;
    struct cox_text key = cox_text_split(&value, '=');
    bool is_not, is_group;

    if (value.ptr == NULL) {
        return bad(parser, "each part reads field=operator.value");
    }
    COX_TRY(decode(parser, key, &key));
    COX_TRY(decode(parser, value, &parser->rest));
    is_not = cox_text_starts(key, COX_LIT("not."));
    if (is_not) {
        key.ptr += 4;
        key.size -= 4;
    }
    is_group = cox_text_same(key, COX_LIT("and")) || cox_text_same(key, COX_LIT("or"));
    if (is_not && !is_group) {
        return bad(parser, "not stands before and, or, or an operator: amount=not.eq.1");
    }
    if (!is_group) {
        COX_TRY(read_condition(parser, key, false, false, ret_node));
    } else if (accept_char(parser, '(')) {
        COX_TRY(read_group(parser, cox_text_same(key, COX_LIT("or")) != is_not, is_not, ret_node));
    } else {
        return bad(parser, "and and or are followed by conditions in parentheses");
    }
    return parser->rest.size == 0 ? COX_OK : bad(parser, "there is more behind its end");
}

static enum cox_rc read_parts(struct parser *parser, struct cox_text text, struct cox_filter *root)
{
    while (text.ptr != NULL) {
        struct cox_text piece = cox_text_split(&text, '&');
        struct cox_filter *part = NULL;
        if (piece.size == 0) {
            continue;
        }
        COX_TRY(read_part(parser, piece, &part));
        COX_TRY(add_part(parser, root, part));
    }
    return COX_OK;
}

enum cox_rc cox_filter_parse(struct cox_call *call, const struct cox_entity *entity,
    struct cox_text text, const struct cox_filter **ret_filter, struct cox_err *reterr)
{
    struct parser parser = {.call = call, .reterr = reterr};
    struct cox_filter *root;

    parser.table = cox_registry_entity(call->registry, entity);
    assert(parser.table != NULL);
    if (text.size > COX_FILTER_SIZE_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "a filter has at most %d bytes",
            COX_FILTER_SIZE_MAX);
    }
    root = new_node(&parser, COX_FILTER_AND);
    if (root == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_parts(&parser, text, root));
    *ret_filter = root->part_count == 0 ? NULL : root;
    return COX_OK;
}

/* ---- built by code ---- */

static enum cox_rc build_value(struct parser *parser, const struct cox_field *field,
    struct cox_value value, struct cox_filter *term)
{
    enum cox_type type = field == NULL ? COX_INT : field->type;
    enum cox_value_kind kind = type == COX_TEXT   ? COX_VALUE_TEXT
                               : type == COX_REAL ? COX_VALUE_REAL
                                                  : COX_VALUE_INT;

    if (kind == COX_VALUE_REAL && value.kind == COX_VALUE_INT) {
        value = cox_real((double)value.number);
    }
    if (value.kind != kind) {
        return cox_fail_at(parser->reterr, COX_INVALID, field == NULL ? "id" : field->name, 0,
            "this is not a value of the field's type");
    }
    term->values = COX_NEW(parser->call->arena, struct cox_value);
    if (term->values == NULL) {
        return cox_no_memory(parser->reterr);
    }
    *term->values = value;
    term->value_count = 1;
    return COX_OK;
}

static enum cox_rc build_is(struct parser *parser, const struct cox_field *field,
    struct cox_value value, struct cox_filter *term)
{
    struct cox_text word = value.kind == COX_VALUE_NULL  ? COX_LIT("null")
                           : value.kind != COX_VALUE_INT ? COX_LIT("")
                           : value.number == 1           ? COX_LIT("true")
                                                         : COX_LIT("false");

    return make_is(parser, field, word, term);
}

static enum cox_rc build_term(struct parser *parser, const struct cox_filter_term *given,
    struct cox_filter *term)
{
    struct cox_text op = cox_text_of(given->op);
    bool is_negated = cox_text_starts(op, COX_LIT("not."));
    const struct cox_field *field;
    bool has_fold;

    term->field = given->field;
    if (given->field != COX_NO_FIELD &&
        (given->field >= parser->table->field_count ||
            !cox_scope_may_name(parser->table->fields[given->field]))) {
        return unknown_field(given->field < parser->table->field_count
                                 ? cox_text_of(parser->table->fields[given->field]->name)
                                 : COX_LIT(""),
            parser->reterr);
    }
    if (is_negated) {
        op = (struct cox_text){op.ptr + 4, op.size - 4};
    }
    field = cox_filter_field(parser->call, parser->table, term, &has_fold);
    if (cox_text_same(op, COX_LIT("is"))) {
        COX_TRY(build_is(parser, field, given->value, term));
    } else {
        term->op = cox_filter_op_find(op);
        if (term->op == COX_OP_COUNT || term->op == COX_OP_IN) {
            return bad(parser, "a term built by code has an operator with one value");
        }
        COX_TRY(cox_filter_check_op(field, has_fold, term->op, parser->reterr));
        COX_TRY(build_value(parser, field, given->value, term));
    }
    if (is_negated) {
        term->op = cox_filter_op_negate(term->op);
    }
    return COX_OK;
}

enum cox_rc cox_filter_build(struct cox_call *call, const struct cox_entity *entity,
    const struct cox_filter_term *terms, size_t count, const struct cox_filter **ret_filter,
    struct cox_err *reterr)
{
    struct parser parser = {.call = call, .reterr = reterr};
    struct cox_filter *root = new_node(&parser, COX_FILTER_AND);

    parser.table = cox_registry_entity(call->registry, entity);
    assert(parser.table != NULL);
    for (size_t i = 0; root != NULL && i < count; i++) {
        struct cox_filter *term = new_node(&parser, COX_FILTER_TERM);
        if (term == NULL) {
            return cox_no_memory(reterr);
        }
        COX_TRY(build_term(&parser, &terms[i], term));
        COX_TRY(add_part(&parser, root, term));
    }
    if (root == NULL) {
        return cox_no_memory(reterr);
    }
    *ret_filter = count == 0 ? NULL : root;
    return COX_OK;
}

/* ---- what it says, as a hash ---- */

static void hash_bytes(crypto_generichash_state *state, const void *bytes, size_t size)
{
    (void)crypto_generichash_update(state, bytes, size); /* fails for no input */
}

static void hash_value(const struct cox_value *value, crypto_generichash_state *state)
{
    const unsigned char kind = (unsigned char)value->kind;

    hash_bytes(state, &kind, 1);
    if (value->kind == COX_VALUE_INT) {
        hash_bytes(state, &value->number, sizeof(value->number));
    } else if (value->kind == COX_VALUE_REAL) {
        hash_bytes(state, &value->real, sizeof(value->real));
    } else if (value->kind == COX_VALUE_TEXT) {
        const uint64_t size = value->text.size;
        hash_bytes(state, &size, sizeof(size));
        hash_bytes(state, value->text.ptr, value->text.size);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the parser allows */
void cox_filter_hash(const struct cox_filter *filter, crypto_generichash_state *state)
{
    if (filter == NULL) {
        hash_bytes(state, "-", 1);
        return;
    }
    const uint32_t head[] = {(uint32_t)filter->kind, filter->part_count, filter->field,
        filter->is_name ? 1 : 0, (uint32_t)filter->op, filter->value_count};
    hash_bytes(state, head, sizeof(head));
    for (uint32_t i = 0; i < filter->part_count; i++) {
        cox_filter_hash(filter->parts[i], state); /* depth: that of the parser */
    }
    for (uint32_t i = 0; i < filter->value_count; i++) {
        hash_value(&filter->values[i], state);
    }
}
