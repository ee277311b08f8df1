/* connect/recognise.c: scores every (vendor, entity) a file could be; the best one explains itself. */
#include "connect/recognise.h"

#include <strings.h>

#include "connect/meanings.h"
#include "connect/objects.h"

/* Above this share of understood headers a file is taken, not only proposed. */
static const double sure_share = 0.34;
enum { FIELDS_MAX = 2000 };
static const double file_bonus = 0.25;
static const double object_bonus = 1;
/* By how much a vendor must look better than "no vendor" to be named. */
static const double vendor_margin = 0.04;

static const char *const kind_names[COX_KIND_COUNT] = {
    [COX_KIND_NONE] = "none",
    [COX_KIND_RECORDS] = "records",
    [COX_KIND_TEAMS] = "teams",
    [COX_KIND_SNAPSHOTS] = "snapshots",
    [COX_KIND_CHANGES] = "changes",
    [COX_KIND_LINKS] = "links",
    [COX_KIND_DICTIONARY] = "dictionary",
    [COX_KIND_MEANINGS] = "meanings",
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
    {COX_KIND_CHANGES, COX_SALESFORCE, "account", "accountid field oldvalue newvalue createddate",
        "", "field history of accounts"},
    {COX_KIND_CHANGES, COX_SALESFORCE, "contact", "contactid field oldvalue newvalue createddate",
        "", "field history of contacts"},
    {COX_KIND_CHANGES, COX_SALESFORCE, "lead", "leadid field oldvalue newvalue createddate", "",
        "field history of leads"},
    {COX_KIND_CHANGES, COX_SALESFORCE, "contract", "contractid field oldvalue newvalue createddate",
        "", "field history of contracts"},
    {COX_KIND_NONE, COX_SALESFORCE, NULL, "field oldvalue newvalue createddate id|parentid", "",
        "field history of objects that are not kept here"},
    {COX_KIND_MEANINGS, COX_SALESFORCE, NULL, "id istotalvalidated splitfield", "",
        "it says which splits are of revenue and which are overlays; read for the splits"},
    {COX_KIND_MEANINGS, COX_SALESFORCE, NULL,
        "id startdate enddate type isforecastperiod|fiscalyearsettingsid|fullyqualifiedlabel|"
        "periodlabel",
        "quotaownerid|quotaamount",
        "it says on which days periods begin and end; read for the quotas"},
    {COX_KIND_SNAPSHOTS, COX_HUBSPOT, "opportunity", "dealid value dateentered", "dealname",
        "stage moves of deals"},
    {COX_KIND_SNAPSHOTS, COX_ZOHO, "opportunity",
        "dealid|potentialid|dealname|potentialname|parentid stage "
        "stagedurationcalendardays|durationdays|stageduration|durationindays|movedto|movedtoc",
        "accountname|owner|dealowner|potentialowner", "stage history of deals"},
    {COX_KIND_RECORDS, COX_ZOHO, "opportunity_line", "parentid productname quantity",
        "dealname|stage|subject", "products within deals"},
    {COX_KIND_RECORDS, COX_HUBSPOT, "stage", "pipelinelabel label", "dealname",
        "pipelines with their stages"},
    {COX_KIND_RECORDS, COX_ZOHO, "stage", "pipelinedisplayvalue displayvalue", "dealname",
        "pipelines with their stages"},
    {COX_KIND_LINKS, COX_SALESFORCE, "opportunity", "opportunityid contactid role|isprimary",
        "stagename|closedate", "which contact a deal belongs to"},
    {COX_KIND_LINKS, COX_HUBSPOT, "opportunity", "dealid companyid", "dealname|property",
        "which company a deal belongs to"},
    {COX_KIND_LINKS, COX_HUBSPOT, "opportunity", "dealid contactid", "dealname",
        "which contact a deal belongs to"},
    {COX_KIND_LINKS, COX_HUBSPOT, "contact", "contactid companyid", "email|lastname",
        "which company a contact works for"},
    {COX_KIND_NONE, COX_FOREIGN, NULL, "campaignid|campaignname budgetedcost|actualcost|startdate",
        "dealname|stage|lastname|subject", "campaigns are not kept here"},
    {COX_KIND_NONE, COX_FOREIGN, NULL,
        "grandtotal|validtill|quotenumber|quotestage|invoicenumber|invoicedate subject|name|quotename",
        "dealstage|stagename|lastname", "quotes, orders and invoices are not kept here"},
    {COX_KIND_NONE, COX_FOREIGN, NULL, "casenumber|ticketid|ticketstatus|caseorigin",
        "dealname|stagename|lastname", "support cases are not kept here"},
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
    for (struct cox_text one; cox_alias_next(&alternatives, &one);) {
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

/* Is the file called exactly so ("owner.csv", "Contacts_001.csv")? */
static bool is_called(struct cox_arena *arena, struct cox_text words, const char *names)
{
    struct cox_text rest = cox_text_of(names);
    struct cox_text first = cox_text_split(&words, ' ');

    /* Words are in order: figures come first. */
    if (first.size > 0 && first.ptr[0] >= '0' && first.ptr[0] <= '9' && words.ptr != NULL) {
        first = cox_text_split(&words, ' ');
    }
    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        if (words.ptr == NULL && cox_text_same(cox_text_words(arena, one), first)) {
            return true;
        }
    }
    return false;
}

/* Does the file name say one of these names? Names of several words need all of them. */
static bool says(struct cox_arena *arena, struct cox_text words, const char *names)
{
    struct cox_text rest = cox_text_of(names);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
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
    struct keys keys;                /* of the headers */
    struct cox_text words;           /* of the file name */
    double weight;                   /* of all headers that are not noise */
    bool *mapped;                    /* room for a mark per field of any table */
    const struct cox_object *object; /* what its ids or its records say; NULL: nothing */
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

static bool is_one_of_names(const char *name, const char *names)
{
    struct cox_text rest = cox_text_of(names);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        if (cox_text_same(one, cox_text_of(name))) {
            return true;
        }
    }
    return false;
}

static bool has_field(const struct cox_table *table, const bool *mapped, const char *names)
{
    struct cox_text rest = cox_text_of(names);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        uint32_t field = cox_table_field(table, one);

        if (field != COX_NO_FIELD && mapped[field]) {
            return true;
        }
    }
    return false;
}

