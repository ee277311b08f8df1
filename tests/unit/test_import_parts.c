/* Tests of files that belong to deals without being deals, of history, and of spoilt rows. */
#include "base/day.h"
#include "intake.h"
#include "sales/quota.h"
#include "org/currency.h"
#include "org/people.h"
#include "sales/account.h"
#include "sales/activity.h"
#include "sales/deal_member.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/product.h"
#include "sales/tag.h"
#include "sales/territory.h"

static const char deals[] =
    "Id,Name,StageName,Amount,CloseDate,OwnerId,CreatedDate,IsClosed,IsWon\n"
    "006x0000001YtCrAAK,Alpha,Prospecting,300.0,2026-09-20,005x0000000fNSiAAM,"
    "2026-01-10T00:00:00.000Z,false,false\n";
static const char people[] = "Id,Username,FirstName,LastName,Email,IsActive\n"
                             "005x0000000fNSiAAM,a@x.example,Ann,Lee,a@x.example,true\n"
                             "005x0000000fNSjAAM,b@x.example,Bo,Ray,b@x.example,true\n";
static const char contacts[] = "Id,LastName\n003x0000001YtCrAAK,Klein\n003x0000001YtCsAAK,Gross\n";

static const struct cox_row *alpha(struct intake *in)
{
    return intake_find(in, &cox_opportunity, "Alpha");
}

static void import_alpha(struct intake *in)
{
    intake_import(in, TEXT(in, "User.csv", people), NULL);
    intake_import(in, TEXT(in, "Contact.csv", contacts), NULL);
    intake_import(in, TEXT(in, "Opportunity.csv", deals), NULL);
    COUNTS(in, "Opportunity.csv", 1, 1, 0, 0, 0);
}

/* ---- parts of deals ---- */

static void test_roles_link_the_primary_contact(void **state)
{
    struct intake *in = intake_of(state);
    const char *path;

    import_alpha(in);
    path = TEXT(in, "OpportunityContactRole.csv",
        "Id,OpportunityId,ContactId,Role,IsPrimary\n"
        "00Kx1,006x0000001YtCrAAK,003x0000001YtCrAAK,Influencer,false\n"
        "00Kx2,006x0000001YtCrAAK,003x0000001YtCsAAK,Decision Maker,true\n");
    intake_import(in, path, NULL);
    COUNTS(in, "OpportunityContactRole.csv", 2, 2, 0, 0, 0);
    assert_int_equal(intake_count(in, &cox_deal_contact), 2);
    assert_int_equal(intake_count(in, &cox_opportunity), 1);
    assert_int_equal(cox_row_int(alpha(in), COX_OPPORTUNITY_CONTACT),
        intake_find(in, &cox_contact, "Gross")->id);
    intake_import(in, path, NULL);
    COUNTS(in, "OpportunityContactRole.csv", 2, 0, 0, 2, 0);
}

static void test_quotes_are_no_deals(void **state)
{
    struct intake *in = intake_of(state);

    import_alpha(in);
    intake_import(in,
        TEXT(in, "Quotes_001.csv",
            "Record Id,Quote Owner,Subject,Deal Name.id,Deal Name,Grand Total,Valid Till\n"
            "zcrm_80,Ann,Q1,zcrm_81,Alpha,1234.5,2026-06-30\n"),
        NULL);
    assert_true(intake_file(in, "Quotes_001.csv")->is_skipped);
    /* Something nobody knows, with an id of its own and a deal's: not a deal either. */
    intake_import(in,
        TEXT(in, "Deal_Things.csv",
            "Record Id,Deal Name.id,Deal Name,Stage,Amount,Closing Date\n"
            "zcrm_90,zcrm_81,Alpha,Won,1,2026-06-30\n"),
        NULL);
    assert_int_equal(intake_count(in, &cox_opportunity), 1);
}

static void test_splits_in_per_cent(void **state)
{
    struct intake *in = intake_of(state);

    import_alpha(in);
    intake_import(in,
        TEXT(in, "OpportunitySplit.csv",
            "Id,OpportunityId,SplitOwnerId,SplitPercentage\n"
            "1,006x0000001YtCrAAK,005x0000000fNSiAAM,62.5\n"
            "2,006x0000001YtCrAAK,005x0000000fNSjAAM,37.5\n"),
        NULL);
    COUNTS(in, "OpportunitySplit.csv", 2, 2, 0, 0, 0);
    assert_int_equal(intake_count(in, &cox_opportunity_split), 2);
}

