/* connect/names.c: the index of all headers that mean something. */
#include "connect/names.h"

#include <stdlib.h>

#include "connect/tongue.h"

static const char *const source_names[COX_SOURCE_COUNT] = {
    [COX_SALESFORCE] = "salesforce",
    [COX_HUBSPOT] = "hubspot",
    [COX_ZOHO] = "zoho",
    [COX_FOREIGN] = "csv",
};

const char *cox_source_name(int source)
{
    return source < 0 || source >= COX_SOURCE_COUNT ? "csv" : source_names[source];
}

int cox_source_find(struct cox_text name)
{
    for (int i = 0; i < COX_SOURCE_COUNT; i++) {
        if (cox_text_same_ascii(name, cox_text_of(source_names[i]))) {
            return i;
        }
    }
    return -1;
}

/* As written in map files. */
static const char *const role_names[] = {
    [COX_COL_UNKNOWN] = "?",
    [COX_COL_FIELD] = "field",
    [COX_COL_ID] = "@id",
    [COX_COL_OTHER_ID] = "@other_id",
    [COX_COL_DELETED] = "@deleted",
    [COX_COL_SINCE] = "@since",
    [COX_COL_CLOSED] = "@closed",
    [COX_COL_WON] = "@won",
    [COX_COL_CHANCE] = "@chance",
    [COX_COL_PIPELINE] = "@pipeline",
    [COX_COL_ENTERED] = "@entered",
    [COX_COL_MANAGER] = "@manager",
    [COX_COL_TEAM] = "@team",
    [COX_COL_TAGS] = "@tags",
    [COX_COL_KIND] = "@kind",
    [COX_COL_PAST] = "@past",
    [COX_COL_AT] = "@at",
    [COX_COL_CHANGED] = "@changed_field",
    [COX_COL_OLD] = "@old_value",
    [COX_COL_NEW] = "@new_value",
    [COX_COL_MEANT] = "@meant",
    [COX_COL_UNITS] = "@units",
    [COX_COL_MINOR] = "@understood",
    [COX_COL_KEEP] = "@keep",
    [COX_COL_NOISE] = "@ignore",
    [COX_COL_ERROR] = "@error",
};

const char *cox_role_column_name(enum cox_role_column role)
{
    return role_names[role];
}

enum cox_role_column cox_role_column_find(struct cox_text name)
{
    for (size_t i = COX_COL_ID; i < COX_COUNT(role_names); i++) {
        if (cox_text_same_ascii(name, cox_text_of(role_names[i]))) {
            return (enum cox_role_column)i;
        }
    }
    return COX_COL_UNKNOWN;
}

/* Columns that are no field. table "": of any entity. Keys as cox_header_key gives them. */
static const struct special {
    enum cox_role_column role;
    const char *table, *keys;
} specials[] = {
    {COX_COL_ID, "", "id|recordid|hsobjectid|externalid|sfid|objectid"},
    {COX_COL_OTHER_ID, "user", "activeuserid|userid|useridincludinginactive"},
    {COX_COL_DELETED, "", "isdeleted|fivetrandeleted|archived"},
    {COX_COL_CLOSED, "opportunity", "isclosed|hsisclosed|closed|isdealclosed"},
    {COX_COL_WON, "opportunity",
        "iswon|won|hsisclosedwon|isclosedwon|forecasttype|outcome|opportunityresult|winloss|result|"
        "dealoutcome"},
    {COX_COL_MEANT, "quota", "periodid"},
    {COX_COL_UNITS, "quota", "isquantity"},
    {COX_COL_MEANT, "opportunity_split", "splittypeid"},
    {COX_COL_CLOSED, "stage", "isclosed|metadataisclosed"},
    {COX_COL_WON, "stage", "iswon|closedwon"},
    {COX_COL_CHANCE, "opportunity",
        "probability|hsdealstageprobability|winprobability|probabilitypercent|chance"},
    {COX_COL_PIPELINE, "opportunity", "pipeline|pipelineid|dealpipelineid|dealpipeline|funnel"},
    {COX_COL_MANAGER, "user", "managerid|manager|managername|reportingto|reportsto"},
    {COX_COL_TEAM, "user",
        "userroleid|primaryteamid|teamid|team|teamsnames|hubspotteamid|userrole"},
    {COX_COL_TAGS, "opportunity", "tag|tags|tagnames|tagsnames"},
    {COX_COL_TAGS, "account", "tag|tags|tagnames|tagsnames"},
    {COX_COL_TAGS, "contact", "tag|tags|tagnames|tagsnames"},
    {COX_COL_TAGS, "lead", "tag|tags|tagnames|tagsnames"},
    {COX_COL_TAGS, "activity", "tag|tags|tagnames|tagsnames"},
    {COX_COL_MINOR, "user", "teams"}, /* ids; their names are beside them */
    {COX_COL_KIND, "activity", "semodule"},
    {COX_COL_MINOR, "",
        "amountcurrency|amountconvertedcurrency|expectedrevenuecurrency|"
        "associatedcontactidsprimary|annualrevenuecurrency|currencyincompanycurrency|exchangerate|"
        "expectedrevenue|weightedamount|expectedrevenueconverted|fiscalperiod|fiscalquarter|"
        "fiscalyear|fiscal|age|forecastingtypeid|isamount|splitamount|isprivate|recordtypeid"},
    {COX_COL_NOISE, "",
        "fivetransynced|fivetranactive|fivetranstart|fivetranend|fivetranid|systemmodstamp|"
        "lastmodifieddate|"
        "lastmodifiedbyid|lastmodifiedby|createdbyid|createdby|modifiedby|modifiedbyid|modifiedtime|"
        "lastvieweddate|lastreferenceddate|photourl|attributestype|attributesurl|status0|"
        "hslastmodifieddate|updatedat|portalid|datatype|masterrecordid|"
        "isarchived|hasopportunitylineitem|ishighpriority|userlicenseid|profileid|usertype|"
        "languagelocalekey|forecastenabled|currencysymbol|state0|processflow|followed|editable|"
        "orchestration|inmerge|approved|approvalstate|pathfinder|review|followers|fieldstates|"
        "ziaownerassignment|rowguid|modifieddate|changelogtime|locked|jigsaw|jigsawcompanyid|"
        "jigsawcontactid|layoutid|layoutname|layoutdisplaylabel"},
    {COX_COL_ERROR, "", "errorfield|errorreason"},
};

