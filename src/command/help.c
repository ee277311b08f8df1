/* command/help.c: help, the man page and the shell's completion, all from the command tables. */
#include "command/help.h"

#include <string.h>

#include "command/parse.h"

static const char intro[] =
    "Coxswain steers the course and leads the crew of a sales organisation. A store\n"
    "holds everything with its whole history; this program makes, fills, checks and\n"
    "reads it. The command line acts as operator: it administers everything, but\n"
    "does not read what belongs to two people (1:1s, their notes, promises).\n";

static const struct {
    enum cox_exit status;
    const char *meaning;
} exits[] = {
    {COX_EXIT_DONE, "done"},
    {COX_EXIT_FAILED, "failed, or done only in part (rows rejected, faults found)"},
    {COX_EXIT_USAGE, "the command line, or a value in it, is not valid"},
    {COX_EXIT_MISSING, "there is no such thing, or it is not allowed"},
    {COX_EXIT_UNAVAILABLE, "busy, full or timed out: trying again may help"},
    {COX_EXIT_FAULT, "stored data contradicts itself, or a fault of the program"},
};

/* "--db URL" padded to a column; dots where it may be given several times. */
static void option_line(FILE *out, const struct cox_option *option)
{
    char text[80];

    (void)snprintf(text, sizeof(text), "--%s%s%s%s", option->name,
        option->value == NULL ? "" : " ", option->value == NULL ? "" : option->value,
        option->is_repeated ? "..." : "");
    (void)fprintf(out, "  %-22s %s\n", text, option->help);
}

void cox_help_list(FILE *out)
{
    (void)fprintf(out, "usage: coxswain COMMAND [OPTION...] [ARGUMENT...]\n\n%s\nCommands:\n",
        intro);
    for (size_t i = 0; cox_commands[i] != NULL; i++) {
        (void)fprintf(out, "  %-10s %s\n", cox_commands[i]->name, cox_commands[i]->line);
    }
    (void)fputs("\nOptions that every command knows:\n", out);
    for (const struct cox_option *o = cox_common_options; o->name != NULL; o++) {
        option_line(out, o);
    }
    (void)fputs("\nExit status:\n", out);
    for (size_t i = 0; i < COX_COUNT(exits); i++) {
        (void)fprintf(out, "  %d  %s\n", (int)exits[i].status, exits[i].meaning);
    }
    (void)fputs("\n\"coxswain help COMMAND\" explains one, with examples.\n", out);
}

static const char *blank_before(const char *text)
{
    return text[0] == '\0' ? "" : " ";
}

static const char *options_of(const struct cox_command *command)
{
    return command->options == NULL ? "" : " [OPTION...]";
}

void cox_help_usage(const struct cox_command *command, FILE *out)
{
    if (command->subcommands == NULL) {
        (void)fprintf(out, "usage: coxswain %s%s%s%s\n", command->name, options_of(command),
            blank_before(command->usage), command->usage);
        return;
    }
    const char *start = "usage:";
    for (const struct cox_subcommand *sub = command->subcommands; sub->name != NULL; sub++) {
        (void)fprintf(out, "%-6s coxswain %s %s%s%s%s\n", start, command->name, sub->name,
            options_of(command), blank_before(sub->usage), sub->usage);
        start = "";
    }
}

void cox_help_command(const struct cox_command *command, FILE *out)
{
    cox_help_usage(command, out);
    (void)fprintf(out, "\n%s\n", command->help);
    if (command->subcommands != NULL) {
        (void)fputs("\nCommands:\n", out);
        for (const struct cox_subcommand *sub = command->subcommands; sub->name != NULL; sub++) {
            (void)fprintf(out, "  %-10s %s\n", sub->name, sub->line);
        }
    }
    (void)fputs("\nOptions:\n", out);
    for (const struct cox_option *o = command->options; o != NULL && o->name != NULL; o++) {
        option_line(out, o);
    }
    for (const struct cox_option *o = cox_common_options; o->name != NULL; o++) {
        option_line(out, o);
    }
}

/* ---- man ---- */

/* Text for troff: backslashes and hyphens as themselves, no line that starts a request. */
static void man_text(FILE *out, const char *text, size_t size)
{
    if (size > 0 && (text[0] == '.' || text[0] == '\'')) {
        (void)fputs("\\&", out);
    }
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\\') {
            (void)fputs("\\e", out);
        } else if (text[i] == '-') {
            (void)fputs("\\-", out);
        } else {
            (void)fputc(text[i], out);
        }
    }
}

static void man_string(FILE *out, const char *text)
{
    man_text(out, text, strlen(text));
}

/* Help is set as it stands where it is indented, and filled where it is not. */
static void man_help(FILE *out, const char *help)
{
    bool is_set = false;

    while (*help != '\0') {
        size_t size = strcspn(help, "\n");
        bool is_indented = size > 0 && help[0] == ' ';
        if (is_indented != is_set) {
            (void)fputs(is_indented ? ".RS 4\n.nf\n" : ".fi\n.RE\n", out);
            is_set = is_indented;
        }
        if (size == 0) {
            (void)fputs(".PP\n", out);
        } else {
            size_t blanks = is_indented ? strspn(help, " ") : 0;
            man_text(out, help + blanks, size - blanks);
            (void)fputc('\n', out);
        }
        help += size;
        help += *help == '\n';
    }
    if (is_set) {
        (void)fputs(".fi\n.RE\n", out);
    }
}

static void man_option(FILE *out, const struct cox_option *option)
{
    (void)fputs(".TP\n\\fB\\-\\-", out);
    man_string(out, option->name);
    (void)fputs("\\fR", out);
    if (option->value != NULL) {
        (void)fputs(" \\fI", out);
        man_string(out, option->value);
        (void)fputs("\\fR", out);
    }
    (void)fputc('\n', out);
    man_string(out, option->help);
    (void)fputc('\n', out);
}

