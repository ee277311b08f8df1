/* connect/trailer.c: telling sums and closing lines from records. */
#include "connect/trailer.h"

#include <ctype.h>

/* Beginnings of lines that stand alone below a table. */
static const char *const closing[] = {"Grand Totals (", "Grand Total (", "Grand Totals", "Total (",
    "Total Records", "Confidential Information", "Copyright", "\xc2\xa9", "Gesamtsumme",
    "Gesamtergebnis", "Vertrauliche Informationen", "Totaux", "Total g\xc3\xa9n\xc3\xa9ral",
    "Informations confidentielles", "Totales generales", "Total general",
    "Informaci\xc3\xb3n confidencial", "Totali complessivi", "Totale complessivo",
    "Informazioni riservate", "Totais gerais", "Total geral",
    "Informa\xc3\xa7\xc3\xb5"
    "es confidenciais",
    "Eindtotaal", "Eindtotalen", "Vertrouwelijke informatie"};

static const char *const totals[] = {"Grand Totals", "Grand Total", "Totals", "Total",
    "Gesamtsumme", "Gesamtergebnis", "Gesamt", "Summe", "Total g\xc3\xa9n\xc3\xa9ral", "Totaux",
    "Total general", "Totales", "Totale complessivo", "Totale", "Total geral", "Totais",
    "Eindtotaal", "Totaal"};

static const char *const subtotals[] = {"Subtotals", "Subtotal", "Sub-total", "Sub Total",
    "Zwischensumme", "Teilsumme", "Teilergebnis", "Sous-total", "Subtotale", "Subtotaal"};

static bool starts(struct cox_text text, const char *with)
{
    size_t size = strlen(with);

    return text.size >= size && strncasecmp(text.ptr, with, size) == 0;
}

/* Is it one of the words, alone or with a number, a bracket or a colon behind it? */
static bool is_word(struct cox_text text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = strlen(words[i]);

        if (!starts(text, words[i])) {
            continue;
        }
        while (at < text.size && text.ptr[at] == ' ') {
            at++;
        }
        if (at == text.size || text.ptr[at] == '(' || text.ptr[at] == ':') {
            return true;
        }
    }
    return false;
}

/* A number as reports write it: digits, marks, a sign or code of a currency, a per cent sign. */
static bool is_number(struct cox_text text)
{
    size_t digits = 0, letters = 0;

    for (size_t i = 0; i < text.size; i++) {
        digits += isdigit((unsigned char)text.ptr[i]) != 0;
        letters += isalpha((unsigned char)text.ptr[i]) != 0;
    }
    return digits > 0 && letters <= 3;
}

static bool is_closing(struct cox_text text)
{
    for (size_t i = 0; i < COX_COUNT(closing); i++) {
        if (starts(text, closing[i])) {
            return true;
        }
    }
    return false;
}

enum cox_line cox_line_of(const struct cox_csv_row *row, size_t *ret_at)
{
    size_t at = row->field_count, beside = 0;
    bool is_sum;

    for (size_t i = 0; i < row->field_count; i++) {
        struct cox_text cell = cox_text_trim(row->fields[i]);

        if (cell.size > 0 && at == row->field_count) {
            at = i;
        } else if (cell.size > 0) {
            beside++;
            if (!is_number(cell)) {
                return COX_LINE_RECORD;
            }
        }
    }
    if (at == row->field_count) {
        return COX_LINE_EMPTY;
    }
    *ret_at = at;
    if (beside == 0 && at == 0 && is_closing(cox_text_trim(row->fields[0]))) {
        return COX_LINE_TRAILER;
    }
    is_sum = row->field_count > 2; /* of two columns the one may well be called Total */
    if (is_sum && is_word(cox_text_trim(row->fields[at]), subtotals, COX_COUNT(subtotals))) {
        return COX_LINE_SUBTOTAL;
    }
    return is_sum && is_word(cox_text_trim(row->fields[at]), totals, COX_COUNT(totals))
               ? COX_LINE_TOTAL
               : COX_LINE_RECORD;
}