bool cox_entity_is_imported(const struct cox_entity *entity)
{
    if (entity->also != NULL) {
        return true;
    }
    for (int i = 0; i < COX_VENDOR_COUNT; i++) {
        if (entity->external_alias[i] != NULL) {
            return true;
        }
    }
    return false;
}

bool cox_alias_next(struct cox_text *rest, struct cox_text *ret_one)
{
    while (rest->ptr != NULL) {
        *ret_one = cox_text_trim(cox_text_split(rest, '|'));
        if (ret_one->size > 0) {
            return true;
        }
    }
    return false;
}

/* ---- building ---- */

struct build {
    struct cox_arena *arena;
    struct cox_names *names; /* rows NULL: the first pass, which only counts */
    bool failed;
};

static void add(struct build *build, struct cox_text key, const struct cox_name *meaning)
{
    if (build->names->rows != NULL && key.size > 0) {
        build->names->rows[build->names->count] = *meaning;
        build->names->rows[build->names->count].key = key;
    }
    build->names->count += key.size > 0;
}

static void add_aliases(struct build *build, const char *list, const char *suffix,
    struct cox_name meaning)
{
    struct cox_text rest = cox_text_of(list);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        struct cox_text key = cox_text_key(build->arena, one);

        /* The plural too gives an id header: "deals" -> "dealid". */
        if (key.ptr != NULL && *suffix != '\0') {
            size_t size = key.size - (key.size > 3 && key.ptr[key.size - 1] == 's');

            key = cox_text_of(cox_arena_format(build->arena, "%.*s%s", (int)size, key.ptr, suffix));
        }
        build->failed |= key.ptr == NULL;
        meaning.text = one;
        add(build, key, &meaning);
    }
}

/* What a field is called when nobody is asked: its name, its label, other usual headers. */
static void add_field(struct build *build, const struct cox_table *table, uint32_t at)
{
    const struct cox_field *field = table->fields[at];
    struct cox_name meaning = {.table = table,
        .source = COX_FOREIGN,
        .role = COX_COL_FIELD,
        .field = at,
        .weight = 0.9};

    if (!cox_field_is_shown(field)) {
        return;
    }
    add_aliases(build, field->name, "", meaning);
    add_aliases(build, field->label, "", meaning);
    add_aliases(build, field->also, "", meaning);
    for (int i = 0; i < COX_VENDOR_COUNT; i++) {
        meaning.source = i;
        meaning.weight = 1;
        add_aliases(build, field->alias[i], "", meaning);
    }
}

