/* command/user_password.h: coxswain user password and sign-ins. */
#ifndef COX_COMMAND_USER_PASSWORD_H
#define COX_COMMAND_USER_PASSWORD_H

#include "command/command.h"

/* coxswain user password EMAIL [--link]. */
enum cox_rc cox_user_password(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;

/* coxswain user sign-ins: a person of each role gets a password, which is printed. */
enum cox_rc cox_user_sign_ins(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;

#endif
