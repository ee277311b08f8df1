/* connect/mapping.c: from headers and values to columns that can be read. */
#include "connect/mapping.h"

#include <ctype.h>

#include "connect/convert.h"

static const double proposal_least = 0.75;

size_t cox_mapping_find(const struct cox_mapping *mapping, enum cox_role_column role,
    uint32_t field)
{
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->columns[i].role == role &&
            (field == COX_NO_FIELD || mapping->columns[i].field == field)) {
            return i;
        }
    }
    return mapping->count;
}

bool cox_column_is_taken(const struct cox_column *column)
{
    return column->role != COX_COL_UNKNOWN && column->role != COX_COL_MINOR &&
           column->role != COX_COL_NOISE && column->role != COX_COL_ERROR;
}

/* ---- columns that carry a name inside their header ---- */

/* What stands between quotes of any kind: `Date entered "Demo (Sales Pipeline)"`. */
static struct cox_text quoted(struct cox_text text)
{
    static const char *const signs[] = {"\"", "'", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x98",
        "\xe2\x80\x99"};
    size_t from = text.size, to = 0;

    for (size_t i = 0; i < text.size; i++) {
        for (size_t s = 0; s < COX_COUNT(signs); s++) {
            struct cox_text rest = {text.ptr + i, text.size - i};

            if (cox_text_starts(rest, cox_text_of(signs[s]))) {
                from = from == text.size ? i + strlen(signs[s]) : from;
                to = i;
            }
        }
    }
    return from < to ? (struct cox_text){text.ptr + from, to - from} : (struct cox_text){0};
}

/* When a stage was entered: HubSpot's labels and internal names. */
static bool is_entered(struct cox_text header, struct cox_text *ret_stage)
{
    static const char *const starts[] = {"hs_v2_date_entered_", "hs_date_entered_",
        "property_hs_v2_date_entered_", "property_hs_date_entered_"};

    for (size_t i = 0; i < COX_COUNT(starts); i++) {
        struct cox_text with = cox_text_of(starts[i]);

        if (cox_text_starts(header, with)) {
            *ret_stage = (struct cox_text){header.ptr + with.size, header.size - with.size};
            return true;
        }
    }
    if (header.size > 13 &&
        cox_text_same_ascii((struct cox_text){header.ptr, 12}, COX_LIT("Date entered"))) {
        *ret_stage = quoted(header);
        return ret_stage->ptr != NULL;
    }
    return false;
}

struct cox_text cox_entered_stage(struct cox_text label)
{
    for (size_t i = label.size; i > 1; i--) {
        if (label.ptr[i - 1] == '(' && label.ptr[label.size - 1] == ')') {
            return cox_text_trim((struct cox_text){label.ptr, i - 1});
        }
    }
    return label;
}

static bool is_other_stage_column(struct cox_text header)
{
    static const char *const starts[] = {"hs_v2_", "hs_date_exited_", "hs_time_in_", "Date exited",
        "Cumulative time in", "Latest time in", "Time in"};

    for (size_t i = 0; i < COX_COUNT(starts); i++) {
        if (cox_text_starts(header, cox_text_of(starts[i]))) {
            return true;
        }
    }
    return false;
}

/* ---- making ---- */

struct making {
    struct cox_arena *arena;
    const struct cox_names *names;
    const struct cox_guess *guess;
};

static bool is_since_key(struct cox_text key)
{
    static const char keys[] =
        "createddate|createdate|createdtime|createdat|created|creationdate|datecreated|createdon|"
        "hscreatedate|engagedate|opendate|openeddate|openedon|opened|createddatetime|"
        "opportunitycreateddate|createdday";
    struct cox_text rest = cox_text_of(keys);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        if (cox_text_same(one, key)) {
            return true;
        }
    }
    return false;
}

