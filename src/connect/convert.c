/* connect/convert.c: reading values as people and vendors write them. */
#include "connect/convert.h"

#include <math.h>

/* ---- no value ---- */

static bool is_one_of(struct cox_text text, const char *words)
{
    struct cox_text rest = cox_text_of(words);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        if (cox_text_same_ascii(text, one)) {
            return true;
        }
    }
    return false;
}

bool cox_is_no_value(struct cox_text text, enum cox_type type)
{
    text = cox_text_trim(text);
    if (text.size == 0 || is_one_of(text, "#N/A|NULL|\\N|(null)|(blank)")) {
        return true;
    }
    return type != COX_TEXT && is_one_of(text, "n/a|na|none|nan|-|--|-None-|unknown");
}

/* ---- yes and no ---- */

int cox_bool_of(struct cox_text text)
{
    text = cox_text_trim(text);
    if (is_one_of(text, "true|yes|y|1|t|on|x|1.0|active|checked")) {
        return 1;
    }
    return is_one_of(text, "false|no|n|0|f|off|0.0|inactive|unchecked|disabled|deleted") ? 0 : -1;
}

int cox_won_of(struct cox_text text)
{
    text = cox_text_trim(text);
    if (is_one_of(text, "won|win|closed won")) {
        return 1;
    }
    return is_one_of(text, "lost|loss|closed lost") ? 0 : cox_bool_of(text);
}

/* ---- choices ---- */

static bool names_choice(struct cox_arena *arena, const char *names, struct cox_text key)
{
    struct cox_text rest = cox_text_of(names);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        if (cox_text_same(cox_text_key(arena, one), key)) {
            return true;
        }
    }
    return false;
}

int64_t cox_choice_find(struct cox_arena *arena, const struct cox_choice *choices,
    struct cox_text text)
{
    struct cox_text key = cox_text_key(arena, text);
    struct cox_mark mark = cox_arena_mark(arena);
    int64_t found = -1;

    for (int64_t i = 0; key.size > 0 && choices[i].name != NULL && found < 0; i++) {
        if (names_choice(arena, choices[i].name, key) ||
            names_choice(arena, choices[i].label, key) ||
            names_choice(arena, choices[i].alias, key)) {
            found = i;
        }
    }
    cox_arena_rewind(arena, mark);
    return found;
}

/* ---- days and instants ---- */

static struct cox_date_opt date_opt(const struct cox_column *column)
{
    return (struct cox_date_opt){
        .order = column->order == COX_DATE_NONE ? COX_DATE_YMD : column->order};
}

enum cox_rc cox_convert_instant(const struct cox_convert *convert, const struct cox_column *column,
    struct cox_text text, int64_t *ret_us, struct cox_err *reterr)
{
    struct cox_date_opt opt = date_opt(column);

    return cox_instant_parse(text, &opt, convert->zone, ret_us, reterr);
}

/*
 * A day. A clock time with a zone is an instant: its day is that in the company's zone, but midnight
 * UTC is how date properties are written and means the day itself.
 */
/* to_day is the first day after, everywhere here; other programs' files tell the last day. */
static bool is_last_day(const struct cox_column *column, const struct cox_field *field)
{
    return strcmp(field->name, "to_day") == 0 &&
           !cox_text_same(cox_text_trim(column->header), COX_LIT("to_day"));
}

static enum cox_rc convert_day(const struct cox_convert *convert, const struct cox_column *column,
    const struct cox_field *field, struct cox_text text, struct cox_value *ret_value,
    struct cox_err *reterr)
{
    struct cox_date_opt opt = date_opt(column);
    struct cox_stamp stamp;
    int64_t us;

    COX_TRY(cox_stamp_parse(text, &opt, &stamp, reterr));
    if (stamp.has_zone && stamp.has_time && (stamp.time_us != 0 || stamp.east_s != 0)) {
        COX_TRY(cox_instant_parse(text, &opt, convert->zone, &us, reterr));
        stamp.day = cox_zone_day(convert->zone, us);
    }
    *ret_value = cox_int(stamp.day + is_last_day(column, field));
    return COX_OK;
}

/* ---- numbers ---- */

static enum cox_rc scaled(int64_t scale, struct cox_decimal *decimal, struct cox_err *reterr)
{
    int64_t left = scale;

    /* Moving the point first keeps the digits small. */
    for (; left > 1 && left % 10 == 0 && decimal->scale > 0; left /= 10) {
        decimal->scale--;
    }
    return cox_num_mul(decimal->digits, left, &decimal->digits)
               ? COX_OK
               : cox_fail(reterr, COX_INVALID, "the number is too large");
}

