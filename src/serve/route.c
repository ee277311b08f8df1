/*
 * serve/route.c: a tree of path segments. A node has children by literal text, and children in braces
 * with what follows the brace ("{n}.csv"); those are tried after the literal ones.
 */
#include "serve/route.h"

#include <assert.h>
#include <string.h>

struct node {
    struct cox_text literal; /* or what follows the brace */
    bool is_param;
    struct node *children, *next;
    uint16_t routes[COX_METHOD_COUNT]; /* position, or COX_NO_ROUTE */
};

struct cox_router {
    struct node root;
};

static void init(struct node *node)
{
    for (unsigned m = 0; m < COX_METHOD_COUNT; m++) {
        node->routes[m] = COX_NO_ROUTE;
    }
}

const char *cox_method_name(enum cox_method method)
{
    static const char *const names[COX_METHOD_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

    assert(method < COX_METHOD_COUNT);
    return names[method];
}

/* Literals first, then longer endings before shorter ones. */
static bool goes_before(const struct node *a, const struct node *b)
{
    return a->is_param != b->is_param ? !a->is_param : a->literal.size > b->literal.size;
}

static struct node *child(struct cox_arena *arena, struct node *node, struct cox_text segment)
{
    const char *brace = memchr(segment.ptr, '}', segment.size);
    bool is_param = segment.size > 2 && segment.ptr[0] == '{' && brace != NULL;
    struct cox_text literal = segment;
    struct node **at = &node->children;

    if (is_param) {
        literal.ptr = brace + 1;
        literal.size = (size_t)(segment.ptr + segment.size - literal.ptr);
    }
    for (struct node *c = node->children; c != NULL; c = c->next) {
        if (c->is_param == is_param && cox_text_same(c->literal, literal)) {
            return c;
        }
    }
    struct node *made = COX_NEW(arena, struct node);
    if (made == NULL) {
        return NULL;
    }
    init(made);
    made->literal = literal;
    made->is_param = is_param;
    while (*at != NULL && !goes_before(made, *at)) {
        at = &(*at)->next;
    }
    made->next = *at;
    *at = made;
    return made;
}

static enum cox_rc add(struct cox_arena *arena, struct cox_router *router,
    const struct cox_route *route, uint16_t index, struct cox_err *reterr)
{
    struct cox_text rest = cox_text_of(route->path);
    struct node *node = &router->root;
    size_t depth = 0, params = 0;

    if (rest.size < 2 || rest.ptr[0] != '/' || route->handle == NULL ||
        route->method >= COX_METHOD_COUNT) {
        return cox_fail(reterr, COX_INTERNAL, "the route %s is malformed", route->path);
    }
    rest.ptr++;
    rest.size--;
    while (rest.ptr != NULL) {
        struct cox_text segment = cox_text_split(&rest, '/');
        params += segment.size > 0 && segment.ptr[0] == '{';
        node = child(arena, node, segment);
        if (node == NULL) {
            return cox_no_memory(reterr);
        }
        depth++;
    }
    if (depth > COX_PATH_DEPTH_MAX || params > COX_ROUTE_PARAM_MAX) {
        return cox_fail(reterr, COX_INTERNAL, "the route %s is too long", route->path);
    }
    if (node->routes[route->method] != COX_NO_ROUTE) {
        return cox_fail(reterr, COX_INTERNAL, "two routes answer %s %s",
            cox_method_name(route->method), route->path);
    }
    node->routes[route->method] = index;
    return COX_OK;
}

enum cox_rc cox_router_open(struct cox_arena *arena, const struct cox_route *const *routes,
    size_t count, struct cox_router **ret_router, struct cox_err *reterr)
{
    struct cox_router *router = COX_NEW(arena, struct cox_router);

    if (router == NULL) {
        return cox_no_memory(reterr);
    }
    init(&router->root);
    if (count >= COX_NO_ROUTE) {
        return cox_fail(reterr, COX_INTERNAL, "there are too many routes");
    }
    for (size_t i = 0; i < count; i++) {
        COX_TRY(add(arena, router, routes[i], (uint16_t)i, reterr));
    }
    *ret_router = router;
    return COX_OK;
}

struct search {
    enum cox_method method;
    const struct cox_text *segments;
    size_t count;
    struct cox_text *params;
    unsigned methods;
};

static unsigned methods_of(const struct node *node)
{
    unsigned methods = 0;

    for (unsigned m = 0; m < COX_METHOD_COUNT; m++) {
        methods |= node->routes[m] != COX_NO_ROUTE ? 1u << m : 0;
    }
    return methods;
}

/* At most COX_PATH_DEPTH_MAX deep. A path that ends at a node without the method may match another. */
static unsigned find(struct search *search, const struct node *node, size_t at, size_t param)
{
    if (at == search->count) {
        search->methods |= methods_of(node);
        return node->routes[search->method];
    }
    for (const struct node *c = node->children; c != NULL; c = c->next) {
        struct cox_text segment = search->segments[at];
        unsigned route = COX_NO_ROUTE;
        if (!c->is_param) {
            route =
                cox_text_same(c->literal, segment) ? find(search, c, at + 1, param) : COX_NO_ROUTE;
        } else if (segment.size > c->literal.size && cox_text_ends(segment, c->literal)) {
            search->params[param] = (struct cox_text){segment.ptr, segment.size - c->literal.size};
            route = find(search, c, at + 1, param + 1);
        }
        if (route != COX_NO_ROUTE) {
            return route;
        }
    }
    return COX_NO_ROUTE;
}

unsigned cox_router_find(const struct cox_router *router, enum cox_method method,
    const struct cox_text *segments, size_t count, struct cox_text ret_params[COX_ROUTE_PARAM_MAX],
    unsigned *ret_methods)
{
    struct search search = {method, segments, count, ret_params, 0};
    unsigned route = count == 0 ? COX_NO_ROUTE : find(&search, &router->root, 0, 0);

    *ret_methods = search.methods;
    return route;
}
