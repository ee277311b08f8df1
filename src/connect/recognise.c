/* connect/recognise.c: scores every (vendor, entity) a file could be; the best one explains itself. */
#include "connect/recognise.h"

/* Above this share of understood headers a file is taken, not only proposed. */
static const double sure_share = 0.34;
static const double file_bonus = 0.25;
static const double object_bonus = 1;

static const char *const kind_names[COX_KIND_COUNT] = {
    [COX_KIND_NONE] = "none",
    [COX_KIND_RECORDS] = "records",
    [COX_KIND_TEAMS] = "teams",
    [COX_KIND_SNAPSHOTS] = "snapshots",
    [COX_KIND_CHANGES] = "changes",
    [COX_KIND_LINKS] = "links",
    [COX_KIND_DICTIONARY] = "dictionary",
};

const char *cox_kind_name(enum cox_kind kind)
{
    return kind_names[kind];
}

/* ---- shapes: files that are not one record a row, told by the columns they must have ---- */

/* need: groups that must all be there, alternatives with '|'; never: headers that rule it out. */
static const struct shape {
    enum cox_kind kind;
    int source;
    const char *table, *need, *never, *why;
} shapes[] = {
    {COX_KIND_TEAMS, COX_FOREIGN, "user",
        "salesagent|agent|salesrep|rep|salesperson|representative|accountexecutive|seller "
        "manager|salesmanager|teamlead|supervisor|teamleader|reportsto",
        "opportunityid|dealid|amount|stage|dealstage|closedate|email", "people and their managers"},
    {COX_KIND_SNAPSHOTS, COX_SALESFORCE, "opportunity", "opportunityid createddate stagename",
        "name|accountid", "one snapshot of an opportunity a row"},
    {COX_KIND_SNAPSHOTS, COX_SALESFORCE, "opportunity",
        "opportunityname|opportunityid tostage lastmodified|lastmodifieddate|editdate", "",
        "stage moves of opportunities"},
    {COX_KIND_CHANGES, COX_SALESFORCE, "opportunity",
        "opportunityid field oldvalue newvalue createddate", "", "field history of opportunities"},
    {COX_KIND_SNAPSHOTS, COX_HUBSPOT, "opportunity", "dealid value dateentered", "dealname",
        "stage moves of deals"},
    {COX_KIND_SNAPSHOTS, COX_ZOHO, "opportunity",
        "dealid|potentialid|dealname|potentialname|parentid stage "
        "stagedurationcalendardays|durationdays|stageduration|durationindays|movedto|movedtoc",
        "closingdate", "stage history of deals"},
    {COX_KIND_LINKS, COX_HUBSPOT, "opportunity", "dealid companyid", "dealname|property",
        "which company a deal belongs to"},
    {COX_KIND_LINKS, COX_HUBSPOT, "opportunity", "dealid contactid", "dealname",
        "which contact a deal belongs to"},
    {COX_KIND_LINKS, COX_HUBSPOT, "contact", "contactid companyid", "email|lastname",
        "which company a contact works for"},
    {COX_KIND_DICTIONARY, COX_FOREIGN, NULL, "field|column|variable description|meaning|definition",
        "id|name", "it describes columns, it has no sales records"},
};

struct keys {
    struct cox_text *key;
    bool *is_id, *is_noise;
    size_t count;
};

static bool has_key(const struct keys *keys, struct cox_text key)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (cox_text_same(keys->key[i], key)) {
            return true;
        }
    }
    return false;
}

static bool has_any(const struct keys *keys, struct cox_text alternatives)
{
    for (struct cox_text one; one = cox_alias_next(&alternatives), one.ptr != NULL;) {
        if (has_key(keys, one)) {
            return true;
        }
    }
    return false;
}

static bool has_shape(const struct keys *keys, const struct shape *shape)
{
    struct cox_text need = cox_text_of(shape->need);

    while (need.ptr != NULL) {
        if (!has_any(keys, cox_text_split(&need, ' '))) {
            return false;
        }
    }
    return !has_any(keys, cox_text_of(shape->never));
}

/* ---- file names ---- */

struct cox_text cox_file_words(struct cox_arena *arena, struct cox_text file)
{
    static const char *const endings[] = {".gz", ".csv", ".json", ".tsv", ".psv", ".txt", ".jsonl"};
    struct cox_text slash = file;