/* How many of ours one of the file's is: our own exports, by the field's name, say it as we do. */
static int64_t per_unit(const struct cox_column *column, const struct cox_field *field)
{
    return field->per_unit == 0 || cox_text_same_ascii(column->header, cox_text_of(field->name))
               ? 1
               : field->per_unit;
}

static enum cox_rc convert_int(const struct cox_column *column, const struct cox_field *field,
    struct cox_text text, struct cox_value *ret_value, struct cox_err *reterr)
{
    int64_t value, units = per_unit(column, field);
    struct cox_number number;
    bool is_share = units == 100; /* of a hundred: "60 %" is what it says */

    COX_TRY(cox_num_parse(text, column->point, &number, reterr));
    COX_TRY(scaled(column->scale, &number.value, reterr));
    COX_TRY(scaled(units, &number.value, reterr));
    while (units > 1 && number.value.scale > 0 && number.value.digits % 10 == 0) {
        number.value.digits /= 10;
        number.value.scale--;
    }
    if (number.value.scale > 0 || (number.percent && !is_share)) {
        return cox_fail(reterr, COX_INVALID, "\"%.*s\" is not a whole number", (int)text.size,
            text.ptr);
    }
    if (!cox_decimal_rescale(number.value, 0, &value)) {
        return cox_fail(reterr, COX_INVALID, "the number is too large");
    }
    *ret_value = cox_int(value);
    return COX_OK;
}

static enum cox_rc convert_real(const struct cox_column *column, struct cox_text text,
    struct cox_value *ret_value, struct cox_err *reterr)
{
    double value;

    COX_TRY(cox_num_parse_real(text, column->point, &value, reterr));
    *ret_value = cox_real(value * (double)column->scale);
    return COX_OK;
}

enum cox_rc cox_convert_chance(const struct cox_column *column, struct cox_text text,
    double *ret_chance, struct cox_err *reterr)
{
    struct cox_number number;
    double chance;

    COX_TRY(cox_num_parse(text, column->point, &number, reterr));
    chance = cox_decimal_double(number.value);
    /* Vendors write 0.2 or 20; 1 is taken for certain, as nobody writes one per cent so. */
    *ret_chance = chance > 1 || number.percent ? chance / 100 : chance;
    if (!(*ret_chance >= 0) || *ret_chance > 1) {
        return cox_fail(reterr, COX_INVALID, "a probability is between 0 and 100 %%");
    }
    return COX_OK;
}

/* The currency a sign alone stands for where nothing else is known. */
static struct cox_text sign_currency(struct cox_text unit)
{
    static const struct {
        const char *sign, *code;
    } signs[] = {{"$", "USD"}, {"US$", "USD"}, {"\xe2\x82\xac", "EUR"}, {"\xc2\xa3", "GBP"},
        {"\xc2\xa5", "JPY"}, {"\xe2\x82\xb9", "INR"}};

    for (size_t i = 0; i < COX_COUNT(signs); i++) {
        if (cox_text_same(unit, cox_text_of(signs[i].sign))) {
            return cox_text_of(signs[i].code);
        }
    }
    return unit;
}

static enum cox_rc convert_money(struct cox_convert *convert, const struct cox_column *column,
    struct cox_text text, struct cox_value *ret_value, struct cox_err *reterr)
{
    const struct cox_iso_currency *currency = cox_iso_currency_find(convert->currency);
    struct cox_number number;
    struct cox_err conflict;
    int64_t minor;

    COX_TRY(cox_num_parse(text, column->point, &number, reterr));
    if (number.unit.size > 0 && column->scale == 1) {
        if (cox_money_parse(text, column->point, currency, &minor, &currency, &conflict) !=
            COX_OK) {
            currency = cox_iso_currency_find(sign_currency(number.unit));
            if (currency == NULL) {
                return cox_fail(reterr, COX_INVALID, "\"%.*s\" is no known currency",
                    (int)number.unit.size, number.unit.ptr);
            }
            convert->currency = cox_text_of(currency->code);
        }
    }
    if (number.percent) {
        return cox_fail(reterr, COX_INVALID, "\"%.*s\" is a share, not an amount", (int)text.size,
            text.ptr);
    }
    if (currency == NULL) {
        currency =
            cox_iso_currency_find(COX_LIT("USD")); /* digits only; the row says no currency */
    }
    COX_TRY(scaled(column->scale, &number.value, reterr));
    COX_TRY(cox_money_of(number.value, currency, &minor, reterr));
    *ret_value = cox_int(minor);
    return COX_OK;
}

/* ---- one value ---- */

static enum cox_rc convert_text(struct cox_convert *convert, struct cox_text text,
    struct cox_value *ret_value, struct cox_err *reterr)
{
    text = cox_arena_text(convert->arena, text);
    *ret_value = cox_text_value(text);
    return text.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc convert_choice(struct cox_convert *convert, const struct cox_field *field,
    struct cox_text text, struct cox_value *ret_value, struct cox_err *reterr)
{
    int64_t choice = cox_choice_find(convert->arena, field->choices, text);

