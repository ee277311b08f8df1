/* command/token.c: coxswain token add, list, revoke. */
#include "record/token.h"

#include "base/zone.h"
#include "command/command.h"
#include "org/actor.h"

static const struct cox_option options[] = {
    {"label", "TEXT", "add: what it is for", false},
    {"scope", "SCOPE", "add: read or write, with ,people for 1:1s and promises (else read)", false},
    {"days", "N", "add: valid for so many days (else 365; 0: for ever)", false},
    {"user", "EMAIL", "list: only this person's", false},
    {0},
};

struct work {
    struct cox_cli *cli;
    int64_t days;
    unsigned scope;
    char token[COX_TOKEN_SIZE];
};

static enum cox_rc user_of(struct cox_call *call, const char *who, int64_t *ret_id,
    struct cox_err *reterr)
{
    struct cox_actor actor;

    COX_TRY(cox_actor_find(call, cox_text_of(who), cox_call_today(call), &actor, reterr));
    *ret_id = actor.user_id;
    return COX_OK;
}

static enum cox_rc add(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct work *work = ctx;
    int64_t user_id,
        expires_us = work->days == 0 ? COX_NULL : cox_call_now_us(call) + work->days * COX_DAY_US;

    COX_TRY(user_of(call, work->cli->args[0], &user_id, reterr));
    return cox_token_add(call, user_id, cox_text_of(cox_cli_value(work->cli, "label")), work->scope,
        expires_us, work->token, reterr);
}

static enum cox_rc run_add(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_write_opt opt = cox_cli_write_opt(cli);
    const char *scope = cox_cli_value(cli, "scope");
    struct work work = {.cli = cli};
    struct cox_commit commit;
    struct cox_store *store;

    if (cox_cli_value(cli, "label") == NULL) {
        return cox_fail(reterr, COX_INVALID, "token add wants --label TEXT: what it is for");
    }
    COX_TRY(cox_cli_int(cli, "days", 0, 36500, 365, &work.days, reterr));
    COX_TRY(
        cox_token_scope_parse(cox_text_of(scope == NULL ? "read" : scope), &work.scope, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_write(store, &opt, add, &work, &commit, reterr));
    (void)fprintf(cli->out, cli->is_json ? "{\"token\":\"%s\"}\n" : "%s\n", work.token);
    cox_cli_note(cli, "keep it: it is not shown again");
    return COX_OK;
}

/* "2026-03-05", or a dash. */
static const char *day_text(int64_t us, char ret_text[COX_DAY_SIZE])
{
    if (us == COX_NULL) {
        return "-";
    }
    cox_day_format(cox_us_day(us), ret_text);
    return ret_text;
}

static void json_instant(struct cox_json *json, const char *key, int64_t us)
{
    char text[COX_INSTANT_SIZE];

    cox_json_key(json, key);
    if (us == COX_NULL) {
        cox_json_null(json);
    } else {
        cox_instant_format(us, text);
        cox_json_string(json, text);
    }
}

static enum cox_rc print_json(struct cox_cli *cli, const struct cox_token *tokens, size_t count,
    struct cox_err *reterr)
{
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        cox_json_begin_object(&json);
        cox_json_put_string(&json, "handle", tokens[i].handle);
        cox_json_put_int(&json, "user", tokens[i].user_id);
        cox_json_put_string(&json, "scope", cox_token_scope_name(tokens[i].scope));
        cox_json_put_text(&json, "label", tokens[i].label);
        json_instant(&json, "created", tokens[i].created_us);
        json_instant(&json, "expires", tokens[i].expires_us);
        json_instant(&json, "revoked", tokens[i].revoked_us);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_newline(&json);
    return cox_json_done(&json, reterr);
}

static enum cox_rc list(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct work *work = ctx;
    const char *who = cox_cli_value(work->cli, "user");
    const struct cox_token *tokens;
    int64_t user_id = 0;
    size_t count;

    if (who != NULL) {
        COX_TRY(user_of(call, who, &user_id, reterr));
    }
    COX_TRY(cox_token_list(call, user_id, &tokens, &count, reterr));
    if (work->cli->is_json) {
        return print_json(work->cli, tokens, count, reterr);
    }
    (void)fprintf(work->cli->out, "%-16s %-8s %-12s %-10s %-10s %-10s %s\n", "handle", "user",
        "scope", "created", "expires", "revoked", "label");
    for (size_t i = 0; i < count; i++) {
        char days[3][COX_DAY_SIZE];
        (void)fprintf(work->cli->out, "%s %-8lld %-12s %-10s %-10s %-10s %.*s\n", tokens[i].handle,
            (long long)tokens[i].user_id, cox_token_scope_name(tokens[i].scope),
            day_text(tokens[i].created_us, days[0]), day_text(tokens[i].expires_us, days[1]),
            day_text(tokens[i].revoked_us, days[2]), (int)tokens[i].label.size,
            tokens[i].label.ptr);
    }
    return COX_OK;
}

static enum cox_rc run_list(struct cox_cli *cli, struct cox_err *reterr)
{
    const struct cox_read_opt opt = cox_cli_read_opt();
    struct work work = {.cli = cli};
    struct cox_store *store;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    return cox_store_read(store, &opt, list, &work, reterr);
}

static enum cox_rc revoke(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct work *work = ctx;

    return cox_token_revoke(call, cox_text_of(work->cli->args[0]), reterr);
}

static enum cox_rc run_revoke(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_write_opt opt = cox_cli_write_opt(cli);
    struct work work = {.cli = cli};
    struct cox_commit commit;
    struct cox_store *store;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_write(store, &opt, revoke, &work, &commit, reterr));
    cox_cli_note(cli, "revoked");
    return COX_OK;
}

static const struct cox_subcommand commands[] = {
    {"add", "EMAIL", "make a token for this person; prints it once", 1, 1, run_add},
    {"list", "", "which tokens there are", 0, 0, run_list},
    {"revoke", "HANDLE", "end one; the first figures of its handle are enough", 1, 1, run_revoke},
    {0},
};

const struct cox_command cox_command_token = {
    .name = "token",
    .line = "add, list and revoke tokens by which programs sign in",
    .help = "A token lets a program act as a person, within that person's rights and the\n"
            "token's scope. It is printed once, when it is made; the store keeps a digest of\n"
            "it, and the list shows the digest's first figures as its handle.\n"
            "\n"
            "  $ coxswain token add ada@example.com --label 'nightly report' --days 90\n"
            "  $ coxswain token list --user ada@example.com\n"
            "  $ coxswain token revoke 4f1c",
    .options = options,
    .subcommands = commands,
};