const struct cox_field *cox_required_missing(const struct cox_table *table, const bool *mapped,
    bool has_id)
{
    for (uint32_t i = 0; i < table->field_count; i++) {
        const struct cox_field *field = table->fields[i];
        bool is_deal = strcmp(table->entity->name, "opportunity") == 0;
        bool is_given = mapped[i] || (field->flags & COX_REQUIRED) == 0 ||
                        i == table->entity->owner_field ||
                        (is_deal && is_one_of_names(field->name, "pipeline|stage")) ||
                        is_one_of_names(field->name,
                            "kind|measure|position|win_prob|forecast_category|from_code");

        /* The end of a span follows from the beginnings of the others. */
        is_given = is_given ||
                   (strcmp(field->name, "to_day") == 0 && has_field(table, mapped, "from_day"));
        if (!is_given && i == table->entity->name_field) {
            is_given = (has_id && is_one_of_names(table->entity->name,
                                      "opportunity|account|contact|lead|activity")) ||
                       has_field(table, mapped, "first_name|last_name|email|company") ||
                       (is_deal && has_field(table, mapped, "account|product"));
        }
        if (!is_given) {
            return field;
        }
    }
    return NULL;
}

/* What the headers would fill. */
struct filled {
    bool *mapped; /* per field */
    bool has_id;
};

static double header_score(const struct scoring *scoring, size_t at, const struct cox_table *table,
    int source, struct filled *filled)
{
    const struct keys *keys = &scoring->keys;
    const struct cox_name *name;
    double weight;

    if (keys->is_noise[at]) {
        return 0;
    }
    name = cox_names_best(scoring->names, scoring->sheet->headers[at], keys->key[at],
        keys->is_id[at], table, source, &weight);
    if (name == NULL) {
        return 0;
    }
    if (name->role == COX_COL_FIELD) {
        filled->mapped[name->field] = true;
    } else if (name->role == COX_COL_MEANT) {
        cox_meanings_mark(table, filled->mapped);
    }
    filled->has_id |= name->role == COX_COL_ID || name->role == COX_COL_OTHER_ID;
    return weight * rarity(scoring->names, scoring->keys.key[at]);
}

