/* leader/certificate.c: the tables of certificates and of who has passed them; which of them end soon. */
#include "leader/certificate.h"

#include "base/day.h"
#include "leader/coaching.h"
#include "leader/skill.h"
#include "leader/talent.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/notice.h"
#include "sales/rule.h"

/* ---- certificates that the company knows ---- */

static const struct cox_field certificate_fields[] = {
    [COX_CERTIFICATE_NAME] = {"name", .type = COX_TEXT, .max = 200,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_certificate, name),
        .help = "What it is called."},
    [COX_CERTIFICATE_ISSUER] = {"issuer", .type = COX_TEXT, .max = 200,
        .at = COX_AT_TEXT(struct cox_certificate, issuer), .help = "Who gives it."},
    [COX_CERTIFICATE_SKILL] = {"skill", .type = COX_REF, .ref = &cox_skill,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_certificate, skill),
        .help = "The skill it speaks for."},
    [COX_CERTIFICATE_LEVEL] = {"level", .type = COX_INT, .min = 1, .max = COX_SKILL_LEVEL_MAX,
        .at = COX_AT_INT(struct cox_certificate, level),
        .help = "The level that who passes has, as the skill describes its levels."},
    [COX_CERTIFICATE_MONTHS] = {"months", .label = "Valid for months", .type = COX_INT, .min = 1,
        .max = 240, .at = COX_AT_INT(struct cox_certificate, months),
        .help = "How long it holds after it was earned; empty: for good."},
    [COX_CERTIFICATE_HELP] = {"help", .type = COX_TEXT, .max = 1000,
        .at = COX_AT_TEXT(struct cox_certificate, help), .help = "What has to be passed."},
    [COX_CERTIFICATE_IS_ACTIVE] = {"is_active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_certificate, is_active), .help = "In use?"},
};
_Static_assert(COX_COUNT(certificate_fields) == COX_CERTIFICATE_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_certificate(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_CERTIFICATE_IS_ACTIVE, 1);
    return cox_row_int(after, COX_CERTIFICATE_SKILL) != COX_NULL &&
                   cox_row_int(after, COX_CERTIFICATE_LEVEL) == COX_NULL
               ? cox_fail_at(reterr, COX_INVALID, "level", 0,
                     "say which level of the skill it speaks for")
               : COX_OK;
}

const struct cox_entity cox_certificate = {
    .name = "certificate",
    .plural = "certificates",
    .label = "Certificate",
    .label_plural = "Certificates",
    .number = 189,
    .fields = certificate_fields,
    .field_count = COX_CERTIFICATE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_certificate),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_CERTIFICATE_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_library,
    .check = check_certificate,
    .help = "An examination or course that ends with proof, and what skill and level it proves.",
};

/* ---- who has passed ---- */

static const char for_proof[] = "So that what somebody has proved counts as evidence.";

static const struct cox_field passed_fields[] = {
    [COX_PASSED_PERSON] = {"person", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_passed, person),
        .help = "Who has passed."},
    [COX_PASSED_CERTIFICATE] = {"certificate", .type = COX_REF, .ref = &cox_certificate,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_passed, certificate), .help = "What."},
    [COX_PASSED_EARNED_DAY] = {"earned_day", .type = COX_DATE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_passed, earned_day), .help = "On which day."},
    [COX_PASSED_END_DAY] = {"end_day", .type = COX_DATE, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_passed, end_day),
        .help = "First day on which it does not hold; from the certificate when not said."},
    [COX_PASSED_NOTE] = {"note", .type = COX_TEXT, .max = 500, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_passed, note), .help = "Its number, or where it is kept.",
        .purpose = for_proof},
    [COX_PASSED_SEEN_BY] = {"seen_by", .type = COX_REF, .ref = &cox_user, .on_delete = COX_SET_NULL,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_passed, seen_by),
        .help = "Who of the line has seen it. Set when saved."},
    [COX_PASSED_SEEN_DAY] = {"seen_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_passed, seen_day), .help = "When. Set when saved."},
    [COX_PASSED_IS_SEEN] = {"is_seen", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_passed, is_seen),
        .help = "Somebody of the line says that they have seen it; until then it counts nowhere."},
};
_Static_assert(COX_COUNT(passed_fields) == COX_PASSED_FIELD_COUNT, "one row for each field id");

/* The end follows from the certificate where nobody has said another. */
static enum cox_rc fill_end(struct cox_call *call, struct cox_row *after, struct cox_err *reterr)
{
    int64_t earned = cox_row_int(after, COX_PASSED_EARNED_DAY);
    struct cox_certificate certificate;

    if (earned == COX_NULL || cox_row_int(after, COX_PASSED_CERTIFICATE) == COX_NULL ||
        cox_row_int(after, COX_PASSED_END_DAY) != COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_load(call, &cox_certificate, cox_row_int(after, COX_PASSED_CERTIFICATE),
        &certificate, reterr));
    if (certificate.months != COX_NULL) {
        cox_row_set(after, COX_PASSED_END_DAY,
            cox_int(cox_day_add_months(earned, (int)certificate.months)));
    }
    return COX_OK;
}