static void add_ids(struct build *build, const struct cox_table *table)
{
    const struct cox_entity *entity = table->entity;
    struct cox_name meaning = {.table = table,
        .source = COX_FOREIGN,
        .role = COX_COL_ID,
        .weight = 0.7};

    add_aliases(build, entity->name, "id", meaning);
    add_aliases(build, entity->name, "number", meaning);
    add_aliases(build, entity->also, "id", meaning);
    add_aliases(build, entity->also, "number", meaning);
    for (int i = 0; i < COX_VENDOR_COUNT; i++) {
        meaning.source = i;
        meaning.weight = 0.9; /* "owner_id" in a file of owners is its own id, not its owner's */
        add_aliases(build, entity->external_alias[i], "id", meaning);
    }
}

static void add_specials(struct build *build, const struct cox_registry *registry)
{
    for (size_t i = 0; i < COX_COUNT(specials); i++) {
        const struct cox_table *table =
            *specials[i].table == '\0'
                ? NULL
                : cox_registry_find(registry, cox_text_of(specials[i].table));
        struct cox_name meaning = {.table = table,
            .source = COX_FOREIGN,
            .role = specials[i].role,
            .weight = 0.4};

        if (table != NULL || *specials[i].table == '\0') {
            add_aliases(build, specials[i].keys, "", meaning);
        }
    }
}

static void add_all(struct build *build, const struct cox_registry *registry)
{
    build->names->count = 0;
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);

        if (cox_entity_is_imported(table->entity)) {
            for (uint32_t at = 0; at < table->field_count; at++) {
                add_field(build, table, at);
            }
            add_ids(build, table);
        }
    }
    add_specials(build, registry);
}

/* A key written with ae, oe, ue as it is found when the file has the letter: "naechster" -> "nachster". */
static struct cox_text without_umlauts(struct cox_arena *arena, struct cox_text key)
{
    char *bytes = cox_arena_alloc(arena, key.size + 1);
    size_t size = 0;

    for (size_t i = 0; bytes != NULL && i < key.size; i++) {
        char c = key.ptr[i];
        bool is_pair = (c == 'a' || c == 'o' || c == 'u') && i + 1 < key.size &&
                       key.ptr[i + 1] == 'e' && (i == 0 || key.ptr[i - 1] != 'q');

        bytes[size++] = c;
        i += is_pair;
    }
    return (struct cox_text){bytes, bytes == NULL ? 0 : size};
}

/* What an English key means, the foreign one means too, a little less surely; the first one first. */
static void add_tongues(struct build *build, const struct cox_names *english)
{
    for (size_t t = 0; t < cox_tongue_count(); t++) {
        struct cox_text keys, meanings;

        cox_tongue_at(t, &keys, &meanings);
        for (struct cox_text key; cox_alias_next(&keys, &key);) {
            struct cox_text other = without_umlauts(build->arena, key), rest = meanings;
            double sureness = 0.95;

            for (struct cox_text meant; cox_alias_next(&rest, &meant); sureness -= 0.05) {
                size_t at, count = cox_names_find(english, meant, &at);

                for (size_t i = at; i < at + count; i++) {
                    struct cox_name meaning = english->rows[i];

                    meaning.source = COX_FOREIGN;
                    meaning.weight *= sureness;
                    add(build, key, &meaning);
                    if (other.size < key.size) {
                        add(build, other, &meaning);
                    }
                }
            }
        }
    }
}

/* Ties are put in one order, so that the same file is read alike everywhere. */
static int compare_names(const void *left, const void *right)
{
    const struct cox_name *a = left, *b = right;
    int order = cox_text_compare(a->key, b->key);
    int a_number = a->table == NULL ? 0 : a->table->entity->number;
    int b_number = b->table == NULL ? 0 : b->table->entity->number;

    if (order == 0) {
        order = a_number - b_number;
    }
    if (order == 0) {
        order = a->source - b->source;
    }
    return order != 0 ? order : (a->field > b->field) - (a->field < b->field);
}

static enum cox_rc with_tongues(struct cox_arena *arena, const struct cox_names *english,
    struct cox_names **ret_names, struct cox_err *reterr)
{
    struct cox_names *names = COX_NEW(arena, struct cox_names);
    struct build build = {.arena = arena, .names = names};

    if (names == NULL) {
        return cox_no_memory(reterr);
    }
    add_tongues(&build, english);
    names->rows = COX_NEW_ARRAY(arena, names->count + english->count, struct cox_name);
    if (names->rows == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(names->rows, english->rows, english->count * sizeof *names->rows);
    names->count = english->count;
    add_tongues(&build, english);
    qsort(names->rows, names->count, sizeof *names->rows, compare_names);
    *ret_names = names;
    return COX_OK;
}

enum cox_rc cox_names_open(struct cox_arena *arena, const struct cox_registry *registry,
    struct cox_names **ret_names, struct cox_err *reterr)
{
    struct cox_names *names = COX_NEW(arena, struct cox_names);
    struct build build = {.arena = arena, .names = names};
    struct cox_mark mark;

