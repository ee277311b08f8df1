/* Tests of importing single files: fixtures of the vendors, forms of values, what is refused. */
#include <unistd.h>

#include "base/day.h"
#include "intake.h"
#include "org/people.h"
#include "sales/account.h"
#include "sales/activity.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

/* ---- the vendors' fixtures, each folder by one command ---- */

/* Golden: what each file is taken for and what becomes of its rows. */
static const struct wanted {
    const char *folder, *file, *source, *kind, *entity;
    int64_t read, rejected;
} fixtures[] = {
    {"salesforce", "bulk2-accounts.csv", "salesforce", "records", "accounts", 100, 0},
    {"salesforce", "dataloader-accounts.csv", "salesforce", "records", "accounts", 423, 0},
    {"salesforce", "dataloader-opportunities.csv", "salesforce", "records", "opportunities", 38, 0},
    {"salesforce", "dataloader-success.csv", "salesforce", "records", "opportunities", 9, 0},
    {"salesforce", "rest-query-accounts.json", "salesforce", "records", "accounts", 2, 0},
    {"salesforce", "sf_account.csv", "salesforce", "records", "accounts", 10, 0},
    {"salesforce", "sf_contact.csv", "salesforce", "records", "contacts", 4, 0},
    {"salesforce", "sf_event.csv", "salesforce", "records", "activities", 10, 0},
    {"salesforce", "sf_lead.csv", "salesforce", "records", "leads", 1, 0},
    {"salesforce", "sf_opportunity.csv", "salesforce", "records", "opportunities", 10, 1},
    {"salesforce", "sf_task.csv", "salesforce", "records", "activities", 10, 0},
    {"salesforce", "sf_user.csv", "salesforce", "records", "users", 10, 0},
    {"salesforce", "sf_user_role.csv", "salesforce", "records", "teams", 10, 0},
    {"hubspot", "rest-companies.json", "hubspot", "records", "accounts", 1, 0},
    {"hubspot", "company.csv", "hubspot", "records", "accounts", 24, 0},
    {"hubspot", "contact.csv", "hubspot", "records", "contacts", 22, 0},
    {"hubspot", "deal.csv", "hubspot", "records", "opportunities", 44, 0},
    {"hubspot", "deal_company.csv", "hubspot", "links", "opportunities", 2, 2},
    {"hubspot", "deal_contact.csv", "hubspot", "links", "opportunities", 11, 11},
    {"hubspot", "deal_pipeline.csv", "hubspot", "records", "pipelines", 6, 0},
    {"hubspot", "deal_pipeline_stage.csv", "hubspot", "records", "stages", 71, 0},
    {"hubspot", "deal_stage.csv", "hubspot", "snapshots", "opportunities", 14, 14},
    {"hubspot", "engagement_call.csv", "hubspot", "records", "activities", 1, 0},
    {"hubspot", "engagement_meeting.csv", "hubspot", "records", "activities", 100, 0},
    {"hubspot", "engagement_task.csv", "hubspot", "records", "activities", 2, 0},
    {"hubspot", "owner.csv", "hubspot", "records", "users", 100, 0},
    {"hubspot", "owner_team.csv", "hubspot", "records", "team_members", 3, 0},
    {"hubspot", "team.csv", "hubspot", "records", "teams", 3, 0},
    {"hubspot", "team_user.csv", "hubspot", "records", "team_members", 2, 0},
    {"hubspot", "users.csv", "hubspot", "records", "users", 2, 0},
    {"zoho", "Accounts.csv.gz", "zoho", "records", "accounts", 2229, 0},
    {"zoho", "Calls.csv.gz", "zoho", "records", "activities", 4100, 0},
    {"zoho", "Campaigns.csv", "csv", "none", "", 0, 0},
    {"zoho", "Contacts.csv.gz", "zoho", "records", "contacts", 1265, 0},
    {"zoho", "Events.csv.gz", "zoho", "records", "activities", 2978, 0},
    {"zoho", "Leads.csv.gz", "zoho", "records", "leads", 3900, 0},
    {"zoho", "Potentials.csv.gz", "zoho", "records", "opportunities", 3632, 0},
    {"zoho", "Tasks.csv.gz", "zoho", "records", "activities", 2978, 0},
    {"zoho", "Users.csv", "zoho", "records", "users", 11, 0},
    {"zoho", "rest-accounts.json", "zoho", "records", "accounts", 1, 0},
    {"zoho", "rest-deals.json", "zoho", "records", "opportunities", 9, 0},
};

