/* sales/brief_cell.c: a cell of a brief as text for people. */
#include <stdio.h>

#include "base/money.h"
#include "sales/brief.h"

static void group(int64_t number, char ret_text[COX_BRIEF_CELL_SIZE])
{
    char digits[32];
    int size = snprintf(digits, sizeof(digits), "%lld", (long long)(number < 0 ? -number : number));
    size_t at = 0;

    if (number < 0) {
        ret_text[at++] = '-';
    }
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0) {
            ret_text[at++] = ',';
        }
        ret_text[at++] = digits[i];
    }
    ret_text[at] = '\0';
}

/* Whole units: a brief is read, not booked. */
static int64_t whole_units(const struct cox_brief *brief, int64_t minor)
{
    const struct cox_iso_currency *currency = cox_iso_currency_find(brief->currency);
    int64_t unit = 1, whole;

    for (int i = 0; currency != NULL && i < currency->digits; i++) {
        unit *= 10;
    }
    return cox_num_mul_div(minor, 1, unit, &whole) ? whole : minor;
}

/* The cell's text: its own, or written into room. */
struct cox_text cox_brief_cell(const struct cox_brief *brief, enum cox_brief_kind kind,
    const struct cox_value *value, char room[COX_BRIEF_CELL_SIZE])
{
    if (value->kind == COX_VALUE_NULL) {
        return kind == COX_BRIEF_TEXT ? COX_LIT("") : COX_LIT("-");
    }
    switch (kind) {
    case COX_BRIEF_TEXT:
    case COX_BRIEF_KEY:
        return value->text;
    case COX_BRIEF_COUNT:
    case COX_BRIEF_DAYS:
    case COX_BRIEF_ID:
        group(value->number, room);
        break;
    case COX_BRIEF_MONEY:
        group(whole_units(brief, value->number), room);
        break;
    case COX_BRIEF_SHARE:
        (void)snprintf(room, COX_BRIEF_CELL_SIZE, "%.0f %%", 100 * value->real);
        break;
    case COX_BRIEF_RATIO:
        (void)snprintf(room, COX_BRIEF_CELL_SIZE, "%.1fx", value->real);
        break;
    case COX_BRIEF_DAY:
        cox_day_format(value->number, room);
        break;
    }
    return cox_text_of(room);
}
