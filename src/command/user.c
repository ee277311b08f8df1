/* command/user.c: coxswain user add, list, deactivate. */
#include "base/day.h"
#include "base/map.h"
#include "command/command.h"
#include "command/user_password.h"
#include "org/actor.h"
#include "org/people.h"
#include "record/query.h"
#include "record/sign_in.h"
#include "record/token.h"

static const char *const role_names[COX_ROLE_COUNT] = {
    [COX_REP] = "rep",
    [COX_MANAGER] = "manager",
    [COX_LEADER] = "leader",
    [COX_EXECUTIVE] = "executive",
    [COX_ADMIN] = "admin",
    [COX_COUNCIL] = "works_council",
};

static const struct cox_option options[] = {
    {"name", "NAME", "add: the name colleagues use", false},
    {"hat", "ROLE", "add: rep, manager, leader, executive, admin or works_council", true},
    {"reports-to", "EMAIL", "add: whose line the person is in", false},
    {"from", "DAY", "add, deactivate: first day (else today)", false},
    {"all", NULL, "list: also those who left", false},
    {"link", NULL, "password: print a link by which the person sets it", false},
    {"no-second-factor", NULL, "password: also end the second factor (telephone and codes lost)",
        false},
    {"url", "URL", "password --link: as people reach the server", false},
    {0},
};

struct work {
    struct cox_cli *cli;
    struct cox_call *call;
    int64_t day;           /* COX_NULL: today */
    int64_t id;            /* of the person */
    int64_t token_count;   /* revoked */
    struct cox_imap *hats; /* user -> roles worn today */
    struct cox_json json;
};

static enum cox_rc read_day(struct work *work, struct cox_err *reterr)
{
    const struct cox_date_opt opt = {.order = COX_DATE_YMD};
    const char *from = cox_cli_value(work->cli, "from");

    work->day = COX_NULL;
    return from == NULL ? COX_OK : cox_day_parse(cox_text_of(from), &opt, &work->day, reterr);
}

static int64_t day_of(const struct work *work, struct cox_call *call)
{
    return work->day == COX_NULL ? cox_call_today(call) : work->day;
}

/* ---- add ---- */

static enum cox_rc role_of(const char *name, int64_t *ret_role, struct cox_err *reterr)
{
    for (size_t i = 0; i < COX_COUNT(role_names); i++) {
        if (role_names[i] != NULL && cox_text_same(cox_text_of(name), cox_text_of(role_names[i]))) {
            *ret_role = (int64_t)i;
            return COX_OK;
        }
    }
    return cox_fail(reterr, COX_INVALID,
        "--hat is rep, manager, leader, executive, admin or works_council");
}

static enum cox_rc add_hats(struct work *work, struct cox_call *call, struct cox_err *reterr)
{
    for (size_t i = 0; cox_cli_value_at(work->cli, "hat", i) != NULL; i++) {
        struct cox_hat hat;
        int64_t id;
        cox_struct_init(&cox_hat, &hat);
        hat.user = work->id;
        hat.from_day = day_of(work, call);
        COX_TRY(role_of(cox_cli_value_at(work->cli, "hat", i), &hat.role, reterr));
        COX_TRY(cox_create_struct(call, &cox_hat, &hat, &id, reterr));
    }
    return COX_OK;
}

static enum cox_rc find_user(struct cox_call *call, const char *who, int64_t *ret_id,
    struct cox_err *reterr)
{
    COX_TRY(cox_user_by_email(call, cox_text_of(who), ret_id, reterr));
    return *ret_id != 0 ? COX_OK
                        : cox_fail(reterr, COX_MISSING, "nobody here has the address \"%s\"", who);
}

static enum cox_rc add_line(struct work *work, struct cox_call *call, struct cox_err *reterr)
{
    const char *manager = cox_cli_value(work->cli, "reports-to");
    struct cox_reporting_line line;
    int64_t id;