static void take_rate(void *ctx, const struct cox_row *row)
{
    int64_t *rate = ctx;

    assert_true(cox_text_same(cox_row_text(row, COX_CURRENCY_RATE_TO_CODE), COX_LIT("CHF")));
    *rate = cox_row_int(row, COX_CURRENCY_RATE_RATE_E9);
}

static enum cox_rc put_currency(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    (void)ctx;
    return cox_setting_put(call, "currency", COX_LIT("EUR"), reterr);
}

/* One unit of the company's currency is so much of the other one. */
static void test_dated_rates(void **state)
{
    struct intake *in = intake_of(state);
    const struct cox_write_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_CLI};
    int64_t rate = 0;

    OK(cox_store_write(in->store, &opt, put_currency, NULL, NULL, &in->err));

    intake_import(in,
        TEXT(in, "DatedConversionRate.csv",
            "Id,IsoCode,StartDate,NextStartDate,ConversionRate\n"
            "04w1,CHF,2026-01-01,2026-07-01,0.925\n"),
        NULL);
    COUNTS(in, "DatedConversionRate.csv", 1, 1, 0, 0, 0);
    intake_each(in, &cox_currency_rate, (struct cox_as_of){0}, take_rate, &rate);
    assert_int_equal(rate, 925000000);
}

static void test_notes_know_their_parent(void **state)
{
    struct intake *in = intake_of(state);

    import_alpha(in);
    intake_import(in,
        TEXT(in, "Note.csv",
            "Id,ParentId,Title,Body,OwnerId\n"
            "002x1,006x0000001YtCrAAK,Budget,Approved,005x0000000fNSjAAM\n"),
        NULL);
    assert_int_equal(
        cox_row_int(intake_find(in, &cox_activity, "Budget"), COX_ACTIVITY_OPPORTUNITY),
        alpha(in)->id);
}

/* ---- what goes with deals, people and products ---- */

static void test_teams_of_deals(void **state)
{
    struct intake *in = intake_of(state);
    const char *path;

    import_alpha(in);
    path = TEXT(in, "OpportunityTeamMember.csv",
        "Id,OpportunityId,UserId,TeamMemberRole,OpportunityAccessLevel\n"
        "00qx1,006x0000001YtCrAAK,005x0000000fNSjAAM,Sales Engineer,Edit\n"
        "00qx2,006x0000001YtCrAAK,005x0000000fXXXAAM,Executive Sponsor,Read\n"
        "00qx3,006x0000001YtXXAAK,005x0000000fNSjAAM,Executive Sponsor,Read\n");
    intake_import(in, path, NULL);
    COUNTS(in, "OpportunityTeamMember.csv", 3, 2, 0, 0, 1);
    assert_string_equal(intake_file(in, "OpportunityTeamMember.csv")->rejects[0].field,
        "opportunity");
    assert_int_equal(intake_count(in, &cox_deal_member), 2);
    assert_int_equal(intake_count(in, &cox_opportunity), 1);
    intake_import(in, path, NULL);
    COUNTS(in, "OpportunityTeamMember.csv", 3, 0, 0, 2, 1);
}

