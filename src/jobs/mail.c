/* jobs/mail.c: see mail.h. */
#include "jobs/mail.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/day.h"

enum { ADDRESS_MAX = 254, QP_LINE_MAX = 76, WORD_BYTES_MAX = 45, MESSAGE_MAX = 4 << 20 };

static const char boundary[] = "=_coxswain_part_=";

bool cox_mail_is_address(struct cox_text text)
{
    size_t ats = 0;

    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c > '~' || strchr("<>()[]\\\",;:", c) != NULL) {
            return false;
        }
        ats += c == '@';
    }
    return ats == 1 && text.size <= ADDRESS_MAX && text.size > 2 && text.ptr[0] != '@' &&
           text.ptr[text.size - 1] != '@';
}

/* ---- writing ---- */

static bool is_plain(struct cox_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.ptr[i] < ' ' || (unsigned char)text.ptr[i] > '~') {
            return false;
        }
    }
    return true;
}

/* RFC 2047: words of base64, none of which splits a character. */
static void write_subject(struct cox_buf *buf, struct cox_text text)
{
    cox_buf_add_string(buf, "Subject: ");
    if (is_plain(text) && text.size <= WORD_BYTES_MAX) {
        cox_buf_add_text(buf, text);
        text.size = 0;
    }
    for (size_t at = 0; at < text.size;) {
        char word[4 * WORD_BYTES_MAX / 3 + 8];
        size_t size = text.size - at < WORD_BYTES_MAX ? text.size - at : WORD_BYTES_MAX;
        while (size > 1 && at + size < text.size &&
               ((unsigned char)text.ptr[at + size] & 0xc0U) == 0x80U) {
            size--;
        }
        (void)sodium_bin2base64(word, sizeof(word), (const unsigned char *)text.ptr + at, size,
            sodium_base64_VARIANT_ORIGINAL); /* the room is enough */
        cox_buf_format(buf, "%s=?UTF-8?B?%s?=", at == 0 ? "" : "\r\n ", word);
        at += size;
    }
    cox_buf_add_string(buf, "\r\n");
}

/* RFC 2045, 6.7: soft line ends before 76 signs; a dot at a line's start is the SMTP client's to double. */
static void write_quoted(struct cox_buf *buf, struct cox_text text)
{
    size_t line = 0;

    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool ends = i + 1 == text.size || text.ptr[i + 1] == '\n';
        bool is_literal = (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !ends);
        if (c == '\n') {
            cox_buf_add_string(buf, "\r\n");
            line = 0;
            continue;
        }
        if (line + (is_literal ? 1 : 3) > QP_LINE_MAX - 1) {
            cox_buf_add_string(buf, "=\r\n");
            line = 0;
        }
        if (is_literal) {
            cox_buf_add_char(buf, (char)c);
        } else if (c != '\r') {
            cox_buf_format(buf, "=%02X", c);
        }
        line += is_literal ? 1 : 3;
    }
    cox_buf_add_string(buf, "\r\n");
}

static void write_part(struct cox_buf *buf, const char *type, struct cox_text text)
{
    cox_buf_format(buf,
        "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
        boundary, type);
    write_quoted(buf, text);
}