/* The field whose names are most like the header; proposed, never taken. */
static void propose(const struct making *making, struct cox_text key, struct cox_column *column)
{
    double best = proposal_least;

    if (key.size < 3) {
        return;
    }
    for (size_t i = 0; i < making->names->count; i++) {
        const struct cox_name *name = &making->names->rows[i];
        struct cox_mark mark;
        double likeness;

        if (name->table != making->guess->table || name->role != COX_COL_FIELD ||
            name->key.size < 3) {
            continue;
        }
        mark = cox_arena_mark(making->arena);
        likeness = cox_text_likeness(making->arena, name->key, key);
        cox_arena_rewind(making->arena, mark);
        if (likeness > best) {
            best = likeness;
            column->proposal = cox_text_of(name->table->fields[name->field]->name);
        }
    }
}

/* History files say when and which; the same headers mean something else elsewhere. */
static enum cox_role_column history_role(const struct cox_guess *guess, struct cox_text key)
{
    static const struct {
        enum cox_role_column role;
        const char *keys;
    } roles[] = {
        {COX_COL_AT, "createddate|dateentered|modifiedtime|lastmodified|lastmodifieddate|"
                     "editdate|timestamp|lastmodifiedtime|at|changedat"},
        {COX_COL_ID, "opportunityid|dealid|potentialid|dealname|potentialname|opportunityname|"
                     "parentid|opportunity|deal"},
        {COX_COL_CHANGED, "field|fieldname"},
        {COX_COL_OLD, "oldvalue|fromstage|from"},
        {COX_COL_NEW, "newvalue"},
    };

    if (guess->kind != COX_KIND_SNAPSHOTS && guess->kind != COX_KIND_CHANGES) {
        return COX_COL_UNKNOWN;
    }
    if (cox_text_same(key, COX_LIT("id")) || cox_text_same(key, COX_LIT("recordid"))) {
        return COX_COL_NOISE;
    }
    if (guess->table != NULL && key.size == strlen(guess->table->entity->name) + 2 &&
        cox_text_starts(key, cox_text_of(guess->table->entity->name)) &&
        cox_text_ends(key, COX_LIT("id"))) {
        return COX_COL_ID; /* AccountId in a history of accounts */
    }
    for (size_t i = 0; i < COX_COUNT(roles); i++) {
        struct cox_text rest = cox_text_of(roles[i].keys);

        for (struct cox_text one; cox_alias_next(&rest, &one);) {
            if (cox_text_same(one, key)) {
                return roles[i].role;
            }
        }
    }
    return COX_COL_UNKNOWN;
}

static bool is_stage_key(const struct cox_guess *guess, struct cox_text key)
{
    return guess->kind == COX_KIND_SNAPSHOTS &&
           (cox_text_same(key, COX_LIT("value")) || cox_text_same(key, COX_LIT("tostage")) ||
               cox_text_same(key, COX_LIT("movedto")));
}

static enum cox_rc make_column(const struct making *making, struct cox_text header,
    struct cox_column *column, struct cox_err *reterr)
{
    const struct cox_guess *guess = making->guess;
    static const struct cox_text past = {"propertiesWithHistory.", 22};
    const struct cox_name *name;
    struct cox_text key, bare = header;
    double weight;
    bool is_past = cox_text_starts(header, past);