/* A tree whose children come first, its people and its accounts. */
static void test_territories(void **state)
{
    struct intake *in = intake_of(state);

    import_alpha(in);
    intake_import(in, TEXT(in, "Account.csv", "Id,Name\n001x0000001YtCrAAK,Acme\n"), NULL);
    intake_import(in,
        TEXT(in, "Territory2.csv",
            "Id,Name,DeveloperName,ParentTerritory2Id,Territory2ModelId,AccountAccessLevel\n"
            "0MIx2,Bavaria,DE_BY,0MIx1,0MAx1,Edit\n"
            "0MIx1,Germany,DE,,0MAx1,Edit\n"),
        NULL);
    COUNTS(in, "Territory2.csv", 2, 2, 0, 0, 0);
    intake_import(in,
        TEXT(in, "UserTerritory2Association.csv",
            "Id,UserId,Territory2Id,RoleInTerritory2,IsActive\n"
            "0MUx1,005x0000000fNSiAAM,0MIx2,Owner,true\n"),
        NULL);
    COUNTS(in, "UserTerritory2Association.csv", 1, 1, 0, 0, 0);
    intake_import(in,
        TEXT(in, "ObjectTerritory2Association.csv",
            "Id,ObjectId,Territory2Id,AssociationCause\n"
            "0MOx1,001x0000001YtCrAAK,0MIx2,Territory2Manual\n"
            "0MOx2,006x0000001YtCrAAK,0MIx2,Territory2Manual\n"),
        NULL);
    COUNTS(in, "ObjectTerritory2Association.csv", 2, 1, 0, 0, 1);
    assert_int_equal(cox_row_int(intake_find(in, &cox_territory, "Bavaria"), COX_TERRITORY_PARENT),
        intake_find(in, &cox_territory, "Germany")->id);
    assert_int_equal(intake_count(in, &cox_territory_member), 1);
    assert_int_equal(intake_count(in, &cox_territory_account), 1);
}

static void take_days(void *ctx, const struct cox_row *row)
{
    int64_t *days = ctx;

    days[0] += cox_row_int(row, COX_QUOTA_TO_DAY) - cox_row_int(row, COX_QUOTA_FROM_DAY);
}

static void test_quotas_without_a_last_day(void **state)
{
    struct intake *in = intake_of(state);
    int64_t days = 0;

    import_alpha(in);
    intake_import(in,
        TEXT(in, "ForecastingQuota.csv",
            "Id,QuotaOwnerId,QuotaAmount,StartDate,PeriodId,IsAmount\n"
            "0J9x1,005x0000000fNSiAAM,1000.5,2026-01-01,026x1,true\n"
            "0J9x2,005x0000000fNSjAAM,2000,2026-04-01,026x2,true\n"
            "0J9x3,005x0000000fNSiAAM,3000,2026-10-01,026x4,true\n"),
        NULL);
    COUNTS(in, "ForecastingQuota.csv", 3, 3, 0, 0, 0);
    intake_each(in, &cox_quota, (struct cox_as_of){0}, take_days, &days);
    assert_int_equal(days, 90 + 91 + 92); /* quarters of 2026 */
}

static void test_the_last_day_of_a_quota_counts(void **state)
{
    struct intake *in = intake_of(state);
    int64_t days = 0;

    import_alpha(in);
    intake_import(in,
        TEXT(in, "ForecastingQuota.csv",
            "Id,QuotaOwnerId,QuotaAmount,StartDate,End Date\n"
            "0J9x1,005x0000000fNSiAAM,1000,2026-01-01,2026-03-31\n"),
        NULL);
    COUNTS(in, "ForecastingQuota.csv", 1, 1, 0, 0, 0);
    intake_each(in, &cox_quota, (struct cox_as_of){0}, take_days, &days);
    assert_int_equal(days, 90);
    intake_import(in,
        TEXT(in, "ForecastingQuota2.csv",
            "Id,QuotaOwnerId,QuotaAmount,StartDate,to_day\n"
            "0J9x2,005x0000000fNSiAAM,1000,2026-04-01,2026-07-01\n"),
        NULL);
    COUNTS(in, "ForecastingQuota2.csv", 1, 1, 0, 0, 0);
    days = 0;
    intake_each(in, &cox_quota, (struct cox_as_of){0}, take_days, &days);
    assert_int_equal(days, 90 + 91);
}

static void test_prices_without_their_lists(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in, TEXT(in, "Product2.csv", "Id,Name,ProductCode\n01tx1,Pump,P1\n"), NULL);
    intake_import(in,
        TEXT(in, "PricebookEntry.csv",
            "Id,Pricebook2Id,Product2Id,UnitPrice,IsActive\n"
            "01ux1,01s000000000001,01tx1,12.5,true\n"),
        NULL);
    COUNTS(in, "PricebookEntry.csv", 1, 1, 0, 0, 0);
    intake_import(in,
        TEXT(in, "Pricebook2.csv",
            "Id,Name,IsStandard,IsActive\n01s000000000001,Standard,true,true\n"),
        NULL);
    COUNTS(in, "Pricebook2.csv", 1, 0, 1, 0, 0);
    assert_int_equal(intake_count(in, &cox_price_list), 1);
    (void)intake_find(in, &cox_price_list, "Standard"); /* fails when there is none */
}

