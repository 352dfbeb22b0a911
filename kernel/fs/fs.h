/* SPDX-License-Identifier: MIT */
/*
 * Files.
 *
 *   inode     a file: what it is, how large, when changed, and where its content comes from
 *   dentry    a name in a directory, and the inode it leads to; NULL: it leads nowhere
 *   mount     a tree of dentries, and the dentry of another tree that it stands on
 *   path      a mount and a dentry: a place in the whole
 *   file      an inode that somebody opened: a position, and how it was opened
 *
 * Two kinds of dentry.  Most are the file system: they are made with the file and stay until it
 * is removed (ramfs, /dev, the fixed part of /proc and /sys).  The others are made by each lookup,
 * from what their directory says at that moment (/proc/PID), and live as long as somebody holds them.
 * Nothing is cached, so nothing is stale.
 *
 * Who owns what: a dentry holds its parent and its inode; a path its mount and dentry; a file its
 * path.  The tree itself holds a dentry that stays.  An inode without holders is evicted: its
 * content goes, unless it has links, which its dentries are.
 *
 * Locks, outermost first:
 *   tree_sem        the names: children, parents, mounts, which inode a dentry has, link counts.  Read
 *                   to walk a path, written to change one.  Held by no caller of this header's
 *                   functions, and not taken to close a file
 *   inode->i_rwsem  the content of one file: written to write, to truncate and to change attributes
 *   (mm's mmap_lock, which a fault takes while user memory is copied)
 *   i_mmap_rwsem, the lock of a page, the spinlock of a mapping: kernel/fs/pagemap.h
 *   files->file_lock, rename_lock, i_lock: spinlocks and leaves, not for interrupts
 *
 * rename_lock is taken as well to change a name or a parent, so that d_path() needs tree_sem not:
 * it may be called under mmap_lock.
 */
#ifndef KERNEL_FS_FS_H
#define KERNEL_FS_FS_H

#include <linux/fcntl.h>
#include <linux/stat.h>

#include "kernel/core/spinlock.h"
#include "kernel/fs/pagemap.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/list.h"
#include "kernel/lib/tree.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/rwsem.h"
#include "kernel/time/timespec.h"

struct dentry;
struct file;
struct iattr;
struct inode;
struct iov_iter;
struct kiocb;
struct kstat;
struct kstatfs;
struct path;
struct pipe_inode_info;
struct poll_table_struct;
struct super_block;
struct vfsmount;
struct vm_area_struct;

#define NAME_MAX	 255
#define PATH_MAX	 4096	      /* bytes, the terminating 0 included */
#define MAX_RW_COUNT	 0x7ffff000UL /* the most that one call reads or writes */
#define MAX_LFS_FILESIZE 0x7fffffffffffffffL

/* The kernel's dev_t, and the ABI's. */
#define MINORBITS     20
#define MAJOR(dev)    ((unsigned int)((dev) >> MINORBITS))
#define MINOR(dev)    ((unsigned int)((dev) & ((1U << MINORBITS) - 1)))
#define MKDEV(ma, mi) ((dev_t)((ma) << MINORBITS | (mi)))

static inline u64 new_encode_dev(dev_t dev)
{
	return (MINOR(dev) & 0xff) | (u64)MAJOR(dev) << 8 | (u64)(MINOR(dev) & ~0xffU) << 12;
}

static inline dev_t new_decode_dev(u64 dev)
{
	return MKDEV((dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00));
}

/* ---------------------------------------------------------------- inodes */

struct inode {
	umode_t i_mode;
	u16 i_flags; /* S_* */
	u32 i_count; /* holders; atomic */
	u32 i_nlink; /* tree_sem */
	uid_t i_uid;
	gid_t i_gid;
	dev_t i_rdev;
	unsigned long i_ino;
	struct super_block *i_sb;
	const struct inode_operations *i_op;
	const struct file_operations *i_fop; /* what open() gives to a file */
	struct address_space *i_mapping;     /* &i_data, but for a block device */
	s32 i_writecount; /* files that write it, or, negative, programs that run it; atomic */
	loff_t i_size;	  /* changed under i_rwsem; a look without */
	struct timespec64 i_atime, i_mtime, i_ctime, i_crtime; /* i_lock */
	spinlock_t i_lock;
	struct rw_semaphore i_rwsem;
	struct address_space i_data;
	struct file_lock_context *i_flctx; /* kernel/fs/locks.h; NULL: never locked */
	union {
		struct pipe_inode_info *i_pipe;
		char *i_link; /* a symlink's text, freed with the inode */
	};
	void *i_private; /* the file system's, or the device's (kernel/fs/devfs.h) */
};

