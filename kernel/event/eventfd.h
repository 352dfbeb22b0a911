/* SPDX-License-Identifier: MIT */
/* What asynchronous I/O says by an eventfd of the program's: that something is done. */
#ifndef KERNEL_EVENT_EVENTFD_H
#define KERNEL_EVENT_EVENTFD_H

struct eventfd_ctx;

/* The eventfd behind a descriptor, held: ERR_PTR(-EBADF), ERR_PTR(-EINVAL): it is none.  In a thread. */
struct eventfd_ctx *eventfd_ctx_fdget(int fd);
void eventfd_ctx_put(struct eventfd_ctx *ctx);

/* One more.  Any context but NMI. */
void eventfd_signal(struct eventfd_ctx *ctx);

#endif
