/*
 * serve/stream.h: replies that go on (struct cox_stream of http.h). Its connection is suspended while there
 * is nothing to send; a worker pulls when the store's head has moved or a beat is due.
 */
#ifndef COX_SERVE_STREAM_H
#define COX_SERVE_STREAM_H

#include "serve/inside.h"

/* May this user have one more? COX_TOO_OFTEN. Taken back when the stream ends. */
enum cox_rc cox_stream_admit(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* NULL without memory; the stream is then closed. reply->body is sent first. */
struct MHD_Response *cox_stream_respond(struct cox_request *request);

/* On the loop: pulls what is due, resumes what has something to send. True when it resumed any. */
bool cox_streams_look(struct cox_loop *loop, int64_t now_ms);

/* The server stops: all end. After the loop's thread and the workers. */
void cox_streams_stop(struct cox_loop *loop);

#endif
