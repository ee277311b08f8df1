/* leader/instrument_shipped.c: the questionnaires that come with the program: our own words, or in the public domain. */
#include "leader/aspects.h"
#include "leader/instrument.h"

struct item {
    const char *scale, *text;
    bool is_reversed;
};

struct scale {
    const char *name, *label, *alpha;
};

struct shipped {
    const char *name, *label, *version, *low, *high, *source, *licence;
    bool is_about_others;
    const struct scale *scales; /* ends with {0} */
    const struct item *items;   /* ends with {0} */
};

#define OWN_SOURCE  "Written for this program"
#define OWN_LICENCE "As the program"
#define IPIP_SOURCE                                                                                \
    "International Personality Item Pool, emotional intelligence scales (Barchard 2001), "         \
    "ipip.ori.org/newEmotionalIntelligenceKey.htm"
#define IPIP_LICENCE "Public domain"

/* ---- the six aspects: of somebody who leads, by those who see it ---- */

static const struct scale aspect_scales[] = {
    {"focus", "Focus", NULL},
    {"approach", "Approach", NULL},
    {"horizon", "Time horizon", NULL},
    {"relationship", "Relationship", NULL},
    {"decision", "Decision making", NULL},
    {"motivation", "Motivation", NULL},
    {0},
};

/* Three of each; towards the leader's end, or (true) towards the manager's. The aspects take turns, so that nobody
 * answers three in a row alike. */
static const struct item aspect_items[] = {
    {"focus", "Begins talks with how people are, before how the numbers are.", false},
    {"approach", "Says step by step how things are to be done.", true},
    {"horizon", "Speaks about where we want to be in a year or later.", false},
    {"relationship", "Asks questions until I find my own answer.", false},
    {"decision", "Decides case by case, as things come up.", true},
    {"motivation", "Leaves the way to me once the goal is clear.", false},
    {"focus", "Judges our work mainly by tasks and figures.", true},
    {"approach", "Makes me want to do something, rather than telling me to.", false},
    {"horizon", "Is busy mostly with this week and this month.", true},
    {"relationship", "Looks over my work to find what is wrong with it.", true},
    {"decision", "Explains decisions by what we want to become.", false},
    {"motivation", "Spurs us on with targets, rankings and bonuses.", true},
    {"focus", "Says what we stand for, not only what we have to do.", false},
    {"approach", "Checks closely whether we keep to the way set out.", true},
    {"horizon", "Gives up something this quarter for something that lasts.", false},
    {"relationship", "Takes time so that I learn what I could not do before.", false},
    {"decision", "Steps into single deals and settles them.", true},
    {"motivation", "Lets us decide what others would keep for themselves.", false},
    {0},
};

/* ---- how it is to work with somebody ---- */

static const struct scale relation_scales[] = {{"relation", "Working relation", NULL}, {0}};
static const struct item relation_items[] = {
    {"relation", "I know where I stand with this person.", false},
    {"relation", "Would stand up for me when I am right and it is awkward.", false},
    {"relation", "Knows what I am good at.", false},
    {"relation", "I think twice before I bring this person bad news.", true},
    {"relation", "What was promised to me is done.", false},
    {0},
};

/* ---- IPIP, about oneself; the texts as the pool has them ---- */

static const struct scale expressivity_scales[] = {
    {"positive_expressivity", "Positive expressivity", "0.81 (women), 0.79 (men)"},
    {0},
};
static const struct item expressivity_items[] = {
    {"positive_expressivity", "Express my affection physically.", false},
    {"positive_expressivity", "Laugh out loud if something is funny.", false},
    {"positive_expressivity", "Express my happiness in a childlike manner.", false},
    {"positive_expressivity", "Sometimes laugh out loud when reading or watching TV.", false},
    {"positive_expressivity", "Hug my close friends.", false},
    {"positive_expressivity", "Show my feelings when I'm happy.", false},
    {"positive_expressivity", "Find it difficult showing people that I care about them.", true},
    {"positive_expressivity", "Have difficulty showing affection.", true},
    {"positive_expressivity", "Keep my happy feelings to myself.", true},
    {0},
};

/* Its published alpha was not to be seen where the items were read, so none is told. */
static const struct scale attending_scales[] = {
    {"attending", "Attending to emotions", NULL},
    {0},
};
static const struct item attending_items[] = {
    {"attending", "Think about the causes of my emotions.", false},
    {"attending", "Pay a lot of attention to my feelings.", false},
    {"attending", "Am usually aware of the way that I'm feeling.", false},
    {"attending", "Notice my emotions.", false},
    {"attending", "Often stop to analyze how I'm feeling.", false},
    {"attending", "Rarely think about how I feel.", true},
    {"attending", "Rarely analyze my emotions.", true},
    {"attending", "Am not in touch with my feelings.", true},
    {"attending", "Often ignore my feelings.", true},
    {"attending", "Rarely notice my emotional reactions.", true},
    {0},
};

static const struct shipped all[] = {
    {COX_FORM_SIX_ASPECTS, "Six aspects", "1", "Not at all", "Very much", OWN_SOURCE, OWN_LICENCE,
        true, aspect_scales, aspect_items},
    {"working_relation", "Working relation", "1", "Not at all", "Very much", OWN_SOURCE,
        OWN_LICENCE, true, relation_scales, relation_items},
    {"ipip_attending", "Attending to emotions", "2001", "Very inaccurate", "Very accurate",
        IPIP_SOURCE, IPIP_LICENCE, false, attending_scales, attending_items},
    {"ipip_expressivity", "Positive expressivity", "2001", "Very inaccurate", "Very accurate",
        IPIP_SOURCE, IPIP_LICENCE, false, expressivity_scales, expressivity_items},
};

const size_t cox_form_shipped_count = COX_COUNT(all);

static size_t scale_at(const struct shipped *in, const char *name)
{
    size_t at = 0;

    while (strcmp(in->scales[at].name, name) != 0) {
        at++;
    }
    return at;
}

struct cox_text cox_form_shipped_name(size_t at)
{
    return cox_text_of(all[at].name);
}

void cox_form_shipped(size_t at, struct cox_form *ret_form)
{
    const struct shipped *in = &all[at];

    *ret_form = (struct cox_form){
        .name = cox_text_of(in->name),
        .label = cox_text_of(in->label),
        .version = cox_text_of(in->version),
        .low_label = cox_text_of(in->low),
        .high_label = cox_text_of(in->high),
        .source = cox_text_of(in->source),
        .licence = cox_text_of(in->licence),
        .is_about_others = in->is_about_others,
        .points = 5,
    };
    for (; in->scales[ret_form->scale_count].name != NULL; ret_form->scale_count++) {
        const struct scale *scale = &in->scales[ret_form->scale_count];
        ret_form->scales[ret_form->scale_count] = (struct cox_form_scale){cox_text_of(scale->name),
            cox_text_of(scale->label), cox_text_of(scale->alpha)};
    }
    for (; in->items[ret_form->item_count].text != NULL; ret_form->item_count++) {
        const struct item *item = &in->items[ret_form->item_count];
        ret_form->items[ret_form->item_count] = (struct cox_form_item){cox_text_of(item->text),
            scale_at(in, item->scale), item->is_reversed};
    }
}

bool cox_form_find_shipped(struct cox_text name, struct cox_form *ret_form)
{
    for (size_t at = 0; at < COX_COUNT(all); at++) {
        if (cox_text_same(name, cox_text_of(all[at].name))) {
            cox_form_shipped(at, ret_form);
            return true;
        }
    }
    return false;
}
