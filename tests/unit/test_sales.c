/* Tests of sales records: what a deal's stage fills and refuses, splits, activities, files ... */
#include "firm.h"
#include "org/people.h"
#include "sales/account.h"
#include "sales/activity.h"
#include "sales/attachment.h"
#include "sales/contract.h"
#include "sales/escalation.h"
#include "sales/lead.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/product.h"
#include "sales/seed.h"
#include "sales/tag.h"

enum { QUALIFICATION, DISCOVERY, PROPOSAL, NEGOTIATION, WON, LOST };

static const struct cox_as_of now = {0};

static void load_deal(struct firm *f, int64_t id, struct cox_opportunity *ret_deal)
{
    OK(firm_load(f, firm_operator, now, &cox_opportunity, id, ret_deal));
}

static enum cox_rc move(struct firm *f, int64_t deal, int stage)
{
    return firm_change(f, firm_operator, &cox_opportunity, deal, COX_OPPORTUNITY_STAGE,
        cox_int(f->stages[stage]));
}

/* ---- what follows from the stage ---- */

static void test_a_stage_fills_the_rest(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com");
    int64_t id = firm_deal(f, "Acorn", ada, 100000, QUALIFICATION);
    struct cox_opportunity deal;

    load_deal(f, id, &deal);
    assert_int_equal(deal.pipeline, f->pipeline);
    assert_true(cox_text_same(deal.currency, COX_LIT("EUR")));
    assert_int_equal(deal.created_day, FIRM_TODAY);
    assert_int_equal(deal.stage_day, FIRM_TODAY);
    assert_true(deal.win_prob == 0.10);
    assert_int_equal(deal.forecast_category, COX_CATEGORY_PIPELINE);
    assert_int_equal(deal.won_day, COX_NULL);

    f->now_us += 3 * COX_DAY_US;
    OK(move(f, id, NEGOTIATION));
    load_deal(f, id, &deal);
    assert_true(deal.win_prob == 0.70);
    assert_int_equal(deal.forecast_category, COX_CATEGORY_COMMIT);
    assert_int_equal(deal.stage_day, FIRM_TODAY + 3);
    assert_int_equal(deal.created_day, FIRM_TODAY);

    f->now_us += COX_DAY_US;
    OK(move(f, id, WON));
    load_deal(f, id, &deal);
    assert_true(deal.win_prob == 1);
    assert_int_equal(deal.closed_day, FIRM_TODAY + 4);
    assert_int_equal(deal.won_day, FIRM_TODAY + 4);
    assert_int_equal(deal.forecast_category, COX_CATEGORY_CLOSED);

    OK(move(f, id, LOST));
    load_deal(f, id, &deal);
    assert_true(deal.win_prob == 0);
    assert_int_equal(deal.won_day, COX_NULL);
    assert_int_equal(deal.closed_day, FIRM_TODAY + 4);

    OK(move(f, id, PROPOSAL)); /* opened again */
    load_deal(f, id, &deal);
    assert_int_equal(deal.closed_day, COX_NULL);
    assert_true(deal.win_prob == 0.45);
}

static void test_a_chance_insisted_on_stays(void **state)
{
    struct firm *f = firm_of(state);
    int64_t id = firm_deal(f, "Acorn", firm_user(f, "Ada", "a@example.com"), 1, QUALIFICATION);
    struct cox_opportunity deal;

    OK(firm_change(f, firm_operator, &cox_opportunity, id, COX_OPPORTUNITY_WIN_PROB,
        cox_real(0.33)));
    load_deal(f, id, &deal);
    assert_true(deal.win_prob == 0.33);
    OK(move(f, id, DISCOVERY)); /* a hand-set chance holds for its stage */
    load_deal(f, id, &deal);
    assert_true(deal.win_prob == 0.20);
    OK(firm_change(f, firm_operator, &cox_opportunity, id, COX_OPPORTUNITY_WIN_PROB_OVERRIDE,
        cox_real(0.8)));
    OK(move(f, id, PROPOSAL));
    load_deal(f, id, &deal);
    assert_true(deal.win_prob == 0.8);
    OK(move(f, id, LOST)); /* lost is lost */
    load_deal(f, id, &deal);
    assert_true(deal.win_prob == 0);
    REFUSED(COX_INVALID, "win_prob",
        firm_change(f, firm_operator, &cox_opportunity, id, COX_OPPORTUNITY_WIN_PROB,
            cox_real(1.01)));
}