    if (choice < 0) {
        return cox_fail(reterr, COX_INVALID, "\"%.*s\" is none of the choices", (int)text.size,
            text.ptr);
    }
    *ret_value = cox_int(choice);
    return COX_OK;
}

/* How long, as a clock shows it: "01:30:00" in hours, "02:30" in minutes. In minutes, rounded. */
static bool read_clock(struct cox_text text, int64_t *ret_minutes)
{
    int64_t parts[3] = {0}, seconds;
    size_t count = 0;

    if (memchr(text.ptr, ':', text.size) == NULL) {
        return false;
    }
    while (text.ptr != NULL) {
        if (count == COX_COUNT(parts) ||
            !cox_num_parse_plain(cox_text_split(&text, ':'), &parts[count]) || parts[count] < 0 ||
            parts[count] > 100000) {
            return false;
        }
        count++;
    }
    seconds = count == 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : parts[0] * 60 + parts[1];
    *ret_minutes = (seconds + 30) / 60;
    return true;
}

enum cox_rc cox_convert_value(struct cox_convert *convert, const struct cox_column *column,
    const struct cox_field *field, struct cox_text text, struct cox_value *ret_value,
    struct cox_err *reterr)
{
    int64_t us;
    int yes;

    text = cox_text_trim(text);
    if (cox_is_no_value(text, field->type)) {
        *ret_value = cox_null();
        return COX_OK;
    }
    switch (field->type) {
    case COX_TEXT:
        return convert_text(convert, text, ret_value, reterr);
    case COX_INT:
        if (cox_text_ends(cox_text_of(field->name), COX_LIT("_min")) && read_clock(text, &us)) {
            *ret_value = cox_int(us);
            return COX_OK;
        }
        return convert_int(column, field, text, ret_value, reterr);
    case COX_REAL:
        return convert_real(column, text, ret_value, reterr);
    case COX_MONEY:
        return convert_money(convert, column, text, ret_value, reterr);
    case COX_DATE:
        return convert_day(convert, column, field, text, ret_value, reterr);
    case COX_CHOICE:
        return convert_choice(convert, field, text, ret_value, reterr);
    case COX_INSTANT:
        COX_TRY(cox_convert_instant(convert, column, text, &us, reterr));
        *ret_value = cox_int(us);
        return COX_OK;
    case COX_BOOL:
        yes = cox_bool_of(text);
        if (yes < 0) {
            return cox_fail(reterr, COX_INVALID, "\"%.*s\" is neither yes nor no", (int)text.size,
                text.ptr);
        }
        *ret_value = cox_int(yes);
        return COX_OK;
    case COX_REF:
    case COX_BYTES:
    case COX_TYPE_COUNT:
    default:
        return cox_fail(reterr, COX_UNSUPPORTED, "this field is not read from files");
    }
}

/* ---- ids ---- */

/* Source of the rule: Salesforce's public description of the case-safe suffix; 0014W000027f6V3 -> QAI. */
struct cox_text cox_salesforce_id(struct cox_arena *arena, struct cox_text id)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    char *full;

    if (id.size != 15) {
        return id;
    }
    for (size_t i = 0; i < 15; i++) {
        char c = id.ptr[i];

        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
            return id;
        }
    }
    full = cox_arena_alloc(arena, 19);
    if (full == NULL) {
        return (struct cox_text){0};
    }
    memcpy(full, id.ptr, 15);
    for (size_t group = 0; group < 3; group++) {
        unsigned bits = 0;

        for (size_t i = 0; i < 5; i++) {
            char c = id.ptr[group * 5 + i];

            bits |= (unsigned)(c >= 'A' && c <= 'Z') << i;
        }
        full[15 + group] = letters[bits];
    }
    return (struct cox_text){full, 18};
}

struct cox_text cox_external_id(struct cox_arena *arena, int source, struct cox_text id)
{
    size_t dot;

    id = cox_text_trim(id);
    if (source == COX_SALESFORCE) {
        return cox_salesforce_id(arena, id);
    }
    if (source == COX_ZOHO && cox_text_starts(id, COX_LIT("zcrm_"))) {
        id.ptr += 5;
        id.size -= 5;
    }
    /* Whole numbers that went through a spreadsheet. */
    dot = id.size > 2 ? id.size - 2 : 0;
    if (dot > 0 && memcmp(id.ptr + dot, ".0", 2) == 0) {
        size_t i = 0;

        while (i < dot && id.ptr[i] >= '0' && id.ptr[i] <= '9') {
            i++;
        }
        id.size = i == dot ? dot : id.size;
    }
    return id;
}