    if (names == NULL) {
        return cox_no_memory(reterr);
    }
    mark = cox_arena_mark(arena);
    add_all(&build, registry);
    cox_arena_rewind(arena, mark);
    names->rows = COX_NEW_ARRAY(arena, names->count, struct cox_name);
    if (names->rows == NULL) {
        return cox_no_memory(reterr);
    }
    add_all(&build, registry);
    if (build.failed) {
        return cox_no_memory(reterr);
    }
    qsort(names->rows, names->count, sizeof *names->rows, compare_names);
    return with_tongues(arena, names, ret_names, reterr);
}

/* ---- looking up ---- */

size_t cox_names_find(const struct cox_names *names, struct cox_text key, size_t *ret_at)
{
    size_t low = 0, high = names->count, end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (cox_text_compare(names->rows[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (end = low; end < names->count && cox_text_same(names->rows[end].key, key);) {
        end++;
    }
    *ret_at = low;
    return end - low;
}

struct cox_text cox_header_key(struct cox_arena *arena, struct cox_text header, bool *ret_is_id)
{
    static const char *const around[] = {"property_", "properties.", "zcrm_", "$"};
    struct cox_text text = cox_text_trim(header);

    for (size_t i = 0; i < COX_COUNT(around); i++) {
        struct cox_text with = cox_text_of(around[i]);

        if (cox_text_starts(text, with) && text.size > with.size) {
            text.ptr += with.size;
            text.size -= with.size;
        }
    }
    *ret_is_id = false;
    if (text.size > 3 && cox_text_ends(text, COX_LIT(".id"))) {
        text.size -= 3;
        *ret_is_id = true;
    } else if (text.size > 5 && cox_text_ends(text, COX_LIT(".name"))) {
        text.size -= 5;
    } else if (text.size > 6 && (cox_text_ends(text, COX_LIT("Owner.Email")) ||
                                    cox_text_ends(text, COX_LIT("Owner.email")) ||
                                    cox_text_ends(text, COX_LIT("OWNER.EMAIL")))) {
        text.size -= 6; /* somebody known by an address */
    }
    return cox_text_key(arena, text);
}

/* "Account Owner Id" and "Account Name.id" name a reference as "Account Owner" does. */
struct picking {
    const struct cox_names *names;
    struct cox_text header, key;
    const struct cox_table *table;
    int source;
    bool only_refs;
};

static double weight_in(const struct picking *picking, const struct cox_name *name)
{
    /* Another vendor's word is a hint, not a name. */
    double weight =
        name->weight * (name->source == picking->source || name->source == COX_FOREIGN ? 1 : 0.5);

    if (name->source == COX_FOREIGN || cox_text_same(name->text, picking->header)) {
        return weight;
    }
    return cox_text_same_ascii(name->text, picking->header) ? weight * 0.95 : weight * 0.85;
}

static const struct cox_name *pick(const struct picking *picking, double *ret_weight)
{
    const struct cox_name *best = NULL;
    size_t at, count = cox_names_find(picking->names, picking->key, &at);

    *ret_weight = 0;
    for (const struct cox_name *name = picking->names->rows + at; count > 0; count--, name++) {
        double weight;

        if ((name->table != NULL && name->table != picking->table) ||
            (picking->only_refs && (name->role != COX_COL_FIELD ||
                                       picking->table->fields[name->field]->type != COX_REF))) {
            continue;
        }
        weight = weight_in(picking, name);
        if (weight > *ret_weight) {
            best = name;
            *ret_weight = weight;
        }
    }
    return best;
}

const struct cox_name *cox_names_best(const struct cox_names *names, struct cox_text header,
    struct cox_text key, bool is_id, const struct cox_table *table, int source, double *ret_weight)
{
    struct picking picking = {names, cox_text_trim(header), key, table, source, is_id};
    const struct cox_name *best;

    *ret_weight = 0;
    if (key.size == 0 || table == NULL) {
        return NULL;
    }
    best = pick(&picking, ret_weight);
    if (best == NULL && !is_id && key.size > 2 && cox_text_ends(key, COX_LIT("id"))) {
        picking.key.size -= 2;
        picking.only_refs = true;
        best = pick(&picking, ret_weight);
    }
    return best;
}