static void take_price(void *ctx, const struct cox_row *row)
{
    int64_t *euros = ctx;

    if (cox_text_same(cox_row_text(row, COX_PRICE_CURRENCY), COX_LIT("EUR"))) {
        *euros += cox_row_int(row, COX_PRICE_AMOUNT);
    }
}

static void test_prices_of_one_list_in_two_currencies(void **state)
{
    struct intake *in = intake_of(state);
    int64_t euros = 0;

    intake_import(in, TEXT(in, "Product2.csv", "Id,Name,ProductCode\n01tx1,Pump,P1\n"), NULL);
    intake_import(in,
        TEXT(in, "Pricebook2.csv",
            "Id,Name,IsStandard,IsActive\n01s000000000001,Standard,true,true\n"),
        NULL);
    for (int round = 0; round < 2; round++) { /* the second changes nothing */
        intake_import(in,
            TEXT(in, "PricebookEntry.csv",
                "Id,Pricebook2Id,Product2Id,UnitPrice,CurrencyIsoCode,IsActive\n"
                "01ux1,01s000000000001,01tx1,12.5,USD,true\n"
                "01ux2,01s000000000001,01tx1,11.5,EUR,true\n"),
            NULL);
        COUNTS(in, "PricebookEntry.csv", 2, round == 0 ? 2 : 0, 0, round == 0 ? 0 : 2, 0);
    }
    /* The list itself is in the company's currency, which neither price is in. */
    assert_int_equal(intake_count(in, &cox_price_list), 3);
    (void)intake_find(in, &cox_price_list, "Standard (USD)");
    (void)intake_find(in, &cox_price_list, "Standard (EUR)");
    intake_each(in, &cox_price, (struct cox_as_of){0}, take_price, &euros);
    assert_int_equal(euros, 1150);
}

static void test_tags(void **state)
{
    struct intake *in = intake_of(state);
    const char *path = TEXT(in, "Accounts_001.csv",
        "Record Id,Account Name,Tag\nzcrm_1,Acme,\"key, Fair 2026\"\nzcrm_2,Umbra,KEY\n"
        "zcrm_3,Initech,\n");

    intake_import(in, path, NULL);
    COUNTS(in, "Accounts_001.csv", 3, 3, 0, 0, 0);
    assert_int_equal(intake_count(in, &cox_tag), 2);
    assert_int_equal(intake_count(in, &cox_tagging), 3);
    intake_import(in, path, NULL);
    COUNTS(in, "Accounts_001.csv", 3, 0, 0, 3, 0);
    assert_int_equal(intake_count(in, &cox_tagging), 3);
    intake_import(in,
        TEXT(in, "Accounts.json",
            "{\"data\":[{\"id\":\"4\",\"Account_Name\":\"Hooli\",\"Modified_Time\":"
            "\"2026-01-01T00:00:00Z\",\"$approved\":true,"
            "\"Tag\":[{\"name\":\"new\",\"id\":\"99\"},{\"name\":\"key\",\"id\":\"98\"}]}]}"),
        NULL);
    assert_int_equal(intake_count(in, &cox_tag), 3);
    assert_int_equal(intake_count(in, &cox_tagging), 5);
}