static void check_fixture(struct intake *in, const struct wanted *wanted)
{
    const struct cox_import_file *file = intake_file(in, wanted->file);

    if (strcmp(file->source, wanted->source) != 0 || strcmp(file->kind, wanted->kind) != 0 ||
        strcmp(file->entity, wanted->entity) != 0 || file->read != wanted->read ||
        file->rejected != wanted->rejected) {
        fail_msg("%s is taken for %s %s %s, read %lld, rejected %lld", wanted->file, file->source,
            file->kind, file->entity, (long long)file->read, (long long)file->rejected);
    }
    for (size_t i = 0; i < file->reject_count; i++) {
        assert_true(file->rejects[i].field[0] != '\0' && file->rejects[i].reason[0] != '\0');
    }
}

static void import_fixtures(struct intake *in, const char *vendor)
{
    const char *folder = intake_shared(in, cox_arena_format(in->arena, "crm-fixtures/%s", vendor));
    int64_t head;

    intake_import(in, folder, NULL);
    for (size_t i = 0; i < COX_COUNT(fixtures); i++) {
        if (strcmp(fixtures[i].folder, vendor) == 0) {
            check_fixture(in, &fixtures[i]);
        }
    }
    head = intake_head(in);
    intake_import(in, folder, NULL);
    for (size_t i = 0; i < in->report.file_count; i++) {
        assert_int_equal(in->report.files[i].created + in->report.files[i].updated, 0);
    }
    assert_int_equal(intake_head(in), head);
}

static void test_salesforce(void **state)
{
    struct intake *in = intake_of(state);

    import_fixtures(in, "salesforce");
    /* ISO-8859-1, not UTF-8; a closed deal has its won day. */
    assert_int_equal(
        cox_row_int(intake_find(in, &cox_opportunity, "George Foundation - 5000 Widgets"),
            COX_OPPORTUNITY_WON_DAY),
        cox_day_ymd(2005, 11, 9));
    assert_int_equal(
        cox_row_int(intake_find(in, &cox_opportunity, "George Foundation - 5000 Widgets"),
            COX_OPPORTUNITY_AMOUNT),
        50000000);
}

static void test_hubspot(void **state)
{
    struct intake *in = intake_of(state);

    import_fixtures(in, "hubspot");
    assert_int_equal(cox_row_int(intake_find(in, &cox_account, "Dataline"), COX_ACCOUNT_EMPLOYEES),
        25);
}

static void test_zoho(void **state)
{
    struct intake *in = intake_of(state);
    const struct cox_row *deal;

    import_fixtures(in, "zoho");
    deal = intake_find(in, &cox_opportunity, "Lewis, James");
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_AMOUNT), 2270000);
    assert_true(cox_text_same(cox_row_text(deal, COX_OPPORTUNITY_CURRENCY), COX_LIT("USD")));
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_CLOSE_DAY), cox_day_ymd(2021, 4, 16));
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_OWNER),
        intake_find(in, &cox_user, "Roger Terrence")->id);
}

/* ---- forms of values ---- */

static const char deals[] = "deal id;deal name;deal stage;amount;close date;created;owner\n"
                            "d1;M\xc3\xbcller & S\xc3\xb6hne;Proposal;1.234,56;31.12.2026;"
                            "01.02.2026;Zo\xc3\xab Faust\n"
                            "d2;Acme;Won;99,10;05.03.2026;01.02.2026;Zo\xc3\xab Faust\n";

