/* Packets of a message, for the side that must not wait: the vault's loop. Written in call.c.
 * Not for: those who ask (call_ask). */
#pragma once

#include "call/call.h"

/* A message on its way in. Its memory is kept between messages of a connection only while one
 * is incomplete. */
struct call_in {
    unsigned char *p; /* in the arena given for the first packet */
    size_t total;     /* 0: between two messages */
    size_t have;
};

/* One packet as it came. When it completes a message, *ret is the message's bytes: a view into
 * packet when it was the only one, else into a. Otherwise ret->p is NULL and more must come; a
 * must then live until the message is whole. E_INVALID (in is reset): wrong head, offset or
 * size; close the connection. */
enum err call_in_add(struct call_in *in, struct arena *a, struct str packet,
                     struct str *ret) MUST_USE;

/* Sends a message from byte *at on, without waiting; *at starts as 0. OK when all is sent,
 * E_BUSY when the socket is full (again with the same at when it is writable), E_REMOTE when
 * the other side is gone. */
enum err call_send(int fd, struct str bytes, size_t *at) MUST_USE;