static void test_owners_name_their_teams(void **state)
{
    struct intake *in = intake_of(state);
    const char *path = TEXT(in, "owners.json",
        "{\"results\":[{\"id\":\"41\",\"email\":\"a@x.example\",\"firstName\":\"Ann\",\"lastName\":"
        "\"Lee\",\"userId\":7,\"archived\":false,\"teams\":[{\"id\":\"5\",\"name\":\"North\","
        "\"primary\":false},{\"id\":\"6\",\"name\":\"Keys\",\"primary\":true}]},"
        "{\"id\":\"42\",\"email\":\"b@x.example\",\"firstName\":\"Bo\",\"lastName\":\"Ray\","
        "\"userId\":8,\"archived\":false,\"teams\":[{\"id\":\"5\",\"name\":\"North\","
        "\"primary\":true}]}]}");

    intake_import(in, path, NULL);
    COUNTS(in, "owners.json", 2, 2, 0, 0, 0);
    assert_int_equal(intake_count(in, &cox_team), 2);
    assert_int_equal(intake_count(in, &cox_team_member), 3);
    intake_import(in, path, NULL);
    COUNTS(in, "owners.json", 2, 0, 0, 2, 0);
    assert_int_equal(intake_count(in, &cox_team_member), 3);
}

static void test_compound_addresses(void **state)
{
    struct intake *in = intake_of(state);
    const struct cox_row *acme;

    intake_import(in,
        TEXT(in, "accounts_rest.json",
            "{\"totalSize\":1,\"done\":true,\"records\":[{\"attributes\":{\"type\":\"Account\","
            "\"url\":\"/x\"},\"Id\":\"001x0000001YtCrAAK\",\"Name\":\"Acme\",\"BillingAddress\":"
            "{\"city\":\"Ulm\",\"country\":\"Germany\",\"geocodeAccuracy\":null,\"latitude\":null,"
            "\"longitude\":null,\"postalCode\":\"89073\",\"state\":\"BW\",\"street\":\"Gasse 1\"}}]}"),
        NULL);
    COUNTS(in, "accounts_rest.json", 1, 1, 0, 0, 0);
    acme = intake_find(in, &cox_account, "Acme");
    assert_true(cox_text_same(cox_row_text(acme, COX_ACCOUNT_STREET), COX_LIT("Gasse 1")));
    assert_true(cox_text_same(cox_row_text(acme, COX_ACCOUNT_CITY), COX_LIT("Ulm")));
    assert_true(cox_text_same(cox_row_text(acme, COX_ACCOUNT_POSTAL_CODE), COX_LIT("89073")));
}

static void test_a_made_up_company_is_not_mixed_with_a_real_one(void **state)
{
    struct intake *in = intake_of(state);
    const char *path = TEXT(in, "Account.csv", "Id,Name\n001x0000001YtCrAAK,Acme\n");
    const struct cox_actor operator= {.roles = COX_ROLE_BIT(COX_OPERATOR)};
    struct cox_import_opt opt = {.store = in->store,
        .actor = operator,
        .paths = & path,
        .path_count = 1,
        .from = -1,
        .folder = in->folder};
    struct cox_import_report report;
    int64_t batch;

    OK(cox_batch_open(in->store, operator, "demo", "small", &batch, &in->err));
    OK(cox_batch_close(in->store, batch, COX_BATCH_DONE, &in->err));
    assert_int_equal(cox_import_run(in->arena, &opt, &report, &in->err), COX_CONFLICT);
    assert_string_equal(in->err.field, "into_demo");
    assert_int_equal(intake_count(in, &cox_account), 0);
    opt.into_demo = true;
    OK(cox_import_run(in->arena, &opt, &report, &in->err));
    assert_int_equal(intake_count(in, &cox_account), 1);
}

/* ---- history ---- */

static void take_amount(void *ctx, const struct cox_row *row)
{
    *(int64_t *)ctx = cox_row_int(row, COX_OPPORTUNITY_AMOUNT);
}

static int64_t amount_on(struct intake *in, int64_t day)
{
    int64_t amount = COX_NULL;

    intake_each(in, &cox_opportunity, (struct cox_as_of){.at_us = (day + 1) * COX_DAY_US - 1},
        take_amount, &amount);
    return amount;
}

