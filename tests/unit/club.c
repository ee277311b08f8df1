/* tests/unit/club.c: entities of the test club. */
#include "club.h"

#define EVERYBODY (COX_ROLE_BIT(COX_ROLE_COUNT) - 1U)
#define BOSSES    (COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR))

static const struct cox_grant open_grants[] = {
    {BOSSES, COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

static const struct cox_grant line_grants[] = {
    {BOSSES, COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {COX_ROLE_BIT(COX_MANAGER), COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {COX_ROLE_BIT(COX_REP), COX_OWN, COX_OWN, COX_OWN, COX_NONE},
    {0},
};

/* Grants that would show everything, if a part of a note could be shown by a grant. */
static const struct cox_grant remark_grants[] = {
    {EVERYBODY, COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

static const struct cox_field person_fields[] = {
    [CLUB_PERSON_NAME] = {"name", .type = COX_TEXT, .flags = COX_SORTED | COX_SEARCHED},
};

const struct cox_entity club_person = {
    .name = "person",
    .plural = "persons",
    .label = "person",
    .label_plural = "persons",
    .number = 1,
    .fields = person_fields,
    .field_count = CLUB_PERSON_COUNT,
    .reach = COX_REACH_COMPANY,
    .name_field = CLUB_PERSON_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = open_grants,
};

static const struct cox_field house_fields[] = {
    [CLUB_HOUSE_NAME] = {"name", .type = COX_TEXT, .flags = COX_SORTED | COX_SEARCHED},
    [CLUB_HOUSE_OWNER] = {"owner", .type = COX_REF, .ref = &club_person, .flags = COX_SORTED},
    [CLUB_HOUSE_HEIGHT] = {"height", .type = COX_INT, .flags = COX_SORTED},
};

const struct cox_entity club_house = {
    .name = "house",
    .plural = "houses",
    .label = "house",
    .label_plural = "houses",
    .number = 2,
    .fields = house_fields,
    .field_count = CLUB_HOUSE_COUNT,
    .reach = COX_REACH_LINE,
    .name_field = CLUB_HOUSE_NAME,
    .owner_field = CLUB_HOUSE_OWNER,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .member = {&club_guest, CLUB_GUEST_HOUSE, CLUB_GUEST_USER},
    .grants = line_grants,
};

static const struct cox_field guest_fields[] = {
    [CLUB_GUEST_HOUSE] = {"house", .type = COX_REF, .ref = &club_house},
    [CLUB_GUEST_USER] = {"user", .type = COX_REF, .ref = &club_person},
    [CLUB_GUEST_LABEL] = {"label", .type = COX_TEXT},
};

const struct cox_entity club_guest = {
    .name = "guest",
    .plural = "guests",
    .label = "guest",
    .label_plural = "guests",
    .number = 3,
    .fields = guest_fields,
    .field_count = CLUB_GUEST_COUNT,
    .reach = COX_REACH_LINE,
    .name_field = CLUB_GUEST_LABEL,
    .owner_field = COX_NO_FIELD,
    .parent_field = CLUB_GUEST_HOUSE,
    .currency_field = COX_NO_FIELD,
    .grants = line_grants,
};

static const struct cox_choice kinds[] = {{"short", "Short", NULL}, {"long", "Long", NULL}, {0}};

static const struct cox_field visit_fields[] = {
    [CLUB_VISIT_TITLE] = {"title", .type = COX_TEXT, .flags = COX_SORTED | COX_SEARCHED},
    [CLUB_VISIT_OWNER] = {"owner", .type = COX_REF, .ref = &club_person},
    [CLUB_VISIT_HOUSE] = {"house", .type = COX_REF, .ref = &club_house},
    [CLUB_VISIT_DAY] = {"day", .type = COX_DATE, .flags = COX_SORTED},
    [CLUB_VISIT_SEEN_AT] = {"seen_at", .type = COX_INSTANT},
    [CLUB_VISIT_COST] = {"cost", .type = COX_MONEY},
    [CLUB_VISIT_PAID] = {"paid", .type = COX_BOOL},
    [CLUB_VISIT_RATING] = {"rating", .type = COX_REAL, .flags = COX_SORTED},
    [CLUB_VISIT_KIND] = {"kind", .type = COX_CHOICE, .choices = kinds},
    [CLUB_VISIT_MEMO] = {"memo", .type = COX_TEXT},
    [CLUB_VISIT_OLD] = {"old", .type = COX_TEXT, .flags = COX_RETIRED},
    [CLUB_VISIT_PHOTO] = {"photo", .type = COX_BYTES},
    [CLUB_VISIT_SECRET] = {"secret", .type = COX_TEXT, .flags = COX_PRIVATE},
    [CLUB_VISIT_CURRENCY] = {"currency", .type = COX_TEXT, .max = 3},
};

const struct cox_entity club_visit = {
    .name = "visit",
    .plural = "visits",
    .label = "visit",
    .label_plural = "visits",
    .number = 4,
    .fields = visit_fields,
    .field_count = CLUB_VISIT_COUNT,
    .reach = COX_REACH_LINE,
    .name_field = CLUB_VISIT_TITLE,
    .owner_field = CLUB_VISIT_OWNER,
    .open_field = 1 + CLUB_VISIT_PAID,
    .parent_field = CLUB_VISIT_HOUSE,
    .currency_field = CLUB_VISIT_CURRENCY,
    .grants = line_grants,
};

static const struct cox_field note_fields[] = {
    [CLUB_NOTE_AUTHOR] = {"author", .type = COX_REF, .ref = &club_person},
    [CLUB_NOTE_OTHER] = {"other", .type = COX_REF, .ref = &club_person},
    [CLUB_NOTE_TEXT] = {"text", .type = COX_TEXT},
    [CLUB_NOTE_PRIVATE] = {"private", .type = COX_TEXT, .flags = COX_PRIVATE},
};

const struct cox_entity club_note = {
    .name = "note",
    .plural = "notes",
    .label = "note",
    .label_plural = "notes",
    .number = 5,
    .fields = note_fields,
    .field_count = CLUB_NOTE_COUNT,
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = CLUB_NOTE_TEXT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {CLUB_NOTE_AUTHOR, CLUB_NOTE_OTHER},
};

static const struct cox_field remark_fields[] = {
    [CLUB_REMARK_NOTE] = {"note", .type = COX_REF, .ref = &club_note},
    [CLUB_REMARK_TEXT] = {"text", .type = COX_TEXT},
};

const struct cox_entity club_remark = {
    .name = "remark",
    .plural = "remarks",
    .label = "remark",
    .label_plural = "remarks",
    .number = 6,
    .fields = remark_fields,
    .field_count = CLUB_REMARK_COUNT,
    .reach = COX_REACH_LINE,
    .name_field = CLUB_REMARK_TEXT,
    .owner_field = COX_NO_FIELD,
    .parent_field = CLUB_REMARK_NOTE,
    .currency_field = COX_NO_FIELD,
    .grants = remark_grants,
};

static const struct cox_grant review_grants[] = {
    {COX_ROLE_BIT(COX_MANAGER), COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {COX_ROLE_BIT(COX_REP), COX_OWN, COX_OWN, COX_OWN, COX_NONE},
    {0},
};

static const struct cox_field review_fields[] = {
    [CLUB_REVIEW_ABOUT] = {"about", .type = COX_REF, .ref = &club_person, .flags = COX_FIXED},
    [CLUB_REVIEW_WITNESS] = {"witness", .type = COX_REF, .ref = &club_person, .flags = COX_FIXED},
    [CLUB_REVIEW_TEXT] = {"text", .type = COX_TEXT, .flags = COX_SORTED},
};

const struct cox_entity club_review = {
    .name = "review",
    .plural = "reviews",
    .label = "review",
    .label_plural = "reviews",
    .number = 7,
    .fields = review_fields,
    .field_count = CLUB_REVIEW_COUNT,
    .reach = COX_REACH_PERSON,
    .name_field = CLUB_REVIEW_TEXT,
    .owner_field = CLUB_REVIEW_ABOUT,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {CLUB_REVIEW_WITNESS, COX_NO_FIELD},
    .grants = review_grants,
};

const struct cox_entity *const club_entities[] = {&club_person, &club_house, &club_guest,
    &club_visit, &club_note, &club_remark, &club_review, NULL};