    if (manager == NULL) {
        return COX_OK;
    }
    cox_struct_init(&cox_reporting_line, &line);
    line.user = work->id;
    line.from_day = day_of(work, call);
    COX_TRY(find_user(call, manager, &line.manager, reterr));
    return cox_create_struct(call, &cox_reporting_line, &line, &id, reterr);
}

static enum cox_rc add(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct work *work = ctx;
    const char *name = cox_cli_value(work->cli, "name");
    struct cox_user user;

    COX_TRY(cox_user_by_email(call, cox_text_of(work->cli->args[0]), &work->id, reterr));
    if (work->id != 0) {
        return cox_fail(reterr, COX_CONFLICT,
            "somebody has the address \"%s\" already: number %lld", work->cli->args[0],
            (long long)work->id);
    }
    cox_struct_init(&cox_user, &user);
    user.email = cox_text_of(work->cli->args[0]);
    user.name = cox_text_of(name);
    user.hire_day = work->day;
    COX_TRY(cox_create_struct(call, &cox_user, &user, &work->id, reterr));
    COX_TRY(add_hats(work, call, reterr));
    return add_line(work, call, reterr);
}

static enum cox_rc run_add(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_write_opt opt = cox_cli_write_opt(cli);
    struct work work = {.cli = cli};
    struct cox_commit commit;
    struct cox_store *store;

    if (cox_cli_value(cli, "name") == NULL) {
        return cox_fail(reterr, COX_INVALID, "user add wants --name NAME");
    }
    COX_TRY(read_day(&work, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_write(store, &opt, add, &work, &commit, reterr));
    (void)fprintf(cli->out, cli->is_json ? "{\"id\":%lld}\n" : "%lld\n", (long long)work.id);
    return COX_OK;
}

/* ---- list ---- */

static enum cox_rc note_hat(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct work *work = ctx;
    int64_t from = cox_row_int(row, COX_HAT_FROM_DAY), to = cox_row_int(row, COX_HAT_TO_DAY);
    int64_t role = cox_row_int(row, COX_HAT_ROLE);
    uint64_t *roles;

    if ((from != COX_NULL && from > work->day) || (to != COX_NULL && to <= work->day) || role < 0 ||
        role >= COX_ROLE_COUNT) {
        return COX_OK;
    }
    COX_TRY(cox_imap_add(work->hats, cox_row_int(row, COX_HAT_USER), 0, &roles, NULL, reterr));
    *roles |= COX_ROLE_BIT(role);
    return COX_OK;
}

static void join_roles(uint64_t roles, char ret_text[static 64])
{
    size_t size = 0;

    ret_text[0] = '\0';
    for (unsigned i = 0; i < COX_ROLE_COUNT; i++) {
        if ((roles & COX_ROLE_BIT(i)) != 0 && role_names[i] != NULL) {
            size += (size_t)snprintf(ret_text + size, 64 - size, "%s%s", size == 0 ? "" : ",",
                role_names[i]); /* all of them together fit */
        }
    }
}

static enum cox_rc print_user(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct work *work = ctx;
    struct cox_text email = cox_row_text(row, COX_USER_EMAIL);
    struct cox_text name = cox_row_text(row, COX_USER_NAME);
    int64_t leave_day = cox_row_int(row, COX_USER_LEAVE_DAY);
    bool is_here = cox_row_int(row, COX_USER_IS_ACTIVE) != 0 &&
                   (leave_day == COX_NULL || leave_day > work->day);
    uint64_t roles = COX_ROLE_BIT(COX_REP);
    char hats[64];

    (void)reterr; /* failures of writing are main's to see */
    if (!is_here && !cox_cli_has(work->cli, "all")) {
        return COX_OK;
    }
    (void)cox_imap_find(work->hats, row->id, &roles); /* nobody without a hat: a rep */
    join_roles(roles, hats);
    if (!work->cli->is_json) {
        (void)fprintf(work->cli->out, "%-8lld %-8s %-24s %-32.*s %.*s\n", (long long)row->id,
            is_here ? "active" : "left", hats, (int)email.size, email.size == 0 ? "" : email.ptr,
            (int)name.size, name.size == 0 ? "" : name.ptr);
        return COX_OK;
    }
    cox_json_begin_object(&work->json);
    cox_json_put_int(&work->json, "id", row->id);
    cox_json_put_bool(&work->json, "active", is_here);
    cox_json_put_string(&work->json, "hats", hats);
    cox_json_put_text(&work->json, "email", email);
    cox_json_put_text(&work->json, "name", name);
    cox_json_end_object(&work->json);
    return COX_OK;
}

static enum cox_rc list(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct work *work = ctx;

    work->day = cox_call_today(call);
    COX_TRY(cox_imap_open_in(cox_call_arena(call), 0, &work->hats, reterr));
    COX_TRY(cox_each(call, &cox_hat, NULL, note_hat, work, reterr));
    if (!work->cli->is_json) {
        return cox_each(call, &cox_user, NULL, print_user, work, reterr);
    }
    cox_cli_json(work->cli, &work->json);
    cox_json_begin_array(&work->json);
    COX_TRY(cox_each(call, &cox_user, NULL, print_user, work, reterr));
    cox_json_end_array(&work->json);
    cox_json_newline(&work->json);
    return cox_json_done(&work->json, reterr);
}

static enum cox_rc run_list(struct cox_cli *cli, struct cox_err *reterr)
{
    const struct cox_read_opt opt = cox_cli_read_opt();
    struct work work = {.cli = cli};
    struct cox_store *store;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    return cox_store_read(store, &opt, list, &work, reterr);
}

/* ---- deactivate ---- */

static enum cox_rc deactivate(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct work *work = ctx;
    struct cox_change changes[] = {{COX_USER_IS_ACTIVE, cox_int(0)},
        {COX_USER_LEAVE_DAY, cox_int(day_of(work, call))}};

    COX_TRY(find_user(call, work->cli->args[0], &work->id, reterr));
    COX_TRY(
        cox_change_fields(call, &cox_user, work->id, 0, changes, COX_COUNT(changes), NULL, reterr));
    COX_TRY(cox_session_end_all(call, work->id, NULL, reterr));
    return cox_token_revoke_user(call, work->id, &work->token_count, reterr);
}

static enum cox_rc run_deactivate(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_write_opt opt = cox_cli_write_opt(cli);
    struct work work = {.cli = cli};
    struct cox_commit commit;
    struct cox_store *store;

    COX_TRY(read_day(&work, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_write(store, &opt, deactivate, &work, &commit, reterr));
    cox_cli_note(cli, "deactivated; tokens revoked: %lld", (long long)work.token_count);
    return COX_OK;
}

static const struct cox_subcommand commands[] = {
    {"add", "EMAIL", "add a person; prints the number", 1, 1, run_add},
    {"list", "", "who works here, with which hats", 0, 0, run_list},
    {"password", "EMAIL", "set somebody's password: typed, or the first line of standard input", 1,
        1, cox_user_password},
    {"sign-ins", "",
        "give a person of each role a made-up password and print it: to try things out", 0, 0,
        cox_user_sign_ins},
    {"deactivate", "EMAIL", "end somebody's access; figures of the past keep the person", 1, 1,
        run_deactivate},
    {0},
};

const struct cox_command cox_command_user = {
    .name = "user",
    .line = "add, list and deactivate people; set passwords",
    .help = "Hats are what a person is here for: rep, manager, leader, executive, admin; one\n"
            "person can wear several, and without any counts as a rep. A reporting line says\n"
            "who sees whose records. Nobody is ever deleted: who leaves is deactivated, loses\n"
            "all tokens, and stays in the figures of the past.\n"
            "\n"
            "  $ coxswain user add ada@example.com --name 'Ada Berg' --hat manager --hat leader\n"
            "  $ coxswain user add bo@example.com --name 'Bo Li' --reports-to ada@example.com\n"
            "  $ coxswain user password ada@example.com\n"
            "  $ coxswain user password bo@example.com --link --url https://crm.example.com\n"
            "  $ coxswain user list\n"
            "  $ coxswain user deactivate bo@example.com --from 2026-04-01",
    .options = options,
    .subcommands = commands,
};
