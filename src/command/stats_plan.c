/* command/stats_plan.c: plans sealed before there are data, and the telling of all their outcomes. */
#include "command/stats_plan.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { PLAN_SIZE_MAX = 64 * 1024 };

enum kind { TEXT, NUMBER, TEXTS };

/* What a plan may say. */
static const struct {
    const char *name;
    enum kind kind;
    bool is_needed;
    double least, most;
} keys[] = {
    {"question", TEXT, true, 0, 0},
    {"design", TEXT, true, 0, 0},
    {"unit", TEXT, true, 0, 0},
    {"outcomes", TEXTS, true, 0, 0},
    {"alpha", NUMBER, true, 1e-6, 0.5},
    {"size", NUMBER, true, 1, 1e12},
    {"effect", NUMBER, true, -1e300, 1e300},
    {"power", NUMBER, false, 0.5, 0.999},
    {"method", TEXT, false, 0, 0},
    {"start", TEXT, false, 0, 0},
    {"share", NUMBER, false, 0.01, 0.99},
    {"tau", NUMBER, false, 1e-4, 1},
    {"seed", NUMBER, false, 0, 9007199254740992.0},
    {"draws", NUMBER, false, 0, 1000000},
    {"note", TEXT, false, 0, 0},
};

/* The designs, and the tests a plan may choose between; the first is the usual one. */
static const struct {
    const char *design, *methods[4];
} designs[] = {
    {"experiment", {"sequential"}},
    {"impact", {"difference", "adjusted", "mixed"}},
    {"rollout", {"groups"}},
};

/* ---- reading and judging a plan ---- */

static enum cox_rc read_json(struct cox_cli *cli, const char *path, json_t **ret_json,
    struct cox_err *reterr)
{
    char *text = COX_NEW_ARRAY(cli->arena, PLAN_SIZE_MAX + 1, char);
    FILE *file = fopen(path, "rbe");
    json_error_t where;
    size_t size;

    if (file == NULL) {
        return cox_fail(reterr, COX_MISSING, "%s cannot be read", path);
    }
    size = text == NULL ? 0 : fread(text, 1, PLAN_SIZE_MAX + 1, file);
    (void)fclose(file); /* it was only read */
    if (text == NULL) {
        return cox_no_memory(reterr);
    }
    if (size > PLAN_SIZE_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "%s is larger than a plan may be", path);
    }
    *ret_json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    if (*ret_json == NULL || !json_is_object(*ret_json)) {
        json_decref(*ret_json);
        return cox_fail_at(reterr, COX_INVALID, "plan", where.line, "%s is not a JSON object: %s",
            path, where.text);
    }
    return COX_OK;
}

static enum cox_rc check_texts(const json_t *list, struct cox_err *reterr)
{
    if (!json_is_array(list) || json_array_size(list) == 0 ||
        json_array_size(list) > STATS_OUTCOMES_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "outcomes", 0,
            "is a list of 1 to %d columns, the one that decides first", STATS_OUTCOMES_MAX);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));

        if (name == NULL || name[0] == '\0') {
            return cox_fail_at(reterr, COX_INVALID, "outcomes", (int64_t)i + 1, "is not a name");
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(name, json_string_value(json_array_get(list, j))) == 0) {
                return cox_fail_at(reterr, COX_INVALID, "outcomes", (int64_t)i + 1,
                    "\"%s\" is there twice", name);
            }
        }
    }
    return COX_OK;
}

static enum cox_rc check_key(const json_t *plan, size_t at, struct cox_err *reterr)
{
    const json_t *value = json_object_get(plan, keys[at].name);
    const char *text = json_string_value(value);

    if (value == NULL) {
        return keys[at].is_needed
                   ? cox_fail_at(reterr, COX_INVALID, keys[at].name, 0, "the plan does not say it")
                   : COX_OK;
    }
    switch (keys[at].kind) {
    case TEXTS:
        return check_texts(value, reterr);
    case NUMBER:
        return json_is_number(value) && json_number_value(value) >= keys[at].least &&
                       json_number_value(value) <= keys[at].most
                   ? COX_OK
                   : cox_fail_at(reterr, COX_INVALID, keys[at].name, 0, "is a number from %g to %g",
                         keys[at].least, keys[at].most);
    case TEXT:
        break;
    }
    return text != NULL && text[0] != '\0'
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, keys[at].name, 0, "is a text");
}