/* Headers only this vendor's systems write, whatever the object. */
static double marks_of(const struct cox_sheet *sheet, int source)
{
    static const char *const marks[COX_VENDOR_COUNT] = {
        [COX_SALESFORCE] = "SystemModstamp|CreatedById|LastModifiedById|IsDeleted|MasterRecordId|"
                           "LastViewedDate|LastReferencedDate|Jigsaw|SicDesc|RecordTypeId|"
                           "system_modstamp|last_referenced_date|jigsaw_company_id",
        [COX_HUBSPOT] = "hs_object_id|Record ID|portal_id|hs_lastmodifieddate|engagement_id|"
                        "deal_pipeline_id|Associated Company IDs|lifecyclestage",
        [COX_ZOHO] = "Record Id|$currency_symbol|Modified_Time|Change Log Time|SEMODULE|$approved|"
                     "Created_By.id|Modified By.id|Tasks Involved|Potential Name",
    };
    double found = 0;

    for (size_t i = 0; source < COX_VENDOR_COUNT && i < sheet->header_count; i++) {
        struct cox_text header = cox_text_trim(sheet->headers[i]);
        struct cox_text rest = cox_text_of(marks[source]);
        size_t size = header.size;

        for (struct cox_text one; cox_alias_next(&rest, &one);) {
            /* HubSpot's "Record ID" and Zoho's "Record Id" differ in case alone. */
            found += memchr(one.ptr, ' ', one.size) != NULL ? cox_text_same(one, header)
                                                            : cox_text_same_ascii(one, header);
        }
        found += source == COX_SALESFORCE && size > 3 &&
                 strncasecmp(header.ptr + size - 3, "__c", 3) == 0;
        found += source == COX_HUBSPOT && (cox_text_starts(header, COX_LIT("property_")) ||
                                              cox_text_starts(header, COX_LIT("hs_")));
    }
    return found > 3 ? 0.3 : found * 0.1;
}

/* What the file's name and the object named inside add. */
static double named_score(const struct scoring *scoring, const struct cox_entity *entity,
    int source)
{
    const char *const own[] = {entity->name, entity->plural, entity->also};
    const char *const vendor[] = {
        source < COX_VENDOR_COUNT ? entity->external_alias[source] : NULL};
    const char *const *names = source == COX_FOREIGN ? own : vendor;
    size_t count = source == COX_FOREIGN ? COX_COUNT(own) : COX_COUNT(vendor);
    double said = 0, called = 0, object = 0;

    for (size_t i = 0; i < count; i++) {
        if (names[i] != NULL && says(scoring->arena, scoring->words, names[i])) {
            said = file_bonus;
        }
        if (names[i] != NULL && is_called(scoring->arena, scoring->words, names[i])) {
            called = file_bonus;
        }
        if (names[i] != NULL && source != COX_FOREIGN && scoring->sheet->object.ptr != NULL &&
            says(scoring->arena, cox_text_words(scoring->arena, scoring->sheet->object),
                names[i])) {
            object = object_bonus;
        }
    }
    if (scoring->object != NULL && source == COX_SALESFORCE &&
        strcmp(scoring->object->table, entity->name) == 0) {
        object = object_bonus;
    }
    return said + called + object;
}

/* Is this header the id of another record of the table: OpportunityId, "Deal Name.id"? */
static bool refers_to(const struct scoring *scoring, size_t header, const struct cox_table *table)
{
    const struct cox_names *names = scoring->names;
    struct cox_text key = scoring->keys.key[header];
    size_t at, count = cox_names_find(names, key, &at);
    bool is_ref = false;

    for (size_t i = at; i < at + count; i++) {
        const struct cox_name *name = &names->rows[i];

        if (name->table != table) {
            continue;
        }
        if (name->role == COX_COL_OTHER_ID) {
            return false; /* a second id of the record itself */
        }
        is_ref |= name->role == COX_COL_ID && cox_text_ends(key, COX_LIT("id"));
        is_ref |= name->role == COX_COL_FIELD && name->field == table->entity->name_field &&
                  scoring->keys.is_id[header];
    }
    return is_ref;
}

/*
 * Rows with an id of their own that name a record of the table by its id are parts of it (roles,
 * quotes, team members): not records of the table, however many of its columns they repeat.
 */