/* ---- gates ---- */

static void test_gates_hold_and_name_the_field(void **state)
{
    struct firm *f = firm_of(state);
    int64_t id = firm_deal(f, "Acorn", firm_user(f, "Ada", "a@example.com"), 100, QUALIFICATION);
    struct cox_stage_move allowed;

    OK(firm_change(f, firm_operator, &cox_stage, f->stages[PROPOSAL], COX_STAGE_REQUIRED_FIELDS,
        cox_text_value(COX_LIT("amount, next_step"))));
    REFUSED(COX_INVALID, "next_step", move(f, id, PROPOSAL));
    assert_string_equal(f->err.text, "the stage \"Proposal\" asks for next_step");
    OK(firm_change(f, firm_operator, &cox_opportunity, id, COX_OPPORTUNITY_NEXT_STEP,
        cox_text_value(COX_LIT("Call"))));
    OK(move(f, id, PROPOSAL));
    REFUSED(COX_INVALID, "required_fields",
        firm_change(f, firm_operator, &cox_stage, f->stages[PROPOSAL], COX_STAGE_REQUIRED_FIELDS,
            cox_text_value(COX_LIT("amount,colour"))));

    cox_struct_init(&cox_stage_move, &allowed);
    allowed.from_stage = f->stages[PROPOSAL];
    allowed.to_stage = f->stages[NEGOTIATION];
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_stage_move, &allowed, NULL));
    REFUSED(COX_INVALID, "stage", move(f, id, WON));
    assert_string_equal(f->err.text, "a deal may not go from \"Proposal\" to \"Won\"");
    OK(move(f, id, NEGOTIATION));
    OK(move(f, id, WON)); /* Negotiation has no list of its own */
}

static void test_a_stage_belongs_to_its_pipeline(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), other, foreign;
    struct cox_pipeline pipeline;
    struct cox_opportunity deal;
    struct cox_stage stage;

    cox_struct_init(&cox_pipeline, &pipeline);
    pipeline.name = COX_LIT("Renewals");
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_pipeline, &pipeline, &other));
    cox_struct_init(&cox_stage, &stage);
    stage.pipeline = other;
    stage.label = COX_LIT("Due");
    stage.position = 1;
    stage.win_prob = 0.9;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_stage, &stage, &foreign));
    cox_struct_init(&cox_opportunity, &deal);
    deal.name = COX_LIT("Acorn");
    deal.owner = ada;
    deal.pipeline = f->pipeline;
    deal.stage = foreign;
    REFUSED(COX_INVALID, "stage",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_opportunity, &deal, NULL));
    deal.stage = COX_NULL;
    REFUSED(COX_INVALID, "stage",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_opportunity, &deal, NULL));
}

static void test_days_are_in_order_for_own_entries(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), id;
    struct cox_opportunity deal;

    cox_struct_init(&cox_opportunity, &deal);
    deal.name = COX_LIT("Acorn");
    deal.owner = ada;
    deal.stage = f->stages[WON];
    deal.created_day = FIRM_TODAY;
    deal.closed_day = FIRM_TODAY - 1;
    REFUSED(COX_INVALID, "closed_day",
        firm_create(f, firm_operator, COX_CAUSE_UI, &cox_opportunity, &deal, NULL));
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &deal, &id));

    deal.created_day = deal.closed_day = COX_NULL;
    REFUSED(COX_INVALID, "closed_day",
        firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &deal, NULL));
    deal.close_day = FIRM_TODAY - 30;
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &deal, &id));
    load_deal(f, id, &deal);
    assert_int_equal(deal.won_day, FIRM_TODAY - 30);
    assert_int_equal(deal.created_day, COX_NULL); /* an import that does not know says nothing */

    cox_struct_init(&cox_opportunity, &deal);
    deal.name = COX_LIT("Beech");
    deal.owner = ada;
    deal.stage = f->stages[QUALIFICATION];
    deal.close_day = FIRM_TODAY - 1;
    REFUSED(COX_INVALID, "close_day",
        firm_create(f, firm_operator, COX_CAUSE_API, &cox_opportunity, &deal, NULL));
}

