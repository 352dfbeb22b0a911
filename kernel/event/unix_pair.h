/* SPDX-License-Identifier: MIT */
/*
 * Pairs of connected sockets: AF_UNIX's, by socketpair(2), without names.
 *
 *   end        one of the two.  What is sent at one is received at the other
 *   message    what was sent at once.  A stream's (SOCK_STREAM) run together when they are received;
 *              those of SOCK_DGRAM and SOCK_SEQPACKET are received one by one, each to its end
 *   shut       an end receives no more, or sends no more: by shutdown(2), or since the other is closed
 *
 * Descriptors are not passed (SCM_RIGHTS): files that are held by messages that nobody can receive any
 * more would have to be searched for.
 *
 * The pair's lock is a mutex, within which user memory is copied to; all may sleep.
 */
#ifndef KERNEL_EVENT_UNIX_PAIR_H
#define KERNEL_EVENT_UNIX_PAIR_H

#include "kernel/fs/fs.h"

/* Linux's numbers. */
#define AF_UNIX	       1
#define SOCK_STREAM    1
#define SOCK_DGRAM     2
#define SOCK_RAW       3
#define SOCK_SEQPACKET 5
#define SHUT_RD	       0
#define SHUT_WR	       1
#define SHUT_RDWR      2
#define MSG_OOB	       0x1
#define MSG_PEEK       0x2
#define MSG_TRUNC      0x20
#define MSG_DONTWAIT   0x40
#define MSG_WAITALL    0x100
#define MSG_NOSIGNAL   0x4000

#define SOCK_BUF_MAX 212992 /* net.core.wmem_max and rmem_max, and what a socket has at first */

struct iov_iter;
struct unix_end;

/* Who has made the pair, for SO_PEERCRED: struct ucred. */
struct unix_cred {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/* Both files of a new pair; `flags` are O_*.  0, -ENFILE, -ENOMEM. */
int unix_pair_create(int type, int flags, struct file **files);

/* The end that a file is, or NULL. */
struct unix_end *unix_end_of(const struct file *file);

/*
 * Send, receive: bytes, or -errno; `flags` are MSG_*.  A message that did not fit was cut off, which
 * *truncated tells; with MSG_TRUNC its whole length is returned.
 */
ssize_t unix_send(struct unix_end *end, struct iov_iter *from, unsigned int flags);
ssize_t unix_receive(struct unix_end *end, struct iov_iter *to, unsigned int flags,
		     bool *truncated);

/* SHUT_*: 0, -EINVAL, -ENOTCONN. */
int unix_shutdown(struct unix_end *end, int how);

int unix_type(const struct unix_end *end); /* SOCK_* */
/* Not any more once a datagram was refused because the other end is closed. */
bool unix_is_connected(const struct unix_end *end);
int unix_take_error(struct unix_end *end); /* SO_ERROR's: an errno, or 0 */
struct unix_cred unix_peer_cred(const struct unix_end *end);

/* What an end may have sent that was not received yet: bytes, Linux's overhead twice of what is set. */
unsigned int *unix_sndbuf(struct unix_end *end);
unsigned int *unix_rcvbuf(struct unix_end *end); /* kept and told */

#endif