static void check_deals(struct intake *in, const char *name)
{
    const struct cox_row *deal;

    COUNTS(in, name, 2, 2, 0, 0, 0);
    deal = intake_find(in, &cox_opportunity, "M\xc3\xbcller & S\xc3\xb6hne");
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_AMOUNT), 123456);
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_CLOSE_DAY), cox_day_ymd(2026, 12, 31));
    deal = intake_find(in, &cox_opportunity, "Acme");
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_WON_DAY), cox_day_ymd(2026, 3, 5));
    (void)intake_find(in, &cox_user, "Zo\xc3\xab Faust");
}

static void test_decimal_commas_and_days_first(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in, TEXT(in, "deals.csv", deals), NULL);
    check_deals(in, "deals.csv");
}

/* UTF-8 text of Latin letters as Windows-1252, or as UTF-16 with a mark. */
static const char *recode(struct intake *in, const char *name, bool is_wide)
{
    struct cox_buf buf;
    const char *path;

    cox_buf_init(&buf, 1 << 20);
    if (is_wide) {
        cox_buf_add(&buf, "\xff\xfe", 2);
    }
    for (const unsigned char *at = (const unsigned char *)deals; *at != '\0'; at++) {
        unsigned letter = *at;

        if (letter >= 0xc0) {
            letter = (letter & 0x1f) << 6 | (*++at & 0x3f);
        }
        cox_buf_add_char(&buf, (char)(letter & 0xff));
        if (is_wide) {
            cox_buf_add_char(&buf, (char)(letter >> 8));
        }
    }
    path = intake_write(in, name, buf.ptr, buf.size);
    cox_buf_done(&buf);
    return path;
}

static void test_windows_1252(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in, recode(in, "deals.csv", false), NULL);
    check_deals(in, "deals.csv");
}

static void test_utf_16(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in, recode(in, "deals.csv", true), NULL);
    check_deals(in, "deals.csv");
}

/* A report: 15-character ids, month first, totals and copyright below. */
static void test_a_salesforce_report(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in,
        TEXT(in, "report.csv",
            "\"Opportunity ID\",\"Opportunity Name\",\"Stage\",\"Amount\",\"Close Date\","
            "\"Opportunity Owner\",\"Created Date\"\n"
            "\"006x0000001YtCr\",\"Alpha\",\"Closed Won\",\"100.00\",\"3/25/2026\",\"Sam Lee\","
            "\"1/2/2026\"\n"
            "\"006x0000001YtCs\",\"Beta\",\"Prospecting\",\"50.00\",\"4/5/2026\",\"Sam Lee\","
            "\"1/3/2026\"\n"
            "\n\"Grand Totals (2 records)\"\n\"Confidential Information - Do Not Distribute\"\n"
            "\"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.\"\n"),
        NULL);
    COUNTS(in, "report.csv", 2, 2, 0, 0, 0);
    assert_string_equal(intake_file(in, "report.csv")->source, "salesforce");
    assert_int_equal(
        cox_row_int(intake_find(in, &cox_opportunity, "Beta"), COX_OPPORTUNITY_CLOSE_DAY),
        cox_day_ymd(2026, 4, 5));
    /* The same deal under its long id, from the Data Loader. */
    intake_import(in,
        TEXT(in, "loader.csv",
            "ID,NAME,STAGENAME,AMOUNT,CLOSEDATE,OWNERID,SYSTEMMODSTAMP\n"
            "006x0000001YtCsAAK,Beta,Qualification,50.0,2026-04-05,005x0000000fNSiAAM,"
            "2026-02-01T00:00:00.000Z\n"),
        NULL);
    COUNTS(in, "loader.csv", 1, 0, 1, 0, 0);
}

