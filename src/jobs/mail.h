/*
 * jobs/mail.h: one message: written as RFC 5322 and MIME say, with a plain and an HTML part, and handed to an SMTP
 * server. What became of it is one of three, so that nothing is ever sent twice by guess.
 */
#ifndef COX_JOBS_MAIL_H
#define COX_JOBS_MAIL_H

#include "base/err.h"
#include "base/text.h"

struct cox_mail {
    const char *from, *to; /* addresses alone; cox_mail_is_address */
    struct cox_text subject, text, html;
    const char *message_id;  /* without brackets; the same for the same message */
    const char *unsubscribe; /* https address that takes a POST; NULL: none */
    int64_t at_us;
};

/* Something@something of printable ASCII without blanks, brackets, quotes and commas: nothing else gets into a header. */
bool cox_mail_is_address(struct cox_text text);

/* The message with CR LF; buf->failed tells a lack of memory. */
void cox_mail_write(const struct cox_mail *mail, struct cox_buf *buf);

struct cox_mail_opt {
    const char *url;     /* smtp://host:25, smtp://user:password@host:587, smtps://host */
    const char *ca_file; /* PEM of further authorities; NULL: the system's alone */
    unsigned timeout_ms;
};

/* smtp or smtps with a host. A server's certificate is always asked for when the url has a password. */
enum cox_rc cox_mail_check_url(const char *url, struct cox_err *reterr) COX_NODISCARD;

enum cox_mail_outcome {
    COX_MAIL_SENT,
    COX_MAIL_REFUSED, /* certainly not sent: may be tried again */
    COX_MAIL_UNKNOWN, /* all was handed over and no answer came: it may have been sent */
};

/* ret_reason: static or the arena's text for people, never of the message; NULL when sent. */
enum cox_mail_outcome cox_mail_send(const struct cox_mail_opt *opt, const struct cox_mail *mail,
    const char **ret_reason);

#endif