/* Nobody confirms their own; a change of what was seen has not been seen. */
static enum cox_rc check_seen(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;
    bool is_own = actor == cox_row_int(after, COX_PASSED_PERSON);
    bool was_seen = before != NULL && cox_row_int(before, COX_PASSED_IS_SEEN) == 1;
    bool is_new =
        before == NULL ||
        !cox_value_same(&before->values[COX_PASSED_EARNED_DAY],
            &after->values[COX_PASSED_EARNED_DAY]) ||
        !cox_value_same(&before->values[COX_PASSED_END_DAY], &after->values[COX_PASSED_END_DAY]);

    if (is_own && is_new && was_seen) {
        cox_row_set(after, COX_PASSED_IS_SEEN, cox_int(0));
    }
    cox_fill_int(after, COX_PASSED_IS_SEEN, is_own ? 0 : 1);
    if (cox_row_int(after, COX_PASSED_IS_SEEN) == 1 && !(was_seen && !is_new)) {
        if (is_own) {
            return cox_fail_at(reterr, COX_DENIED, "is_seen", 0,
                "somebody of your line says that they have seen it");
        }
        cox_row_set(after, COX_PASSED_SEEN_BY, actor == 0 ? cox_null() : cox_int(actor));
        cox_row_set(after, COX_PASSED_SEEN_DAY,
            cox_int(cox_call_day(call, cox_row_at_us(call, after))));
    }
    if (cox_row_int(after, COX_PASSED_IS_SEEN) == 0) {
        cox_row_set(after, COX_PASSED_SEEN_BY, cox_null());
        cox_row_set(after, COX_PASSED_SEEN_DAY, cox_null());
    }
    return COX_OK;
}

static enum cox_rc check_passed(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t earned, end;

    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(fill_end(call, after, reterr));
    COX_TRY(check_seen(call, before, after, reterr));
    earned = cox_row_int(after, COX_PASSED_EARNED_DAY);
    end = cox_row_int(after, COX_PASSED_END_DAY);
    if (earned != COX_NULL && earned > cox_call_day(call, cox_row_at_us(call, after))) {
        return cox_fail_at(reterr, COX_INVALID, "earned_day", 0, "lies ahead");
    }
    return earned == COX_NULL || end == COX_NULL ? COX_OK : cox_days_check(earned, end, reterr);
}

static const struct cox_grant passed_grants[] = {
    {COX_TALENT_ANYBODY, COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER), COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {0},
};

const struct cox_entity cox_passed = {
    .name = "certificate_passed",
    .plural = "certificates_passed",
    .label = "Certificate of a person",
    .label_plural = "Certificates of people",
    .number = 190,
    .fields = passed_fields,
    .field_count = COX_PASSED_FIELD_COUNT,
    .struct_size = sizeof(struct cox_passed),
    .reach = COX_REACH_PERSON,
    .name_field = COX_PASSED_CERTIFICATE,
    .owner_field = COX_PASSED_PERSON,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_NO_FIELD, COX_NO_FIELD},
    .grants = passed_grants,
    .check = check_passed,
    .keep = {"To know who has proved what, and until when it holds.", COX_BASIS_INTEREST, 36},
    .help = "A certificate that somebody has, from when and until when.",
};

/* ---- which end ---- */

/* Not the ones of which a newer one holds: whoever has passed again needs no word. */
static enum cox_rc is_renewed(struct cox_call *call, const struct cox_passed *passed,
    bool *ret_is_renewed, struct cox_err *reterr)
{
    const struct cox_filter_term newer[] = {
        {COX_PASSED_PERSON, "eq", cox_int(passed->person)},
        {COX_PASSED_CERTIFICATE, "eq", cox_int(passed->certificate)},
        {COX_PASSED_EARNED_DAY, "gt", cox_int(passed->earned_day)},
    };
    struct cox_query query = {.entity = &cox_passed, .limit = 1};
    struct cox_page page;

    COX_TRY(cox_filter_build(call, &cox_passed, newer, COX_COUNT(newer), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    *ret_is_renewed = page.count > 0;
    return COX_OK;
}

static enum cox_rc note_ending(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_notices *notices = ctx;
    struct cox_notice notice = {.entity = "certificate_passed",
        .record = row->id,
        .seq = row->rev,
        .is_new = row->rev > notices->since};
    struct cox_passed passed;
    bool renewed;

    cox_row_unpack(row, &passed);
    COX_TRY(is_renewed(notices->call, &passed, &renewed, reterr));
    if (renewed) {
        return COX_OK;
    }
    notice.kind =
        passed.end_day > cox_call_today(notices->call) ? "certificate_ends" : "certificate_ended";
    notice.day = passed.end_day;
    COX_TRY(
        cox_ref_name(notices->call, &cox_certificate, passed.certificate, &notice.title, reterr));
    COX_TRY(cox_ref_name(notices->call, &cox_user, passed.person, &notice.detail, reterr));
    notices->put(notices, &notice);
    return COX_OK;
}

/* Own ones, and those of one's line. */
static enum cox_rc add_ending(struct cox_notices *notices, struct cox_err *reterr)
{
    int64_t today = cox_call_today(notices->call);
    const struct cox_filter_term ending[] = {
        {COX_PASSED_END_DAY, "gte", cox_int(today - COX_CERTIFICATE_AFTER_DAYS)},
        {COX_PASSED_END_DAY, "lte", cox_int(today + COX_CERTIFICATE_AHEAD_DAYS)},
    };
    const struct cox_filter *filter;

    if (!notices->has_people) {
        return COX_OK;
    }
    COX_TRY(
        cox_filter_build(notices->call, &cox_passed, ending, COX_COUNT(ending), &filter, reterr));
    return cox_each(notices->call, &cox_passed, filter, note_ending, notices, reterr);
}

const struct cox_notice_source cox_certificate_notices = {"certificates", add_ending};
