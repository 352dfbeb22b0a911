// SPDX-License-Identifier: MIT
/*
 * System calls of sockets, of which there are pairs alone (unix_pair.h): no network, and no names in
 * the file system, so that socket() has nothing to make.
 */
#include <asm/socket.h>
#include <linux/fcntl.h>
#include <linux/net.h>

#include "kernel/core/printk.h"
#include "kernel/core/syscall.h"
#include "kernel/event/unix_pair.h"
#include "kernel/fs/file.h"
#include "kernel/fs/iov_iter.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#define SOCK_TYPE_MASK	  0xf
#define SOCK_TYPES	  11 /* the first number that is no type */
#define SOCK_CLOEXEC	  O_CLOEXEC
#define SOCK_NONBLOCK	  O_NONBLOCK
#define SOCK_BUF_OVERHEAD 2 /* what a program sets is doubled: Linux's socket(7) */
#define SOCK_MIN_SNDBUF	  4608
#define SOCK_MIN_RCVBUF	  2304
#define MAX_ADDRESS	  128 /* struct sockaddr_storage */

/* The ABI's struct msghdr. */
struct user_msghdr {
	void __user *msg_name;
	int msg_namelen;
	struct iovec __user *msg_iov;
	size_t msg_iovlen;
	void __user *msg_control;
	size_t msg_controllen;
	unsigned int msg_flags;
};

/* ---------------------------------------------------------------- making */

SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)
{
	(void)family;
	(void)type;
	(void)protocol;
	return -EAFNOSUPPORT;
}

/* What can be made: its type, or -errno. */
static int check_pair(int family, int type, int protocol)
{
	type &= SOCK_TYPE_MASK;
	if (type >= SOCK_TYPES)
		return -EINVAL;
	if (family != AF_UNIX)
		return -EAFNOSUPPORT;
	if (protocol && protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	if (type == SOCK_RAW) /* as good as the other, to Linux */
		return SOCK_DGRAM;
	return type == SOCK_STREAM || type == SOCK_DGRAM || type == SOCK_SEQPACKET ?
		       type :
		       -ESOCKTNOSUPPORT;
}

static int make_pair(int type, int flags, const int *fd)
{
	struct file *files[2];
	int err = unix_pair_create(type, flags & O_NONBLOCK, files);

	if (err)
		return err;
	fd_install((unsigned int)fd[0], files[0]);
	fd_install((unsigned int)fd[1], files[1]);
	return 0;
}

/* Two descriptors, reserved and told: 0 or -errno. */
static int reserve_two(int *fd, int __user *ufd, int flags)
{
	fd[0] = get_unused_fd_flags((unsigned int)flags);
	if (fd[0] < 0)
		return fd[0];
	fd[1] = get_unused_fd_flags((unsigned int)flags);
	if (fd[1] >= 0 && !copy_to_user(ufd, fd, 2 * sizeof(*fd)))
		return 0;
	put_unused_fd((unsigned int)fd[0]);
	if (fd[1] < 0)
		return fd[1];
	put_unused_fd((unsigned int)fd[1]);
	return -EFAULT;
}

SYSCALL_DEFINE4(socketpair, int, family, int, type, int, protocol, int __user *, ufd)
{
	int flags = type & ~SOCK_TYPE_MASK, fd[2], err;

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	err = reserve_two(fd, ufd, flags & O_CLOEXEC);
	if (err)
		return err;
	err = check_pair(family, type, protocol);
	if (err > 0)
		err = make_pair(err, flags, fd);
	if (err) {
		put_unused_fd((unsigned int)fd[0]);
		put_unused_fd((unsigned int)fd[1]);
	}
	return err;
}

/* ---------------------------------------------------------------- sending and receiving */

/* A socket by its descriptor, to be given to fdput(): f.file NULL where *err says why not. */
static struct fd get_socket(int fd, struct unix_end **end, int *err)
{
	struct fd f = fdget((unsigned int)fd);

	*err = f.file ? 0 : -EBADF;
	*end = f.file ? unix_end_of(f.file) : NULL;
	if (f.file && !*end) {
		fdput(f);
		f.file = NULL;
		*err = -ENOTSOCK;
	}
	return f;
}

static unsigned int all_flags(const struct file *file, unsigned int flags)
{
	return file->f_flags & O_NONBLOCK ? flags | MSG_DONTWAIT : flags;
}

/* Another than the one it is connected to cannot be named; the name is read before that is told. */
static int check_name(const struct unix_end *end, const void __user *name, int len)
{
	u8 address[MAX_ADDRESS];

	if (!name || !len)
		return 0;
	if (len < 0 || len > MAX_ADDRESS)
		return -EINVAL;
	if (copy_from_user(address, name, (size_t)len))
		return -EFAULT;
	if (unix_type(end) == SOCK_SEQPACKET)
		return 0;
	return unix_type(end) == SOCK_STREAM ? -EISCONN : -ECONNREFUSED;
}

SYSCALL_DEFINE6(sendto, int, fd, void __user *, buf, size_t, len, unsigned int, flags,
		void __user *, addr, int, addr_len)
{
	struct unix_end *end;
	struct iov_iter iter;
	int err;
	struct fd f;
	long ret;

	if (import_ubuf(ITER_SOURCE, buf, len, &iter))
		return -EFAULT;
	f = get_socket(fd, &end, &err);
	if (err)
		return err;
	ret = check_name(end, addr, addr_len);
	if (!ret)
		ret = unix_send(end, &iter, all_flags(f.file, flags));
	fdput(f);
	return ret;
}

/* The other end has no name: its length is 0. */
static int put_no_name(const void __user *addr, int __user *addr_len)
{
	int len;

	if (!addr)
		return 0;
	if (get_user(len, addr_len))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	return put_user(0, addr_len);
}

SYSCALL_DEFINE6(recvfrom, int, fd, void __user *, buf, size_t, len, unsigned int, flags,
		void __user *, addr, int __user *, addr_len)
{
	struct unix_end *end;
	struct iov_iter iter;
	bool truncated;
	int err;
	struct fd f;
	long ret;

	if (import_ubuf(ITER_DEST, buf, len, &iter))
		return -EFAULT;
	f = get_socket(fd, &end, &err);
	if (err)
		return err;
	ret = unix_receive(end, &iter, all_flags(f.file, flags), &truncated);
	if (ret >= 0)
		ret = put_no_name(addr, addr_len) ?: ret;
	fdput(f);
	return ret;
}

static int get_msghdr(struct user_msghdr *msg, const struct user_msghdr __user *umsg)
{
	if (copy_from_user(msg, umsg, sizeof(*msg)))
		return -EFAULT;
	if (msg->msg_namelen < 0)
		return -EINVAL;
	msg->msg_namelen = min(msg->msg_namelen, MAX_ADDRESS);
	return msg->msg_iovlen > UIO_MAXIOV ? -EMSGSIZE : 0;
}

/* Descriptors and credentials are not passed along, which is said once. */
static int refuse_control(void)
{
	static bool said;

	if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
		pr_warn("%s[%u] sends more than bytes over a socket, which is not offered\n",
			current->comm, current->pid);
	return -EOPNOTSUPP;
}

static long send_message(struct unix_end *end, const struct user_msghdr *msg, unsigned int flags)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct iov_iter iter;
	long ret = check_name(end, msg->msg_name, msg->msg_namelen);

	if (!ret && msg->msg_controllen)
		ret = refuse_control();
	if (ret)
		return ret;
	ret = import_iovec(ITER_SOURCE, msg->msg_iov, (unsigned int)msg->msg_iovlen, UIO_FASTIOV,
			   &iov, &iter);
	if (ret < 0)
		return ret;
	ret = unix_send(end, &iter, flags);
	kfree(iov);
	return ret;
}

