// SPDX-License-Identifier: MIT
/* The operations of io_uring that there are; a later kernel's are -EINVAL. */
#include "kernel/aio/uring.h"

static int nop_prep(struct uring_req *req)
{
	(void)req;
	return 0;
}

static long nop(struct uring_req *req)
{
	(void)req;
	return 0;
}

#define TRANSFER(fn)                                                              \
	{                                                                         \
		.needs_file = true, .plug = true, .ioprio = true, .iopoll = true, \
		.prep = uring_rw_prep, .issue = (fn)                              \
	}

const struct uring_op uring_ops[IORING_OP_LAST] = {
	[IORING_OP_NOP] = { .iopoll = true, .prep = nop_prep, .issue = nop },
	[IORING_OP_READV] = TRANSFER(uring_read),
	[IORING_OP_WRITEV] = TRANSFER(uring_write),
	[IORING_OP_READ] = TRANSFER(uring_read),
	[IORING_OP_WRITE] = TRANSFER(uring_write),
	[IORING_OP_READ_FIXED] = TRANSFER(uring_read),
	[IORING_OP_WRITE_FIXED] = TRANSFER(uring_write),
	[IORING_OP_FSYNC] = { .needs_file = true,
			      .worker = true,
			      .prep = uring_fsync_prep,
			      .issue = uring_fsync },
	[IORING_OP_POLL_ADD] = { .needs_file = true,
				 .prep = uring_poll_prep,
				 .issue = uring_poll_add },
	[IORING_OP_POLL_REMOVE] = { .prep = uring_poll_remove_prep, .issue = uring_poll_remove },
	[IORING_OP_TIMEOUT] = { .prep = uring_timeout_prep, .issue = uring_timeout },
	[IORING_OP_TIMEOUT_REMOVE] = { .prep = uring_timeout_remove_prep,
				       .issue = uring_timeout_remove },
	[IORING_OP_ASYNC_CANCEL] = { .prep = uring_cancel_prep, .issue = uring_async_cancel },
};