static const char reply[] =
    "{\"results\":[{\"id\":\"123\",\"properties\":{\"dealname\":\"Rest\",\"amount\":\"120\","
    "\"dealstage\":\"two\",\"pipeline\":\"default\",\"closedate\":\"2026-03-31T00:00:00Z\","
    "\"createdate\":\"2026-01-02T08:00:00Z\",\"hs_object_id\":\"123\","
    "\"hs_v2_date_entered_one\":\"2026-01-02T08:00:00Z\"},"
    "\"propertiesWithHistory\":{\"dealstage\":["
    "{\"value\":\"two\",\"timestamp\":\"2026-02-01T00:00:00Z\"},"
    "{\"value\":\"one\",\"timestamp\":\"2026-01-02T08:00:00Z\"}],\"amount\":["
    "{\"value\":\"120\",\"timestamp\":\"2026-01-20T00:00:00Z\"},"
    "{\"value\":\"80\",\"timestamp\":\"2026-01-02T08:00:00Z\"}]},"
    "\"createdAt\":\"2026-01-02T08:00:00Z\",\"updatedAt\":\"2026-02-01T00:00:00Z\","
    "\"archived\":false}]}";
static const char stages[] =
    "{\"results\":[{\"id\":\"default\",\"label\":\"Sales\",\"displayOrder\":0,\"stages\":["
    "{\"id\":\"one\",\"label\":\"One\",\"displayOrder\":0,"
    "\"metadata\":{\"probability\":\"0.2\",\"isClosed\":\"false\"}},"
    "{\"id\":\"two\",\"label\":\"Two\",\"displayOrder\":1,"
    "\"metadata\":{\"probability\":\"0.4\",\"isClosed\":\"false\"}}]}]}";

static void test_values_besides_the_stage_have_a_past(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in, TEXT(in, "pipelines.json", stages), NULL);
    intake_import(in, TEXT(in, "deals.json", reply), NULL);
    COUNTS(in, "deals.json", 1, 1, 0, 0, 0);
    assert_int_equal(amount_on(in, cox_day_ymd(2026, 1, 1)), COX_NULL);
    assert_int_equal(amount_on(in, cox_day_ymd(2026, 1, 5)), 8000);
    assert_int_equal(amount_on(in, cox_day_ymd(2026, 1, 25)), 12000);
    assert_int_equal(amount_on(in, cox_day_ymd(2026, 2, 5)), 12000);
}

static void test_stage_history_of_zoho(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in,
        TEXT(in, "Deals_001.csv",
            "Record Id,Deal Owner,Deal Name,Stage,Amount,Closing Date,Pipeline,Created Time\n"
            "zcrm_5,Ann,Alpha,Needs Analysis,50,2026-12-31,Standard (Standard),"
            "2026-01-05 09:30:00\n"),
        NULL);
    intake_import(in,
        TEXT(in, "Stage_History.csv",
            "Record Id,Deal Name.id,Deal Name,Stage,Amount,Closing Date,"
            "Stage Duration (Calendar Days),Modified Time\n"
            "zcrm_71,zcrm_5,Alpha,Qualification,10,2026-11-30,10,2026-01-05 09:30:00\n"
            "zcrm_72,zcrm_5,Alpha,Needs Analysis,50,2026-12-31,20,2026-01-15 09:30:00\n"),
        NULL);
    COUNTS(in, "Stage_History.csv", 2, 0, 2, 0, 0);
    assert_int_equal(intake_count(in, &cox_opportunity), 1);
    assert_int_equal(amount_on(in, cox_day_ymd(2026, 1, 10)), 1000);
    assert_int_equal(amount_on(in, cox_day_ymd(2026, 1, 20)), 5000);
    /* The stage it was in belongs to the deal's own pipeline. */
    assert_int_equal(cox_row_int(intake_find(in, &cox_stage, "Qualification"), COX_STAGE_PIPELINE),
        cox_row_int(alpha(in), COX_OPPORTUNITY_PIPELINE));
}

/* ---- how values and headers are written ---- */

static void test_other_languages(void **state)
{
    struct intake *in = intake_of(state);
    const struct cox_row *deal;

    intake_import(in,
        TEXT(in, "export.csv",
            "Verkaufschance;Kunde;Zust\xc3\xa4ndig;Betrag;Phase;Abschlussdatum\n"
            "Neubau;Huber AG;Eva;1.234,50;Angebot;31.12.2026\n"
            "Umbau;Huber AG;Eva;12,5;Gewonnen;03.02.2026\n"),
        NULL);
    COUNTS(in, "export.csv", 2, 2, 0, 0, 0);
    deal = intake_find(in, &cox_opportunity, "Neubau");
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_AMOUNT), 123450);
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_CLOSE_DAY), cox_day_ymd(2026, 12, 31));
    assert_int_equal(cox_row_int(intake_find(in, &cox_stage, "Gewonnen"), COX_STAGE_KIND),
        COX_STAGE_WON);
}

