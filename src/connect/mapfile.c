/* connect/mapfile.c: reading and writing the decisions of a person about an import. */
#include "connect/mapfile.h"

#include <fnmatch.h>

enum { FILE_MAX = 1 << 22, LINE_MAX_COUNT = 100000 };

enum rule_kind { RULE_ENTITY, RULE_SOURCE, RULE_COLUMN, RULE_VALUE };

struct rule {
    const char *pattern;
    enum rule_kind kind;
    struct cox_text key;  /* COLUMN: header; VALUE: field or header */
    struct cox_text from; /* VALUE: the text as the file has it */
    struct cox_text to;   /* target, or meant text */
    struct cox_text more; /* COLUMN: what follows the first comma */
    int64_t line;
};

struct cox_map_file {
    struct rule *rules;
    size_t count, room;
    struct cox_arena *arena;
};

/* ---- reading ---- */

/* The part before an unescaped sign; rest begins behind it. ptr NULL: there is none. */
static struct cox_text before_sign(struct cox_text *rest, char sign)
{
    for (size_t i = 0; i < rest->size; i++) {
        if (rest->ptr[i] == '\\') {
            i++;
        } else if (rest->ptr[i] == sign) {
            struct cox_text part = {rest->ptr, i};

            rest->ptr += i + 1;
            rest->size -= i + 1;
            return part;
        }
    }
    return (struct cox_text){0};
}

static struct cox_text unescaped(struct cox_arena *arena, struct cox_text text)
{
    char *out;
    size_t size = 0;

    text = cox_text_trim(text);
    out = cox_arena_alloc(arena, text.size + 1);
    for (size_t i = 0; out != NULL && i < text.size; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.size) {
            i++;
        }
        out[size++] = text.ptr[i];
    }
    return (struct cox_text){out, size};
}

static enum cox_rc add_rule(struct cox_map_file *file, struct rule rule, struct cox_err *reterr)
{
    if (file->count == file->room) {
        size_t room = file->room * 2 + 64;
        struct rule *rules = COX_NEW_ARRAY(file->arena, room, struct rule);

        if (rules == NULL) {
            return cox_no_memory(reterr);
        }
        if (file->count > 0) {
            memcpy(rules, file->rules, file->count * sizeof *rules);
        }
        file->rules = rules;
        file->room = room;
    }
    file->rules[file->count++] = rule;
    return COX_OK;
}

static enum cox_rc parse_rule(struct cox_map_file *file, struct cox_text line, struct rule rule,
    struct cox_err *reterr)
{
    struct cox_text rest = line, left;

    if (cox_text_starts(line, COX_LIT("value "))) {
        rest.ptr += 6;
        rest.size -= 6;
        rule.kind = RULE_VALUE;
        rule.key = unescaped(file->arena, before_sign(&rest, ':'));
        rule.from = unescaped(file->arena, before_sign(&rest, '='));
        rule.to = unescaped(file->arena, rest);
        if (rule.key.size == 0 || rule.from.size == 0) {
            return cox_fail_at(reterr, COX_INVALID, "map", rule.line,
                "a value line reads \"value field: text = meant text\"");
        }
        return add_rule(file, rule, reterr);
    }
    left = cox_text_trim(before_sign(&rest, '='));
    if (left.ptr == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "map", rule.line, "there is no \"=\" in this line");
    }
    rule.to = unescaped(file->arena, rest);
    if (cox_text_starts(left, COX_LIT("column "))) {
        struct cox_text target = rest;
        struct cox_text first = before_sign(&target, ',');

        rule.kind = RULE_COLUMN;
        rule.key = unescaped(file->arena, (struct cox_text){left.ptr + 7, left.size - 7});
        if (first.ptr != NULL) {
            rule.to = unescaped(file->arena, first);
            rule.more = cox_text_trim(target);
        }
    } else if (cox_text_same(left, COX_LIT("entity"))) {
        rule.kind = RULE_ENTITY;
    } else if (cox_text_same(left, COX_LIT("source"))) {
        rule.kind = RULE_SOURCE;
    } else {
        return cox_fail_at(reterr, COX_INVALID, "map", rule.line,
            "a line begins with entity, source, column or value");
    }
    return add_rule(file, rule, reterr);
}