#define S_DEAD	   0x01 /* a directory that was removed, a kernel file whose maker is gone */
#define S_PRIVATE  0x02 /* on no mount that programs see: pipes and the like */
#define S_PROMISED 0x04 /* i_private pages were: kernel/fs/shmem.h */

/* What a symlink leads to: text to be walked, or a place. */
struct link_target {
	const char *text;
	char *allocated; /* freed with kfree() once the text was walked; may be text itself, or NULL */
	struct path *path; /* where to write a place, held; text stays NULL then */
};

/*
 * A file system's.  All but getattr and get_link are called with tree_sem written, and the names were
 * looked at: a dentry that is to get an inode has none, one that is to lose it has one.  0 or -errno.
 * Absent: -EPERM, but for what their line says.
 */
struct inode_operations {
	/*
	 * A directory whose entries are not there until they are asked for: an inode, held for the
	 * caller, which makes the dentry; or ERR_PTR(-ENOENT).  tree_sem is read.  Absent: it has only
	 * those that are there.
	 */
	struct inode *(*lookup)(struct inode *dir, const char *name);
	int (*create)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*link)(struct dentry *old, struct inode *dir, struct dentry *dentry);
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*symlink)(struct inode *dir, struct dentry *dentry, const char *target);
	int (*mkdir)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*rmdir)(struct inode *dir, struct dentry *dentry); /* it is empty */
	int (*mknod)(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev);
	int (*rename)(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		      struct dentry *new, unsigned int flags);
	/* For O_TMPFILE: an inode without a name.  Absent: -EOPNOTSUPP. */
	struct inode *(*tmpfile)(struct inode *dir, umode_t mode);
	/* In a walk tree_sem is read, in readlink() not.  0 and *target is filled in. */
	int (*get_link)(struct inode *inode, struct link_target *target);
	/* i_rwsem is written.  Absent: simple_setattr(), in which a size is -EINVAL without a_ops. */
	int (*setattr)(struct dentry *dentry, struct iattr *attr);
	/* Adds to what the inode says.  Absent: nothing. */
	int (*getattr)(const struct path *path, struct kstat *stat);
};

/* A change of attributes: those of ia_valid. */
struct iattr {
	unsigned int ia_valid; /* ATTR_* */
	umode_t ia_mode;
	uid_t ia_uid;
	gid_t ia_gid;
	loff_t ia_size;
	struct timespec64 ia_atime, ia_mtime, ia_ctime;
};
#define ATTR_MODE  0x001
#define ATTR_UID   0x002
#define ATTR_GID   0x004
#define ATTR_SIZE  0x008
#define ATTR_ATIME 0x010
#define ATTR_MTIME 0x020
#define ATTR_CTIME 0x040

/*
 * A new inode of `sb`, held once, with mode, a number, the times of now, one link (a directory: two) and
 * root's; NULL without memory.  Its operations, for anything but a fifo, a device or a socket, are
 * the caller's to set.  May sleep.
 */
struct inode *new_inode(struct super_block *sb, umode_t mode, dev_t rdev);
/* Hold it / let it go: without holders it is evicted.  iput() may sleep; NULL is harmless. */
void ihold(struct inode *inode);
void iput(struct inode *inode);

/*
 * A file is written or run as a program, not both: each of the two holds off the other, and finds
 * -ETXTBSY where it is late.  Not by a name that is not in a mount that programs see: a memfd that is
 * open may be run.  Each is undone by its pair; who has denied once may do so again, without fail.  Any context.
 */
int get_write_access(struct inode *inode);
void put_write_access(struct inode *inode);
int deny_write_access(struct file *file);
void allow_write_access(struct file *file);

static inline loff_t i_size_read(const struct inode *inode)
{
	return READ_ONCE(inode->i_size);
}

/* Wall clock as stamps have it.  Any context. */
struct timespec64 current_time(void);
/* The content was read / written, the attributes changed: now.  Any thread. */
void touch_atime(const struct path *path);
void inode_update_time(struct inode *inode); /* mtime and ctime */
void inode_set_ctime(struct inode *inode);

static inline void file_accessed(struct file *file);

/* ---------------------------------------------------------------- names */

#define DNAME_INLINE 32 /* bytes of a name with its 0 that need no allocation */

