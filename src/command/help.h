/* command/help.h: what the command tables say, for people, for man and for the shell. */
#ifndef COX_COMMAND_HELP_H
#define COX_COMMAND_HELP_H

#include "command/command.h"

void cox_help_list(FILE *out);
void cox_help_command(const struct cox_command *command, FILE *out);
void cox_help_usage(const struct cox_command *command, FILE *out); /* "usage: ..." lines */
void cox_help_man(FILE *out);                                      /* docs/coxswain.1 */
void cox_help_bash(FILE *out);                                     /* docs/coxswain.bash */

#endif