static enum cox_rc parse_sdl(struct cox_map_file *file, struct cox_text line, struct rule rule,
    struct cox_err *reterr)
{
    struct cox_text rest = line, left = before_sign(&rest, '=');

    if (left.ptr == NULL) {
        return COX_OK; /* a column that is mapped to nothing */
    }
    rule.kind = RULE_COLUMN;
    rule.key = unescaped(file->arena, left);
    rule.to = unescaped(file->arena, rest);
    return rule.to.size == 0 ? COX_OK : add_rule(file, rule, reterr);
}

enum cox_rc cox_map_file_parse(struct cox_arena *arena, struct cox_text text, bool is_sdl,
    struct cox_map_file **ret_file, struct cox_err *reterr)
{
    struct cox_map_file *file = COX_NEW(arena, struct cox_map_file);
    struct rule rule = {.pattern = "*"};

    if (file == NULL) {
        return cox_no_memory(reterr);
    }
    file->arena = arena;
    if (cox_text_starts(text, COX_LIT("\xef\xbb\xbf"))) {
        text.ptr += 3;
        text.size -= 3;
    }
    while (text.ptr != NULL && rule.line < LINE_MAX_COUNT) {
        struct cox_text line = cox_text_trim(cox_text_split(&text, '\n'));

        rule.line++;
        if (line.size == 0 || line.ptr[0] == '#') {
            continue;
        }
        if (is_sdl) {
            COX_TRY(parse_sdl(file, line, rule, reterr));
        } else if (line.ptr[0] == '[' && line.ptr[line.size - 1] == ']') {
            rule.pattern = cox_arena_format(arena, "%.*s", (int)line.size - 2, line.ptr + 1);
            if (rule.pattern == NULL) {
                return cox_no_memory(reterr);
            }
        } else {
            COX_TRY(parse_rule(file, line, rule, reterr));
        }
    }
    *ret_file = file;
    return COX_OK;
}

enum cox_rc cox_map_file_read(struct cox_arena *arena, const char *path,
    struct cox_map_file **ret_file, struct cox_err *reterr)
{
    COX_AUTO_FILE file = NULL;
    struct cox_source source;
    char *bytes = cox_arena_alloc(arena, FILE_MAX);
    size_t size = 0, got;

    if (bytes == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_file_open(path, FILE_MAX, &file, reterr));
    source = cox_file_source(file);
    do {
        COX_TRY(source.read(source.ctx, bytes + size, FILE_MAX - size, &got, reterr));
        size += got;
    } while (got > 0 && size < FILE_MAX);
    return cox_map_file_parse(arena, (struct cox_text){bytes, size},
        cox_text_ends(cox_text_of(path), COX_LIT(".sdl")), ret_file, reterr);
}

/* ---- applying ---- */

static bool is_for(const struct rule *rule, struct cox_text name)
{
    char text[512];

    if (name.size >= sizeof text) {
        return false;
    }
    memcpy(text, name.ptr, name.size);
    text[name.size] = '\0';
    return fnmatch(rule->pattern, text, FNM_CASEFOLD) == 0;
}

enum cox_rc cox_map_file_guess(const struct cox_map_file *file, struct cox_text name,
    const struct cox_registry *registry, struct cox_guess *guess, bool *ret_is_decided,
    struct cox_err *reterr)
{
    *ret_is_decided = false;
    for (size_t i = 0; file != NULL && i < file->count; i++) {
        const struct rule *rule = &file->rules[i];

        if (!is_for(rule, name)) {
            continue;
        }
        if (rule->kind == RULE_SOURCE) {
            guess->source = cox_source_find(rule->to);
            if (guess->source < 0) {
                return cox_fail_at(reterr, COX_INVALID, "source", rule->line,
                    "\"%.*s\" is none of salesforce, hubspot, zoho, csv", (int)rule->to.size,
                    rule->to.ptr);
            }
        } else if (rule->kind == RULE_ENTITY) {
            guess->table = cox_registry_find(registry, rule->to);
            if (guess->table == NULL) {
                return cox_fail_at(reterr, COX_INVALID, "entity", rule->line,
                    "there is no kind of record called \"%.*s\"", (int)rule->to.size, rule->to.ptr);
            }
            guess->kind = COX_KIND_RECORDS;
            guess->why = COX_LIT("decided by the map file");
            guess->is_sure = *ret_is_decided = true;
        }
    }
    return COX_OK;
}

