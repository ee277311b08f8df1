/* command/user_password.c: setting passwords: typed, by a link, or made up for trying things out. */
#include "command/user_password.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/day.h"
#include "org/actor.h"
#include "org/line.h"
#include "org/people.h"
#include "record/query.h"
#include "record/sign_in.h"

/* ---- typing ---- */

/* One line of standard input; what is typed at a terminal is not shown. */
static enum cox_rc read_line(struct cox_cli *cli, const char *prompt, char *ret_line, size_t size,
    struct cox_err *reterr)
{
    struct termios shown, hidden;
    bool is_terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;
    char *line;

    if (is_terminal) {
        (void)fprintf(cli->err, "%s", prompt);
        (void)fflush(cli->err);
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH,
            &hidden); /* else it is seen: no harm but to oneself */
    }
    line = fgets(ret_line, (int)size, stdin);
    if (is_terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        (void)fprintf(cli->err, "\n");
    }
    if (line == NULL) {
        return cox_fail(reterr, COX_INVALID, "no password was given");
    }
    ret_line[strcspn(ret_line, "\r\n")] = '\0';
    return COX_OK;
}

static enum cox_rc ask_twice(struct cox_cli *cli, char *ret_password, size_t size,
    struct cox_err *reterr)
{
    char again[COX_PASSWORD_MAX + 2];

    COX_TRY(read_line(cli, "New password: ", ret_password, size, reterr));
    if (!isatty(STDIN_FILENO)) {
        return COX_OK;
    }
    COX_TRY(read_line(cli, "Once more: ", again, sizeof(again), reterr));
    if (strcmp(again, ret_password) != 0) {
        return cox_fail(reterr, COX_INVALID, "the two are not the same: nothing was changed");
    }
    return COX_OK;
}

/* ---- one person ---- */

struct renewal {
    struct cox_cli *cli;
    int64_t user, until_us;
    struct cox_text password;
    char hash[COX_PASSWORD_HASH_SIZE], link[COX_SESSION_SECRET_SIZE];
};

static enum cox_rc find_user(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct renewal *r = ctx;
    struct cox_user user;

    COX_TRY(cox_user_by_email(call, cox_text_of(r->cli->args[0]), &r->user, reterr));
    if (r->user == 0) {
        return cox_fail(reterr, COX_MISSING, "nobody here has the address \"%s\"", r->cli->args[0]);
    }
    if (r->password.ptr == NULL) {
        return COX_OK;
    }
    COX_TRY(cox_load(call, &cox_user, r->user, &user, reterr));
    return cox_password_check(r->password, user.email, user.name, reterr);
}

static enum cox_rc drop_factor(struct cox_call *call, struct renewal *r, struct cox_err *reterr)
{
    return cox_cli_has(r->cli, "no-second-factor")
               ? cox_credential_drop_factor(call, r->user, reterr)
               : COX_OK;
}

static enum cox_rc save_password(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct renewal *r = ctx;

    COX_TRY(drop_factor(call, r, reterr));
    COX_TRY(
        cox_credential_put(call, r->user, COX_CREDENTIAL_PASSWORD, cox_text_of(r->hash), reterr));
    return cox_session_end_all(call, r->user, NULL, reterr);
}

static enum cox_rc make_link(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct renewal *r = ctx;

    COX_TRY(drop_factor(call, r, reterr));
    return cox_reset_add(call, r->user, 0, r->link, &r->until_us, reterr);
}

static enum cox_rc print_link(struct cox_cli *cli, struct cox_store *store, struct renewal *r,
    struct cox_err *reterr)
{
    const struct cox_write_opt opt = cox_cli_write_opt(cli);
    const char *url = cox_cli_value(cli, "url");
    char until[COX_INSTANT_SIZE];
    struct cox_commit commit;

    COX_TRY(cox_store_write(store, &opt, make_link, r, &commit, reterr));
    cox_instant_format(r->until_us, until);
    (void)fprintf(cli->out, "%s/reset#%s\n", url == NULL ? "http://127.0.0.1:8080" : url, r->link);
    cox_cli_note(cli, "good once, until %s; the sessions of %s have ended", until, cli->args[0]);
    return COX_OK;
}

enum cox_rc cox_user_password(struct cox_cli *cli, struct cox_err *reterr)
{
    const struct cox_read_opt read = cox_cli_read_opt();
    const struct cox_write_opt opt = cox_cli_write_opt(cli);
    struct renewal r = {.cli = cli};
    char password[COX_PASSWORD_MAX + 2];
    struct cox_commit commit;
    struct cox_store *store;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_read(store, &read, find_user, &r, reterr)); /* before anything is typed */
    if (cox_cli_has(cli, "link")) {
        return print_link(cli, store, &r, reterr);
    }
    COX_TRY(ask_twice(cli, password, sizeof(password), reterr));
    r.password = cox_text_of(password);
    COX_TRY(cox_store_read(store, &read, find_user, &r, reterr));
    COX_TRY(cox_password_hash(r.password, r.hash, reterr));
    sodium_memzero(password, sizeof(password));
    COX_TRY(cox_store_write(store, &opt, save_password, &r, &commit, reterr));
    cox_cli_note(cli, "the password of %s is set", cli->args[0]);
    return COX_OK;
}