/* ---- history of another system ---- */

struct past {
    struct firm *f;
    int64_t owner, id;
};

static enum cox_rc put_past(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const struct {
        int days_ago, stage;
    } steps[] = {{100, QUALIFICATION}, {60, PROPOSAL}, {20, WON}};
    struct past *past = ctx;
    struct cox_version versions[COX_COUNT(steps)];
    bool is_changed;

    for (size_t i = 0; i < COX_COUNT(steps); i++) {
        struct cox_opportunity deal;

        cox_struct_init(&cox_opportunity, &deal);
        deal.name = COX_LIT("Old one");
        deal.owner = past->owner;
        deal.stage = past->f->stages[steps[i].stage];
        deal.amount = 5000;
        versions[i].from_us = (FIRM_TODAY - steps[i].days_ago) * COX_DAY_US + 1;
        versions[i].row = cox_row_new(call, &cox_opportunity);
        cox_row_pack(versions[i].row, &deal);
    }
    return cox_put_history(call, &cox_opportunity, past->id, versions, COX_COUNT(versions),
        COX_FOREVER, &past->id, &is_changed, reterr);
}

static void test_every_version_of_history_is_complete(void **state)
{
    struct firm *f = firm_of(state);
    struct past past = {f, firm_user(f, "Ada", "a@example.com"), 0};
    struct cox_opportunity deal;

    OK(firm_write(f, firm_operator, COX_CAUSE_IMPORT, put_past, &past));
    OK(firm_write(f, firm_operator, COX_CAUSE_IMPORT, put_past, &past)); /* a rerun is no change */
    load_deal(f, past.id, &deal);
    assert_int_equal(deal.won_day, FIRM_TODAY - 20);
    assert_int_equal(deal.created_day, FIRM_TODAY - 100);
    OK(firm_load(f, firm_operator, (struct cox_as_of){(FIRM_TODAY - 50) * COX_DAY_US, 0},
        &cox_opportunity, past.id, &deal));
    assert_int_equal(deal.stage, f->stages[PROPOSAL]);
    assert_int_equal(deal.stage_day, FIRM_TODAY - 60);
    assert_int_equal(deal.won_day, COX_NULL);
    assert_true(deal.win_prob == 0.45);
    assert_int_equal(deal.created_day, FIRM_TODAY - 100);
    assert_int_equal(firm_load(f, firm_operator,
                         (struct cox_as_of){(FIRM_TODAY - 101) * COX_DAY_US, 0}, &cox_opportunity,
                         past.id, &deal),
        COX_MISSING);
}

/* ---- splits and lines ---- */

struct sharing {
    int64_t deal;
    struct cox_split_share shares[4];
    size_t count;
};

static enum cox_rc save_shares(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct sharing *s = ctx;

    return cox_split_save(call, s->deal, s->shares, s->count, reterr);
}

static enum cox_rc count_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    (void)row, (void)reterr;
    *(int *)ctx += 1;
    return COX_OK;
}

static enum cox_rc count_splits(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    *(int *)ctx = 0;
    return cox_each(call, &cox_opportunity_split, NULL, count_row, ctx, reterr);
}

