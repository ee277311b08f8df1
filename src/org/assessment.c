/*
 * org/assessment.c: what an impact assessment wants from the program (GDPR, article 35(7)): a description of what is
 * processed, why it is needed, where risks come from and what is done about them. Everything but the standing measures
 * is made of the tables, so a new field is in it by its row. The judgement stays the company's.
 */
#include <stdio.h>

#include "org/processing.h"
#include "record/keep.h"
#include "record/reach.h"
#include "record/switches.h"

/* What holds for all data about people, whatever kind it is; docs/privacy.md, and each has its test. */
static const char *const measures[] = {
    "Every feature can be switched off; its routes, lists, search, export, history, events and jobs are then gone.",
    "Every view of people's records is written down, told to the person and readable by the works council.",
    "The person reads what is held about them, with purpose, basis and time, and downloads it.",
    "What is private to its author is read by nobody else by any route, administrators included.",
    "Judgements show their sources and can be contested where they stand; nothing decides by itself.",
    "No emotion is inferred, and there is no figure of attrition, burnout or engagement of a person.",
    "What has been kept long enough is erased in the present, in every version and in the search index.",
    "Answers of 360 rounds lie sealed, are shown from five on alone, and are audited against earlier rounds.",
};

static const char *const questions[] = {
    "Which people and how many are concerned; whose views were asked (article 35(9)).",
    "Who operates the server and has its files, keys and backups; where they lie.",
    "Which of the times of keeping above were shortened, and why the others are needed.",
    "Whether the works council has agreed, to what, and until when.",
    "What remains as a risk, who accepts it, and when this is looked at again.",
};

struct pack {
    struct cox_call *call;
    const struct cox_feature *const *features;
    struct cox_buf *text;
};

static const char *label_of(const struct cox_field *field)
{
    return field->label != NULL ? field->label : field->name;
}

/* A cell of a table: what would end it is left out. */
static void add_cell(struct cox_buf *text, const char *cell)
{
    for (const char *c = cell == NULL ? "" : cell; *c != '\0'; c++) {
        cox_buf_add_char(text, *c == '|' || *c == '\n' ? ' ' : *c);
    }
    cox_buf_add_string(text, " | ");
}

static void add_months(struct cox_buf *text, int64_t months)
{
    if (months > 0) {
        cox_buf_format(text, "%lld | ", (long long)months);
    } else {
        cox_buf_add_string(text, "until asked | ");
    }
}

static bool is_listed(const struct pack *pack, const struct cox_table *table)
{
    return !cox_table_is_off(table) && cox_keep_is_about_people(pack->call, table);
}

/* ---- what is processed, and why ---- */

static enum cox_rc add_kind(const struct pack *pack, const struct cox_table *table,
    struct cox_err *reterr)
{
    const struct cox_entity *entity = table->entity;
    char readers[COX_READERS_SIZE];
    int64_t months;

    COX_TRY(cox_keep_months(pack->call, table, &months, reterr));
    cox_processing_readers(entity, readers);
    cox_buf_format(pack->text, "\n### %s\n%s Lawful basis: %s. Read by: %s.\n\n",
        entity->label_plural, entity->keep.purpose == NULL ? "" : entity->keep.purpose,
        cox_basis_name(entity->keep.basis), readers);
    cox_buf_add_string(pack->text,
        "| field | purpose | basis | months kept | read by |\n| --- | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < table->field_count; i++) {
        const struct cox_field *field = table->fields[i];

        if (!cox_keep_has_field(pack->call, table, i)) {
            continue;
        }
        COX_TRY(cox_keep_field_months(pack->call, table, i, &months, reterr));
        cox_buf_add_string(pack->text, "| ");
        add_cell(pack->text, label_of(field));
        add_cell(pack->text, cox_keep_purpose(table, i));
        add_cell(pack->text, cox_basis_name(cox_keep_basis(table, i)));
        add_months(pack->text, months);
        add_cell(pack->text, (field->flags & COX_PRIVATE) != 0 ? "its author alone" : readers);
        cox_buf_add_string(pack->text, "\n");
    }
    return COX_OK;
}

static enum cox_rc add_feature(const struct pack *pack, const struct cox_feature *feature,
    struct cox_err *reterr)
{
    const struct cox_registry *registry = cox_call_registry(pack->call);
    bool has_head = false;