/* REST replies of HubSpot: stages inside pipelines, associations, histories of properties. */
static void test_hubspot_replies(void **state)
{
    struct intake *in = intake_of(state);
    const struct cox_row *deal, *stage;

    (void)TEXT(in, "pipelines.json",
        "{\"results\":[{\"id\":\"default\",\"label\":\"Sales Pipeline\",\"displayOrder\":0,"
        "\"stages\":[{\"id\":\"appointmentscheduled\",\"label\":\"Outreach\",\"displayOrder\":0,"
        "\"metadata\":{\"probability\":\"0.2\",\"isClosed\":\"false\"}},{\"id\":\"closedwon\","
        "\"label\":\"Done\",\"displayOrder\":1,\"metadata\":{\"probability\":\"1.0\","
        "\"isClosed\":\"true\"}}]}]}");
    (void)TEXT(in, "companies.json",
        "{\"results\":[{\"id\":\"77\",\"properties\":{\"name\":\"Acme\","
        "\"domain\":\"acme.example\"},\"archived\":false}]}");
    (void)TEXT(in, "deals.json",
        "{\"results\":[{\"id\":\"123\",\"properties\":{\"dealname\":\"Seats\",\"amount\":\"12000\","
        "\"dealstage\":\"closedwon\",\"pipeline\":\"default\","
        "\"closedate\":\"2026-01-31T00:00:00Z\",\"createdate\":\"2026-01-02T08:00:00.000Z\"},"
        "\"propertiesWithHistory\":{\"dealstage\":[{\"value\":\"closedwon\","
        "\"timestamp\":\"2026-01-31T10:00:00Z\"},{\"value\":\"appointmentscheduled\","
        "\"timestamp\":\"2026-01-02T08:00:00Z\"}]},\"archived\":false,"
        "\"associations\":{\"companies\":{\"results\":[{\"id\":\"77\"}]}}}],"
        "\"paging\":{\"next\":{\"after\":\"100\"}}}");
    intake_import(in, in->folder, NULL);
    COUNTS(in, "pipelines.json", 2, 2, 0, 0, 0);
    COUNTS(in, "deals.json", 1, 1, 0, 0, 0);
    deal = intake_find(in, &cox_opportunity, "Seats");
    stage = intake_find(in, &cox_stage, "Done");
    assert_int_equal(cox_row_int(stage, COX_STAGE_KIND), COX_STAGE_WON);
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_STAGE), stage->id);
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_ACCOUNT),
        intake_find(in, &cox_account, "Acme")->id);
    assert_true(cox_text_same(
        cox_row_text(intake_find(in, &cox_pipeline, "Sales Pipeline"), COX_PIPELINE_NAME),
        COX_LIT("Sales Pipeline")));
    intake_import(in, in->folder, NULL);
    assert_int_equal(in->report.batch, 0);
}

/* ---- refused rows ---- */

static void test_rejected_rows_are_mended_and_imported(void **state)
{
    struct intake *in = intake_of(state);
    const char *path = TEXT(in, "deals.csv",
        "deal id,deal name,deal stage,amount,close date\n"
        "1,One,Open,10.00,2026-05-01\n"
        "2,Two,Open,ten,2026-05-01\n"
        "3,Three,Open,30.00,2026-02-31\n"
        "4,Four,Open,40.00,2026-05-01\n");
    const struct cox_import_file *file;
    char *text, *at;
    size_t size;

    intake_import(in, path, NULL);
    COUNTS(in, "deals.csv", 4, 2, 0, 0, 2);
    file = intake_file(in, "deals.csv");
    assert_int_equal(file->rejects[0].line, 3);
    assert_string_equal(file->rejects[0].field, "amount");
    assert_int_equal(file->rejects[1].line, 4);
    assert_string_equal(file->rejects[1].field, "close date");
    text = intake_read(in, file->error_path, &size);
    assert_non_null(strstr(text, "error_field,error_reason"));
    at = strstr(text, "ten");
    assert_non_null(at);
    memcpy(at, "020", 3);
    at = strstr(text, "2026-02-31");
    assert_non_null(at);
    memcpy(at, "2026-02-28", 10);
    intake_import(in, intake_write(in, "mended.csv", text, size), NULL);
    COUNTS(in, "mended.csv", 2, 2, 0, 0, 0);
    assert_int_equal(intake_count(in, &cox_opportunity), 4);
    assert_int_equal(cox_row_int(intake_find(in, &cox_opportunity, "Two"), COX_OPPORTUNITY_AMOUNT),
        2000);
    intake_import(in, path, NULL);
    COUNTS(in, "deals.csv", 4, 0, 0, 2, 2);
}