static void test_revenue_shares_sum_to_all_of_it(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), ben = firm_user(f, "Ben", "b@example.com");
    int64_t cem = firm_user(f, "Cem", "c@example.com");
    int64_t deal = firm_deal(f, "Acorn", ada, 100000, PROPOSAL);
    struct cox_opportunity_split split;
    struct sharing s = {deal, {{ada, COX_SPLIT_REVENUE, 7000}, {ben, COX_SPLIT_REVENUE, 2999}}, 2};
    struct cox_opportunity seen;
    int count;

    REFUSED(COX_INVALID, "share_bp", firm_write(f, firm_operator, COX_CAUSE_UI, save_shares, &s));
    assert_non_null(strstr(f->err.text, "99.99 %"));
    s.shares[1].share_bp = 3000;
    s.shares[2] = (struct cox_split_share){cem, COX_SPLIT_OVERLAY, 9000};
    s.count = 3;
    OK(firm_write(f, firm_operator, COX_CAUSE_UI, save_shares, &s));
    OK(firm_load(f, firm_actor(cem, COX_REP), now, &cox_opportunity, deal, &seen)); /* a member */

    s.shares[0] = (struct cox_split_share){ben, COX_SPLIT_REVENUE, 10000};
    s.count = 1;
    OK(firm_write(f, firm_operator, COX_CAUSE_UI, save_shares, &s));
    OK(firm_read(f, firm_operator, now, count_splits, &count));
    assert_int_equal(count, 1);

    cox_struct_init(&cox_opportunity_split, &split);
    split.opportunity = deal;
    split.user = ada;
    split.kind = COX_SPLIT_REVENUE;
    split.share_bp = 100;
    REFUSED(COX_INVALID, "share_bp",
        firm_create(f, firm_operator, COX_CAUSE_API, &cox_opportunity_split, &split, NULL));
    s.shares[1] = s.shares[0];
    s.count = 2;
    REFUSED(COX_INVALID, "user", firm_write(f, firm_operator, COX_CAUSE_UI, save_shares, &s));
    s.count = 0;
    OK(firm_write(f, firm_operator, COX_CAUSE_UI, save_shares, &s));
    OK(firm_read(f, firm_operator, now, count_splits, &count));
    assert_int_equal(count, 0);
}

static void test_a_line_takes_its_price(void **state)
{
    struct firm *f = firm_of(state);
    int64_t deal = firm_deal(f, "Acorn", firm_user(f, "Ada", "a@example.com"), 0, PROPOSAL);
    int64_t product_id, list_id, id;
    struct cox_opportunity_line line;
    struct cox_product product;
    struct cox_price_list list;
    struct cox_price price;

    cox_struct_init(&cox_product, &product);
    product.name = COX_LIT("Helm");
    product.unit_price = 900;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_product, &product, &product_id));
    cox_struct_init(&cox_opportunity_line, &line);
    line.opportunity = deal;
    line.product = product_id;
    line.quantity = 2.5;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_opportunity_line, &line, &id));
    OK(firm_load(f, firm_operator, now, &cox_opportunity_line, id, &line));
    assert_int_equal(line.unit_price, 900);
    assert_int_equal(line.amount, 2250);
    OK(firm_change(f, firm_operator, &cox_opportunity_line, id, COX_OPPORTUNITY_LINE_QUANTITY,
        cox_real(4)));
    OK(firm_load(f, firm_operator, now, &cox_opportunity_line, id, &line));
    assert_int_equal(line.amount, 3600);

    cox_struct_init(&cox_price_list, &list);
    list.name = COX_LIT("Standard");
    list.is_standard = 1;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_price_list, &list, &list_id));
    cox_struct_init(&cox_price, &price);
    price.price_list = list_id;
    price.product = product_id;
    price.amount = 850;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_price, &price, NULL));
    line.head.id = 0;
    line.unit_price = line.amount = COX_NULL;
    line.quantity = 1;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_opportunity_line, &line, &id));
    OK(firm_load(f, firm_operator, now, &cox_opportunity_line, id, &line));
    assert_int_equal(line.amount, 850); /* the list goes before the product's own price */
    price.amount = -1;
    REFUSED(COX_INVALID, "amount",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_price, &price, NULL));
}

/* ---- accounts, leads, contracts ---- */

static void test_accounts_nest_without_loops(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com");
    int64_t top = firm_account(f, "Holding", ada), below = firm_account(f, "Tochter", ada);

    OK(firm_change(f, firm_operator, &cox_account, below, COX_ACCOUNT_PARENT, cox_int(top)));
    REFUSED(COX_INVALID, "parent",
        firm_change(f, firm_operator, &cox_account, top, COX_ACCOUNT_PARENT, cox_int(below)));
    REFUSED(COX_INVALID, "parent",
        firm_change(f, firm_operator, &cox_account, top, COX_ACCOUNT_PARENT, cox_int(top)));
}