/* The usual method of a design, or NULL: there is no such design. */
static const char *const *methods_of(const char *design)
{
    for (size_t i = 0; i < COX_COUNT(designs); i++) {
        if (strcmp(designs[i].design, design) == 0) {
            return designs[i].methods;
        }
    }
    return NULL;
}

static enum cox_rc check_design(const json_t *plan, struct cox_err *reterr)
{
    const char *design = json_string_value(json_object_get(plan, "design"));
    const char *method = json_string_value(json_object_get(plan, "method"));
    const char *const *methods = methods_of(design);

    if (methods == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "design", 0, "is experiment, impact or rollout");
    }
    for (size_t i = 0; i < COX_COUNT(designs[0].methods) && methods[i] != NULL; i++) {
        if (method == NULL || strcmp(methods[i], method) == 0) {
            return COX_OK;
        }
    }
    return cox_fail_at(reterr, COX_INVALID, "method", 0,
        "\"%.40s\" is no method of %s; the usual one is %s", method, design, methods[0]);
}

static enum cox_rc check_plan(const json_t *plan, struct cox_err *reterr)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)plan, name, value)
    {
        size_t at = 0;

        while (at < COX_COUNT(keys) && strcmp(keys[at].name, name) != 0) {
            at++;
        }
        if (at == COX_COUNT(keys)) {
            return cox_fail_at(reterr, COX_INVALID, name, 0,
                "a plan says no such thing (coxswain help stats)");
        }
    }
    for (size_t i = 0; i < COX_COUNT(keys); i++) {
        COX_TRY(check_key(plan, i, reterr));
    }
    return check_design(plan, reterr);
}

/* Of the plan with sorted names and without blanks, so that how it is laid out does not matter. */
static enum cox_rc digest_of(const json_t *plan, char ret_digest[STATS_DIGEST_SIZE],
    struct cox_err *reterr)
{
    char *text = json_dumps(plan, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENSURE_ASCII);
    unsigned char hash[crypto_hash_sha256_BYTES];
    static const char prefix[] = "sha256:";

    if (text == NULL) {
        return cox_no_memory(reterr);
    }
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    free(text);
    memcpy(ret_digest, prefix, sizeof(prefix) - 1);
    (void)sodium_bin2hex(ret_digest + sizeof(prefix) - 1, 2 * sizeof(hash) + 1, hash, sizeof(hash));
    return COX_OK;
}

/* ---- sealing ---- */

static enum cox_rc write_sealed(struct cox_cli *cli, const json_t *sealed, const char *digest,
    struct cox_err *reterr)
{
    const char *path = cox_cli_value(cli, "out");
    FILE *out = path == NULL ? cli->out : fopen(path, "wxe");
    bool is_written;

    if (out == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "out", 0,
            "%s cannot be made, or is there already: a sealed plan is not overwritten", path);
    }
    is_written =
        json_dumpf(sealed, out, JSON_SORT_KEYS | JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;
    if (path != NULL) {
        is_written = fclose(out) == 0 && is_written;
        fprintf(cli->out, "%s\n", digest);
    }
    return is_written ? COX_OK : cox_fail(reterr, COX_IO, "the sealed plan cannot be written");
}

enum cox_rc stats_run_seal(struct cox_cli *cli, struct cox_err *reterr)
{
    char digest[STATS_DIGEST_SIZE];
    json_t *plan, *sealed;
    enum cox_rc rc;

    COX_TRY(read_json(cli, cli->args[0], &plan, reterr));
    rc = check_plan(plan, reterr);
    if (rc == COX_OK) {
        rc = digest_of(plan, digest, reterr);
    }
    if (rc == COX_OK) {
        sealed = json_pack("{s:O,s:s}", "plan", plan, "digest", digest);
        rc = sealed == NULL ? cox_no_memory(reterr) : write_sealed(cli, sealed, digest, reterr);
        json_decref(sealed);
    }
    json_decref(plan);
    return rc;
}

/* ---- reading by a sealed plan ---- */

static void drop_json(void *json)
{
    json_decref(json);
}

static enum cox_rc open_seal(struct cox_cli *cli, const char *path, struct stats_plan *plan,
    struct cox_err *reterr)
{
    json_t *sealed;
    const char *digest;