static enum cox_rc apply_option(struct cox_column *column, struct cox_text option, int64_t line,
    struct cox_err *reterr)
{
    int64_t scale;

    for (int order = COX_DATE_YMD; order <= COX_DATE_MDY; order++) {
        if (cox_text_same_ascii(option,
                cox_text_of(cox_date_order_name((enum cox_date_order)order)))) {
            column->order = (enum cox_date_order)order;
            return COX_OK;
        }
    }
    if (cox_text_same_ascii(option, COX_LIT("comma")) ||
        cox_text_same_ascii(option, COX_LIT("dot"))) {
        column->point = option.size == 5 ? COX_POINT_COMMA : COX_POINT_DOT;
        return COX_OK;
    }
    if (cox_text_starts(option, COX_LIT("scale ")) &&
        cox_num_parse_plain(cox_text_trim((struct cox_text){option.ptr + 6, option.size - 6}),
            &scale) &&
        (scale == 1 || scale == 1000 || scale == 1000000 || scale == 1000000000)) {
        column->scale = scale;
        return COX_OK;
    }
    return cox_fail_at(reterr, COX_INVALID, "map", line,
        "\"%.*s\" is none of ymd, dmy, mdy, comma, dot, scale 1000 (1, 1000000, 1000000000)",
        (int)option.size, option.ptr);
}

static enum cox_rc apply_column(const struct rule *rule, const struct cox_names *names,
    struct cox_arena *arena, struct cox_mapping *mapping, struct cox_column *column,
    struct cox_err *reterr)
{
    const struct cox_table *table = mapping->guess.table;
    struct cox_text more = rule->more;

