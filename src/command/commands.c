/* command/commands.c: the list of subcommands, in the order of help. */
#include "command/command.h"

extern const struct cox_command cox_command_brief;
extern const struct cox_command cox_command_demo;
extern const struct cox_command cox_command_help;
extern const struct cox_command cox_command_init;

const struct cox_command *const cox_commands[] = {
    &cox_command_init,
    &cox_command_demo,
    &cox_command_brief,
    &cox_command_help,
    NULL,
};
