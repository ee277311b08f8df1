/* org/saved_view.c: the table of saved views and its rule. */
#include "org/saved_view.h"

#include "org/people.h"
#include "record/record.h"

static const struct cox_choice layouts[] = {
    [COX_VIEW_LIST] = {"list", "List", NULL},
    [COX_VIEW_BOARD] = {"board", "Board", NULL},
    {0},
};

static const struct cox_field fields[] = {
    [COX_SAVED_VIEW_NAME] = {"name", .type = COX_TEXT, .max = 100,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_TEXT(struct cox_saved_view, name),
        .help = "As it stands in the menu."},
    [COX_SAVED_VIEW_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_saved_view, owner),
        .help = "Whose view it is."},
    [COX_SAVED_VIEW_ENTITY] = {"entity", .type = COX_TEXT, .max = 40, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_saved_view, entity), .help = "What it lists."},
    [COX_SAVED_VIEW_LAYOUT] = {"layout", .type = COX_CHOICE, .choices = layouts,
        .at = COX_AT_INT(struct cox_saved_view, layout), .help = "List or board."},
    [COX_SAVED_VIEW_QUERY] = {"query", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_saved_view, query),
        .help = "Filters, order and search as in the list's address."},
    [COX_SAVED_VIEW_COLUMNS] = {"columns", .type = COX_TEXT, .max = 2000,
        .at = COX_AT_TEXT(struct cox_saved_view, columns),
        .help = "Fields shown, in order, with commas between; empty: the usual ones."},
    [COX_SAVED_VIEW_IS_PINNED] = {"is_pinned", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_saved_view, is_pinned),
        .help = "Stands in its owner's navigation."},
    [COX_SAVED_VIEW_POSITION] = {"position", .type = COX_INT, .min = 0, .max = 1000000,
        .at = COX_AT_INT(struct cox_saved_view, position), .help = "Order in the menu."},
    [COX_SAVED_VIEW_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_saved_view, team),
        .help = "Shared: in whose menu it stands, with the teams below; everybody may read it."},
};
_Static_assert(COX_COUNT(fields) == COX_SAVED_VIEW_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_saved_view(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    struct cox_text entity;

    (void)before; /* a view is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    if (cox_row_int(after, COX_SAVED_VIEW_LAYOUT) == COX_NULL) {
        cox_row_set(after, COX_SAVED_VIEW_LAYOUT, cox_int(COX_VIEW_LIST));
    }
    entity = cox_row_text(after, COX_SAVED_VIEW_ENTITY);
    if (entity.size > 0 && cox_registry_find(cox_call_registry(call), entity) == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "entity", 0, "there are no such records");
    }
    return COX_OK;
}

/* Own ones for everybody; those of others only when they are shared, to read (the team's parent). */
static const struct cox_grant grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) |
            COX_ROLE_BIT(COX_EXECUTIVE),
        COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_ADMIN), COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

const struct cox_entity cox_saved_view = {
    .name = "saved_view",
    .plural = "saved_views",
    .label = "Saved view",
    .label_plural = "Saved views",
    .number = 31,
    .fields = fields,
    .field_count = COX_SAVED_VIEW_FIELD_COUNT,
    .struct_size = sizeof(struct cox_saved_view),
    .reach = COX_REACH_LINE,
    .name_field = COX_SAVED_VIEW_NAME,
    .owner_field = COX_SAVED_VIEW_OWNER,
    .parent_field = COX_SAVED_VIEW_TEAM,
    .currency_field = COX_NO_FIELD,
    .grants = grants,
    .check = check_saved_view,
    .help = "A list or board with its filters, to be found again.",
};

static const struct cox_entity *const entities[] = {&cox_saved_view, NULL};

const struct cox_feature cox_feature_saved_view = {
    .name = "saved_view",
    .help = "Lists and boards with their filters, kept under a name, own and shared.",
    .entities = entities,
};
