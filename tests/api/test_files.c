/* Tests of files with records, and of notifications. */
#include <stdlib.h>

#include "sales/escalation.h"
#include "sales/opportunity.h"
#include "site.h"

static json_t *get(struct site *site, enum site_role who, const char *path)
{
    struct answer answer = site_get(site, who, path, 200);

    return site_json(site, &answer);
}

static const char *path_of(struct site *site, const char *before, int64_t id, const char *after)
{
    return cox_arena_format(site->arena, "%s%lld%s", before, (long long)id, after);
}

/* ---- files ---- */

static int64_t send(struct site *site, enum site_role who, const char *name, int64_t deal,
    const char *bytes, int status)
{
    struct answer answer = site_ask(site, who, "POST",
        cox_arena_format(site->arena, "/api/v1/attachments?name=%s&opportunity=%lld", name,
            (long long)deal),
        bytes, NULL);

    assert_int_equal(answer.status, status);
    return status != 201 ? 0 : json_integer_value(json_object_get(site_json(site, &answer), "id"));
}

static void test_a_file_comes_back_as_it_was(void **state)
{
    struct site *site = site_of(state);
    int64_t deal = firm_deal(site->firm, "Deal", site->users[SITE_REP], 100, 1);
    size_t size = 600 * 1000;
    char *bytes = malloc(size + 1);
    struct answer answer;
    json_t *json;
    int64_t id;

    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)('a' + i % 26);
    }
    bytes[size] = '\0';
    id = send(site, SITE_REP, "p%C3%A4per%22%0D%0A.html", deal, bytes, 201);
    json = get(site, SITE_REP, path_of(site, "/api/v1/attachments/", id, ""));
    assert_int_equal(json_integer_value(json_object_get(json, "size")), size);
    answer = site_get(site, SITE_REP, path_of(site, "/api/v1/attachments/", id, "/content"), 200);
    assert_int_equal(answer.body.size, size);
    assert_memory_equal(answer.body.ptr, bytes, size);
    free(bytes);
    assert_true(
        cox_text_same(answer_header(&answer, "Content-Type"), COX_LIT("application/octet-stream")));
    assert_true(
        cox_text_same(answer_header(&answer, "X-Content-Type-Options"), COX_LIT("nosniff")));
    assert_true(cox_text_starts(answer_header(&answer, "Content-Disposition"),
        COX_LIT("attachment; filename=\"p__per___.html\"; filename*=UTF-8''p%C3%A4per")));
    json = get(site, SITE_REP, path_of(site, "/api/v1/attachments?opportunity=eq.", deal, ""));
    assert_int_equal(json_array_size(json_object_get(json, "rows")), 1);
}

static void test_files_are_as_visible_as_their_record(void **state)
{
    struct site *site = site_of(state);
    int64_t deal = firm_deal(site->firm, "Deal", site->users[SITE_REP], 100, 1);
    int64_t id = send(site, SITE_REP, "offer.pdf", deal, "%PDF-1.7", 201);
    const char *content = path_of(site, "/api/v1/attachments/", id, "/content");
    struct answer answer = site_ask(site, SITE_PEER, "GET", content, NULL, NULL);

    site_refused(site, &answer, 404, "COX_MISSING");
    answer = site_ask(site, SITE_NOBODY, "GET", content, NULL, NULL);
    site_refused(site, &answer, 401, "COX_SIGN_IN");
    (void)site_get(site, SITE_MANAGER, content, 200);
    (void)send(site, SITE_PEER, "x.pdf", deal, "%PDF-1.7", 400); /* a deal one does not see */
    (void)send(site, SITE_REP, "", deal, "%PDF-1.7", 400);
    (void)send(site, SITE_REP, "empty.pdf", deal, NULL, 400);
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/attachments?name=a.pdf", "%PDF", NULL);
    site_refused(site, &answer, 400, "COX_INVALID"); /* it belongs to nothing */
}

/* ---- notifications ---- */

static json_t *row_of(json_t *list, const char *kind)
{
    json_t *row;
    size_t at;

    json_array_foreach(json_object_get(list, "rows"), at, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "kind")), kind) == 0) {
            return row;
        }
    }
    return NULL;
}

static enum cox_rc raise_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    return cox_escalation_raise(call, ctx, &(int64_t){0}, reterr);
}

static void test_what_happened_to_ones_records_is_told(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct cox_actor rep = firm_actor(site->users[SITE_REP], COX_REP);
    struct cox_actor manager = firm_actor(site->users[SITE_MANAGER], COX_MANAGER);
    int64_t own = firm_deal(f, "Own", site->users[SITE_REP], 100, 1);
    int64_t deal = firm_deal(f, "Handed over", site->users[SITE_PEER], 100, 1);
    json_t *list = get(site, SITE_REP, "/api/v1/notifications"), *row;
    struct cox_escalation escalation;
    const char *again;

    assert_null(row_of(list, "asked"));
    again = path_of(site,
        "/api/v1/notifications?since=", json_integer_value(json_object_get(list, "seq")), "");
    assert_int_equal(json_integer_value(json_object_get(get(site, SITE_REP, again), "count")), 0);
    OK(firm_change(f, manager, &cox_opportunity, deal, COX_OPPORTUNITY_OWNER,
        cox_int(site->users[SITE_REP])));
    OK(firm_change(f, rep, &cox_opportunity, own, COX_OPPORTUNITY_AMOUNT, cox_int(5)));
    cox_struct_init(&cox_escalation, &escalation);
    escalation.kind = COX_ESCALATION_PROBLEM;
    escalation.subject = COX_LIT("Price");
    escalation.record_kind = COX_LIT("opportunity");
    escalation.record_id = deal;
    escalation.owner = site->users[SITE_REP];
    escalation.asked_of = site->users[SITE_MANAGER];
    escalation.due_day = FIRM_TODAY + 3;
    OK(firm_write(f, rep, COX_CAUSE_UI, raise_one, &escalation));

    list = get(site, SITE_REP, again);
    assert_int_equal(json_integer_value(json_object_get(list, "count")), 1);
    row = row_of(list, "handed_over");
    assert_non_null(row);
    assert_int_equal(json_integer_value(json_object_get(row, "record")), deal);
    assert_string_equal(json_string_value(json_object_get(row, "title")), "Handed over");
    row = row_of(get(site, SITE_MANAGER, "/api/v1/notifications"), "asked");
    assert_non_null(row);
    assert_string_equal(json_string_value(json_object_get(row, "title")), "Price");
    assert_true(json_is_true(json_object_get(row, "is_new")));
    assert_null(row_of(get(site, SITE_PEER, "/api/v1/notifications"), "asked"));
    (void)site_get(site, SITE_NOBODY, "/api/v1/notifications", 401);
    (void)site_get(site, SITE_REP, "/api/v1/notifications?since=x", 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_a_file_comes_back_as_it_was),
        BOTH_SITES(test_files_are_as_visible_as_their_record),
        BOTH_SITES(test_what_happened_to_ones_records_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