static void test_rows_deleted_there(void **state)
{
    struct intake *in = intake_of(state);
    static const char first[] = "Id,IsDeleted,Name,SystemModstamp\n"
                                "001x0000002xLCVAA2,false,Gravity,2026-01-01T00:00:00Z\n"
                                "001x0000002xLCWAA2,true,Gone,2026-01-01T00:00:00Z\n";
    static const char second[] = "Id,IsDeleted,Name,SystemModstamp\n"
                                 "001x0000002xLCVAA2,true,Gravity,2026-01-02T00:00:00Z\n";

    intake_import(in, TEXT(in, "accounts.csv", first), NULL);
    COUNTS(in, "accounts.csv", 2, 1, 0, 1, 0);
    assert_int_equal(intake_file(in, "accounts.csv")->deleted, 1);
    intake_import(in, TEXT(in, "accounts2.csv", second), NULL);
    COUNTS(in, "accounts2.csv", 1, 0, 1, 0, 0);
    assert_int_equal(intake_count(in, &cox_account), 0);
}

static void test_files_that_are_something_else(void **state)
{
    struct intake *in = intake_of(state);

    (void)TEXT(in, "colours.csv", "red,green,blue\n1,2,3\n");
    (void)TEXT(in, "broken.json", "{\"records\":[{\"Id\":");
    (void)TEXT(in, "empty.csv", "");
    (void)TEXT(in, "deals.csv", "PK\x03\x04 a workbook under a wrong name");
    intake_import(in, in->folder, NULL);
    for (size_t i = 0; i < in->report.file_count; i++) {
        assert_true(in->report.files[i].is_skipped);
        assert_true(in->report.files[i].why[0] != '\0');
    }
    assert_non_null(strstr(intake_file(in, "deals.csv")->why, "workbook"));
    assert_int_equal(in->report.batch, 0);
}

static void test_unknown_columns_become_fields(void **state)
{
    struct intake *in = intake_of(state);
    const struct cox_import_opt keep = {.from = -1, .keep_unknown = true};
    const char *path = TEXT(in, "accounts.csv",
        "account,sector,Favourite Rower\nAcme,tools,Steve\nBolt,screws,\n");
    int64_t head;

    intake_import(in, path, &keep);
    COUNTS(in, "accounts.csv", 2, 2, 0, 0, 0);
    assert_int_equal(intake_file(in, "accounts.csv")->note_count, 1); /* of owners only */
    head = intake_head(in);
    intake_import(in, path, &keep);
    COUNTS(in, "accounts.csv", 2, 0, 0, 2, 0);
    assert_int_equal(intake_head(in), head);
}

/* ---- references, and a newer row of the same record ---- */

static void test_managers_come_from_people(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in,
        TEXT(in, "User.csv",
            "Id,Username,FirstName,LastName,Email,ManagerId,IsActive,SystemModstamp\n"
            "005x0000000fNS1AAM,a@x.example,Ann,Low,a@x.example,005x0000000fNS2AAM,true,"
            "2026-01-01T00:00:00Z\n"
            "005x0000000fNS2AAM,b@x.example,Bob,High,b@x.example,,true,2026-01-01T00:00:00Z\n"),
        NULL);
    COUNTS(in, "User.csv", 2, 2, 0, 0, 0);
    assert_int_equal(intake_count(in, &cox_reporting_line), 1);
}