    for (size_t i = 0; i < file.size; i++) {
        if (file.ptr[i] == '/') {
            slash = (struct cox_text){file.ptr + i + 1, file.size - i - 1};
        }
    }
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < COX_COUNT(endings); i++) {
            if (cox_text_ends(slash, cox_text_of(endings[i]))) {
                slash.size -= strlen(endings[i]);
            }
        }
    }
    return cox_text_words(arena, slash);
}

/* Is the word one of those the file name consists of ("deals" in "deals rest")? */
static bool has_word(struct cox_text words, struct cox_text word)
{
    while (words.ptr != NULL) {
        if (cox_text_same(cox_text_split(&words, ' '), word)) {
            return true;
        }
    }
    return false;
}

/* Does the file name say one of these names? Names of several words need all of them. */
static bool says(struct cox_arena *arena, struct cox_text words, const char *names)
{
    struct cox_text rest = cox_text_of(names);

    for (struct cox_text one; one = cox_alias_next(&rest), one.ptr != NULL;) {
        struct cox_text name = cox_text_words(arena, one);
        bool all = name.size > 0;

        while (all && name.ptr != NULL) {
            all = has_word(words, cox_text_split(&name, ' '));
        }
        if (all) {
            return true;
        }
    }
    return false;
}

/* ---- scoring ---- */

struct scoring {
    struct cox_arena *arena;
    const struct cox_names *names;
    const struct cox_sheet *sheet;
    struct keys keys;      /* of the headers */
    struct cox_text words; /* of the file name */
    double weight;         /* of all headers that are not noise */
};

/*
 * A header that few entities know says more than "Name" or "Id"; one that nobody knows counts
 * against all alike, but little: exports have hundreds of columns of the customer's own.
 */
static double rarity(const struct cox_names *names, struct cox_text key)
{
    size_t at, count = cox_names_find(names, key, &at), tables = 0;
    const struct cox_table *last = NULL;

    for (size_t i = at; i < at + count; i++) {
        if (names->rows[i].table != NULL && names->rows[i].table != last) {
            tables++;
            last = names->rows[i].table;
        }
    }
    return tables == 0 ? 0.1 : 1 / (double)tables;
}

static bool is_noise(const struct cox_names *names, struct cox_text key)
{
    size_t at, count = cox_names_find(names, key, &at);

    for (size_t i = at; i < at + count; i++) {
        if (names->rows[i].role != COX_COL_NOISE && names->rows[i].role != COX_COL_ERROR) {
            return false;
        }
    }
    return count > 0;
}

static double header_score(const struct scoring *scoring, size_t at, const struct cox_table *table,
    int source, bool *ret_has_name)
{
    const struct keys *keys = &scoring->keys;
    const struct cox_name *name;
    double fit;

    if (keys->is_noise[at]) {
        return 0;
    }
    name = cox_names_best(scoring->names, keys->key[at], keys->is_id[at], table, source);
    if (name == NULL) {
        return 0;
    }
    if (name->role == COX_COL_FIELD &&
        (name->field == table->entity->name_field ||
            (table->fields[name->field]->flags & COX_REQUIRED) != 0)) {
        *ret_has_name = true;
    }
    fit = name->source == source ? 1 : name->source == COX_FOREIGN ? name->weight : 0.4;
    return fit * rarity(scoring->names, scoring->keys.key[at]);
}

static double score_of(const struct scoring *scoring, const struct cox_table *table, int source)
{
    const struct cox_entity *entity = table->entity;
    bool has_name = false;
    double score = 0;

    for (size_t i = 0; i < scoring->sheet->header_count; i++) {
        score += header_score(scoring, i, table, source, &has_name);
    }
    score = scoring->weight > 0 ? score / scoring->weight : 0;
    if (score == 0) {
        return 0;
    }
    if (source != COX_FOREIGN && entity->external_alias[source] != NULL) {
        if (says(scoring->arena, scoring->words, entity->external_alias[source])) {
            score += file_bonus;
        }
        if (scoring->sheet->object.ptr != NULL &&
            says(scoring->arena, cox_text_words(scoring->arena, scoring->sheet->object),
                entity->external_alias[source])) {
            score += object_bonus;
        }
    }
    if (source == COX_FOREIGN &&
        (says(scoring->arena, scoring->words, entity->name) ||
            says(scoring->arena, scoring->words, entity->plural) ||
            says(scoring->arena, scoring->words, entity->also))) {
        score += file_bonus;
    }
    /* Without the columns that make a record of it, it is more likely about something else. */
    return has_name ? score : score * 0.6;
}

