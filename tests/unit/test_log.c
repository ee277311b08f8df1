/* tests/unit/test_log.c: log lines, whose values forge nothing, and the progress line. */
#include <stdio.h>

#include "base/log.h"
#include "base/progress.h"
#include "check.h"

struct kept {
    char line[COX_LOG_LINE_MAX + 1];
    int count;
};

static void keep(void *ctx, enum cox_log_level level, struct cox_text line)
{
    struct kept *kept = ctx;

    (void)level;
    assert_true(line.size <= COX_LOG_LINE_MAX);
    memcpy(kept->line, line.ptr, line.size);
    kept->line[line.size] = '\0';
    kept->count++;
}

static int64_t fixed_us(void *ctx)
{
    (void)ctx;
    return INT64_C(1772720100123456);
}

static void lines(void **state)
{
    struct kept kept = {.count = 0};
    struct cox_log log = {.least = COX_LOG_INFO, .write = keep, .ctx = &kept, .now_us = fixed_us};

    (void)state;
    COX_LOG_EVENT(&log, COX_LOG_INFO, "import", COX_LOGI("rows", -12),
        COX_LOGT("file", COX_LIT("a b.csv")), COX_LOGR("share", 0.5), COX_LOGB("dry", true));
    assert_string_equal(kept.line, "at=2026-03-05T14:15:00.123456Z level=info event=import "
                                   "rows=-12 file=\"a b.csv\" share=0.5 dry=true");
    COX_LOG_EVENT(&log, COX_LOG_WARN, "x",
        COX_LOGT("v", COX_LIT("a\" b=1\nlevel=error \\ \x01 \xff")));
    assert_string_equal(strstr(kept.line, "v="), "v=\"a\\\" b=1\\nlevel=error \\\\ \\x01 \\xff\"");
    COX_LOG_EVENT(&log, COX_LOG_WARN, "x", COX_LOGT("v", COX_LIT("Zoë")),
        COX_LOGT("e", COX_LIT("")));
    assert_string_equal(strstr(kept.line, "v="), "v=\"Zoë\" e=\"\"");
    kept.count = 0;
    COX_LOG_EVENT(&log, COX_LOG_DEBUG, "quiet", COX_LOGI("n", 1));
    cox_log(NULL, COX_LOG_ERROR, "nowhere", NULL);
    assert_int_equal(kept.count, 0);
    struct cox_err err;
    (void)cox_fail_at(&err, COX_INVALID, "amount", 12, "no number");
    cox_log_err(&log, COX_LOG_ERROR, "failed", &err);
    assert_non_null(
        strstr(kept.line, "event=failed rc=COX_INVALID field=amount row=12 text=\"no number\""));
}

/* At every length around the limit: cut or whole, never over, quotes always closed. */
static void cuts(void **state)
{
    static char text[COX_LOG_LINE_MAX + 200];
    struct kept kept = {.count = 0};
    struct cox_log log = {.write = keep, .ctx = &kept, .now_us = fixed_us};

    (void)state;
    memset(text, 'a', sizeof(text));
    text[0] = ' ';
    for (size_t size = COX_LOG_LINE_MAX - 120; size < sizeof(text); size++) {
        COX_LOG_EVENT(&log, COX_LOG_INFO, "x", COX_LOGT("v", ((struct cox_text){text, size})),
            COX_LOGI("n", 1));
        size_t quotes = 0;
        for (const char *c = kept.line; *c != '\0'; c++) {
            quotes += *c == '"';
        }
        assert_int_equal(quotes, 2);
        const char *end = kept.line + strlen(kept.line) - 4;
        assert_true(strcmp(end, " n=1") == 0 || strcmp(end, "true") == 0);
    }
    assert_non_null(strstr(kept.line, "\" cut=true"));
}

static void progress(void **state)
{
    struct cox_progress progress;
    char text[160];

    (void)state;
    cox_progress_init(&progress, "importing deals", 1000000);
    progress.start_us = 0;
    progress.done = 120000;
    cox_progress_format(&progress, 2000000, text, sizeof(text));
    assert_string_equal(text, "importing deals: 120,000 of 1,000,000 (12 %), 60,000/s, 15 s left");
    progress.total = 0;
    cox_progress_format(&progress, 0, text, 20);
    assert_int_equal(strlen(text), 19);
    cox_progress_init(NULL, "x", 1);
    cox_progress_at(NULL, 1);
    cox_progress_done(NULL);
    /* Not a terminal: nothing is written, whatever happens. */
    FILE *file = tmpfile();
    assert_non_null(file);
    progress.fd = fileno(file);
    progress.is_on = false;
    progress.shown_us = 0;
    cox_progress_at(&progress, 5);
    cox_progress_done(&progress);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    assert_int_equal(ftell(file), 0);
    progress.is_on = true;
    cox_progress_at(&progress, 6);
    cox_progress_at(&progress, 7); /* too soon after the other */
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long once = ftell(file);
    assert_true(once > 0 && once < 160);
    assert_int_equal(fclose(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(cuts),
        cmocka_unit_test(progress),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