static void man_usage(FILE *out, const char *command, const char *sub, const char *usage)
{
    (void)fputs(".B coxswain ", out);
    man_string(out, command);
    (void)fputs(blank_before(sub), out);
    man_string(out, sub);
    (void)fputs("\n[\\fIOPTION\\fR...]", out);
    (void)fputs(blank_before(usage), out);
    man_string(out, usage);
    (void)fputs("\n.br\n", out);
}

static void man_command(FILE *out, const struct cox_command *command)
{
    (void)fprintf(out, ".SS %s\n", command->name);
    if (command->subcommands == NULL) {
        man_usage(out, command->name, "", command->usage);
    }
    for (const struct cox_subcommand *sub = command->subcommands; sub != NULL && sub->name != NULL;
         sub++) {
        man_usage(out, command->name, sub->name, sub->usage);
    }
    (void)fputs(".PP\n", out);
    man_help(out, command->help);
    for (const struct cox_option *o = command->options; o != NULL && o->name != NULL; o++) {
        man_option(out, o);
    }
}

void cox_help_man(FILE *out)
{
    (void)fputs(".\\\" Made by \"coxswain help --man\"; do not edit.\n", out);
    (void)fputs(".TH COXSWAIN 1 \"\" \"Coxswain " COX_VERSION "\" \"User Commands\"\n", out);
    (void)fputs(".SH NAME\ncoxswain \\- runs and leads a sales organisation\n", out);
    (void)fputs(".SH SYNOPSIS\n.B coxswain\n\\fICOMMAND\\fR [\\fIOPTION\\fR...] "
                "[\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\n",
        out);
    man_help(out, intro);
    (void)fputs(".SH OPTIONS\nEvery command knows these.\n", out);
    for (const struct cox_option *o = cox_common_options; o->name != NULL; o++) {
        man_option(out, o);
    }
    (void)fputs(".SH COMMANDS\n", out);
    for (size_t i = 0; cox_commands[i] != NULL; i++) {
        man_command(out, cox_commands[i]);
    }
    (void)fputs(".SH EXIT STATUS\n", out);
    for (size_t i = 0; i < COX_COUNT(exits); i++) {
        (void)fprintf(out, ".TP\n%d\n", (int)exits[i].status);
        man_string(out, exits[i].meaning);
        (void)fputc('\n', out);
    }
    (void)fputs(".SH ENVIRONMENT\n.TP\nCOX_DB\nThe store when \\-\\-db is not given.\n", out);
}

/* ---- bash ---- */

static void bash_words(FILE *out, const struct cox_command *command)
{
    for (const struct cox_subcommand *sub = command->subcommands; sub != NULL && sub->name != NULL;
         sub++) {
        (void)fprintf(out, "%s ", sub->name);
    }
    for (const struct cox_option *o = command->options; o != NULL && o->name != NULL; o++) {
        (void)fprintf(out, "--%s ", o->name);
    }
}

void cox_help_bash(FILE *out)
{
    (void)fputs("# Made by \"coxswain help --bash\"; do not edit. Read it with: . FILE\n"
                "_coxswain() {\n"
                "    local word=${COMP_WORDS[COMP_CWORD]} command= i words\n"
                "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                "        case ${COMP_WORDS[i]} in\n"
                "        --db) ((i++)) ;;\n"
                "        -*) ;;\n"
                "        *) command=${COMP_WORDS[i]}; break ;;\n"
                "        esac\n"
                "    done\n"
                "    case $command in\n"
                "    '' | help) words='",
        out);
    for (size_t i = 0; cox_commands[i] != NULL; i++) {
        (void)fprintf(out, "%s ", cox_commands[i]->name);
    }
    (void)fputs("--version' ;;\n", out);
    for (size_t i = 0; cox_commands[i] != NULL; i++) {
        if (strcmp(cox_commands[i]->name, "help") != 0) {
            (void)fprintf(out, "    %s) words='", cox_commands[i]->name);
            bash_words(out, cox_commands[i]);
            (void)fputs("' ;;\n", out);
        }
    }
    (void)fputs("    *) words= ;;\n"
                "    esac\n"
                "    COMPREPLY=($(compgen -W \"$words --db --json --help\" -- \"$word\"))\n"
                "}\n"
                "complete -o default -F _coxswain coxswain\n",
        out);
}

/* ---- the command ---- */

static const struct cox_option help_options[] = {
    {"man", NULL, "print the man page", false},
    {"bash", NULL, "print the completion script of bash", false},
    {0},
};

static enum cox_rc run_help(struct cox_cli *cli, struct cox_err *reterr)
{
    if (cox_cli_has(cli, "man")) {
        cox_help_man(cli->out);
    } else if (cox_cli_has(cli, "bash")) {
        cox_help_bash(cli->out);
    } else if (cli->arg_count == 0) {
        cox_help_list(cli->out);
    } else {
        const struct cox_command *command = cox_command_find(cli->args[0]);
        if (command == NULL) {
            return cox_command_unknown(cli, cli->args[0], reterr);
        }
        cox_help_command(command, cli->out);
    }
    return COX_OK;
}

const struct cox_command cox_command_help = {
    .name = "help",
    .usage = "[COMMAND]",
    .line = "explain the commands, with examples",
    .help = "Without COMMAND: lists the commands. With one: says what it does and how it is\n"
            "used.\n"
            "\n"
            "  $ coxswain help import\n"
            "  $ coxswain help --man | man -l -\n"
            "  $ . <(coxswain help --bash)",
    .options = help_options,
    .arg_max = 1,
    .run = run_help,
};
