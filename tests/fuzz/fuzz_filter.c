/*
 * tests/fuzz/fuzz_filter.c: any bytes as a filter and as an order. What is accepted stays within its
 * limits and names only fields that may be named; what is refused says why.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "record/filter.h"

enum { MEMORY = 32 << 20 };

static const struct cox_choice kinds[] = {{"short", "Short", NULL}, {"long", "Long", NULL}, {0}};

static const struct cox_entity visit;

static const struct cox_field fields[] = {
    {"title", .type = COX_TEXT, .flags = COX_SORTED},
    {"owner", .type = COX_REF, .ref = &visit},
    {"house", .type = COX_REF, .ref = &visit},
    {"day", .type = COX_DATE},
    {"seen_at", .type = COX_INSTANT},
    {"cost", .type = COX_INT},
    {"paid", .type = COX_BOOL},
    {"rating", .type = COX_REAL},
    {"kind", .type = COX_CHOICE, .choices = kinds},
    {"secret", .type = COX_TEXT, .flags = COX_PRIVATE},
    {"old", .type = COX_TEXT, .flags = COX_RETIRED},
    {"photo", .type = COX_BYTES},
};

static const struct cox_entity visit = {
    .name = "visit",
    .plural = "visits",
    .label = "visit",
    .label_plural = "visits",
    .number = 1,
    .fields = fields,
    .field_count = COX_COUNT(fields),
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
};

static void check(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the parser allows */
static unsigned check_node(const struct cox_filter *node, unsigned depth)
{
    unsigned count = node->kind == COX_FILTER_TERM ? 1 : 0;

    check(depth <= COX_FILTER_DEPTH_MAX + 1, "too deep");
    check((node->kind == COX_FILTER_TERM) == (node->part_count == 0), "a group without parts");
    for (uint32_t i = 0; i < node->part_count; i++) {
        count += check_node(node->parts[i], depth + 1);
    }
    if (node->kind != COX_FILTER_TERM) {
        return count;
    }
    check(node->op < COX_OP_COUNT, "no such operator");
    check(node->value_count <= COX_FILTER_VALUES_MAX, "too many values");
    check((node->op == COX_OP_NULL || node->op == COX_OP_NOT_NULL) == (node->value_count == 0),
        "values do not fit the operator");
    if (node->field != COX_NO_FIELD) {
        check(node->field < COX_COUNT(fields) && cox_scope_may_name(&fields[node->field]),
            "a field that may not be named");
    }
    for (uint32_t i = 0; i < node->value_count; i++) {
        check(node->values[i].kind != COX_VALUE_NULL, "a comparison with no value");
        check(node->values[i].kind != COX_VALUE_TEXT || cox_text_is_utf8(node->values[i].text),
            "a text that is not UTF-8");
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cox_entity *const entities[] = {&visit, NULL};
    const struct cox_text text = {(const char *)data, size};
    struct cox_registry *registry = NULL;
    struct cox_err err = {0};
    struct cox_order order[COX_ORDER_MAX];
    const struct cox_filter *filter = NULL;
    size_t count = 0;

    check(cox_registry_open(entities, &registry, &err) == COX_OK, err.text);
    struct cox_call call = {.registry = registry,
        .actor = {.user_id = 7},
        .zone = cox_zone_utc(),
        .is_now = true,
        .arena = cox_arena_open(MEMORY)};
    check(call.arena != NULL, "no memory");
    if (cox_filter_parse(&call, &visit, text, &filter, &err) != COX_OK) {
        check(err.rc != COX_OK && err.text[0] != '\0', "refused without a word");
        check(filter == NULL, "a result in spite of a refusal");
    } else if (filter != NULL) {
        check(check_node(filter, 0) <= COX_FILTER_TERMS_MAX, "too many terms");
    }
    if (cox_order_parse(&call, &visit, text, order, &count, &err) == COX_OK) {
        check(count <= COX_ORDER_MAX, "too many keys");
    }
    cox_arena_close(call.arena);
    cox_registry_close(registry);
    return 0;
}
