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
struct file;
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

/* ---- for splice.c: the mutex is held, but for a look ---- */

static inline bool pipe_empty(const struct pipe_inode_info *pipe)
{
	return READ_ONCE(pipe->head) == READ_ONCE(pipe->tail);
}

static inline bool pipe_full(const struct pipe_inode_info *pipe)
{
	return READ_ONCE(pipe->head) - READ_ONCE(pipe->tail) >= READ_ONCE(pipe->ring_size);
}

static inline struct pipe_buffer *pipe_buffer(const struct pipe_inode_info *pipe, unsigned int n)
{
	return &pipe->bufs[n & (pipe->ring_size - 1)];
}

/* The pipe that a file is an end of, or NULL. */
struct pipe_inode_info *pipe_of(const struct file *file);

/* A page with `len` bytes becomes the last one of the pipe's, which has room. */
void pipe_add_page(struct pipe_inode_info *pipe, struct page *page, unsigned int len);
/* So many bytes of the first buffer are gone. */
void pipe_consume(struct pipe_inode_info *pipe, unsigned int bytes);
/* The first buffer of one becomes the last of the other. */
void pipe_move_first(struct pipe_inode_info *from, struct pipe_inode_info *to);

/* Something was written, read: who waits looks.  Without the mutex. */
void pipe_told_readers(struct pipe_inode_info *pipe);
void pipe_told_writers(struct pipe_inode_info *pipe);

#endif