static void test_a_converted_lead_says_so(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), id;
    int64_t deal = firm_deal(f, "Acorn", ada, 1, QUALIFICATION);
    struct cox_lead lead;

    cox_struct_init(&cox_lead, &lead);
    lead.company = COX_LIT("Quartzwick");
    lead.owner = ada;
    OK(firm_create(f, firm_operator, COX_CAUSE_UI, &cox_lead, &lead, &id));
    OK(firm_load(f, firm_operator, now, &cox_lead, id, &lead));
    assert_true(cox_text_same(lead.name, COX_LIT("Quartzwick")));
    assert_int_equal(lead.phase, COX_LEAD_OPEN);
    REFUSED(COX_INVALID, "phase",
        firm_change(f, firm_operator, &cox_lead, id, COX_LEAD_CONVERTED_OPPORTUNITY,
            cox_int(deal)));
    OK(firm_change(f, firm_operator, &cox_lead, id, COX_LEAD_PHASE, cox_int(COX_LEAD_CONVERTED)));
    OK(firm_load(f, firm_operator, now, &cox_lead, id, &lead));
    assert_int_equal(lead.converted_day, FIRM_TODAY);
}

static void test_a_contract_ends_after_it_starts(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com");
    int64_t account = firm_account(f, "Dornwerk", ada), other = firm_account(f, "Velo", ada);
    struct cox_contract contract;
    int64_t first, second, foreign;

    cox_struct_init(&cox_contract, &contract);
    contract.name = COX_LIT("2025");
    contract.owner = ada;
    contract.account = account;
    contract.start_day = 100;
    contract.end_day = 100;
    REFUSED(COX_INVALID, "end_day",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_contract, &contract, NULL));
    contract.end_day = 465;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_contract, &contract, &first));
    contract.start_day = 465;
    contract.end_day = COX_NULL;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_contract, &contract, &second));
    contract.account = other;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_contract, &contract, &foreign));
    OK(firm_change(f, firm_operator, &cox_contract, first, COX_CONTRACT_RENEWED_BY,
        cox_int(second)));
    REFUSED(COX_INVALID, "renewed_by",
        firm_change(f, firm_operator, &cox_contract, second, COX_CONTRACT_RENEWED_BY,
            cox_int(first)));
    REFUSED(COX_INVALID, "renewed_by",
        firm_change(f, firm_operator, &cox_contract, second, COX_CONTRACT_RENEWED_BY,
            cox_int(foreign)));
}

/* ---- activities, tags, escalations, files ---- */

static void test_what_has_started_is_done_but_tasks_are_ticked(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), id;
    struct cox_activity activity;

    cox_struct_init(&cox_activity, &activity);
    activity.kind = COX_ACTIVITY_CALL;
    activity.subject = COX_LIT("Price");
    activity.owner = ada;
    activity.start_us = f->now_us - 2 * COX_DAY_US;
    OK(firm_create(f, firm_operator, COX_CAUSE_UI, &cox_activity, &activity, &id));
    OK(firm_load(f, firm_operator, now, &cox_activity, id, &activity));
    assert_int_equal(activity.is_done, 1);
    assert_int_equal(activity.done_day, FIRM_TODAY - 2);

    cox_struct_init(&cox_activity, &activity);
    activity.kind = COX_ACTIVITY_TASK;
    activity.subject = COX_LIT("Offer");
    activity.owner = ada;
    activity.due_day = FIRM_TODAY - 2;
    OK(firm_create(f, firm_operator, COX_CAUSE_UI, &cox_activity, &activity, &id));
    OK(firm_load(f, firm_operator, now, &cox_activity, id, &activity));
    assert_int_equal(activity.is_done, 0);
    OK(firm_change(f, firm_operator, &cox_activity, id, COX_ACTIVITY_IS_DONE, cox_int(1)));
    OK(firm_load(f, firm_operator, now, &cox_activity, id, &activity));
    assert_int_equal(activity.done_day, FIRM_TODAY);
    OK(firm_change(f, firm_operator, &cox_activity, id, COX_ACTIVITY_IS_DONE, cox_int(0)));
    OK(firm_load(f, firm_operator, now, &cox_activity, id, &activity));
    assert_int_equal(activity.done_day, COX_NULL);

    cox_struct_init(&cox_activity, &activity);
    activity.kind = COX_ACTIVITY_NOTE;
    activity.owner = ada;
    REFUSED(COX_INVALID, "subject",
        firm_create(f, firm_operator, COX_CAUSE_UI, &cox_activity, &activity, NULL));
}