struct dentry {
	u32 d_count; /* holders; atomic */
	u16 d_flags; /* DCACHE_* */
	u16 d_len;
	u32 d_hash; /* of the name */
	const char *d_name;
	struct dentry *d_parent; /* itself, for a root */
	struct inode *d_inode;	 /* NULL: negative */
	struct super_block *d_sb;
	struct vfsmount *d_mounts; /* those that stand on it */
	struct tree_node d_node;   /* in the parent's d_children, by hash and name */
	struct list_head d_child;  /* in the parent's d_subdirs, which is the order of getdents */
	struct tree_root d_children;
	struct list_head d_subdirs; /* dentries that stay */
	s64 d_order;		    /* grows along that list; so a reader knows how far it was */
	char d_iname[DNAME_INLINE];
};

#define DCACHE_HASHED  0x01 /* in its parent's tree: it stays */
#define DCACHE_PSEUDO  0x02 /* of a file without a place: its name is all of its path */
#define DCACHE_REMOVED 0x04 /* it had been in its parent's tree, and is in none any more */

static inline bool d_is_positive(const struct dentry *dentry)
{
	return dentry->d_inode;
}

static inline bool d_is_dir(const struct dentry *dentry)
{
	return dentry->d_inode && S_ISDIR(dentry->d_inode->i_mode);
}

/* Hold / let go.  dput() may sleep where the last one goes; NULL is harmless. */
static inline struct dentry *dget(struct dentry *dentry)
{
	if (dentry)
		__atomic_fetch_add(&dentry->d_count, 1, __ATOMIC_RELAXED);
	return dentry;
}
void dput(struct dentry *dentry);

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

void path_put(const struct path *path); /* and path_get(): kernel/fs/mount.h */

/*
 * The path's text as current's root sees it, at the end of buf, of which at least PATH_MAX bytes serve all;
 * ERR_PTR(-ENAMETOOLONG).  " (deleted)" follows what has no name any more.  Any thread; takes no lock
 * that sleeps.
 */
char *d_path(const struct path *path, char *buf, int size);
/* The same of a directory that current stands in, behind "(unreachable)" where that is not below its root. */
char *d_cwd(const struct path *path, char *buf, int size);
/* From the root of its file system, wherever that is mounted. */
char *dentry_path(const struct dentry *dentry, char *buf, int size);
/* The same of a file. */
char *file_path(struct file *file, char *buf, int size);

/* ---------------------------------------------------------------- open files */

#define FMODE_READ	 0x1U /* Linux's numbers */
#define FMODE_WRITE	 0x2U
#define FMODE_LSEEK	 0x4U
#define FMODE_PREAD	 0x8U
#define FMODE_PWRITE	 0x10U
#define FMODE_EXEC	 0x20U
#define FMODE_PATH	 0x4000U
#define FMODE_ATOMIC_POS 0x8000U  /* f_pos is taken under f_pos_lock */
#define FMODE_WRITER	 0x10000U /* has write access: get_write_access(), mnt_get_write() */
#define FMODE_CAN_READ	 0x20000U
#define FMODE_CAN_WRITE	 0x40000U
#define FMODE_OPENED	 0x80000U
#define FMODE_STREAM	 0x200000U
#define FMODE_NOWAIT	 0x8000000U /* its read_iter and write_iter heed IOCB_NOWAIT */

/* Who gets SIGIO and SIGURG: fcntl F_SETOWN. */
struct fown_struct {
	int pid;  /* negative: a process group; 0: nobody */
	int type; /* F_OWNER_* */
	int signum;
};

struct file {
	u32 f_count; /* holders; atomic */
	fmode_t f_mode;
	unsigned int f_flags; /* O_* */
	spinlock_t f_lock;    /* f_flags, f_owner */
	const struct file_operations *f_op;
	struct inode *f_inode;
	struct address_space *f_mapping; /* the inode's i_mapping, or what open() put there */
	void *private_data;		 /* f_op's */
	loff_t f_pos;
	struct path f_path;
	struct mutex f_pos_lock;
	struct fown_struct f_owner;
	struct list_head f_ep; /* epoll's: those that watch it; kernel/event/ */
	struct file *f_next;   /* in the list of those to be closed by a worker */
};

struct dir_context {
	/* False: no room for it; it comes again next time.  `type`: DT_*. */
	bool (*actor)(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino,
		      unsigned int type);
	loff_t pos;
};

static inline bool dir_emit(struct dir_context *ctx, const char *name, int len, u64 ino,
			    unsigned int type)
{
	return ctx->actor(ctx, name, len, ctx->pos, ino, type);
}

/* "." and "..": for positions 0 and 1.  False: no room. */
bool dir_emit_dots(struct file *file, struct dir_context *ctx);

/*
 * All in a thread that may sleep, with no lock of ours held but what is said.  An absent one is answered as
 * Linux does: read_iter, write_iter -EINVAL; llseek -ESPIPE; unlocked_ioctl -ENOTTY; mmap -ENODEV
 * without a_ops; iterate_shared -ENOTDIR; fsync -EINVAL; poll: always ready.
 */
