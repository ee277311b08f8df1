/*
 * tests/fuzz/replay.c: a fuzz target as an ordinary test: every file of its corpus, and then a few
 * thousand mutations of them from a fixed seed. Arguments: the folder, the number of mutations.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { SIZE_LIMIT = 1 << 16, FILE_LIMIT = 1000 };

struct seed {
    uint8_t *bytes;
    size_t size;
};

static void run(const uint8_t *bytes, size_t size)
{
    /* A block of its own, so that the sanitizer sees a read past its end. */
    uint8_t *copy = malloc(size == 0 ? 1 : size);

    if (copy == NULL) {
        abort();
    }
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    (void)LLVMFuzzerTestOneInput(copy, size); /* aborts on failure; its value means nothing */
    free(copy);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static size_t load(const char *folder, struct seed *seeds)
{
    struct dirent **list;
    int found = scandir(folder, &list, is_file, by_name);
    size_t count = 0;

    for (int i = 0; i < found; i++) {
        char path[1024];
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, list[i]->d_name);
        file = fopen(path, "rb");
        if (file != NULL && count < FILE_LIMIT) {
            seeds[count].bytes = malloc(SIZE_LIMIT);
            seeds[count].size = fread(seeds[count].bytes, 1, SIZE_LIMIT, file);
            count++;
        }
        if (file != NULL) {
            (void)fclose(file); /* only read from */
        }
        free(list[i]);
    }
    if (found >= 0) {
        free(list);
    }
    return count;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

/* Flips, inserts, deletes, repeats or splices in a piece of another seed; bytes has SIZE_LIMIT. */
static size_t mutate(uint8_t *bytes, size_t size, const struct seed *other, uint64_t *state)
{
    static const char favourites[] = "\"',;\t|\r\n\0 \\.-+()%$eE0198\xc3\xbc\xff\xfe\xef\xbb\xbf";
    size_t at = size == 0 ? 0 : next_random(state) % size, length;

    switch (next_random(state) % 5) {
    case 0:
        if (size > 0) {
            bytes[at] = (uint8_t)next_random(state);
        }
        return size;
    case 1:
        if (size < SIZE_LIMIT) {
            memmove(bytes + at + 1, bytes + at, size - at);
            bytes[at] = (uint8_t)favourites[next_random(state) % (sizeof(favourites) - 1)];
            size++;
        }
        return size;
    case 2:
        length = size == 0 ? 0 : next_random(state) % (size - at < 16 ? size - at : 16);
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length;
    case 3:
        length = size - at < 32 ? size - at : 32;
        if (size + length <= SIZE_LIMIT) {
            memmove(bytes + at + length, bytes + at, size - at);
            size += length;
        }
        return size;
    default:
        length = other->size == 0 ? 0 : next_random(state) % (other->size < 64 ? other->size : 64);
        if (length > 0 && at + length <= SIZE_LIMIT) {
            memcpy(bytes + at, other->bytes + next_random(state) % (other->size - length + 1),
                length);
            size = at + length > size ? at + length : size;
        }
        return size;
    }
}

int main(int argc, char **argv)
{
    static struct seed seeds[FILE_LIMIT];
    static uint8_t bytes[SIZE_LIMIT];
    uint64_t state = 0x9E3779B97F4A7C15;
    size_t count = argc > 1 ? load(argv[1], seeds) : 0;
    long mutations = argc > 2 ? strtol(argv[2], NULL, 10) : 3000;

    if (count == 0) {
        (void)fprintf(stderr, "usage: %s CORPUS [MUTATIONS]; the corpus must not be empty\n",
            argv[0]);
        return 2;
    }
    run(NULL, 0);
    for (size_t i = 0; i < count; i++) {
        run(seeds[i].bytes, seeds[i].size);
    }
    for (long i = 0; i < mutations; i++) {
        const struct seed *seed = &seeds[next_random(&state) % count];
        size_t size = seed->size;

        memcpy(bytes, seed->bytes, size);
        for (uint64_t steps = 1 + next_random(&state) % 6; steps > 0; steps--) {
            size = mutate(bytes, size, &seeds[next_random(&state) % count], &state);
        }
        run(bytes, size);
    }
    for (size_t i = 0; i < count; i++) {
        free(seeds[i].bytes);
    }
    (void)printf("1..1\nok 1 - %zu files and %ld mutations\n", count, mutations);
    return 0;
}
