/* command/parse.c: from words to a struct cox_cli. */
#include "command/parse.h"

#include <stdlib.h>
#include <string.h>

const struct cox_option cox_common_options[] = {
    {"db", "URL", "store: a file, or postgresql://... (else COX_DB, else ./coxswain.db)", false},
    {"json", NULL, "print JSON instead of text", false},
    {"help", NULL, "explain the command", false},
    {0},
};

/* Collects what has been read so far. */
struct reading {
    struct cox_cli *cli;
    struct cox_given *given;
    const char **args;
    bool wants_help, wants_version, is_only_args;
};

const struct cox_command *cox_command_find(const char *name)
{
    for (size_t i = 0; cox_commands[i] != NULL; i++) {
        if (strcmp(cox_commands[i]->name, name) == 0) {
            return cox_commands[i];
        }
    }
    return NULL;
}

/* Keeps the name most like what was typed, if it is near at all. */
struct nearest {
    struct cox_arena *arena;
    const char *typed, *name;
    double likeness;
};

static void consider(struct nearest *nearest, const char *name)
{
    double likeness =
        cox_text_likeness(nearest->arena, cox_text_of(nearest->typed), cox_text_of(name));

    if (likeness > nearest->likeness) {
        nearest->likeness = likeness;
        nearest->name = name;
    }
}

static enum cox_rc unknown(const struct nearest *nearest, const char *what, const char *dashes,
    const char *list, struct cox_err *reterr)
{
    if (nearest->name != NULL) {
        return cox_fail(reterr, COX_INVALID, "unknown %s %s%s; did you mean %s%s?", what, dashes,
            nearest->typed, dashes, nearest->name);
    }
    return cox_fail(reterr, COX_INVALID, "unknown %s %s%s; %s lists them", what, dashes,
        nearest->typed, list);
}

enum { NEAR_PCT = 50 };

enum cox_rc cox_command_unknown(struct cox_cli *cli, const char *name, struct cox_err *reterr)
{
    struct nearest nearest = {cli->arena, name, NULL, NEAR_PCT / 100.0};

    for (size_t i = 0; cox_commands[i] != NULL; i++) {
        consider(&nearest, cox_commands[i]->name);
    }
    return unknown(&nearest, "command", "", "\"coxswain help\"", reterr);
}

static const struct cox_option *find_in(const struct cox_option *options, const char *name,
    size_t size)
{
    for (; options != NULL && options->name != NULL; options++) {
        if (strlen(options->name) == size && memcmp(options->name, name, size) == 0) {
            return options;
        }
    }
    return NULL;
}

static enum cox_rc unknown_option(struct cox_cli *cli, const char *name, struct cox_err *reterr)
{
    struct nearest nearest = {cli->arena, name, NULL, NEAR_PCT / 100.0};
    const struct cox_option *lists[] = {cox_common_options,
        cli->command == NULL ? NULL : cli->command->options};
    const char *list = "\"coxswain help\"";

    for (size_t i = 0; i < COX_COUNT(lists); i++) {
        for (const struct cox_option *o = lists[i]; o != NULL && o->name != NULL; o++) {
            consider(&nearest, o->name);
        }
    }
    if (cli->command != NULL) {
        list = cox_arena_format(cli->arena, "\"coxswain help %s\"", cli->command->name);
    }
    return unknown(&nearest, "option", "--", list == NULL ? "help" : list, reterr);
}

static enum cox_rc give(struct reading *reading, const struct cox_option *option, const char *value,
    struct cox_err *reterr)
{
    struct cox_cli *cli = reading->cli;

    for (size_t i = 0; i < cli->given_count && !option->is_repeated; i++) {
        if (reading->given[i].option == option && option->value != NULL) {
            return cox_fail(reterr, COX_INVALID, "--%s is given twice", option->name);
        }
    }
    reading->given[cli->given_count] = (struct cox_given){option, value};
    cli->given_count++;
    if (find_in(cox_common_options, option->name, strlen(option->name)) == option) {
        if (strcmp(option->name, "db") == 0) {
            cli->db = value;
        } else if (strcmp(option->name, "json") == 0) {
            cli->is_json = true;
        } else {
            reading->wants_help = true;
        }
    }
    return COX_OK;
}

/* word starts with "--". *at moves over the option's value where that is a word of its own. */
static enum cox_rc read_option(struct reading *reading, const char *const *argv, int argc, int *at,
    struct cox_err *reterr)
{
    struct cox_cli *cli = reading->cli;
    const char *name = argv[*at] + 2, *value = strchr(name, '=');
    size_t size = value == NULL ? strlen(name) : (size_t)(value - name);
    const struct cox_option *option = find_in(cox_common_options, name, size);