/* ---- somebody of each role, for trying things out ---- */

enum { WANTED = 5, SETTLED_DAYS = 800, ADMIN_AT = 3 /* in wanted */ };
static const struct {
    enum cox_role role;
    const char *label;
} wanted[WANTED] = {
    {COX_MANAGER, "manager and leader"},
    {COX_REP, "rep"},
    {COX_EXECUTIVE, "executive"},
    [ADMIN_AT] = {COX_ADMIN, "administrator"},
    {COX_COUNCIL, "works council"},
};

struct try_out {
    struct cox_cli *cli;
    int64_t users[WANTED];
    unsigned roles[WANTED];
    size_t leads;        /* of the manager found: settled reps in the team */
    const int64_t *team; /* who these are, once the manager is known; NULL before */
    size_t team_count;
    struct cox_text names[WANTED], emails[WANTED];
    char passwords[WANTED][32], hashes[WANTED][COX_PASSWORD_HASH_SIZE];
    struct cox_call *call;
};

/* Roles that make somebody a worse example of the one that is wanted. */
static unsigned others(unsigned roles, enum cox_role role)
{
    static const unsigned fitting[COX_ROLE_COUNT] = {
        [COX_MANAGER] = COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER),
        [COX_REP] = COX_ROLE_BIT(COX_REP),
        [COX_EXECUTIVE] = ~0U,
        [COX_ADMIN] = ~0U,
        [COX_COUNCIL] = ~0U,
    };

    return roles & ~fitting[role];
}

/*
 * How many somebody leads who have been here for some years, so that there is a history to look at; 0 too when one of
 * these leads others: their days are spent with leaders.
 */
static enum cox_rc team_of(struct cox_call *call, int64_t user, size_t *ret_count,
    struct cox_err *reterr)
{
    int64_t day = cox_call_today(call);
    const int64_t *below, *further;
    size_t count, more = 0, settled = 0;

    COX_TRY(cox_line_below(call, user, day, &below, &count, reterr));
    for (size_t i = 0; i < count && more == 0; i++) {
        struct cox_user one;

        COX_TRY(cox_line_below(call, below[i], day, &further, &more, reterr));
        COX_TRY(cox_load(call, &cox_user, below[i], &one, reterr));
        settled += one.hire_day != COX_NULL && one.hire_day <= day - SETTLED_DAYS;
    }
    *ret_count = more == 0 ? settled : 0;
    return COX_OK;
}

static bool is_of(const struct try_out *t, int64_t user)
{
    for (size_t i = 0; i < t->team_count; i++) {
        if (t->team[i] == user) {
            return true;
        }
    }
    return false;
}

/* Of managers whoever wears both hats, and of these whoever leads most settled reps; of reps one of the team found. */
static enum cox_rc is_better(const struct try_out *t, int at, int64_t user, unsigned roles,
    size_t *ret_leads, bool *ret_is_better, struct cox_err *reterr)
{
    enum cox_role role = wanted[at].role;
    unsigned both = COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER);
    bool has = (roles & both) == both, had = (t->roles[at] & both) == both;

    *ret_is_better = false;
    if ((roles & COX_ROLE_BIT(role)) == 0 || others(roles, role) != 0) {
        return COX_OK;
    }
    if (role != COX_MANAGER) {
        *ret_is_better =
            t->users[at] == 0 || (role == COX_REP && is_of(t, user) && !is_of(t, t->users[at]));
        return COX_OK;
    }
    COX_TRY(team_of(t->call, user, ret_leads, reterr));
    *ret_is_better = t->users[at] == 0 || (has && !had) || (has == had && *ret_leads > t->leads);
    return COX_OK;
}

static enum cox_rc note_user(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct try_out *t = ctx;
    struct cox_text email = cox_row_text(row, COX_USER_EMAIL);
    struct cox_actor actor;
    struct cox_err why;
    enum cox_rc rc;

    if (email.size == 0) {
        return COX_OK;
    }
    rc = cox_actor_of_user(t->call, row->id, cox_call_today(t->call), &actor, &why);
    if (rc == COX_DENIED) {
        return COX_OK; /* no longer here */
    }
    if (rc != COX_OK) {
        *reterr = why;
        return rc;
    }
    for (int i = 0; i < WANTED; i++) {
        size_t leads = 0;
        bool is_chosen;

        COX_TRY(is_better(t, i, row->id, actor.roles, &leads, &is_chosen, reterr));
        if (is_chosen) {
            t->leads = wanted[i].role == COX_MANAGER ? leads : t->leads;
            t->users[i] = row->id;
            t->roles[i] = actor.roles;
            t->names[i] = cox_arena_text(t->cli->arena, cox_row_text(row, COX_USER_NAME));
            t->emails[i] = cox_arena_text(t->cli->arena, email);
        }
    }
    return COX_OK;
}