static void test_the_newest_row_of_a_record_counts(void **state)
{
    struct intake *in = intake_of(state);
    const char *path = TEXT(in, "Account.csv",
        "Id,Name,Phone,LastModifiedDate\n"
        "001x0000002xLCVAA2,New name,1,2026-03-01T00:00:00Z\n"
        "001x0000002xLCVAA2,Old name,2,2026-01-01T00:00:00Z\n");

    intake_import(in, path, NULL);
    COUNTS(in, "Account.csv", 2, 1, 0, 1, 0);
    (void)intake_find(in, &cox_account, "New name");
    intake_import(in, path, NULL);
    COUNTS(in, "Account.csv", 2, 0, 0, 2, 0);
}

/* ---- history ---- */

static const char history_deals[] =
    "Id,Name,StageName,Amount,CloseDate,CreatedDate,IsClosed,IsWon,SystemModstamp\n"
    "006x0000001YtCrAAK,Alpha,Closed Won,300.0,2026-03-20,2026-01-10T00:00:00.000Z,true,true,"
    "2026-03-20T00:00:00.000Z\n"
    "006x0000001YtCsAAK,Beta,Prospecting,10.0,2026-09-20,2026-01-10T00:00:00.000Z,false,false,"
    "2026-03-20T00:00:00.000Z\n";

struct looking {
    int64_t amount, stage;
};

static void look(void *ctx, const struct cox_row *row)
{
    struct looking *looking = ctx;

    if (cox_text_same(cox_row_text(row, COX_OPPORTUNITY_NAME), COX_LIT("Alpha"))) {
        looking->amount = cox_row_int(row, COX_OPPORTUNITY_AMOUNT);
        looking->stage = cox_row_int(row, COX_OPPORTUNITY_STAGE);
    }
}

static struct looking alpha_on(struct intake *in, int64_t day)
{
    struct looking looking = {COX_NULL, COX_NULL};
    struct cox_as_of then = {.at_us = (day + 1) * COX_DAY_US - 1};

    intake_each(in, &cox_opportunity, then, look, &looking);
    return looking;
}

static void test_snapshots_become_versions(void **state)
{
    struct intake *in = intake_of(state);
    const char *path;

    intake_import(in, TEXT(in, "Opportunity.csv", history_deals), NULL);
    COUNTS(in, "Opportunity.csv", 2, 2, 0, 0, 0);
    path = TEXT(in, "OpportunityHistory.csv",
        "Id,OpportunityId,CreatedDate,StageName,Amount,CloseDate,Probability\n"
        "008x3,006x0000001YtCrAAK,2026-03-20T00:00:00.000Z,Closed Won,300.0,2026-03-20,100\n"
        "008x2,006x0000001YtCrAAK,2026-02-10T00:00:00.000Z,Negotiation/Review,250.0,"
        "2026-03-31,90\n"
        "008x1,006x0000001YtCrAAK,2026-01-10T00:00:00.000Z,Prospecting,200.0,2026-04-30,10\n"
        "008x9,006x000000NOBODY1,2026-01-10T00:00:00.000Z,Prospecting,1.0,2026-04-30,10\n");
    intake_import(in, path, NULL);
    COUNTS(in, "OpportunityHistory.csv", 4, 0, 3, 0, 1);
    assert_int_equal(alpha_on(in, cox_day_ymd(2026, 1, 9)).amount, COX_NULL);
    assert_int_equal(alpha_on(in, cox_day_ymd(2026, 1, 20)).amount, 20000);
    assert_int_equal(alpha_on(in, cox_day_ymd(2026, 2, 20)).amount, 25000);
    assert_int_equal(alpha_on(in, cox_day_ymd(2026, 3, 21)).amount, 30000);
    assert_int_equal(alpha_on(in, cox_day_ymd(2026, 2, 20)).stage,
        intake_find(in, &cox_stage, "Negotiation/Review")->id);
    intake_import(in, path, NULL);
    COUNTS(in, "OpportunityHistory.csv", 4, 0, 0, 3, 1);
}