    if (option == NULL && cli->command != NULL) {
        option = find_in(cli->command->options, name, size);
    }
    if (option == NULL) {
        const char *plain = cox_arena_format(cli->arena, "%.*s", (int)size, name);
        return unknown_option(cli, plain == NULL ? name : plain, reterr);
    }
    value = value == NULL ? NULL : value + 1;
    if (option->value == NULL && value != NULL) {
        return cox_fail(reterr, COX_INVALID, "--%s takes no value", option->name);
    }
    if (option->value != NULL && value == NULL) {
        if (*at + 1 >= argc) {
            return cox_fail(reterr, COX_INVALID, "--%s wants a value: %s", option->name,
                option->value);
        }
        ++*at;
        value = argv[*at];
    }
    return give(reading, option, value, reterr);
}

static enum cox_rc read_word(struct reading *reading, const char *word, struct cox_err *reterr)
{
    struct cox_cli *cli = reading->cli;

    if (cli->command == NULL) {
        cli->command = cox_command_find(word);
        return cli->command == NULL ? cox_command_unknown(cli, word, reterr) : COX_OK;
    }
    if (cli->command->subcommands != NULL && cli->subcommand == NULL) {
        struct nearest nearest = {cli->arena, word, NULL, NEAR_PCT / 100.0};
        const struct cox_subcommand *each = cli->command->subcommands;
        for (; each->name != NULL; each++) {
            if (strcmp(each->name, word) == 0) {
                cli->subcommand = each;
                return COX_OK;
            }
            consider(&nearest, each->name);
        }
        const char *what = cox_arena_format(cli->arena, "%s command", cli->command->name);
        const char *list = cox_arena_format(cli->arena, "\"coxswain help %s\"", cli->command->name);
        return what == NULL || list == NULL ? cox_no_memory(reterr)
                                            : unknown(&nearest, what, "", list, reterr);
    }
    reading->args[cli->arg_count] = word;
    cli->arg_count++;
    return COX_OK;
}

static enum cox_rc check_args(const struct cox_cli *cli, struct cox_err *reterr)
{
    const struct cox_command *command = cli->command;
    const struct cox_subcommand *sub = cli->subcommand;

    if (command->subcommands != NULL && sub == NULL) {
        return cox_fail(reterr, COX_INVALID,
            "%s wants a command after it; try \"coxswain help %s\"", command->name, command->name);
    }
    size_t least = (size_t)(sub == NULL ? command->arg_min : sub->arg_min);
    size_t most = (size_t)(sub == NULL ? command->arg_max : sub->arg_max);
    const char *usage = sub == NULL ? command->usage : sub->usage;
    if (cli->arg_count < least) {
        return cox_fail(reterr, COX_INVALID, "%s%s%s wants more: %s", command->name,
            sub == NULL ? "" : " ", sub == NULL ? "" : sub->name, usage);
    }
    if (cli->arg_count > most) {
        return cox_fail(reterr, COX_INVALID, "%s%s%s does not know what to do with \"%s\"",
            command->name, sub == NULL ? "" : " ", sub == NULL ? "" : sub->name, cli->args[most]);
    }
    return COX_OK;
}

static enum cox_rc read_one(struct reading *reading, int argc, const char *const *argv, int *at,
    struct cox_err *reterr)
{
    const char *word = argv[*at];

    if (reading->is_only_args || word[0] != '-' || word[1] == '\0') {
        return read_word(reading, word, reterr);
    }
    if (strcmp(word, "--") == 0) {
        reading->is_only_args = true;
        return COX_OK;
    }
    if (strcmp(word, "-h") == 0) {
        reading->wants_help = true;
        return COX_OK;
    }
    if (reading->cli->command == NULL && strcmp(word, "--version") == 0) {
        reading->wants_version = true;
        return COX_OK;
    }
    if (word[1] != '-') {
        return cox_fail(reterr, COX_INVALID, "unknown option %s; options are written out: --help",
            word);
    }
    return read_option(reading, argv, argc, at, reterr);
}

enum cox_rc cox_cli_parse(struct cox_cli *cli, int argc, const char *const *argv,
    enum cox_wish *ret_wish, struct cox_err *reterr)
{
    const char *db = getenv("COX_DB");
    struct reading reading = {.cli = cli,
        .given = COX_NEW_ARRAY(cli->arena, (size_t)argc + 1, struct cox_given),
        .args = COX_NEW_ARRAY(cli->arena, (size_t)argc + 1, const char *)};

    if (reading.given == NULL || reading.args == NULL) {
        return cox_no_memory(reterr);
    }
    cli->db = db == NULL || db[0] == '\0' ? "./coxswain.db" : db;
    cli->given = reading.given;
    cli->args = reading.args;
    for (int at = 1; at < argc && !reading.wants_version; at++) {
        enum cox_rc rc = read_one(&reading, argc, argv, &at, reterr);
        if (rc != COX_OK && !reading.wants_help) {
            return rc;
        }
    }
    if (reading.wants_version) {
        *ret_wish = COX_WISH_VERSION;
    } else if (reading.wants_help || cli->command == NULL) {
        *ret_wish = COX_WISH_HELP;
    } else {
        *ret_wish = COX_WISH_RUN;
        return check_args(cli, reterr);
    }
    return COX_OK;
}
