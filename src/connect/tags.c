/* connect/tags.c: tags from lists of words. */
#include "connect/tags.h"

#include "connect/chunk.h"
#include "record/query.h"
#include "sales/tag.h"

static enum cox_rc find_or_make(struct cox_call *call, const struct cox_tags_of *of,
    struct cox_text word, int64_t *ret_tag, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(cox_call_registry(call), &cox_tag);
    struct cox_resolver *resolver = of->job->work->resolver;
    enum cox_found how;
    struct cox_row *row;

    COX_TRY(cox_resolver_find_name(resolver, table, word, ret_tag, &how, reterr));
    if (*ret_tag != 0) {
        return COX_OK;
    }
    row = cox_row_new(call, &cox_tag);
    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, COX_TAG_NAME, cox_text_value(word));
    COX_TRY(cox_create_since_ever(call, row, ret_tag, reterr));
    return cox_resolver_add(resolver, table, *ret_tag, word, (struct cox_text){0}, reterr);
}

static enum cox_rc put_one(struct cox_call *call, const struct cox_tags_of *of, int64_t tag,
    int64_t owner, bool *is_changed, struct cox_err *reterr)
{
    struct cox_text kind = cox_text_of(of->table->entity->name);
    struct cox_query query = {.entity = &cox_tagging, .limit = 1};
    const struct cox_filter_term terms[] = {{COX_TAGGING_TAG, "eq", cox_int(tag)},
        {COX_TAGGING_RECORD_KIND, "eq", cox_text_value(kind)},
        {COX_TAGGING_RECORD_ID, "eq", cox_int(of->id)}};
    struct cox_page page;
    struct cox_row *row;
    int64_t id;

    COX_TRY(cox_filter_build(call, &cox_tagging, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count > 0) {
        return COX_OK;
    }
    row = cox_row_new(call, &cox_tagging);
    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, COX_TAGGING_TAG, cox_int(tag));
    cox_row_set(row, COX_TAGGING_RECORD_KIND, cox_text_value(kind));
    cox_row_set(row, COX_TAGGING_RECORD_ID, cox_int(of->id));
    cox_row_set(row, COX_TAGGING_OWNER, cox_int(owner));
    *is_changed = true;
    return cox_create(call, row, &id, reterr);
}

enum cox_rc cox_tags_put(struct cox_call *call, const struct cox_tags_of *of, struct cox_text words,
    bool *is_changed, struct cox_err *reterr)
{
    char mark = memchr(words.ptr, ';', words.size) != NULL ? ';' : ',';
    int64_t owner = of->owner, tag;

    if (owner == COX_NULL) {
        COX_TRY(cox_apply_stand_in(call, of->job->work, of->job->source, (struct cox_text){0},
            &owner, reterr));
    }
    while (words.ptr != NULL) {
        struct cox_text word = cox_text_trim(cox_text_split(&words, mark));

        if (word.size > 60) {
            cox_import_note(of->job->file, of->job->work->arena,
                "tags: words of more than 60 letters are left out");
        } else if (word.size > 0) {
            COX_TRY(find_or_make(call, of, word, &tag, reterr));
            COX_TRY(put_one(call, of, tag, owner, is_changed, reterr));
        }
    }
    return COX_OK;
}
