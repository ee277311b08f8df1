/* org/hook_url.c: where webhooks may go: to public addresses, and to hosts that the operator has named. */
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "org/hook.h"
#include "org/webhook.h"

/* ---- addresses ---- */

/* Networks that are no single host of the public internet. Source: IANA special-purpose address registries. */
static const struct {
    uint32_t network;
    int bits;
} special4[] = {
    {0x00000000, 8},  /* this network */
    {0x0a000000, 8},  /* private */
    {0x64400000, 10}, /* shared by carriers */
    {0x7f000000, 8},  /* loopback */
    {0xa9fe0000, 16}, /* link-local, also the metadata of clouds */
    {0xac100000, 12}, /* private */
    {0xc0000000, 24}, /* protocol assignments */
    {0xc0000200, 24}, /* documentation */
    {0xc0586300, 24}, /* 6to4 relays */
    {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, /* measurements */
    {0xc6336400, 24}, /* documentation */
    {0xcb007100, 24}, /* documentation */
    {0xe0000000, 4},  /* multicast */
    {0xf0000000, 4},  /* reserved, broadcast */
};

static bool is_public4(uint32_t address)
{
    for (size_t i = 0; i < COX_COUNT(special4); i++) {
        if ((address ^ special4[i].network) >> (32 - special4[i].bits) == 0) {
            return false;
        }
    }
    return true;
}

static uint32_t word(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Global unicast is 2000::/3; within it what carries an IPv4 address is judged by that. */
static bool is_public6(const unsigned char *b)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const unsigned char translated[12] = {0, 0x64, 0xff, 0x9b};

    if (memcmp(b, mapped, 12) == 0 || memcmp(b, translated, 12) == 0) {
        return is_public4(word(b + 12));
    }
    if ((b[0] & 0xe0) != 0x20) {
        return false; /* loopback, link-local fe80::/10, private fc00::/7, multicast ff00::/8 ... */
    }
    if (b[0] == 0x20 && b[1] == 0x02) {
        return is_public4(word(b + 2)); /* 6to4 */
    }
    if (b[0] == 0x20 && b[1] == 0x01 && (b[2] < 2 || (b[2] == 0x0d && b[3] == 0xb8))) {
        return false; /* 2001::/23 (Teredo, benchmarks, ORCHID), documentation */
    }
    return true;
}

bool cox_hook_address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof(in));
        return is_public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof(in));
        return is_public6(in.sin6_addr.s6_addr);
    }
    return false;
}

/* ---- urls ---- */

static void drop_url(CURLU **url)
{
    curl_url_cleanup(*url);
}

static void drop_part(char **part)
{
    curl_free(*part);
}

#define AUTO_URL  __attribute__((cleanup(drop_url))) CURLU *
#define AUTO_PART __attribute__((cleanup(drop_part))) char *

static bool parse(CURLU *url, struct cox_text text)
{
    char copy[COX_WEBHOOK_URL_MAX + 1];

    if (url == NULL || text.size == 0 || text.size >= sizeof(copy)) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.ptr[i] <= ' ' || (unsigned char)text.ptr[i] >= 0x7f) {
            return false;
        }
    }
    memcpy(copy, text.ptr, text.size);
    copy[text.size] = '\0';
    return curl_url_set(url, CURLUPART_URL, copy, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
}

static bool is_named(const char *host)
{
    struct cox_text rest = cox_text_of(getenv("COX_WEBHOOK_HOSTS"));

    while (host != NULL && rest.ptr != NULL) {
        if (cox_text_same_ascii(cox_text_trim(cox_text_split(&rest, ',')), cox_text_of(host))) {
            return true;
        }
    }
    return false;
}

bool cox_hook_host_is_named(struct cox_text text)
{
    AUTO_URL url = curl_url();
    AUTO_PART host = NULL;

    return parse(url, text) && curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
           is_named(host);
}

enum cox_rc cox_hook_url_check(struct cox_text text, struct cox_err *reterr)
{
    AUTO_URL url = curl_url();
    AUTO_PART scheme = NULL;
    AUTO_PART host = NULL;
    AUTO_PART user = NULL;
    AUTO_PART fragment = NULL;

    if (!parse(url, text) || curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
        return cox_fail_at(reterr, COX_INVALID, "url", 0,
            "an address like https://example.com/hook is wanted");
    }
    if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK ||
        curl_url_get(url, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_OK) {
        return cox_fail_at(reterr, COX_INVALID, "url", 0, "has no user, password or fragment");
    }
    if (strcmp(scheme, "https") != 0 && !(strcmp(scheme, "http") == 0 && is_named(host))) {
        return cox_fail_at(reterr, COX_INVALID, "url", 0,
            "starts with https://; http:// is for hosts the operator has named");
    }
    return COX_OK;
}