static void test_changes_become_versions(void **state)
{
    struct intake *in = intake_of(state);
    const char *path;

    intake_import(in, TEXT(in, "Opportunity.csv", history_deals), NULL);
    path = TEXT(in, "OpportunityFieldHistory.csv",
        "Id,OpportunityId,CreatedDate,Field,OldValue,NewValue\n"
        "017x1,006x0000001YtCrAAK,2026-02-10T00:00:00.000Z,Amount,200.0,250.0\n"
        "017x2,006x0000001YtCrAAK,2026-03-01T00:00:00.000Z,Amount,250.0,300.0\n");
    intake_import(in, path, NULL);
    COUNTS(in, "OpportunityFieldHistory.csv", 2, 0, 2, 0, 0);
    assert_int_equal(alpha_on(in, cox_day_ymd(2026, 2, 20)).amount, 25000);
    assert_int_equal(alpha_on(in, cox_day_ymd(2026, 3, 25)).amount, 30000);
    intake_import(in, path, NULL);
    COUNTS(in, "OpportunityFieldHistory.csv", 2, 0, 0, 2, 0);
}

/* ---- anything at all: nothing is lost, nothing breaks ---- */

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Bytes of cells changed, dropped, doubled; intake_import asserts read = the sum of the others. */
static void test_spoilt_files_lose_no_row(void **state)
{
    struct intake *in = intake_of(state);
    static const char spoil[] = "\"',;\n\r\t\\0x-/%\xff$\xc3(";
    const char *folder = intake_shared(in, "maven-crm");
    char *text, *copy;
    size_t size;

    text = intake_read(in, cox_arena_format(in->arena, "%s/sales_pipeline.csv", folder), &size);
    size = size > 20000 ? 20000 : size;
    copy = cox_arena_alloc(in->arena, size);
    for (uint64_t seed = 1; seed <= 12; seed++) {
        uint64_t random = seed;
        struct cox_import_opt opt = {.from = -1};

        memcpy(copy, text, size);
        for (int i = 0; i < 60; i++) {
            copy[80 + next_random(&random) % (size - 80)] =
                spoil[next_random(&random) % (sizeof spoil - 1)];
        }
        opt.paths = NULL;
        (void)intake_write(in, "spoilt.csv", copy, size);
        {
            const char *path = cox_arena_format(in->arena, "%s/spoilt.csv", in->folder);
            enum cox_rc rc;

            opt.store = in->store;
            opt.actor = (struct cox_actor){.roles = COX_ROLE_BIT(COX_OPERATOR)};
            opt.paths = &path;
            opt.path_count = 1;
            opt.folder = in->folder;
            rc = cox_import_run(in->arena, &opt, &in->report, &in->err);
            assert_int_equal(rc, COX_OK);
            for (size_t i = 0; i < in->report.file_count; i++) {
                const struct cox_import_file *file = &in->report.files[i];

                assert_int_equal(file->read,
                    file->created + file->updated + file->unchanged + file->rejected);
            }
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SQLITE(test_salesforce),
        SQLITE(test_hubspot),
        SQLITE(test_zoho),
        BOTH(test_decimal_commas_and_days_first),
        SQLITE(test_windows_1252),
        SQLITE(test_utf_16),
        BOTH(test_a_salesforce_report),
        SQLITE(test_hubspot_replies),
        BOTH(test_rejected_rows_are_mended_and_imported),
        BOTH(test_rows_deleted_there),
        SQLITE(test_files_that_are_something_else),
        BOTH(test_unknown_columns_become_fields),
        BOTH(test_managers_come_from_people),
        BOTH(test_the_newest_row_of_a_record_counts),
        BOTH(test_snapshots_become_versions),
        BOTH(test_changes_become_versions),
        SQLITE(test_spoilt_files_lose_no_row),
    };

    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