static bool is_part_of(const struct scoring *scoring, const struct cox_table *table)
{
    bool has_own = false, has_ref = false;

    for (size_t i = 0; i < scoring->keys.count; i++) {
        struct cox_text key = scoring->keys.key[i];
        bool is_own = cox_text_same(key, COX_LIT("id")) || cox_text_same(key, COX_LIT("recordid"));

        has_own |= is_own;
        has_ref |= !is_own && refers_to(scoring, i, table);
    }
    return has_own && has_ref;
}

static double score_of(const struct scoring *scoring, const struct cox_table *table, int source)
{
    const struct cox_entity *entity = table->entity;
    struct filled filled = {.mapped = scoring->mapped};
    double score = 0, marks, named;
    size_t known = 0, count = 0;
    bool is_known;

    memset(filled.mapped, 0, table->field_count * sizeof *filled.mapped);
    for (size_t i = 0; i < scoring->sheet->header_count; i++) {
        double one = header_score(scoring, i, table, source, &filled);

        score += one;
        known += one > 0;
        count += !scoring->keys.is_noise[i];
    }
    score = scoring->weight > 0 ? score / scoring->weight : 0;
    if (score == 0) {
        return 0;
    }
    /* A record has a name or an id; without what its kind must have, a file is about something else. */
    is_known = filled.has_id ||
               (entity->name_field != COX_NO_FIELD &&
                   (filled.mapped[entity->name_field] ||
                       table->fields[entity->name_field]->type == COX_REF)) ||
               has_field(table, filled.mapped, "first_name|last_name|email");
    marks = marks_of(scoring->sheet, source);
    named = named_score(scoring, entity, source);
    /* Few columns understood, and nothing else that speaks for it. */
    is_known = is_known && (known * 4 >= count || marks + named > 0) &&
               cox_required_missing(table, filled.mapped, filled.has_id) == NULL;
    score += marks + named;
    if (is_part_of(scoring, table)) {
        return score * 0.1;
    }
    return is_known ? score : score * 0.4;
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
        .words = cox_file_words(arena, sheet->file),
        .mapped = COX_NEW_ARRAY(arena, FIELDS_MAX, bool)};
    if (ret_scoring->mapped == NULL || keys.key == NULL || keys.is_id == NULL ||
        keys.is_noise == NULL || ret_scoring->words.ptr == NULL) {
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
    ret_scoring->object = cox_object_of(sheet, keys.key);
    return COX_OK;
}

static enum cox_rc explain(struct cox_arena *arena, const struct scoring *scoring,
    struct cox_guess *guess, struct cox_err *reterr)
{
    const struct keys *keys = &scoring->keys;
    size_t known = 0, count = 0;
    double weight;
    const char *why;

    for (size_t i = 0; i < keys->count; i++) {
        count += !keys->is_noise[i];
        known += !keys->is_noise[i] && guess->table != NULL &&
                 cox_names_best(scoring->names, scoring->sheet->headers[i], keys->key[i],
                     keys->is_id[i], guess->table, guess->source, &weight) != NULL;
    }
    why = guess->table == NULL || known == 0
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
        ret_guess->marks = 1;
        return COX_OK;
    }
    if (scoring.object != NULL && scoring.object->table == NULL &&
        (from < 0 || from == COX_SALESFORCE)) {
        *ret_guess = (struct cox_guess){.source = COX_SALESFORCE,
            .is_sure = true,
            .marks = 1,
            .why = cox_text_of(scoring.object->why)};
        return COX_OK;
    }
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);

        for (int source = 0; source < COX_SOURCE_COUNT; source++) {
            double score;

            if (!cox_entity_is_imported(table->entity) || (from >= 0 && source != from) ||
                cox_object_is_other(sheet, scoring.keys.key, table->entity->name)) {
                continue;
            }
            score = score_of(&scoring, table, source);
            if (score > guess.score + (source == COX_FOREIGN ? -vendor_margin : 0.001)) {
                guess.score = score;
                guess.source = source;
                guess.table = table;
            }
        }
    }
    guess.kind = guess.table == NULL ? COX_KIND_NONE : COX_KIND_RECORDS;
    guess.is_sure = guess.score >= sure_share;
    guess.marks = guess.source < COX_VENDOR_COUNT ? marks_of(sheet, guess.source) : 0;
    COX_TRY(explain(arena, &scoring, &guess, reterr));
    *ret_guess = guess;
    return COX_OK;
}