static void test_a_tag_is_on_a_record_one_sees(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), ben = firm_user(f, "Ben", "b@example.com");
    int64_t account = firm_account(f, "Dornwerk", ada), tag_id;
    struct cox_tagging tagging;
    struct cox_tag tag;

    cox_struct_init(&cox_tag, &tag);
    tag.name = COX_LIT("key");
    OK(firm_create(f, firm_actor(ben, COX_REP), COX_CAUSE_UI, &cox_tag, &tag, &tag_id));
    cox_struct_init(&cox_tagging, &tagging);
    tagging.tag = tag_id;
    tagging.record_kind = COX_LIT("account");
    tagging.record_id = account;
    tagging.owner = ben;
    REFUSED(COX_INVALID, "record_id",
        firm_create(f, firm_actor(ben, COX_REP), COX_CAUSE_UI, &cox_tagging, &tagging, NULL));
    tagging.owner = ada;
    OK(firm_create(f, firm_actor(ada, COX_REP), COX_CAUSE_UI, &cox_tagging, &tagging, NULL));
    tagging.record_kind = COX_LIT("one_on_one");
    REFUSED(COX_INVALID, "record_id",
        firm_create(f, firm_actor(ada, COX_REP), COX_CAUSE_UI, &cox_tagging, &tagging, NULL));
}

struct raising {
    struct cox_escalation escalation;
    int64_t id;
};

static enum cox_rc raise_it(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct raising *r = ctx;

    return cox_escalation_raise(call, &r->escalation, &r->id, reterr);
}

static void test_nobody_decides_what_oneself_has_raised(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), ben = firm_user(f, "Ben", "b@example.com");
    int64_t account = firm_account(f, "Dornwerk", ada);
    struct cox_actor rep = firm_actor(ada, COX_REP);
    struct raising r = {0};
    struct cox_escalation seen;

    cox_struct_init(&cox_escalation, &r.escalation);
    r.escalation.kind = COX_ESCALATION_SPLIT;
    r.escalation.record_kind = COX_LIT("account");
    r.escalation.record_id = account;
    r.escalation.subject = COX_LIT("Whose is it?");
    r.escalation.owner = ada;
    r.escalation.asked_of = ben;
    r.escalation.due_day = FIRM_TODAY + 3;
    REFUSED(COX_INVALID, "record_kind", firm_write(f, rep, COX_CAUSE_UI, raise_it, &r));
    r.escalation.kind = COX_ESCALATION_OWNERSHIP;
    r.escalation.due_day = FIRM_TODAY - 1;
    REFUSED(COX_INVALID, "due_day", firm_write(f, rep, COX_CAUSE_UI, raise_it, &r));
    r.escalation.due_day = FIRM_TODAY + 3;
    OK(firm_write(f, rep, COX_CAUSE_UI, raise_it, &r));
    OK(firm_load(f, firm_actor(ben, COX_REP), now, &cox_escalation, r.id, &seen)); /* is asked */
    REFUSED(COX_INVALID, "decided_by",
        firm_change(f, rep, &cox_escalation, r.id, COX_ESCALATION_DECISION,
            cox_text_value(COX_LIT("Mine"))));
    OK(firm_change(f, firm_operator, &cox_escalation, r.id, COX_ESCALATION_ANSWER,
        cox_text_value(COX_LIT("Let us look"))));
    OK(firm_load(f, rep, now, &cox_escalation, r.id, &seen));
    assert_int_equal(seen.state, COX_ESCALATION_ANSWERED);
    assert_int_equal(seen.answered_day, FIRM_TODAY);
}

