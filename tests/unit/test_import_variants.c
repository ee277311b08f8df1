/*
 * tests/unit/test_import_variants.c: exports as companies really hand them over, one folder each in
 * tests/golden/import, imported without a map. What becomes of every file stands in FOLDER.out:
 * COX_UPDATE_GOLDEN=1 writes it anew; the diff is reviewed. Importing a folder again changes nothing.
 */
#include <dirent.h>
#include <stdlib.h>

#include "intake.h"
#include "record/query.h"
#include "sales/account.h"
#include "sales/deal_member.h"
#include "sales/opportunity.h"
#include "sales/quota.h"
#include "sales/territory.h"

static const char *golden(struct intake *in, const char *name)
{
    return cox_arena_format(in->arena, "tests/golden/import/%s", name);
}

static void tell_file(struct cox_buf *buf, const struct cox_import_file *file)
{
    cox_buf_format(buf,
        "%.*s: %s %s %s, %s: read %lld, created %lld, updated %lld, unchanged %lld, "
        "rejected %lld\n",
        (int)file->name.size, file->name.ptr, file->source, file->kind, file->entity, file->format,
        (long long)file->read, (long long)file->created, (long long)file->updated,
        (long long)file->unchanged, (long long)file->rejected);
    if (file->is_skipped) {
        cox_buf_format(buf, "  skipped: %s\n", file->why);
    }
    for (size_t i = 0; i < file->reject_count; i++) {
        cox_buf_format(buf, "  line %lld, %s: %s\n", (long long)file->rejects[i].line,
            file->rejects[i].field, file->rejects[i].reason);
    }
    for (size_t i = 0; i < file->note_count; i++) {
        cox_buf_format(buf, "  %s\n", file->notes[i]);
    }
}

static void compare(struct intake *in, const char *name, const struct cox_buf *told)
{
    const char *path = golden(in, cox_arena_format(in->arena, "%s.out", name));
    char *wanted;
    size_t size;
    FILE *file;

    if (getenv("COX_UPDATE_GOLDEN") != NULL) {
        file = fopen(path, "we");
        assert_non_null(file);
        assert_int_equal(fwrite(told->ptr, 1, told->size, file), told->size);
        assert_int_equal(fclose(file), 0);
        return;
    }
    wanted = intake_read(in, path, &size);
    if (size != told->size || memcmp(wanted, told->ptr, size) != 0) {
        fail_msg("%s: the import says\n%.*s\nbut should say\n%s", name, (int)told->size, told->ptr,
            wanted);
    }
}

static void import_as_told(struct intake *in, const char *name)
{
    char before[65], after[65];
    struct cox_buf buf;

    cox_buf_init(&buf, 1 << 20);
    intake_import(in, golden(in, name), NULL);
    for (size_t i = 0; i < in->report.file_count; i++) {
        tell_file(&buf, &in->report.files[i]);
    }
    compare(in, name, &buf);
    cox_buf_done(&buf);
    intake_digest(in, before);
    intake_import(in, golden(in, name), NULL);
    intake_digest(in, after);
    assert_string_equal(after, before);
}

