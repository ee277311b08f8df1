/* sales/sales.c: what the room sales adds to the program. */
#include "sales/sales.h"

#include "sales/account.h"
#include "sales/activity.h"
#include "sales/analysis.h"
#include "sales/attachment.h"
#include "sales/contract.h"
#include "sales/deal_member.h"
#include "sales/escalation.h"
#include "sales/lead.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/product.h"
#include "sales/routes.h"
#include "sales/tag.h"
#include "sales/territory.h"

static const struct cox_entity *const entities[] = {
    &cox_pipeline,
    &cox_stage,
    &cox_stage_move,
    &cox_loss_reason,
    &cox_account,
    &cox_contact,
    &cox_lead,
    &cox_product,
    &cox_price_list,
    &cox_price,
    &cox_opportunity,
    &cox_opportunity_line,
    &cox_opportunity_split,
    &cox_contract,
    &cox_activity,
    &cox_tag,
    &cox_tagging,
    &cox_attachment,
    &cox_attachment_chunk,
    &cox_escalation,
    &cox_escalation_party,
    &cox_deal_member,
    &cox_deal_contact,
    &cox_territory_model,
    &cox_territory,
    &cox_territory_member,
    &cox_territory_account,
    NULL,
};

static const struct cox_part *const parts[] = {&cox_part_book, NULL};

const struct cox_feature cox_feature_sales = {
    .name = "sales",
    .help =
        "Leads, accounts, contacts, products, deals, contracts, activities, escalations, the pipeline's figures.",
    .entities = entities,
    .routes = cox_routes_sales,
    .parts = parts,
};
