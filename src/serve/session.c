/* serve/session.c: sign-in by a cookie. */
#include "serve/session.h"

struct cox_text cox_session_secret(const struct cox_exchange *x)
{
    (void)x;
    return (struct cox_text){0};
}

enum cox_rc cox_session_find(struct cox_call *call, struct cox_text secret,
    struct cox_session *ret_session, struct cox_err *reterr)
{
    (void)call;
    (void)secret;
    (void)ret_session;
    return cox_fail(reterr, COX_SIGN_IN, "there is no such session");
}

enum cox_rc cox_session_check(struct cox_exchange *x, struct cox_err *reterr)
{
    (void)x;
    return cox_fail(reterr, COX_DENIED, "there are no sessions");
}

void cox_session_seen(struct cox_exchange *x)
{
    (void)x;
}