SYSCALL_DEFINE3(sendmsg, int, fd, struct user_msghdr __user *, umsg, unsigned int, flags)
{
	struct user_msghdr msg;
	struct unix_end *end;
	int err;
	struct fd f = get_socket(fd, &end, &err);
	long ret;

	if (err)
		return err;
	ret = get_msghdr(&msg, umsg);
	if (!ret)
		ret = send_message(end, &msg, all_flags(f.file, flags));
	fdput(f);
	return ret;
}

/* What came with it: no name, nothing besides its bytes, and whether it was cut off. */
static int put_msghdr(const struct user_msghdr *msg, struct user_msghdr __user *umsg,
		      bool truncated)
{
	if ((msg->msg_name && put_user(0, &umsg->msg_namelen)) ||
	    put_user((size_t)0, &umsg->msg_controllen) ||
	    put_user(truncated ? (unsigned int)MSG_TRUNC : 0, &umsg->msg_flags))
		return -EFAULT;
	return 0;
}

static long receive_message(struct unix_end *end, const struct user_msghdr *msg, unsigned int flags,
			    bool *truncated)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct iov_iter iter;
	long ret = import_iovec(ITER_DEST, msg->msg_iov, (unsigned int)msg->msg_iovlen, UIO_FASTIOV,
				&iov, &iter);

	if (ret < 0)
		return ret;
	ret = unix_receive(end, &iter, flags, truncated);
	kfree(iov);
	return ret;
}