#define VARIANT(name)                                                                              \
    static void name(void **state)                                                                 \
    {                                                                                              \
        import_as_told(intake_of(state), #name);                                                   \
    }

VARIANT(salesforce_report_us)
VARIANT(salesforce_report_german)
VARIANT(salesforce_report_utf16)
VARIANT(salesforce_report_grouped)
VARIANT(salesforce_report_titles)
VARIANT(salesforce_history_report)
VARIANT(salesforce_data_loader)
VARIANT(salesforce_bulk)
VARIANT(salesforce_quota_periods)
VARIANT(salesforce_excel)
VARIANT(hubspot_associations)
VARIANT(hubspot_owners_by_address)
VARIANT(hubspot_excel)
VARIANT(hubspot_utf16)
VARIANT(hubspot_internal_names)
VARIANT(hubspot_spanish)
VARIANT(hubspot_engagements)
VARIANT(hubspot_line_items)
VARIANT(hubspot_pipelines)
VARIANT(zoho_backup)
VARIANT(zoho_excel)
VARIANT(zoho_excel_cut_ids)
VARIANT(zoho_utf16)
VARIANT(zoho_subform)
VARIANT(zoho_subform_inline)
VARIANT(zoho_stage_history)
VARIANT(zoho_bulk_read)
VARIANT(zoho_us_dates)
VARIANT(zoho_analytics)
VARIANT(odd_days)
VARIANT(odd_trailing_byte)
VARIANT(odd_gzip_twice)

/* ---- what the counts do not say ---- */

struct seen {
    int64_t overlay_bp, revenue_bp, primary, people, sum_days, planned;
};

static void see_split(void *ctx, const struct cox_row *row)
{
    struct seen *seen = ctx;
    int64_t share = cox_row_int(row, COX_OPPORTUNITY_SPLIT_SHARE_BP);

    if (cox_row_int(row, COX_OPPORTUNITY_SPLIT_KIND) == COX_SPLIT_OVERLAY) {
        seen->overlay_bp += share;
    } else {
        seen->revenue_bp += share;
    }
}

static void see_person(void *ctx, const struct cox_row *row)
{
    struct seen *seen = ctx;

    seen->people++;
    seen->primary +=
        cox_row_int(row, COX_DEAL_CONTACT_IS_PRIMARY) == 1 &&
        cox_text_same(cox_row_text(row, COX_DEAL_CONTACT_ROLE), COX_LIT("Decision Maker"));
}

static void see_quota(void *ctx, const struct cox_row *row)
{
    struct seen *seen = ctx;

    seen->sum_days += cox_row_int(row, COX_QUOTA_TO_DAY) - cox_row_int(row, COX_QUOTA_FROM_DAY);
}

static void see_model(void *ctx, const struct cox_row *row)
{
    struct seen *seen = ctx;

    seen->planned += cox_row_int(row, COX_TERRITORY_MODEL_STATE) == COX_TERRITORY_PLANNING;
}

static const struct cox_row *as_it_was(struct intake *in, const struct cox_entity *entity,
    const char *name, int64_t day)
{
    return intake_find_at(in, entity, name,
        (struct cox_as_of){.at_us = day * 86400 * (int64_t)1000000});
}

/* The folder of Salesforce's Data Export Service, with what a sales organisation has and what it has not. */
static void salesforce_export_service(void **state)
{
    struct intake *in = intake_of(state);
    struct seen seen = {0};

    import_as_told(in, "salesforce_export_service");
    intake_each(in, &cox_opportunity_split, (struct cox_as_of){0}, see_split, &seen);
    intake_each(in, &cox_deal_contact, (struct cox_as_of){0}, see_person, &seen);
    intake_each(in, &cox_quota, (struct cox_as_of){0}, see_quota, &seen);
    intake_each(in, &cox_territory_model, (struct cox_as_of){0}, see_model, &seen);
    assert_int_equal(seen.revenue_bp, 10000);
    assert_int_equal(seen.overlay_bp, 3000);
    assert_int_equal(seen.people, 2);
    assert_int_equal(seen.primary, 1);
    assert_int_equal(seen.sum_days, 31 + 90); /* January, and the first quarter, by their periods */
    assert_int_equal(seen.planned, 1);
    assert_int_not_equal(cox_row_int(intake_find(in, &cox_territory, "Kiel"), COX_TERRITORY_MODEL),
        COX_NULL);
    /* Field histories of accounts, contacts and leads are on the time axis. */
    assert_true(cox_text_same(
        cox_row_text(as_it_was(in, &cox_account, "Nordwind AG", cox_day_ymd(2025, 2, 1)),
            COX_ACCOUNT_INDUSTRY),
        COX_LIT("Utilities")));
    assert_true(cox_text_same(
        cox_row_text(intake_find(in, &cox_account, "Nordwind AG"), COX_ACCOUNT_INDUSTRY),
        COX_LIT("Energy")));
    assert_true(cox_text_same(
        cox_row_text(as_it_was(in, &cox_contact, "Eva Muster", cox_day_ymd(2025, 2, 1)),
            COX_CONTACT_TITLE),
        COX_LIT("Controller")));
}

/* propertiesWithHistory of companies and contacts, and of a deal's owner. */
static void hubspot_history(void **state)
{
    struct intake *in = intake_of(state);
    const struct cox_row *then, *now;

    import_as_told(in, "hubspot_history");
    then = as_it_was(in, &cox_account, "Nordwind AG", cox_day_ymd(2026, 1, 1));
    assert_true(cox_text_same(cox_row_text(then, COX_ACCOUNT_INDUSTRY), COX_LIT("UTILITIES")));
    then = as_it_was(in, &cox_contact, "Eva Muster", cox_day_ymd(2026, 1, 1));
    assert_true(cox_text_same(cox_row_text(then, COX_CONTACT_TITLE), COX_LIT("Controller")));
    then = as_it_was(in, &cox_opportunity, "Nordwind", cox_day_ymd(2026, 1, 20));
    now = intake_find(in, &cox_opportunity, "Nordwind");
    assert_int_equal(cox_row_int(then, COX_OPPORTUNITY_AMOUNT), 2000000);
    assert_int_not_equal(cox_row_int(then, COX_OPPORTUNITY_OWNER),
        cox_row_int(now, COX_OPPORTUNITY_OWNER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(salesforce_export_service),
        BOTH(hubspot_history),
        SQLITE(salesforce_report_us),
        SQLITE(salesforce_report_german),
        SQLITE(salesforce_report_utf16),
        SQLITE(salesforce_report_grouped),
        SQLITE(salesforce_report_titles),
        SQLITE(salesforce_history_report),
        SQLITE(salesforce_data_loader),
        SQLITE(salesforce_bulk),
        SQLITE(salesforce_quota_periods),
        SQLITE(salesforce_excel),
        SQLITE(hubspot_associations),
        SQLITE(hubspot_owners_by_address),
        SQLITE(hubspot_excel),
        SQLITE(hubspot_utf16),
        SQLITE(hubspot_internal_names),
        SQLITE(hubspot_spanish),
        SQLITE(hubspot_engagements),
        SQLITE(hubspot_line_items),
        SQLITE(hubspot_pipelines),
        SQLITE(zoho_backup),
        SQLITE(zoho_excel),
        SQLITE(zoho_excel_cut_ids),
        SQLITE(zoho_utf16),
        SQLITE(zoho_subform),
        SQLITE(zoho_subform_inline),
        SQLITE(zoho_stage_history),
        SQLITE(zoho_bulk_read),
        SQLITE(zoho_us_dates),
        SQLITE(zoho_analytics),
        SQLITE(odd_days),
        SQLITE(odd_trailing_byte),
        SQLITE(odd_gzip_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