struct file_operations {
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	int (*iterate_shared)(struct file *file, struct dir_context *ctx);   /* tree_sem is read */
	__poll_t (*poll)(struct file *file, struct poll_table_struct *wait); /* EPOLL* */
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *file, struct vm_area_struct *vma); /* mmap_lock is written */
	int (*open)(struct inode *inode, struct file *file);
	int (*flush)(struct file *file, void *id); /* one descriptor of it is closed */
	/* The last holder is gone.  The inode and the path are still there. */
	int (*release)(struct inode *inode, struct file *file);
	int (*fsync)(struct file *file, loff_t start, loff_t end, int datasync);
	/* F_SETPIPE_SZ and F_GETPIPE_SZ.  Absent: -EBADF. */
	long (*fcntl)(struct file *file, unsigned int cmd, unsigned long arg);
	/* O_ASYNC is set or cleared: fasync_helper() of the file's list.  Absent: there is no signal. */
	int (*fasync)(int fd, struct file *file, int on);
	long (*fallocate)(struct file *file, int mode, loff_t offset, loff_t len);
	void (*show_fdinfo)(struct sink *out, struct file *file); /* lines of /proc/PID/fdinfo/N */
};

/* One read or write that is under way. */
struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	/*
	 * Present: read_iter may return -EIOCBQUEUED and call this once, from any context, with the
	 * result.  NULL: it is synchronous.
	 */
	void (*ki_complete)(struct kiocb *iocb, long ret);
	void *private; /* f_op's */
	int ki_flags;  /* IOCB_* */
	u16 ki_ioprio;
};

/* Linux's numbers; the first four are RWF_*. */
#define IOCB_HIPRI  0x01
#define IOCB_DSYNC  0x02
#define IOCB_NOWAIT 0x08
#define IOCB_APPEND 0x10
#define IOCB_DIRECT 0x20000
#define IOCB_WRITE  0x80000

#define ENOIOCTLCMD 515 /* an unlocked_ioctl() does not know the command: -ENOTTY */
#define EIOCBQUEUED 529 /* it is under way: ki_complete() tells the result */

static inline bool is_sync_kiocb(const struct kiocb *iocb)
{
	return !iocb->ki_complete;
}

/* For the file, at no position yet: the caller sets ki_pos.  Its flags are those of f_flags. */
void init_sync_kiocb(struct kiocb *iocb, struct file *file);
/* Add the RWF_* of a preadv2(): 0, or -EOPNOTSUPP. */
int kiocb_set_rw_flags(struct kiocb *iocb, int flags);

/*
 * Open a path from within the kernel, as open() would: a file, or ERR_PTR.  `flags` are O_*, the umask is
 * applied.  Close with filp_close(file, NULL) or fput().  In a thread.
 */
struct file *filp_open(const char *name, int flags, umode_t mode);
/* What a close() does besides taking the descriptor away: flush, posix locks of `id`, fput(). */
int filp_close(struct file *file, void *id);

/* A holder more.  The caller holds it already. */
struct file *get_file(struct file *file);
/*
 * Let it go.  The last one closes it: at once in a thread that may sleep, else a worker does it.  Any
 * context.
 */
void fput(struct file *file);
/* Wait until the workers have closed what is over.  For tests and execve(). */
void flush_delayed_fput(void);

/* Read or write kernel memory at *pos, which moves; bytes, or -errno.  In a thread. */
ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos);
ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos);

/* One transfer through f_op, checks and limits included: what read(), readv(), aio do. */
ssize_t vfs_iter_read(struct file *file, struct kiocb *iocb, struct iov_iter *to);
ssize_t vfs_iter_write(struct file *file, struct kiocb *iocb, struct iov_iter *from);
/* 0, or -EINVAL: may `count` bytes at pos be asked for?  */
int rw_verify_area(struct file *file, const loff_t *pos, size_t count);

loff_t vfs_llseek(struct file *file, loff_t offset, int whence);
/* For f_op->llseek: no position, any position is 0, any position, the size of the inode. */
loff_t noop_llseek(struct file *file, loff_t offset, int whence);
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
/* The same for who knows the size better, and the largest position. */
loff_t generic_file_llseek_size(struct file *file, loff_t offset, int whence, loff_t maxsize,
				loff_t eof);
/* It has a size that is told, nothing more: /dev/vda. */
loff_t fixed_size_llseek(struct file *file, loff_t offset, int whence, loff_t size);
/* For f_op->open: the file is no file with a position / it is a pipe or the like. */
int nonseekable_open(struct inode *inode, struct file *file);
int stream_open(struct inode *inode, struct file *file);