struct file {
    struct cox_attachment attachment;
    struct cox_text bytes;
    int64_t id;
    size_t at;
    bool is_same;
};

static enum cox_rc save_file(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct file *file = ctx;

    return cox_attachment_save(call, &file->attachment, file->bytes, &file->id, reterr);
}

static enum cox_rc compare(void *ctx, const void *bytes, size_t size, struct cox_err *reterr)
{
    struct file *file = ctx;

    (void)reterr;
    file->is_same = file->is_same && file->at + size <= file->bytes.size &&
                    memcmp(file->bytes.ptr + file->at, bytes, size) == 0;
    file->at += size;
    return COX_OK;
}

static enum cox_rc read_file(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct file *file = ctx;
    const struct cox_sink sink = {compare, file};

    return cox_attachment_read(call, file->id, &sink, reterr);
}

static void test_a_file_comes_back_byte_by_byte(void **state)
{
    enum { SIZE = 600001 };
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com");
    char *bytes = cox_arena_alloc(f->arena, SIZE);
    struct file file = {.bytes = {bytes, SIZE}, .is_same = true};

    for (size_t i = 0; i < SIZE; i++) {
        bytes[i] = (char)(i * 2654435761U >> 13); /* every byte value, NUL among them */
    }
    cox_struct_init(&cox_attachment, &file.attachment);
    file.attachment.name = COX_LIT("offer.pdf");
    file.attachment.owner = ada;
    REFUSED(COX_INVALID, "opportunity",
        firm_write(f, firm_operator, COX_CAUSE_UI, save_file, &file));
    file.attachment.opportunity = firm_deal(f, "Acorn", ada, 1, QUALIFICATION);
    OK(firm_write(f, firm_operator, COX_CAUSE_UI, save_file, &file));
    OK(firm_read(f, firm_actor(ada, COX_REP), now, read_file, &file));
    assert_true(file.is_same);
    assert_int_equal(file.at, SIZE);
    file.bytes.size = COX_ATTACHMENT_SIZE_MAX + 1;
    REFUSED(COX_TOO_LARGE, "size", firm_write(f, firm_operator, COX_CAUSE_UI, save_file, &file));
}

/* ---- seeds ---- */

static enum cox_rc seed_again(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_seed_opt opt = {0};
    int64_t pipeline;
    int *count = ctx;

    COX_TRY(cox_seed(call, &opt, reterr));
    COX_TRY(cox_default_pipeline(call, &pipeline, reterr));
    *count = 0;
    return cox_each(call, &cox_stage, NULL, count_row, count, reterr);
}

static void test_seeding_twice_changes_nothing(void **state)
{
    struct firm *f = firm_of(state);
    const struct cox_write_opt opt = {.actor = firm_operator, .cause = COX_CAUSE_CLI};
    struct cox_commit commit;
    int count;

    OK(cox_store_write(f->store, &opt, seed_again, &count, &commit, &f->err));
    assert_int_equal(commit.seq, 0);
    assert_int_equal(count, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_a_stage_fills_the_rest),
        BOTH(test_a_chance_insisted_on_stays),
        BOTH(test_gates_hold_and_name_the_field),
        BOTH(test_a_stage_belongs_to_its_pipeline),
        BOTH(test_days_are_in_order_for_own_entries),
        BOTH(test_every_version_of_history_is_complete),
        BOTH(test_revenue_shares_sum_to_all_of_it),
        BOTH(test_a_line_takes_its_price),
        BOTH(test_accounts_nest_without_loops),
        BOTH(test_a_converted_lead_says_so),
        BOTH(test_a_contract_ends_after_it_starts),
        BOTH(test_what_has_started_is_done_but_tasks_are_ticked),
        BOTH(test_a_tag_is_on_a_record_one_sees),
        BOTH(test_nobody_decides_what_oneself_has_raised),
        BOTH(test_a_file_comes_back_byte_by_byte),
        BOTH(test_seeding_twice_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
