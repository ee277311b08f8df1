/* record/postgres.c: PostgreSQL behind record/engine.h. */
#include "record/engine.h"

enum cox_rc cox_postgres_open(const char *url, enum cox_db_mode mode, struct cox_db **ret_db,
    struct cox_err *reterr)
{
    (void)url;
    (void)mode;
    (void)ret_db;
    return cox_fail(reterr, COX_UNSUPPORTED, "this build stores in SQLite files only");
}
