/* Tests of who gets in: tokens, scopes, roles; and that what was found is forgotten in time. */
#include <unistd.h>

#include "command/feature_list.h"
#include "org/people.h"
#include "probe.h"

static int64_t user_of(struct site *site, const struct answer *answer)
{
    return json_integer_value(json_object_get(site_json(site, answer), "user"));
}

struct token_case {
    unsigned scope;
    int64_t user, expires_us;
    char token[COX_TOKEN_SIZE];
};

static enum cox_rc add_token(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct token_case *ask = ctx;

    return cox_token_add(call, ask->user, COX_LIT("test"), ask->scope, ask->expires_us, ask->token,
        reterr);
}

/* Puts a token of this scope into the rep's place. */
static void use_token(struct site *site, unsigned scope, int64_t expires_us)
{
    struct firm *f = site->firm;
    struct token_case ask = {.scope = scope,
        .user = site->users[SITE_REP],
        .expires_us = expires_us};

    OK(firm_write(f, firm_operator, COX_CAUSE_CLI, add_token, &ask));
    memcpy(site->tokens[SITE_REP], ask.token, sizeof(ask.token));
}

static void test_each_role_is_known(void **state)
{
    struct site *site = site_of(state);

    probe_start(site, NULL);
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        for (int i = 0; i < 2; i++) { /* from the store, then from memory */
            struct answer answer = site_get(site, (enum site_role)who,
                i == 0 ? "/api/v1/probe/who" : "/api/v1/probe/quick", 200);
            assert_int_equal(user_of(site, &answer), site->users[who]);
        }
    }
    struct answer answer = site_get(site, SITE_NOBODY, "/api/v1/probe/who", 401);
    site_refused(site, &answer, 401, "COX_SIGN_IN");
    assert_non_null(answer_header(&answer, "WWW-Authenticate").ptr);
    (void)site_get(site, SITE_NOBODY, "/api/v1/probe/quick", 401);
    (void)site_get(site, SITE_ADMIN, "/api/v1/probe/admins", 200);
    answer = site_get(site, SITE_MANAGER, "/api/v1/probe/admins", 403);
    site_refused(site, &answer, 403, "COX_DENIED");
}

static void test_wrong_credentials(void **state)
{
    static const char *const wrong[] = {"Bearer cox_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer ", "Bearer", "bearer x", "Basic YWRhOmFkYQ==", "", "Bearer ' OR 1=1 --"};
    struct site *site = site_of(state);
    char header[400];

    probe_start(site, NULL);
    for (size_t i = 0; i < COX_COUNT(wrong); i++) {
        (void)snprintf(header, sizeof(header), "Authorization: %s\r\n", wrong[i]);
        struct answer answer =
            site_ask(site, SITE_NOBODY, "GET", "/api/v1/probe/who", NULL, header);
        site_refused(site, &answer, 401, "COX_SIGN_IN");
    }
    (void)snprintf(header, sizeof(header), "Authorization: Bearer %0300d\r\n", 1);
    struct answer answer = site_ask(site, SITE_NOBODY, "GET", "/api/v1/probe/who", NULL, header);
    site_refused(site, &answer, 401, "COX_SIGN_IN");
}

static void test_a_scope_is_a_bound(void **state)
{
    static const struct {
        const char *method, *path;
        unsigned scope;
        int status;
    } cases[] = {
        {"GET", "who", COX_TOKEN_READ, 200},
        {"POST", "look", COX_TOKEN_READ, 200},
        {"POST", "change", COX_TOKEN_READ, 403},
        {"POST", "change", COX_TOKEN_WRITE, 200},
        {"GET", "people", COX_TOKEN_WRITE, 403},
        {"GET", "people", COX_TOKEN_READ | COX_TOKEN_PEOPLE, 200},
        {"GET", "own", COX_TOKEN_WRITE | COX_TOKEN_PEOPLE, 403},
    };
    struct site *site = site_of(state);

    probe_start(site, NULL);
    for (size_t i = 0; i < COX_COUNT(cases); i++) {
        char path[64];
        use_token(site, cases[i].scope, COX_NULL);
        (void)snprintf(path, sizeof(path), "/api/v1/probe/%s", cases[i].path);
        struct answer answer = site_ask(site, SITE_REP, cases[i].method, path, NULL, NULL);
        assert_int_equal(answer.status, cases[i].status);
    }
}

static enum cox_rc end_tokens(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const int64_t *user = ctx;

    return cox_token_revoke_user(call, *user, NULL, reterr);
}