    *column = (struct cox_column){.header = header, .scale = 1, .field = COX_NO_FIELD};
    if (is_past) {
        bare = (struct cox_text){header.ptr + past.size, header.size - past.size};
    }
    key = cox_header_key(making->arena, bare, &column->is_id);
    if (key.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    column->role = history_role(guess, key);
    if (column->role != COX_COL_UNKNOWN || guess->table == NULL) {
        return COX_OK;
    }
    if (is_entered(header, &column->stage)) {
        column->role = COX_COL_ENTERED;
        return COX_OK;
    }
    if (is_stage_key(guess, key)) {
        key = COX_LIT("stage");
    }
    name = cox_names_best(making->names, bare, key, column->is_id, guess->table, guess->source,
        &weight);
    column->is_since = !is_past && is_since_key(key);
    if (name != NULL) {
        column->role = is_past && name->role == COX_COL_FIELD ? COX_COL_PAST : name->role;
        column->field = name->role == COX_COL_FIELD ? name->field : COX_NO_FIELD;
        column->is_id |= cox_text_ends(key, COX_LIT("id"));
        column->is_since |= column->role == COX_COL_FIELD &&
                            strcmp(guess->table->fields[name->field]->name, "created_day") == 0;
    } else if (is_other_stage_column(header)) {
        column->role = COX_COL_NOISE;
    } else if (column->is_since) {
        column->role = COX_COL_SINCE;
    } else {
        propose(making, key, column);
    }
    return COX_OK;
}

/* How good a column names its field: one vendor name beats a general one. */
static double weight_of(const struct making *making, const struct cox_column *column)
{
    bool is_id;
    double weight = 0;
    struct cox_text key = cox_header_key(making->arena, column->header, &is_id);

    if (key.ptr != NULL) {
        (void)cox_names_best(making->names, column->header, key, is_id, making->guess->table,
            making->guess->source, &weight); /* only how well is asked */
    }
    return weight;
}

/* Only references may have two columns; otherwise the first of the best is the field's. */
static void drop_doubles(const struct making *making, struct cox_mapping *mapping)
{
    for (size_t i = 0; i < mapping->count; i++) {
        struct cox_column *a = &mapping->columns[i];

        for (size_t j = i + 1; j < mapping->count && a->role == COX_COL_FIELD; j++) {
            struct cox_column *b = &mapping->columns[j];

            if (b->role != COX_COL_FIELD || a->field != b->field ||
                making->guess->table->fields[a->field]->type == COX_REF) {
                continue;
            }
            if (weight_of(making, b) > weight_of(making, a)) {
                a->role = COX_COL_MINOR;
                a->field = COX_NO_FIELD;
            } else {
                b->role = COX_COL_MINOR;
                b->field = COX_NO_FIELD;
            }
        }
    }
}

static bool is_modified_key(struct cox_text key)
{
    static const char keys[] = "lastmodifieddate|systemmodstamp|modifiedtime|hslastmodifieddate|"
                               "updatedat|lastmodified|modifiedat|modifieddate";
    struct cox_text rest = cox_text_of(keys);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        if (cox_text_same(one, key)) {
            return true;
        }
    }
    return false;
}

static size_t find_modified(struct cox_arena *arena, const struct cox_mapping *mapping)
{
    for (size_t i = 0; i < mapping->count; i++) {
        bool is_id;

        if (is_modified_key(cox_header_key(arena, mapping->columns[i].header, &is_id))) {
            return i;
        }
    }
    return mapping->count;
}

/* One id column: a vendor's own first ("Record ID"), then the first. */
static void find_id(struct cox_mapping *mapping)
{
    mapping->id = cox_mapping_find(mapping, COX_COL_ID, COX_NO_FIELD);
    for (size_t i = mapping->id + 1; i < mapping->count; i++) {
        if (mapping->columns[i].role == COX_COL_ID) {
            mapping->columns[i].role = COX_COL_MINOR;
        }
    }
    mapping->since = mapping->count;
    for (size_t i = mapping->count; i-- > 0;) {
        mapping->since = mapping->columns[i].is_since ? i : mapping->since;
    }
}

/* "4,97076E+18": a spreadsheet has cut the number, and many ids look the same now. */
static bool is_cut(struct cox_text text)
{
    size_t digits = 0, at = 0;

    for (; at < text.size && ((text.ptr[at] >= '0' && text.ptr[at] <= '9') || text.ptr[at] == '.' ||
                                 text.ptr[at] == ',');
         at++) {
        digits += text.ptr[at] >= '0' && text.ptr[at] <= '9';
    }
    return digits > 0 && text.size - at >= 3 && (text.ptr[at] == 'E' || text.ptr[at] == 'e') &&
           text.ptr[at + 1] == '+';
}

