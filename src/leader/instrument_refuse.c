/*
 * leader/instrument_refuse.c: questionnaires that nobody may enter here, told by name in any usual spelling. Their
 * wording is in no file of this program, so a copy under another name is not found out.
 */
#include <ctype.h>

#include "base/arena.h"
#include "leader/instrument.h"

static const char needs_consent[] =
    "its owner allows neither use nor reprint without a written licence";
static const char no_commerce[] = "its owner forbids commercial use";
static const char no_licence[] = "no licence to reprint it has been found";
static const char is_mark[] = "the name is a registered mark, and its wording is its owner's";

const struct cox_refused_instrument cox_refused_instruments[] = {
    {"Gallup Q12", needs_consent},
    {"MLQ (Multifactor Leadership Questionnaire)", needs_consent},
    {"TEIQue (Trait Emotional Intelligence Questionnaire)", no_commerce},
    {"UWES (Utrecht Work Engagement Scale)", no_commerce},
    {"BRS (Brief Resilience Scale)", no_licence},
    {"WLEIS (Wong and Law Emotional Intelligence Scale)", no_licence},
    {"LMX-7 (Leader-Member Exchange)", no_licence},
    {"SL-7 (Servant Leadership)", needs_consent},
    {"ADKAR", is_mark},
    {0},
};

/* short_name: a word, or the letters of several ("M. L. Q.", "Q 12"), a form of it behind ("MLQ-5X"). phrase: anywhere,
 * without blanks. position: in the list above. */
static const struct {
    const char *text;
    bool is_phrase;
    int at;
} signs[] = {
    {"q12", false, 0},
    {"gallup", true, 0},
    {"mlq", false, 1},
    {"multifactorleadership", true, 1},
    {"teique", false, 2},
    {"traitemotionalintelligencequestionnaire", true, 2},
    {"uwes", false, 3},
    {"utrechtworkengagement", true, 3},
    {"brs", false, 4},
    {"briefresiliencescale", true, 4},
    {"wleis", false, 5},
    {"wonglawemotional", true, 5},
    {"wongandlaw", true, 5},
    {"wonglaw", true, 5},
    {"lmx", false, 6},
    {"leadermemberexchange", true, 6},
    {"sl7", false, 7},
    {"sl28", false, 7},
    {"servantleadership7", true, 7},
    {"servantleadershipscale", true, 7},
    {"servantleadershipquestionnaire", true, 7},
    {"adkar", true, 8},
    {"prosci", true, 8},
};

enum { WORDS_MAX = 128, RUN_MAX = 6 };

static const char *const forms[] = {"", "sf", "s", "r", "self", "rater", "mdm", "test", "survey"};

/* The sign itself, or with a number or the name of a form behind it. */
static bool is_form_of(struct cox_text key, const char *sign)
{
    struct cox_text rest;
    size_t size = strlen(sign);

    if (key.size < size || memcmp(key.ptr, sign, size) != 0) {
        return false;
    }
    rest = (struct cox_text){key.ptr + size, key.size - size};
    if (rest.size > 0 && isdigit((unsigned char)rest.ptr[0]) != 0 &&
        isdigit((unsigned char)sign[size - 1]) == 0) {
        return true;
    }
    for (size_t i = 0; i < COX_COUNT(forms); i++) {
        if (rest.size == strlen(forms[i]) && memcmp(rest.ptr, forms[i], rest.size) == 0) {
            return true;
        }
    }
    return false;
}

static bool holds(struct cox_text key, const char *phrase)
{
    return memmem(key.ptr, key.size, phrase, strlen(phrase)) != NULL;
}

/* Where each word of the text begins and ends, ASCII signs and blanks being between them. */
static size_t words_of(struct cox_text text, struct cox_text *ret_words)
{
    size_t count = 0, at = 0;

    while (at < text.size && count < WORDS_MAX) {
        size_t from = at;

        while (at < text.size &&
               ((unsigned char)text.ptr[at] >= 0x80 || isalnum((unsigned char)text.ptr[at]) != 0)) {
            at++;
        }
        if (at > from) {
            ret_words[count++] = (struct cox_text){text.ptr + from, at - from};
        } else {
            at++;
        }
    }
    return count;
}

/* Zero-width signs are no letters, though above ASCII: out before anything is compared. */
static struct cox_text without_hidden(struct cox_arena *arena, struct cox_text text)
{
    char *kept = cox_arena_alloc(arena, text.size + 1);
    size_t size = 0;

    for (size_t i = 0; kept != NULL && i < text.size; i++) {
        const unsigned char *at = (const unsigned char *)text.ptr + i;
        size_t left = text.size - i;
        bool is_hidden =
            left >= 3 && ((at[0] == 0xe2 && at[1] == 0x80 && at[2] >= 0x8b && at[2] <= 0x8f) ||
                             (at[0] == 0xe2 && at[1] == 0x81 && at[2] == 0xa0) ||
                             (at[0] == 0xef && at[1] == 0xbb && at[2] == 0xbf));
        bool is_soft = left >= 2 && at[0] == 0xc2 && at[1] == 0xad;

        if (is_hidden || is_soft) {
            i += is_hidden ? 2 : 1;
            continue;
        }
        kept[size++] = text.ptr[i];
    }
    return (struct cox_text){kept, size};
}

const struct cox_refused_instrument *cox_instrument_refused(struct cox_arena *arena,
    struct cox_text text)
{
    struct cox_text words[WORDS_MAX], shown = without_hidden(arena, text);
    struct cox_text key = cox_text_key(arena, shown);
    size_t count = shown.ptr == NULL ? 0 : words_of(shown, words);

    for (size_t s = 0; key.ptr != NULL && s < COX_COUNT(signs); s++) {
        if (signs[s].is_phrase && holds(key, signs[s].text)) {
            return &cox_refused_instruments[signs[s].at];
        }
    }
    for (size_t w = 0; w < count; w++) {
        for (size_t run = 1; run <= RUN_MAX && w + run <= count; run++) {
            const char *end = words[w + run - 1].ptr + words[w + run - 1].size;
            struct cox_text some =
                cox_text_key(arena, (struct cox_text){words[w].ptr, (size_t)(end - words[w].ptr)});

            for (size_t s = 0; some.ptr != NULL && s < COX_COUNT(signs); s++) {
                if (!signs[s].is_phrase && is_form_of(some, signs[s].text)) {
                    return &cox_refused_instruments[signs[s].at];
                }
            }
        }
    }
    return NULL;
}
