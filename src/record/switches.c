/* record/switches.c: features that the company has switched off. */
#include "record/switches.h"

#include "record/store.h"

enum { OFF_MAX = 16 * 1024 };

/* Names with one blank after each. */
static bool has_name(struct cox_text names, struct cox_text name)
{
    while (names.ptr != NULL) {
        if (cox_text_same(cox_text_split(&names, ' '), name)) {
            return true;
        }
    }
    return false;
}

static enum cox_rc put_names(struct cox_call *call, const char *key, struct cox_buf *names,
    struct cox_err *reterr)
{
    enum cox_rc rc = names->failed ? cox_fail(reterr, COX_TOO_LARGE, "too many features")
                                   : cox_setting_put(call, key, cox_buf_text(names), reterr);

    cox_buf_done(names);
    return rc;
}

enum cox_rc cox_switch_put(struct cox_call *call, const struct cox_feature *const *off,
    size_t count, struct cox_err *reterr)
{
    struct cox_buf features, entities;

    cox_buf_init(&features, OFF_MAX);
    cox_buf_init(&entities, OFF_MAX);
    for (size_t i = 0; i < count; i++) {
        cox_buf_format(&features, "%s ", off[i]->name);
        for (size_t e = 0; off[i]->entities != NULL && off[i]->entities[e] != NULL; e++) {
            cox_buf_format(&entities, "%s ", off[i]->entities[e]->name);
        }
    }
    enum cox_rc rc = put_names(call, "features_off", &features, reterr);
    if (rc != COX_OK) {
        cox_buf_done(&entities);
        return rc;
    }
    return put_names(call, "entities_off", &entities, reterr);
}

bool cox_call_is_off(struct cox_call *call, const char *feature)
{
    return has_name(call->registry->features_off, cox_text_of(feature));
}

bool cox_store_is_off(struct cox_store *store, const char *feature)
{
    bool is_off;

    (void)pthread_mutex_lock(&store->lock); /* cannot fail: initialised, not recursive */
    is_off =
        store->registry != NULL && has_name(store->registry->features_off, cox_text_of(feature));
    (void)pthread_mutex_unlock(&store->lock); /* likewise */
    return is_off;
}

bool cox_table_is_off(const struct cox_table *table)
{
    return ((const struct cox_table_inside *)(const void *)table)->is_off;
}

void cox_switches_read(struct cox_registry *registry, struct cox_text features,
    struct cox_text entities)
{
    if (features.ptr != NULL) {
        registry->features_off = features;
    }
    for (size_t i = 0; entities.ptr != NULL && i < registry->table_count; i++) {
        registry->tables[i]->is_off =
            has_name(entities, cox_text_of(registry->tables[i]->table.entity->name));
    }
}