    for (size_t e = 0; feature->entities != NULL && feature->entities[e] != NULL; e++) {
        const struct cox_table *table = cox_registry_entity(registry, feature->entities[e]);

        if (!is_listed(pack, table)) {
            continue;
        }
        if (!has_head) {
            cox_buf_format(pack->text, "\n## Feature `%s`\n%s\n", feature->name, feature->help);
            has_head = true;
        }
        COX_TRY(add_kind(pack, table, reterr));
    }
    return COX_OK;
}

/* ---- where risks come from ---- */

struct risk {
    const char *what;
    bool (*has)(struct cox_call *call, const struct cox_table *table);
};

static bool is_of_two(struct cox_call *call, const struct cox_table *table)
{
    return cox_reach_is_people(call, table);
}

static bool has_free_text(struct cox_call *call, const struct cox_table *table)
{
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (table->fields[i]->type == COX_TEXT && cox_keep_has_field(call, table, i) &&
            table->fields[i]->max >= 500) {
            return true;
        }
    }
    return false;
}

static bool has_private(struct cox_call *call, const struct cox_table *table)
{
    (void)call; /* as the table says */
    for (uint32_t i = 0; i < table->field_count; i++) {
        if ((table->fields[i]->flags & COX_PRIVATE) != 0) {
            return true;
        }
    }
    return false;
}

static bool is_kept_for_good(struct cox_call *call, const struct cox_table *table)
{
    struct cox_err ignored = {0};
    int64_t months = 1;

    return cox_keep_can_expire(table) &&
           cox_keep_months(call, table, &months, &ignored) == COX_OK && months == 0;
}

static const struct risk risks[] = {
    {"Between people, or about one person as seen by those who lead: power is uneven", is_of_two},
    {"Free text in which more can be written than is asked for", has_free_text},
    {"Held where the person cannot read it, only that it exists", has_private},
    {"No end of keeping: erased when somebody asks", is_kept_for_good},
};

static void add_risk(const struct pack *pack, const struct risk *risk)
{
    const struct cox_registry *registry = cox_call_registry(pack->call);
    const char *before = ": ";

    cox_buf_format(pack->text, "- %s", risk->what);
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);

        if (is_listed(pack, table) && risk->has(pack->call, table)) {
            cox_buf_format(pack->text, "%s%s", before, table->entity->label_plural);
            before = ", ";
        }
    }
    cox_buf_add_string(pack->text, before[0] == ':' ? ": none.\n" : ".\n");
}

/* ---- all of it ---- */

static void add_list(struct cox_buf *text, const char *head, const char *const *lines, size_t count)
{
    cox_buf_format(text, "\n# %s\n", head);
    for (size_t i = 0; i < count; i++) {
        cox_buf_format(text, "- %s\n", lines[i]);
    }
}

static void add_off(const struct pack *pack)
{
    const char *before = "Switched off, and therefore in none of this: ";

    for (size_t f = 0; pack->features[f] != NULL; f++) {
        if (cox_call_is_off(pack->call, pack->features[f]->name)) {
            cox_buf_format(pack->text, "%s%s", before, pack->features[f]->name);
            before = ", ";
        }
    }
    cox_buf_add_string(pack->text,
        before[0] == ',' ? ". What they have stored stays until it expires.\n" : "");
}

enum cox_rc cox_processing_assessment(struct cox_call *call,
    const struct cox_feature *const *features, struct cox_buf *text, struct cox_err *reterr)
{
    const struct pack pack = {call, features, text};
    struct cox_text name;
    int64_t months;

    COX_TRY(cox_setting_get(call, "name", &name, reterr));
    COX_TRY(cox_keep_access_months(call, &months, reterr));
    cox_buf_format(text, "Impact assessment of data about people: %.*s\n\n", (int)name.size,
        name.size == 0 ? "" : name.ptr);
    cox_buf_add_string(text, "# What is processed, and why\n");
    add_off(&pack);
    for (size_t f = 0; features[f] != NULL; f++) {
        COX_TRY(add_feature(&pack, features[f], reterr));
    }
    cox_buf_format(text, "\n## Who looked\nWhen, who, at which record of whom; kept %lld months.\n",
        (long long)months);
    cox_buf_add_string(text, "\n# Where risks come from\n");
    for (size_t i = 0; i < COX_COUNT(risks); i++) {
        add_risk(&pack, &risks[i]);
    }
    add_list(text, "What is done about them", measures, COX_COUNT(measures));
    add_list(text, "What the company answers itself", questions, COX_COUNT(questions));
    return text->failed ? cox_fail(reterr, COX_TOO_LARGE, "the assessment is too large") : COX_OK;
}