/* What the first record shows of a column that its header does not. */
static void look_at_first(const struct cox_sheet *sheet, const struct cox_guess *guess,
    struct cox_mapping *mapping)
{
    for (size_t i = 0; sheet->first != NULL && i < mapping->count; i++) {
        struct cox_column *column = &mapping->columns[i];
        struct cox_text text = cox_text_trim(sheet->first[i]);

        if ((column->is_id || column->role == COX_COL_ID) && is_cut(text)) {
            column->role = COX_COL_MINOR;
            column->field = COX_NO_FIELD;
            column->assumed = "a spreadsheet has cut these ids (as 4.97E+18); they are not used";
        } else if (column->role == COX_COL_FIELD &&
                   guess->table->fields[column->field]->type == COX_DATE &&
                   strcmp(guess->table->entity->name, "opportunity") == 0 &&
                   strcmp(guess->table->fields[column->field]->name, "closed_day") == 0 &&
                   cox_bool_of(text) >= 0) {
            column->role = COX_COL_CLOSED; /* "Closed" is a mark here, not a day */
            column->field = COX_NO_FIELD;
        }
    }
}

enum cox_rc cox_mapping_make(struct cox_arena *arena, const struct cox_names *names,
    const struct cox_sheet *sheet, const struct cox_guess *guess, struct cox_mapping *ret_mapping,
    struct cox_err *reterr)
{
    struct making making = {arena, names, guess};
    struct cox_mapping mapping = {.guess = *guess, .count = sheet->header_count};

    mapping.columns = COX_NEW_ARRAY(arena, sheet->header_count, struct cox_column);
    if (mapping.columns == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < mapping.count; i++) {
        COX_TRY(make_column(&making, sheet->headers[i], &mapping.columns[i], reterr));
    }
    look_at_first(sheet, guess, &mapping);
    drop_doubles(&making, &mapping);
    find_id(&mapping);
    mapping.modified = find_modified(arena, &mapping);
    *ret_mapping = mapping;
    return COX_OK;
}

/* ---- settling how values are read ---- */

static bool has_fold(struct cox_text words, const char *what)
{
    size_t size = strlen(what);

    for (size_t i = 0; i + size <= words.size; i++) {
        if (strncasecmp(words.ptr + i, what, size) == 0) {
            return true;
        }
    }
    return false;
}

int64_t cox_scale_of(struct cox_text words)
{
    static const struct {
        const char *word;
        int64_t scale;
    } scales[] = {
        {"billion", 1000000000},
        {"million", 1000000},
        {"(mm)", 1000000},
        {"(mio", 1000000},
        {"thousand", 1000},
        {"(k)", 1000},
        {"k$", 1000},
        {"(000s)", 1000},
        {"($k)", 1000},
        {"(000)", 1000},
        {"($m)", 1000000},
    };

    for (size_t i = 0; i < COX_COUNT(scales); i++) {
        if (has_fold(words, scales[i].word)) {
            return scales[i].scale;
        }
    }
    return 1;
}

/* Where no order reads all: the one that reads most, so that only the odd rows are refused. */
static enum cox_date_order most_read(const struct cox_text *samples, size_t count)
{
    enum cox_date_order best = COX_DATE_YMD;
    size_t best_read = 0;

    for (int order = COX_DATE_YMD; order <= COX_DATE_MDY; order++) {
        const struct cox_date_opt opt = {.order = (enum cox_date_order)order};
        struct cox_stamp stamp;
        struct cox_err ignored;
        size_t read = 0;

        for (size_t i = 0; i < count; i++) {
            read += cox_stamp_parse(samples[i], &opt, &stamp, &ignored) == COX_OK;
        }
        if (read > best_read) {
            best = opt.order;
            best_read = read;
        }
    }
    return best;
}

static void settle_dates(struct cox_column *column, const struct cox_text *samples, size_t count)
{
    if (column->order != COX_DATE_NONE) {
        return;
    }
    column->order = cox_date_guess(samples, count);
    if (column->order == COX_DATE_AMBIGUOUS) {
        bool has_slash = false;

        for (size_t i = 0; i < count; i++) {
            has_slash |= memchr(samples[i].ptr, '/', samples[i].size) != NULL;
        }
        column->order = has_slash ? COX_DATE_MDY : COX_DATE_DMY;
        column->assumed = has_slash ? "dates fit day first and month first; read month first"
                                    : "dates fit day first and month first; read day first";
    } else if (column->order == COX_DATE_NONE || column->order == COX_DATE_EPOCH) {
        column->order = most_read(samples, count);
    }
}

