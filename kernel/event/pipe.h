/* SPDX-License-Identifier: MIT */
/*
 * Pipes: bytes that one side writes and the other reads, in pages that wait in a ring.
 *
 * Who reads or writes, or changes the ring, holds `mutex`.  A look at head and tail without it is for
 * who sleeps and for poll(): what it saw may be over, and is looked at again.  A pipe without a name and a fifo differ only in how
 * they are opened.
 */
#ifndef KERNEL_EVENT_PIPE_H
#define KERNEL_EVENT_PIPE_H

#include "kernel/sched/mutex.h"
#include "kernel/sched/wait.h"

#define PIPE_DEF_BUFFERS 16

struct fasync_struct;
struct page;

struct pipe_buffer {
	struct page *page;
	unsigned int offset, len;
	bool packet; /* of O_DIRECT: read whole, and nothing is added */
};

struct pipe_inode_info {
	struct mutex mutex;
	wait_queue_head_t rd_wait, wr_wait; /* readers and those who open; writers */
	struct fasync_struct *fasync_readers, *fasync_writers;
	unsigned int head, tail;	   /* free running: the next to be written, to be read */
	unsigned int ring_size;		   /* a power of two */
	unsigned int readers, writers;	   /* files */
	unsigned int files;		   /* that hold it; inode->i_lock */
	unsigned int r_counter, w_counter; /* opens so far: somebody waits for one more */
	bool poll_usage;		   /* somebody polls: each write wakes */
	u64 stamp_ticks;	     /* of the TSC, between two stamps; 0: its rate is not known */
	u64 read_stamp, write_stamp; /* the TSC when the inode's times were set */
	struct page *tmp_page;	     /* a spare one, or NULL */
	struct pipe_buffer *bufs;
};

#endif