    COX_TRY(read_json(cli, path, &sealed, reterr));
    COX_TRY(cox_arena_defer(cli->arena, drop_json, sealed));
    digest = json_string_value(json_object_get(sealed, "digest"));
    plan->body = json_object_get(sealed, "plan");
    if (!json_is_object(plan->body) || digest == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "plan", 0,
            "%s is not sealed: coxswain stats seal does that, before there are data", path);
    }
    COX_TRY(check_plan(plan->body, reterr));
    COX_TRY(digest_of(plan->body, plan->digest, reterr));
    if (strcmp(plan->digest, digest) != 0) {
        return cox_fail_at(reterr, COX_CORRUPT, "plan", 0,
            "this is not the plan that was sealed: its digest is %s, sealed as %.80s", plan->digest,
            digest);
    }
    return COX_OK;
}

enum cox_rc stats_plan_load(struct cox_cli *cli, const char *design, const char *usual_outcome,
    struct stats_plan *ret_plan, struct cox_err *reterr)
{
    const char *path = cox_cli_value(cli, "plan");
    const json_t *list;

    *ret_plan = (struct stats_plan){.outcomes = {usual_outcome},
        .outcome_count = 1,
        .method = methods_of(design)[0]};
    if (path == NULL) {
        return COX_OK;
    }
    COX_TRY(open_seal(cli, path, ret_plan, reterr));
    if (strcmp(json_string_value(json_object_get(ret_plan->body, "design")), design) != 0) {
        return cox_fail_at(reterr, COX_INVALID, "design", 0,
            "the sealed plan is of another design");
    }
    ret_plan->is_sealed = true;
    ret_plan->question = json_string_value(json_object_get(ret_plan->body, "question"));
    ret_plan->unit = json_string_value(json_object_get(ret_plan->body, "unit"));
    if (json_object_get(ret_plan->body, "method") != NULL) {
        ret_plan->method = json_string_value(json_object_get(ret_plan->body, "method"));
    }
    list = json_object_get(ret_plan->body, "outcomes");
    ret_plan->outcome_count = json_array_size(list);
    for (size_t i = 0; i < ret_plan->outcome_count; i++) {
        ret_plan->outcomes[i] = json_string_value(json_array_get(list, i));
    }
    return COX_OK;
}

static enum cox_rc against_plan(const char *name, struct cox_err *reterr)
{
    return cox_fail_at(reterr, COX_INVALID, name, 0,
        "the sealed plan settles this; read it as planned, or without the plan");
}

enum cox_rc stats_plan_number(const struct cox_cli *cli, const struct stats_plan *plan,
    const char *name, double least, double most, double otherwise, double *ret_value,
    struct cox_err *reterr)
{
    const json_t *planned = json_object_get(plan->body, name);

    COX_TRY(stats_option(cli, name, least, most, otherwise, ret_value, reterr));
    if (plan->is_sealed && cox_cli_has(cli, name) &&
        (planned == NULL || json_number_value(planned) != *ret_value)) {
        return against_plan(name, reterr);
    }
    if (planned != NULL) {
        *ret_value = json_number_value(planned);
    }
    return COX_OK;
}

enum cox_rc stats_plan_text(const struct cox_cli *cli, const struct stats_plan *plan,
    const char *name, const char **ret_text, struct cox_err *reterr)
{
    const char *planned = json_string_value(json_object_get(plan->body, name));

    *ret_text = cox_cli_value(cli, name);
    if (plan->is_sealed && *ret_text != NULL &&
        (planned == NULL || strcmp(planned, *ret_text) != 0)) {
        return against_plan(name, reterr);
    }
    if (planned != NULL) {
        *ret_text = planned;
    }
    return COX_OK;
}

/* ---- reading and telling all outcomes ---- */

enum cox_rc stats_plan_read(struct cox_cli *cli, const struct stats_plan *plan,
    const struct stats_table *table, stats_outcome_fn read, void *ctx,
    struct stats_outcome ret_outcomes[STATS_OUTCOMES_MAX], struct cox_err *reterr)
{
    for (size_t i = 0; i < plan->outcome_count; i++) {
        ret_outcomes[i] = (struct stats_outcome){
            .is_there = !plan->is_sealed || stats_has(table, plan->outcomes[i])};
        if (ret_outcomes[i].is_there) {
            COX_TRY(read(cli, ctx, plan->outcomes[i], &ret_outcomes[i], reterr));
        }
    }
    return COX_OK;
}