static void test_what_ends_is_over_at_once(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;

    probe_start(site, NULL);
    (void)site_get(site, SITE_REP, "/api/v1/probe/quick", 200);
    (void)site_get(site, SITE_REP, "/api/v1/probe/quick", 200); /* known by now */
    OK(firm_write(f, firm_operator, COX_CAUSE_CLI, end_tokens, &site->users[SITE_REP]));
    (void)site_get(site, SITE_REP, "/api/v1/probe/quick", 401);
    (void)site_get(site, SITE_REP, "/api/v1/probe/who", 401);

    (void)site_get(site, SITE_PEER, "/api/v1/probe/who", 200);
    OK(firm_change(f, firm_operator, &cox_user, site->users[SITE_PEER], COX_USER_IS_ACTIVE,
        cox_int(0)));
    (void)site_get(site, SITE_PEER, "/api/v1/probe/quick", 401);

    use_token(site, COX_TOKEN_READ, f->now_us + COX_DAY_US / 4);
    (void)site_get(site, SITE_REP, "/api/v1/probe/quick", 200);
    f->now_us += COX_DAY_US / 3;
    (void)site_get(site, SITE_REP, "/api/v1/probe/quick", 401);
}

/* A hat that begins tomorrow, one that is put on now, and many commits that change nothing about it. */
static void test_roles_follow(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct cox_hat hat;

    probe_start(site, NULL);
    (void)site_get(site, SITE_REP, "/api/v1/probe/admins", 403);
    cox_struct_init(&cox_hat, &hat);
    hat.user = site->users[SITE_REP];
    hat.role = COX_ADMIN;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
    (void)site_get(site, SITE_REP, "/api/v1/probe/admins", 200);
    for (int i = 0; i < 5; i++) {
        (void)firm_account(f, "Nordwind", site->users[SITE_REP]);
        (void)site_get(site, SITE_REP, "/api/v1/probe/admins", 200);
    }
    (void)site_get(site, SITE_MANAGER, "/api/v1/probe/admins", 403);
    hat.user = site->users[SITE_MANAGER];
    hat.from_day = FIRM_TODAY + 1;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
    (void)site_get(site, SITE_MANAGER, "/api/v1/probe/admins", 403);
    f->now_us += COX_DAY_US;
    (void)site_get(site, SITE_MANAGER, "/api/v1/probe/admins", 200);
}

/* The command line beside the server: another process, as far as the store can tell. */
static void test_another_process_revokes(void **state)
{
    enum { TRIES = 3000, STEP_US = 10000 };
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    const struct cox_write_opt write = {.actor = firm_operator, .cause = COX_CAUSE_CLI};
    struct cox_store_opt opt = {.url = f->place.url, .entities = cox_features_entities(f->arena)};
    struct cox_store *other;
    int tries = 0;

    probe_start(site, NULL);
    (void)site_get(site, SITE_REP, "/api/v1/probe/quick", 200);
    OK(cox_store_open(&opt, &other, &f->err));
    OK(cox_store_write(other, &write, end_tokens, &site->users[SITE_REP], NULL, &f->err));
    while (site_ask(site, SITE_REP, "GET", "/api/v1/probe/quick", NULL, NULL).status != 401) {
        assert_true(++tries < TRIES);
        (void)usleep(STEP_US);
    }
    cox_store_close(other);
}

static void owner_is(struct site *site, int64_t deal, const char *name)
{
    char path[80];

    (void)snprintf(path, sizeof(path), "/api/v1/opportunities/%lld", (long long)deal);
    struct answer answer = site_get(site, SITE_MANAGER, path, 200);
    json_t *names = json_object_get(site_json(site, &answer), "names");
    assert_string_equal(json_string_value(json_object_get(names, "owner")), name);
}

static enum cox_rc rename_rep(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct site *site = ctx;
    const struct cox_change change = {COX_USER_NAME, cox_text_value(COX_LIT("Ada Sund"))};

    return cox_change_fields(call, &cox_user, site->users[SITE_REP], 0, &change, 1, NULL, reterr);
}

/* The store remembers names: not longer than they are so, whoever changes them. */
static void test_names_follow(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    const struct cox_write_opt write = {.actor = firm_operator, .cause = COX_CAUSE_CLI};
    struct cox_store_opt opt = {.url = f->place.url, .entities = cox_features_entities(f->arena)};
    int64_t deal = firm_deal(f, "Pumps", site->users[SITE_REP], 100000, 1);
    struct cox_store *other;

    for (int i = 0; i < 2; i++) { /* from the store, then from memory */
        owner_is(site, deal, "Ada Berg");
    }
    OK(firm_change(f, firm_operator, &cox_user, site->users[SITE_REP], COX_USER_NAME,
        cox_text_value(COX_LIT("Ada Lund"))));
    owner_is(site, deal, "Ada Lund");
    (void)firm_account(f, "Nordwind", site->users[SITE_REP]);
    owner_is(site, deal, "Ada Lund");
    OK(cox_store_open(&opt, &other, &f->err));
    OK(cox_store_write(other, &write, rename_rep, site, NULL, &f->err));
    owner_is(site, deal, "Ada Sund"); /* every read sees the newest commit, whose it may be */
    cox_store_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_each_role_is_known),
        BOTH_SITES(test_wrong_credentials),
        BOTH_SITES(test_a_scope_is_a_bound),
        BOTH_SITES(test_what_ends_is_over_at_once),
        BOTH_SITES(test_roles_follow),
        BOTH_SITES(test_another_process_revokes),
        BOTH_SITES(test_names_follow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