SYSCALL_DEFINE3(recvmsg, int, fd, struct user_msghdr __user *, umsg, unsigned int, flags)
{
	struct user_msghdr msg;
	struct unix_end *end;
	bool truncated;
	int err;
	struct fd f = get_socket(fd, &end, &err);
	long ret;

	if (err)
		return err;
	ret = get_msghdr(&msg, umsg);
	if (!ret)
		ret = receive_message(end, &msg, all_flags(f.file, flags), &truncated);
	if (ret >= 0)
		ret = put_msghdr(&msg, umsg, truncated) ?: ret;
	fdput(f);
	return ret;
}

SYSCALL_DEFINE2(shutdown, int, fd, int, how)
{
	struct unix_end *end;
	int err;
	struct fd f = get_socket(fd, &end, &err);

	if (err)
		return err;
	err = unix_shutdown(end, how);
	fdput(f);
	return err;
}

/* ---------------------------------------------------------------- what it is */

/* A name that says the family alone, as much of it as there is room for. */
static int put_family(void __user *addr, int __user *addr_len)
{
	u16 family = AF_UNIX;
	int len;

	if (get_user(len, addr_len))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (copy_to_user(addr, &family, min((size_t)len, sizeof(family))))
		return -EFAULT;
	return put_user((int)sizeof(family), addr_len);
}

static long socket_name(int fd, void __user *addr, int __user *addr_len, bool peer)
{
	struct unix_end *end;
	int err;
	struct fd f = get_socket(fd, &end, &err);

	if (err)
		return err;
	err = peer && !unix_is_connected(end) ? -ENOTCONN : put_family(addr, addr_len);
	fdput(f);
	return err;
}

SYSCALL_DEFINE3(getsockname, int, fd, void __user *, addr, int __user *, addr_len)
{
	return socket_name(fd, addr, addr_len, false);
}

SYSCALL_DEFINE3(getpeername, int, fd, void __user *, addr, int __user *, addr_len)
{
	return socket_name(fd, addr, addr_len, true);
}

/* An option's value in *value, SO_PEERCRED's in *cred: its size, or -ENOPROTOOPT. */
static int get_option(struct unix_end *end, int name, int *value, struct unix_cred *cred)
{
	switch (name) {
	case SO_TYPE:
		*value = unix_type(end);
		break;
	case SO_DOMAIN:
		*value = AF_UNIX;
		break;
	case SO_PROTOCOL:
	case SO_ACCEPTCONN:
		*value = 0;
		break;
	case SO_ERROR:
		*value = unix_take_error(end);
		break;
	case SO_SNDBUF:
		*value = (int)*unix_sndbuf(end);
		break;
	case SO_RCVBUF:
		*value = (int)*unix_rcvbuf(end);
		break;
	case SO_PEERCRED:
		*cred = unix_peer_cred(end);
		return sizeof(*cred);
	default:
		return -ENOPROTOOPT;
	}
	return sizeof(*value);
}

static int put_option(struct unix_end *end, int name, void __user *to, int __user *ulen)
{
	struct unix_cred cred;
	int value, len, size;

	if (get_user(len, ulen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	size = get_option(end, name, &value, &cred);
	if (size < 0)
		return size;
	len = min(len, size);
	if (copy_to_user(to, name == SO_PEERCRED ? (const void *)&cred : &value, (size_t)len))
		return -EFAULT;
	return put_user(len, ulen);
}

SYSCALL_DEFINE5(getsockopt, int, fd, int, level, int, name, void __user *, value, int __user *, len)
{
	struct unix_end *end;
	int err;
	struct fd f = get_socket(fd, &end, &err);

	if (err)
		return err;
	err = level == SOL_SOCKET ? put_option(end, name, value, len) : -EOPNOTSUPP;
	fdput(f);
	return err;
}

static void set_buffer(unsigned int *size, int value, unsigned int least)
{
	unsigned int want = (unsigned int)min(max(value, 0), SOCK_BUF_MAX) * SOCK_BUF_OVERHEAD;

	WRITE_ONCE(*size, max(want, least));
}

static int set_option(struct unix_end *end, int name, const int __user *from, int len)
{
	int value;

	if (len < (int)sizeof(value))
		return -EINVAL;
	if (get_user(value, from))
		return -EFAULT;
	switch (name) {
	case SO_SNDBUF:
		set_buffer(unix_sndbuf(end), value, SOCK_MIN_SNDBUF);
		return 0;
	case SO_RCVBUF:
		set_buffer(unix_rcvbuf(end), value, SOCK_MIN_RCVBUF);
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

SYSCALL_DEFINE5(setsockopt, int, fd, int, level, int, name, void __user *, value, int, len)
{
	struct unix_end *end;
	int err;
	struct fd f;

	if (len < 0)
		return -EINVAL;
	f = get_socket(fd, &end, &err);
	if (err)
		return err;
	err = level == SOL_SOCKET ? set_option(end, name, value, len) : -EOPNOTSUPP;
	fdput(f);
	return err;
}