void stats_holm(const double *p_value, size_t count, double *ret_adjusted)
{
    double least = 0; /* adjusted values rise with the plain ones */
    bool is_done[STATS_OUTCOMES_MAX] = {false};

    for (size_t step = 0; step < count; step++) {
        size_t next = count;

        for (size_t i = 0; i < count; i++) {
            if (!is_done[i] && !isnan(p_value[i]) &&
                (next == count || p_value[i] < p_value[next])) {
                next = i;
            }
        }
        if (next == count) {
            break;
        }
        is_done[next] = true;
        least = fmax(least, fmin(1, p_value[next] * (double)(count - step)));
        ret_adjusted[next] = least;
    }
    for (size_t i = 0; i < count; i++) {
        ret_adjusted[i] = is_done[i] ? ret_adjusted[i] : (double)NAN;
    }
}

static void put_plan(struct cox_json *json, const struct stats_plan *plan)
{
    static const char *const numbers[] = {"alpha", "size", "effect"};

    cox_json_key(json, "plan");
    cox_json_begin_object(json);
    cox_json_put_string(json, "digest", plan->digest);
    cox_json_put_string(json, "question", plan->question);
    cox_json_put_string(json, "unit", plan->unit);
    cox_json_put_string(json, "method", plan->method);
    for (size_t i = 0; i < COX_COUNT(numbers); i++) {
        cox_json_put_real(json, numbers[i],
            json_number_value(json_object_get(plan->body, numbers[i])));
    }
    cox_json_end_object(json);
}

static enum cox_rc put_outcomes(struct cox_cli *cli, const struct stats_plan *plan,
    const struct stats_outcome *outcomes, const double *adjusted, const struct stats_teller *teller,
    struct cox_err *reterr)
{
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    put_plan(&json, plan);
    cox_json_key(&json, "outcomes");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < plan->outcome_count; i++) {
        cox_json_begin_object(&json);
        cox_json_put_string(&json, "outcome", plan->outcomes[i]);
        cox_json_put_bool(&json, "decides", i == 0);
        cox_json_put_bool(&json, "is_in_the_data", outcomes[i].is_there);
        cox_json_put_real(&json, "p", outcomes[i].p_value);
        cox_json_put_real(&json, "p_holm", adjusted[i]);
        cox_json_key(&json, "result");
        if (outcomes[i].is_there) {
            cox_json_begin_object(&json);
            teller->put(&json, teller->ctx, outcomes[i].result);
            cox_json_end_object(&json);
        } else {
            cox_json_null(&json);
        }
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

static void print_outcomes(struct cox_cli *cli, const struct stats_plan *plan,
    const struct stats_outcome *outcomes, const double *adjusted, const struct stats_teller *teller)
{
    fprintf(cli->out, "plan %s\n%s\n", plan->digest, plan->question);
    fprintf(cli->out, "planned: size %g (%s), to find an effect of %g\n",
        json_number_value(json_object_get(plan->body, "size")), plan->unit,
        json_number_value(json_object_get(plan->body, "effect")));
    for (size_t i = 0; i < plan->outcome_count; i++) {
        fprintf(cli->out, "\noutcome %zu of %zu, %s%s: ", i + 1, plan->outcome_count,
            plan->outcomes[i], i == 0 ? " (decides)" : "");
        if (!outcomes[i].is_there) {
            fprintf(cli->out, "not in the data\n");
            continue;
        }
        fprintf(cli->out, "p %.3g, %.3g allowing for all outcomes\n", outcomes[i].p_value,
            adjusted[i]);
        teller->print(cli, teller->ctx, outcomes[i].result);
    }
}

enum cox_rc stats_plan_tell(struct cox_cli *cli, const struct stats_plan *plan,
    const struct stats_outcome *outcomes, const struct stats_teller *teller, struct cox_err *reterr)
{
    double p_value[STATS_OUTCOMES_MAX], adjusted[STATS_OUTCOMES_MAX];
    struct cox_json json;

    for (size_t i = 0; i < plan->outcome_count; i++) {
        p_value[i] = outcomes[i].is_there ? outcomes[i].p_value : (double)NAN;
    }
    stats_holm(p_value, plan->outcome_count, adjusted);
    if (plan->is_sealed && cli->is_json) {
        return put_outcomes(cli, plan, outcomes, adjusted, teller, reterr);
    }
    if (plan->is_sealed) {
        print_outcomes(cli, plan, outcomes, adjusted, teller);
        return COX_OK;
    }
    if (!cli->is_json) {
        teller->print(cli, teller->ctx, outcomes[0].result);
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    teller->put(&json, teller->ctx, outcomes[0].result);
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}