static void write_date(struct cox_buf *buf, int64_t us)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
        "Sep", "Oct", "Nov", "Dec"};
    int64_t day = cox_us_day(us), second = (us - day * COX_DAY_US) / COX_SECOND_US;
    struct cox_civil civil = cox_day_civil(day);

    cox_buf_format(buf, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
        days[cox_day_weekday(day) - 1], civil.day, months[civil.month - 1], civil.year,
        (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

void cox_mail_write(const struct cox_mail *mail, struct cox_buf *buf)
{
    write_date(buf, mail->at_us);
    cox_buf_format(buf, "From: Coxswain <%s>\r\nTo: <%s>\r\n", mail->from, mail->to);
    write_subject(buf, mail->subject);
    cox_buf_format(buf, "Message-ID: <%s>\r\nAuto-Submitted: auto-generated\r\n", mail->message_id);
    if (mail->unsubscribe != NULL) {
        cox_buf_format(buf,
            "List-Unsubscribe: <%s>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            mail->unsubscribe);
    }
    cox_buf_format(buf,
        "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n",
        boundary);
    write_part(buf, "text/plain", mail->text);
    write_part(buf, "text/html", mail->html);
    cox_buf_format(buf, "--%s--\r\n", boundary);
}

/* ---- sending ---- */

enum cox_rc cox_mail_check_url(const char *url, struct cox_err *reterr)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL;
    bool is_good = parts != NULL &&
                   curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                   curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                   curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                   (strcmp(scheme, "smtp") == 0 || strcmp(scheme, "smtps") == 0);

    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parts);
    return is_good
               ? COX_OK
               : cox_fail(reterr, COX_INVALID,
                     "the mail server is an address like smtp://user:password@mail.example.com:587");
}

struct upload {
    struct cox_text rest;
    bool is_over; /* all has been handed over */
};

static size_t read_message(char *to, size_t size, size_t count, void *ctx)
{
    struct upload *upload = ctx;
    size_t room = size * count, take = upload->rest.size < room ? upload->rest.size : room;

    if (take == 0) {
        upload->is_over = true;
        return 0;
    }
    memcpy(to, upload->rest.ptr, take);
    upload->rest.ptr += take;
    upload->rest.size -= take;
    return take;
}

static bool set_options(CURL *easy, const struct cox_mail_opt *opt, const struct cox_mail *mail,
    struct upload *upload)
{
    char from[ADDRESS_MAX + 3];
    bool has_password = strchr(opt->url, '@') != NULL;

    (void)snprintf(from, sizeof(from), "<%s>", mail->from); /* fits: it is an address */
    return curl_easy_setopt(easy, CURLOPT_URL, opt->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USE_SSL,
               (long)(has_password ? CURLUSESSL_ALL : CURLUSESSL_TRY)) == CURLE_OK &&
           (opt->ca_file == NULL ||
               curl_easy_setopt(easy, CURLOPT_CAINFO, opt->ca_file) == CURLE_OK) &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)opt->timeout_ms) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_message) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_READDATA, upload) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L) == CURLE_OK;
}

/* After all was handed over only a clear no of the server means that it was not sent. */
static enum cox_mail_outcome judge(CURL *easy, CURLcode code, const struct upload *upload,
    const char **ret_reason)
{
    enum { CLEAR_NO = 400 };
    long status = 0;

    if (code == CURLE_OK) {
        return COX_MAIL_SENT;
    }
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status); /* else 0 */
    *ret_reason = curl_easy_strerror(code);
    return upload->is_over && status < CLEAR_NO ? COX_MAIL_UNKNOWN : COX_MAIL_REFUSED;
}

enum cox_mail_outcome cox_mail_send(const struct cox_mail_opt *opt, const struct cox_mail *mail,
    const char **ret_reason)
{
    enum cox_mail_outcome outcome = COX_MAIL_REFUSED;
    struct curl_slist *to = curl_slist_append(NULL, mail->to);
    CURL *easy = curl_easy_init();
    struct upload upload;
    struct cox_buf buf;

    *ret_reason = "out of memory";
    cox_buf_init(&buf, MESSAGE_MAX);
    cox_mail_write(mail, &buf);
    upload = (struct upload){.rest = cox_buf_text(&buf)};
    if (!buf.failed && easy != NULL && to != NULL && set_options(easy, opt, mail, &upload) &&
        curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to) == CURLE_OK) {
        *ret_reason = NULL;
        outcome = judge(easy, curl_easy_perform(easy), &upload, ret_reason);
    }
    curl_easy_cleanup(easy);
    curl_slist_free_all(to);
    cox_buf_done(&buf);
    return outcome;
}
