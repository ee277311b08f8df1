/* connect/objects.c: the table of objects, and how a record's id is read for it. */
#include "connect/objects.h"

#include <ctype.h>

static const char not_kept_cases[] = "support cases are not kept here";
static const char not_kept_orders[] = "quotes, orders and invoices are not kept here";
static const char not_kept_setup[] = "it describes how the source is set up, not its sales";
static const char not_kept_bytes[] =
    "a table of attached files holds none of their content; upload the files to their records";
static const char not_kept_feed[] = "posts, shares and views are not kept here";

static const struct cox_object objects[] = {
    {"001", "Account", "account", NULL},
    {"002", "Note", "activity", NULL},
    {"003", "Contact", "contact", NULL},
    {"005", "User", "user", NULL},
    {"006", "Opportunity", "opportunity", NULL},
    {"00E", "UserRole", "team", NULL},
    {"00J", "OpportunityCompetitor", NULL, "competitors of single deals are not kept here"},
    {"00P", "Attachment", NULL, not_kept_bytes},
    {"068", "ContentVersion", NULL, not_kept_bytes},
    {"02s", "EmailMessage", "activity", NULL},
    {"00Q", "Lead", "lead", NULL},
    {"00T", "Task", "activity", NULL},
    {"00U", "Event", "activity", NULL},
    {"00k", "OpportunityLineItem", "opportunity_line", NULL},
    {"00q", "OpportunityTeamMember", "deal_member", NULL},
    {"01J", "OpportunityStage", "stage", NULL},
    {"01s", "Pricebook2", "price_list", NULL},
    {"01t", "Product2", "product", NULL},
    {"01u", "PricebookEntry", "price", NULL},
    {"0MA", "Territory2Model", "territory_model", NULL},
    {"0MI", "Territory2", "territory", NULL},
    {"800", "Contract", "contract", NULL},
    {"500", "Case", NULL, not_kept_cases},
    {"501", "Solution", NULL, not_kept_cases},
    {"0Q0", "Quote", NULL, not_kept_orders},
    {"0QL", "QuoteLineItem", NULL, not_kept_orders},
    {"801", "Order", NULL, not_kept_orders},
    {"802", "OrderItem", NULL, not_kept_orders},
    {"02i", "Asset", NULL, "what customers own is not kept here"},
    {"701", "Campaign", NULL, "campaigns are not kept here"},
    {"00v", "CampaignMember", NULL, "campaigns are not kept here"},
    {"00G", "Group", NULL,
        "queues and groups are not kept here; what a queue owns belongs to a stand-in"},
    {"011", "GroupMember", NULL, "queues and groups are not kept here"},
    {"012", "RecordType", NULL, not_kept_setup},
    {"00e", "Profile", NULL, not_kept_setup},
    {"00D", "Organization", NULL, not_kept_setup},
    {"022", "FiscalYearSettings", NULL, not_kept_setup},
    {"0Db", "ForecastingType", NULL, not_kept_setup},
    {"0M5", "Territory2Type", NULL, not_kept_setup},
    {"015", "Document", NULL, "documents that belong to no record are not kept here"},
    {"00l", "Folder", NULL, not_kept_setup},
    {"00X", "EmailTemplate", NULL, not_kept_setup},
    {"01Z", "Dashboard", NULL, not_kept_setup},
    {"00O", "Report", NULL, not_kept_setup},
    {"02Z", "AccountContactRole", NULL, "roles of people at accounts are not kept here"},
    {"07k", "AccountContactRelation", NULL, "roles of people at accounts are not kept here"},
    {"0D5", "FeedItem", NULL, not_kept_feed},
    {"0D7", "FeedComment", NULL, not_kept_feed},
    {"00r", "AccountShare", NULL, not_kept_feed},
    {"00t", "OpportunityShare", NULL, not_kept_feed},
};

/* A Salesforce id in its long form, whose last three characters check the others, or a short one. */
static bool is_salesforce_id(struct cox_text id)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    bool has_letter = false;

    if (id.size != 15 && id.size != 18) {
        return false;
    }
    for (size_t i = 0; i < id.size; i++) {
        if (!isalnum((unsigned char)id.ptr[i])) {
            return false;
        }
        has_letter |= i < 15 && isalpha((unsigned char)id.ptr[i]) != 0;
    }
    for (size_t part = 0; id.size == 18 && part < 3; part++) {
        unsigned bits = 0;

        for (size_t i = 0; i < 5; i++) {
            bits |= (unsigned)(isupper((unsigned char)id.ptr[part * 5 + i]) != 0) << i;
        }
        if (toupper((unsigned char)id.ptr[15 + part]) != letters[bits]) {
            return false;
        }
    }
    return has_letter;
}

/* The id of the first record; ptr NULL: none that is a Salesforce id. */
static struct cox_text id_of(const struct cox_sheet *sheet, const struct cox_text *header_keys)
{
    for (size_t i = 0; sheet->first != NULL && i < sheet->header_count; i++) {
        struct cox_text id = cox_text_trim(sheet->first[i]);

        if (cox_text_same(header_keys[i], COX_LIT("id")) && is_salesforce_id(id)) {
            return id;
        }
    }
    return (struct cox_text){0};
}

static bool is_named(const struct cox_object *object, struct cox_text name)
{
    struct cox_text rest = cox_text_of(object->name);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        if (cox_text_same_ascii(one, name)) {
            return true;
        }
    }
    return false;
}

const struct cox_object *cox_object_of(const struct cox_sheet *sheet,
    const struct cox_text *header_keys)
{
    struct cox_text id = id_of(sheet, header_keys);

    for (size_t i = 0; i < COX_COUNT(objects); i++) {
        const struct cox_object *object = &objects[i];

        if ((id.size > 0 && cox_text_starts(id, cox_text_of(object->prefix))) ||
            (sheet->object.size > 0 && is_named(object, sheet->object))) {
            return object;
        }
    }
    return NULL;
}

bool cox_object_is_other(const struct cox_sheet *sheet, const struct cox_text *header_keys,
    const char *table)
{
    struct cox_text id = id_of(sheet, header_keys);
    const struct cox_object *object = cox_object_of(sheet, header_keys);

    if (object != NULL) {
        return object->table == NULL || strcmp(object->table, table) != 0;
    }
    for (size_t i = 0; id.size == 18 && i < COX_COUNT(objects); i++) {
        if (objects[i].table != NULL && strcmp(objects[i].table, table) == 0) {
            return true;
        }
    }
    return false;
}