static enum cox_rc find_people(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct try_out *t = ctx;

    t->call = call;
    COX_TRY(cox_each(call, &cox_user, NULL, note_user, t, reterr));
    if (t->users[0] == 0) {
        return COX_OK;
    }
    /* Once more, for a rep of that team: what the two share is seen from both sides. */
    COX_TRY(
        cox_line_below(call, t->users[0], cox_call_today(call), &t->team, &t->team_count, reterr));
    return cox_each(call, &cox_user, NULL, note_user, t, reterr);
}

/* Where nobody administers yet, somebody is made who does. */
static enum cox_rc make_admin(struct cox_call *call, struct try_out *t, struct cox_err *reterr)
{
    struct cox_user user;
    struct cox_hat hat;
    int64_t id;

    cox_struct_init(&cox_user, &user);
    user.name = COX_LIT("Administrator");
    user.email = COX_LIT("admin@example.com");
    COX_TRY(cox_create_struct(call, &cox_user, &user, &t->users[ADMIN_AT], reterr));
    cox_struct_init(&cox_hat, &hat);
    hat.user = t->users[ADMIN_AT];
    hat.role = COX_ADMIN;
    hat.from_day = cox_call_today(call);
    t->names[ADMIN_AT] = user.name;
    t->emails[ADMIN_AT] = user.email;
    return cox_create_struct(call, &cox_hat, &hat, &id, reterr);
}

static enum cox_rc save_all(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct try_out *t = ctx;

    if (t->users[ADMIN_AT] == 0) {
        COX_TRY(make_admin(call, t, reterr));
    }
    for (int i = 0; i < WANTED; i++) {
        if (t->users[i] != 0) {
            COX_TRY(cox_credential_put(call, t->users[i], COX_CREDENTIAL_PASSWORD,
                cox_text_of(t->hashes[i]), reterr));
        }
    }
    return COX_OK;
}

/* "harbour-tide-4821": easily typed, and different in every store. */
static void make_password(char ret_password[static 32])
{
    static const char *const words[] = {"harbour", "anchor", "lantern", "compass", "current",
        "rudder", "signal", "granite", "orchard", "thunder", "velvet", "meadow", "copper", "winter",
        "summit", "pepper"};

    (void)snprintf(ret_password, 32, "%s-%s-%06u", words[randombytes_uniform(COX_COUNT(words))],
        words[randombytes_uniform(COX_COUNT(words))], randombytes_uniform(1000000));
}

static void print_all(struct try_out *t, struct cox_json *json)
{
    for (int i = 0; i < WANTED; i++) {
        if (t->users[i] == 0) {
            continue;
        }
        if (!t->cli->is_json) {
            (void)fprintf(t->cli->out, "  %-20s %-34.*s %s\n", wanted[i].label,
                (int)t->emails[i].size, t->emails[i].ptr, t->passwords[i]);
            continue;
        }
        cox_json_begin_object(json);
        cox_json_put_string(json, "role", wanted[i].label);
        cox_json_put_int(json, "user", t->users[i]);
        cox_json_put_text(json, "name", t->names[i]);
        cox_json_put_text(json, "email", t->emails[i]);
        cox_json_put_string(json, "password", t->passwords[i]);
        cox_json_end_object(json);
    }
}

enum cox_rc cox_user_sign_ins(struct cox_cli *cli, struct cox_err *reterr)
{
    const struct cox_read_opt read = cox_cli_read_opt();
    const struct cox_write_opt opt = cox_cli_write_opt(cli);
    struct try_out t = {.cli = cli};
    struct cox_commit commit;
    struct cox_store *store;
    struct cox_json json;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_read(store, &read, find_people, &t, reterr));
    for (int i = 0; i < WANTED; i++) {
        make_password(t.passwords[i]);
        COX_TRY(cox_password_hash(cox_text_of(t.passwords[i]), t.hashes[i], reterr));
    }
    COX_TRY(cox_store_write(store, &opt, save_all, &t, &commit, reterr));
    if (!cli->is_json) {
        print_all(&t, NULL);
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_array(&json);
    print_all(&t, &json);
    cox_json_end_array(&json);
    cox_json_newline(&json);
    return cox_json_done(&json, reterr);
}