static enum cox_rc scoring_open(struct cox_arena *arena, const struct cox_names *names,
    const struct cox_sheet *sheet, struct scoring *ret_scoring, struct cox_err *reterr)
{
    size_t count = sheet->header_count;
    struct keys keys = {COX_NEW_ARRAY(arena, count, struct cox_text),
        COX_NEW_ARRAY(arena, count, bool), COX_NEW_ARRAY(arena, count, bool), count};

    *ret_scoring = (struct scoring){.arena = arena,
        .names = names,
        .sheet = sheet,
        .keys = keys,
        .words = cox_file_words(arena, sheet->file)};
    if (keys.key == NULL || keys.is_id == NULL || keys.is_noise == NULL ||
        ret_scoring->words.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        keys.key[i] = cox_header_key(arena, sheet->headers[i], &keys.is_id[i]);
        if (keys.key[i].ptr == NULL) {
            return cox_no_memory(reterr);
        }
        keys.is_noise[i] = keys.key[i].size == 0 || is_noise(names, keys.key[i]);
        ret_scoring->weight += keys.is_noise[i] ? 0 : rarity(names, keys.key[i]);
    }
    return COX_OK;
}

static enum cox_rc explain(struct cox_arena *arena, const struct scoring *scoring,
    struct cox_guess *guess, struct cox_err *reterr)
{
    const struct keys *keys = &scoring->keys;
    size_t known = 0, count = 0;
    const char *why;

    for (size_t i = 0; i < keys->count; i++) {
        count += !keys->is_noise[i];
        known += !keys->is_noise[i] && guess->table != NULL &&
                 cox_names_best(scoring->names, keys->key[i], keys->is_id[i], guess->table,
                     guess->source) != NULL;
    }
    why = guess->table == NULL
              ? cox_arena_format(arena, "none of its %zu columns is known", count)
              : cox_arena_format(arena, "%zu of %zu columns are those of %s%s%s", known, count,
                    guess->source == COX_FOREIGN ? "" : cox_source_name(guess->source),
                    guess->source == COX_FOREIGN ? "" : " ", guess->table->entity->plural);
    guess->why = cox_text_of(why);
    return why == NULL ? cox_no_memory(reterr) : COX_OK;
}

static bool guess_shape(const struct cox_registry *registry, const struct scoring *scoring,
    int from, struct cox_guess *ret_guess)
{
    for (size_t i = 0; i < COX_COUNT(shapes); i++) {
        const struct shape *shape = &shapes[i];

        if (has_shape(&scoring->keys, shape) &&
            (from < 0 || from == shape->source || shape->source == COX_FOREIGN)) {
            *ret_guess = (struct cox_guess){.kind = shape->kind,
                .source = shape->source,
                .table = shape->table == NULL
                             ? NULL
                             : cox_registry_find(registry, cox_text_of(shape->table)),
                .score = 1,
                .is_sure = true,
                .why = cox_text_of(shape->why)};
            return shape->table == NULL || ret_guess->table != NULL;
        }
    }
    return false;
}

enum cox_rc cox_recognise(struct cox_arena *arena, const struct cox_registry *registry,
    const struct cox_names *names, const struct cox_sheet *sheet, int from,
    struct cox_guess *ret_guess, struct cox_err *reterr)
{
    struct cox_guess guess = {.source = from < 0 ? COX_FOREIGN : from};
    struct scoring scoring;

    COX_TRY(scoring_open(arena, names, sheet, &scoring, reterr));
    if (guess_shape(registry, &scoring, from, ret_guess)) {
        return COX_OK;
    }
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);

        for (int source = 0; source < COX_SOURCE_COUNT; source++) {
            double score;

            if (!cox_entity_is_imported(table->entity) || (from >= 0 && source != from)) {
                continue;
            }
            score = score_of(&scoring, table, source);
            /* A vendor must be better than "no vendor" to be named. */
            if (score > guess.score + (source == COX_FOREIGN ? -0.02 : 0.001)) {
                guess.score = score;
                guess.source = source;
                guess.table = table;
            }
        }
    }
    guess.kind = guess.table == NULL ? COX_KIND_NONE : COX_KIND_RECORDS;
    guess.is_sure = guess.score >= sure_share;
    COX_TRY(explain(arena, &scoring, &guess, reterr));
    *ret_guess = guess;
    return COX_OK;
}
