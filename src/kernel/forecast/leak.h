/*
 * kernel/forecast/leak.h: is a field known too late to be used? A field whose value was changed at or
 * after the close of a deal is refused: it may have been filled in from the outcome. A field that
 * alone tells the outcome almost surely is suspect, whatever its history says.
 */
#ifndef COX_KERNEL_FORECAST_LEAK_H
#define COX_KERNEL_FORECAST_LEAK_H

#include <stddef.h>
#include <stdint.h>

#define COX_LEAK_AUC 0.95

enum cox_leak_verdict {
    COX_LEAK_NONE,
    COX_LEAK_CONSTANT, /* one level only: tells nothing */
    COX_LEAK_SUSPECT,  /* alone above COX_LEAK_AUC */
    COX_LEAK_CHANGED,  /* changed at or after close on more than one deal in fifty */
    COX_LEAK_VERDICT_COUNT,
};
const char *cox_leak_reason(enum cox_leak_verdict verdict);

struct cox_leak {
    enum cox_leak_verdict verdict;
    double auc; /* of the field alone, on rows its levels' rates did not come from; 0.5 .. 1 */
    size_t changed_count; /* deals on which it changed at or after close */
};

/*
 * code[i] < level_count <= 256; changed_us[i] is the instant of the last change of the field on deal i
 * (INT64_MIN: never), closed_us[i] that of its close; both NULL where no history is known. Odd rows
 * are scored with the even rows' rates and the reverse. O(n).
 */
struct cox_leak cox_leak_check(const unsigned char *code, size_t level_count,
    const unsigned char *won, size_t count, const int64_t *changed_us, const int64_t *closed_us);

/* Chance that a won deal scores above a lost one, ties half; NaN with one class. scratch: 2 count. */
double cox_auc(const double *score, const unsigned char *won, size_t count, uint32_t *scratch);

#endif
