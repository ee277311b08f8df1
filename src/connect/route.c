/*
 * connect/route.c: references whose target only the value tells: Salesforce's WhatId and WhoId by
 * the first three letters of the id, Zoho's What_Id by the module named beside it.
 */
#include "connect/prepare.h"
#include "sales/activity.h"

static const struct route {
    const char *words; /* id prefix, or module names */
    uint32_t field;
} prefixes[] =
    {
        {"001", COX_ACTIVITY_ACCOUNT},
        {"003", COX_ACTIVITY_CONTACT},
        {"006", COX_ACTIVITY_OPPORTUNITY},
        {"00Q", COX_ACTIVITY_LEAD},
},
  modules[] = {
      {"Accounts|Account", COX_ACTIVITY_ACCOUNT},
      {"Deals|Potentials|Deal|Potential", COX_ACTIVITY_OPPORTUNITY},
      {"Leads|Lead", COX_ACTIVITY_LEAD},
      {"Contacts|Contact", COX_ACTIVITY_CONTACT},
};

static bool is_target(uint32_t field)
{
    return field == COX_ACTIVITY_ACCOUNT || field == COX_ACTIVITY_CONTACT ||
           field == COX_ACTIVITY_OPPORTUNITY || field == COX_ACTIVITY_LEAD;
}

static uint32_t by_prefix(struct cox_text id)
{
    for (size_t i = 0; i < COX_COUNT(prefixes) && (id.size == 15 || id.size == 18); i++) {
        if (cox_text_starts(id, cox_text_of(prefixes[i].words))) {
            return prefixes[i].field;
        }
    }
    return COX_NO_FIELD;
}

static uint32_t by_module(struct cox_text module)
{
    for (size_t i = 0; i < COX_COUNT(modules); i++) {
        struct cox_text rest = cox_text_of(modules[i].words);

        for (struct cox_text one; cox_alias_next(&rest, &one);) {
            if (cox_text_same_ascii(one, module)) {
                return modules[i].field;
            }
        }
    }
    return COX_NO_FIELD;
}

/* Zoho's backups name the module of notes in the file: Notes_Accounts.csv. */
static struct cox_text module_of_file(const struct cox_job *job)
{
    struct cox_text name = job->file->name;
    size_t end = 6;

    if (job->mapping.guess.source != COX_ZOHO || !cox_text_starts(name, COX_LIT("Notes_"))) {
        return (struct cox_text){0};
    }
    while (end < name.size && name.ptr[end] != '.' && name.ptr[end] != '_') {
        end++;
    }
    return (struct cox_text){name.ptr + 6, end - 6};
}

enum cox_rc cox_prepare_route(const struct cox_job *job, struct cox_arena *arena,
    struct cox_prepared *row, struct cox_err *reterr)
{
    const struct cox_mapping *mapping = &job->mapping;
    size_t kind = cox_mapping_find(mapping, COX_COL_KIND, COX_NO_FIELD);
    struct cox_text module =
        kind < mapping->count ? cox_text_trim(row->cells[kind]) : module_of_file(job);

    if (mapping->guess.table->entity != &cox_activity ||
        (mapping->guess.source != COX_SALESFORCE && module.size == 0)) {
        return COX_OK;
    }
    row->ref_fields = COX_NEW_ARRAY(arena, mapping->count, uint32_t);
    if (row->ref_fields == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < mapping->count; i++) {
        uint32_t field = mapping->columns[i].field, other = COX_NO_FIELD;

        row->ref_fields[i] = field;
        if (mapping->columns[i].role != COX_COL_FIELD || !is_target(field)) {
            continue;
        }
        if (mapping->guess.source == COX_SALESFORCE) {
            other = by_prefix(row->refs[i]);
        } else if (field == COX_ACTIVITY_OPPORTUNITY) {
            other = by_module(module);
        }
        row->ref_fields[i] = other != COX_NO_FIELD ? other : field;
    }
    return COX_OK;
}
