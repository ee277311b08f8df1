/* command/main.c: the program. */
#include <signal.h>

#include "command/command.h"

int main(int argc, char **argv)
{
    /* A reader that goes away is an error of writing, not a silent death in the middle of work. */
    (void)signal(SIGPIPE, SIG_IGN);
    return cox_cli_main(argc, (const char *const *)argv, stdout, stderr);
}