static void test_points_between_thousands(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in,
        TEXT(in, "accounts.csv",
            "Account Name;Employees;Annual Revenue\nAcme;1.200;1.000.000,00\n"),
        NULL);
    COUNTS(in, "accounts.csv", 1, 1, 0, 0, 0);
    assert_int_equal(cox_row_int(intake_find(in, &cox_account, "Acme"), COX_ACCOUNT_EMPLOYEES),
        1200);
    intake_import(in, TEXT(in, "more.csv", "Account Name;Employees\nBeta;1.200\n"), NULL);
    assert_int_equal(cox_row_int(intake_find(in, &cox_account, "Beta"), COX_ACCOUNT_EMPLOYEES),
        1200);
}

static void test_a_short_report_with_prose_below(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in,
        TEXT(in, "report.csv",
            "Opportunity Name\tStage\tAmount\tClose Date\nAlpha\tProspecting\t12.000,50\t"
            "25.03.2026\n\nGrand Totals (1 records)\n"
            "Confidential Information - Do Not Distribute\n"
            "Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.\n"),
        NULL);
    COUNTS(in, "report.csv", 1, 1, 0, 0, 0);
    assert_int_equal(cox_row_int(alpha(in), COX_OPPORTUNITY_AMOUNT), 1200050);
}

/* ---- rows that cannot be told cell from cell ---- */

static void test_broken_rows_are_named_and_cost_no_other(void **state)
{
    struct intake *in = intake_of(state);
    const struct cox_import_file *file;

    intake_import(in,
        TEXT(in, "deals.csv",
            "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n"
            "B1,one,Open,10,2026-05-01\n"
            "C1,\"a, one\",Open,10,2026-05-01\n"
            "C2,\"a, two\",Open,10,2026-05-01\n"
            "C3,\"a, three\",Open,10,2026-05-01\n"
            "B2,\"left open,Open,10,2026-05-01\n"
            "B3,three,Open,10,2026-05-01\n"
            "B4,\"a, b\",Open,10,2026-05-01\n"
            "B5,too,many,Open,10,2026-05-01\n"
            "B6,\"never closed,Open,10,2026-05-01\n"
            "B7,seven,Open,10,2026-05-01\n"),
        NULL);
    COUNTS(in, "deals.csv", 10, 7, 0, 0, 3);
    file = intake_file(in, "deals.csv");
    assert_int_equal(file->rejects[0].line, 6);
    assert_int_equal(file->rejects[1].line, 9);
    assert_int_equal(file->rejects[2].line, 10);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(file->rejects[i].field, "row");
    }
    assert_non_null(strstr(file->rejects[1].reason, "2026-05-01"));
    (void)intake_find(in, &cox_opportunity, "seven");
    (void)intake_find(in, &cox_opportunity, "a, b");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SQLITE(test_teams_of_deals),
        BOTH(test_territories),
        SQLITE(test_quotas_without_a_last_day),
        SQLITE(test_the_last_day_of_a_quota_counts),
        SQLITE(test_prices_without_their_lists),
        SQLITE(test_prices_of_one_list_in_two_currencies),
        BOTH(test_tags),
        SQLITE(test_owners_name_their_teams),
        SQLITE(test_compound_addresses),
        SQLITE(test_a_made_up_company_is_not_mixed_with_a_real_one),
        BOTH(test_roles_link_the_primary_contact),
        SQLITE(test_quotes_are_no_deals),
        BOTH(test_splits_in_per_cent),
        SQLITE(test_dated_rates),
        SQLITE(test_notes_know_their_parent),
        BOTH(test_values_besides_the_stage_have_a_past),
        BOTH(test_stage_history_of_zoho),
        SQLITE(test_other_languages),
        SQLITE(test_points_between_thousands),
        SQLITE(test_a_short_report_with_prose_below),
        SQLITE(test_broken_rows_are_named_and_cost_no_other),
    };

    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