int vfs_fsync_range(struct file *file, loff_t start, loff_t end, int datasync);
long vfs_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
/* May the file be so large for current?  0, or -EFBIG and a signal: RLIMIT_FSIZE. */
int check_new_size(const struct inode *inode, loff_t size);
/* Of a regular file that the caller has write access to. */
int vfs_truncate(const struct path *path, loff_t length);
int vfs_getattr(const struct path *path, struct kstat *stat, u32 request_mask);
int notify_change(struct dentry *dentry, struct iattr *attr); /* i_rwsem is written */
/* For i_op->setattr: the attributes are stored, a size is the page cache's. */
int simple_setattr(struct dentry *dentry, struct iattr *attr);
int iterate_dir(struct file *file, struct dir_context *ctx);

/* What stat tells; the ABI's forms are made of it. */
struct kstat {
	u32 result_mask; /* STATX_* */
	umode_t mode;
	unsigned int nlink;
	u32 blksize;
	u64 attributes, attributes_mask;
	u64 ino;
	dev_t dev, rdev;
	uid_t uid;
	gid_t gid;
	loff_t size;
	struct timespec64 atime, mtime, ctime, btime;
	u64 blocks; /* of 512 bytes */
	u64 mnt_id;
};

/*
 * A file without a place: of an inode of its own (a pipe), whose name in /proc/PID/fd is `name`; and one that
 * shares the one inode that all such have (an eventfd).  `flags` are O_*.  The inode's holder becomes the
 * file's, also on failure.  ERR_PTR.  In a thread.
 */
struct inode *new_pseudo_inode(umode_t mode);
struct file *alloc_file_pseudo(struct inode *inode, const char *name, int flags,
			       const struct file_operations *fops);
/* Another file of the same place: a pipe's other end. */
struct file *alloc_file_clone(struct file *base, int flags, const struct file_operations *fops);
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv,
				int flags);
/* The same with a descriptor, or -errno. */
int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags);

/* What a fifo that mknod() made does when it is opened; by the room that has pipes, at boot. */
void fs_set_fifo_fops(const struct file_operations *fops);

/* What sync() does: all that is dirty gets to the devices; by the room that has those. */
void fs_set_sync_devices(void (*sync)(void));

/* Who is told that a file with something in f_ep ends; by the room that has epoll, at boot. */
void fs_set_eventpoll_release(void (*release)(struct file *file));

static inline struct inode *file_inode(const struct file *file)
{
	return file->f_inode;
}

static inline void file_accessed(struct file *file)
{
	if (!(file->f_flags & O_NOATIME))
		touch_atime(&file->f_path);
}

/* ---------------------------------------------------------------- file systems */

struct super_block {
	struct file_system_type *s_type;
	struct dentry *s_root;
	const struct super_operations *s_op;
	dev_t s_dev;
	unsigned long s_magic;
	unsigned int s_blocksize; /* stat's st_blksize */
	u32 s_active;		  /* mounts of it, and 1 where it stays without; atomic */
	u64 s_next_ino;		  /* atomic */
	u32 s_inodes;		  /* that there are, held or linked; atomic */
	u64 s_pages,
		s_max_pages; /* of its files in memory, atomic; how many may be: 0: not counted */
	u32 s_writers;	     /* of all its mounts: mnt_get_write() */
	struct list_head s_list;
	void *s_fs_info;
};

struct super_operations {
	int (*statfs)(struct super_block *sb,
		      struct kstatfs *buf);	   /* absent: all 0 but the magic */
	void (*evict_inode)(struct inode *inode);  /* the file system's part of it goes */
	void (*put_super)(struct super_block *sb); /* no inode is left */
	void (*show_options)(struct sink *out,
			     struct super_block *sb); /* ",size=1k" of /proc/mounts */
};

struct kstatfs {
	long f_type, f_bsize, f_namelen, f_frsize, f_flags;
	u64 f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	int f_fsid[2];
};

struct file_system_type {
	const char *name;
	bool requires_dev; /* not "nodev" in /proc/filesystems */
	bool dev_per_mount; /* to programs each mount is another one, though all show the same tree */
	/* A super block with a root, s_active counted for the caller; or ERR_PTR.  `data`: "size=1m,...", or NULL. */
	struct super_block *(*mount)(struct file_system_type *type, const char *data);
	struct list_head list;
};

/* It can be mounted by its name from now on.  The struct stays for ever. */
void register_filesystem(struct file_system_type *type);
/* Print /proc/filesystems. */
void show_filesystems(struct sink *out);

#endif