    column->is_decided = true;
    column->field = COX_NO_FIELD;
    column->role = cox_role_column_find(rule->to);
    if (column->role == COX_COL_UNKNOWN) {
        column->field = cox_table_field(table, rule->to);
        column->role = COX_COL_FIELD;
    }
    for (uint32_t i = 0; column->role == COX_COL_KEEP && i < table->field_count; i++) {
        /* Made by an import before, or by this one. */
        if (table->fields[i]->custom_id != 0 &&
            cox_text_same(cox_text_of(table->fields[i]->label), column->header)) {
            column->role = COX_COL_FIELD;
            column->field = i;
        }
    }
    if (column->role == COX_COL_FIELD && column->field == COX_NO_FIELD) {
        bool is_id;
        struct cox_text key = cox_header_key(arena, rule->to, &is_id);
        double weight;
        const struct cox_name *name =
            cox_names_best(names, rule->to, key, is_id, table, mapping->guess.source, &weight);

        if (name == NULL) {
            return cox_fail_at(reterr, COX_INVALID, "map", rule->line, "%s have no field \"%.*s\"",
                table->entity->plural, (int)rule->to.size, rule->to.ptr);
        }
        column->role = name->role;
        column->field = name->role == COX_COL_FIELD ? name->field : COX_NO_FIELD;
    }
    column->is_since |= column->role == COX_COL_SINCE;
    while (more.ptr != NULL) {
        COX_TRY(
            apply_option(column, cox_text_trim(cox_text_split(&more, ',')), rule->line, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_map_file_columns(const struct cox_map_file *file, struct cox_text name,
    const struct cox_names *names, struct cox_arena *arena, struct cox_mapping *mapping,
    struct cox_err *reterr)
{
    for (size_t i = 0; file != NULL && mapping->guess.table != NULL && i < file->count; i++) {
        const struct rule *rule = &file->rules[i];

        for (size_t c = 0; rule->kind == RULE_COLUMN && is_for(rule, name) && c < mapping->count;
             c++) {
            if (cox_text_same_ascii(mapping->columns[c].header, rule->key)) {
                COX_TRY(apply_column(rule, names, arena, mapping, &mapping->columns[c], reterr));
            }
        }
    }
    mapping->id = cox_mapping_find(mapping, COX_COL_ID, COX_NO_FIELD);
    for (size_t c = 0; c < mapping->count; c++) {
        if (mapping->columns[c].is_decided && mapping->columns[c].role == COX_COL_ID) {
            mapping->id = c;
        }
        if (mapping->columns[c].is_decided && mapping->columns[c].is_since) {
            mapping->since = c;
        }
    }
    return COX_OK;
}

static bool is_value_of(const struct rule *rule, struct cox_text name,
    const struct cox_column *column, const struct cox_table *table)
{
    return rule->kind == RULE_VALUE && is_for(rule, name) &&
           (cox_text_same_ascii(rule->key, column->header) ||
               (column->role == COX_COL_FIELD &&
                   cox_text_same(rule->key, cox_text_of(table->fields[column->field]->name))));
}

bool cox_map_file_has_values(const struct cox_map_file *file, struct cox_text name,
    const struct cox_column *column, const struct cox_table *table)
{
    for (size_t i = 0; file != NULL && i < file->count; i++) {
        if (is_value_of(&file->rules[i], name, column, table)) {
            return true;
        }
    }
    return false;
}

struct cox_text cox_map_file_value(const struct cox_map_file *file, struct cox_text name,
    const struct cox_column *column, const struct cox_table *table, struct cox_text text)
{
    text = cox_text_trim(text);
    for (size_t i = 0; file != NULL && i < file->count; i++) {
        if (is_value_of(&file->rules[i], name, column, table) &&
            cox_text_same(file->rules[i].from, text)) {
            return file->rules[i].to;
        }
    }
    return text;
}

/* ---- writing ---- */

void cox_map_file_escape(struct cox_buf *buf, struct cox_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];

        if (c == '\\' || c == '=' || c == ':' || c == ',') {
            cox_buf_add_char(buf, '\\');
        }
        cox_buf_add_char(buf, c == '\n' || c == '\r' ? ' ' : c);
    }
}

static void write_column(struct cox_buf *buf, const struct cox_mapping *mapping,
    const struct cox_column *column)
{
    const struct cox_table *table = mapping->guess.table;
    enum cox_type type = COX_TEXT;

    if (column->role == COX_COL_UNKNOWN && column->proposal.ptr == NULL) {
        cox_buf_add_string(buf, "# ");
    }
    cox_buf_add_string(buf, column->role == COX_COL_UNKNOWN && column->proposal.ptr != NULL
                                ? "# perhaps: column "
                                : "column ");
    cox_map_file_escape(buf, column->header);
    cox_buf_add_string(buf, " = ");
    if (column->role == COX_COL_FIELD) {
        type = table->fields[column->field]->type;
        cox_buf_add_string(buf, table->fields[column->field]->name);
    } else if (column->role == COX_COL_UNKNOWN) {
        cox_buf_add_text(buf, column->proposal.ptr == NULL ? COX_LIT("@keep") : column->proposal);
    } else {
        cox_buf_add_string(buf, cox_role_column_name(column->role));
    }
    if (type == COX_DATE || type == COX_INSTANT || column->is_since) {
        cox_buf_format(buf, ", %s", cox_date_order_name(column->order));
    }
    if ((type == COX_MONEY || type == COX_REAL || type == COX_INT) && column->scale != 1) {
        cox_buf_format(buf, ", scale %lld", (long long)column->scale);
    }
    if (column->point == COX_POINT_COMMA) {
        cox_buf_add_string(buf, ", comma");
    }
    cox_buf_add_char(buf, '\n');
}

void cox_map_file_write(struct cox_buf *buf, struct cox_text name,
    const struct cox_mapping *mapping)
{
    cox_buf_format(buf, "[%.*s]\n", (int)name.size, name.ptr);
    if (mapping->guess.table == NULL) {
        return;
    }
    cox_buf_format(buf, "%sentity = %s\n", mapping->guess.kind == COX_KIND_RECORDS ? "" : "# ",
        mapping->guess.table->entity->name);
    cox_buf_format(buf, "source = %s\n", cox_source_name(mapping->guess.source));
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->columns[i].role != COX_COL_NOISE &&
            mapping->columns[i].role != COX_COL_ERROR) {
            write_column(buf, mapping, &mapping->columns[i]);
        }
    }
}

void cox_map_file_write_value(struct cox_buf *buf, struct cox_text field, struct cox_text text,
    struct cox_text meant, bool is_sure)
{
    cox_buf_add_string(buf, is_sure ? "value " : "# value ");
    cox_map_file_escape(buf, field);
    cox_buf_add_string(buf, ": ");
    cox_map_file_escape(buf, text);
    cox_buf_add_string(buf, " = ");
    cox_map_file_escape(buf, meant);
    cox_buf_add_char(buf, '\n');
}