/* Could all be written with a decimal comma, and does one of them have a point ("1.200")? */
static bool may_group_by_dot(const struct cox_text *samples, size_t count)
{
    bool has_dot = false;

    for (size_t i = 0; i < count; i++) {
        struct cox_number number;

        if (cox_num_parse(samples[i], COX_POINT_COMMA, &number, NULL) != COX_OK) {
            return false;
        }
        has_dot |= memchr(samples[i].ptr, '.', samples[i].size) != NULL;
    }
    return has_dot;
}

static void settle_numbers(struct cox_column *column, const struct cox_text *samples, size_t count)
{
    if (column->point == COX_POINT_ANY) {
        column->point = cox_num_guess_point(samples, count);
    }
    if (column->scale == 1) {
        column->scale = cox_scale_of(column->header);
    }
    if (column->scale != 1 && column->assumed == NULL) {
        column->assumed = column->scale == 1000      ? "numbers are in thousands"
                          : column->scale == 1000000 ? "numbers are in millions"
                                                     : "numbers are in billions";
    }
}

static bool is_number(const struct cox_mapping *mapping, const struct cox_column *column)
{
    enum cox_type type = column->role == COX_COL_FIELD
                             ? mapping->guess.table->fields[column->field]->type
                             : COX_TEXT;

    return type == COX_INT || type == COX_REAL || type == COX_MONEY ||
           column->role == COX_COL_CHANCE;
}

/*
 * What the clear columns of a file say about the decimal mark holds for its unclear ones. Where none
 * is clear, "1.200" is taken for what counts and sums of money are: thousands, not three decimals.
 */
static void settle_points(struct cox_mapping *mapping, const struct cox_text *const *samples,
    const size_t *sample_counts)
{
    size_t dots = 0, commas = 0;

    for (size_t i = 0; i < mapping->count; i++) {
        const struct cox_column *column = &mapping->columns[i];

        dots += is_number(mapping, column) && column->point == COX_POINT_DOT;
        commas += is_number(mapping, column) && column->point == COX_POINT_COMMA;
    }
    for (size_t i = 0; i < mapping->count; i++) {
        struct cox_column *column = &mapping->columns[i];
        bool is_grouped = false, is_real = false;

        if (!is_number(mapping, column) || column->point != COX_POINT_ANY) {
            continue;
        }
        is_real = column->role != COX_COL_FIELD ||
                  mapping->guess.table->fields[column->field]->type == COX_REAL;
        is_grouped = may_group_by_dot(samples[i], sample_counts[i]);
        column->point = COX_POINT_DOT;
        if (is_grouped && dots == 0 && (commas > 0 || !is_real)) {
            column->point = COX_POINT_COMMA;
            if (commas == 0 && column->assumed == NULL) {
                column->assumed = "points are read as marks of thousands";
            }
        }
    }
}

void cox_mapping_settle(struct cox_mapping *mapping, const struct cox_text *const *samples,
    const size_t *sample_counts)
{
    enum cox_date_order order = COX_DATE_NONE;

    for (size_t i = 0; i < mapping->count; i++) {
        struct cox_column *column = &mapping->columns[i];
        enum cox_type type = column->role == COX_COL_FIELD
                                 ? mapping->guess.table->fields[column->field]->type
                                 : COX_TEXT;

        if (type == COX_DATE || type == COX_INSTANT || column->is_since ||
            column->role == COX_COL_AT || column->role == COX_COL_ENTERED) {
            settle_dates(column, samples[i], sample_counts[i]);
            order = column->assumed == NULL && sample_counts[i] > 0 && column->order != COX_DATE_YMD
                        ? column->order
                        : order;
        }
        if (is_number(mapping, column)) {
            settle_numbers(column, samples[i], sample_counts[i]);
        }
    }
    settle_points(mapping, samples, sample_counts);
    /* What one column of a file says about day and month holds for its unclear ones. */
    for (size_t i = 0; i < mapping->count && order != COX_DATE_NONE; i++) {
        struct cox_column *column = &mapping->columns[i];

        if (column->assumed != NULL &&
            (column->order == COX_DATE_MDY || column->order == COX_DATE_DMY)) {
            column->order = order;
            column->assumed = NULL;
        }
    }
}
