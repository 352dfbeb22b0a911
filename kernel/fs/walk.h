/* SPDX-License-Identifier: MIT */
/* The walk over a path: what kernel/fs/namei.c has for those who open and change names. */
#ifndef KERNEL_FS_WALK_H
#define KERNEL_FS_WALK_H

#include "kernel/fs/internal.h"
#include "kernel/fs/namei.h"

enum last_type { LAST_NORM, LAST_ROOT, LAST_DOT, LAST_DOTDOT };

/* What is left of the text of a path when a symlink in it is walked. */
struct walk_rest {
	const char *text;
	char *allocated;
};

struct nameidata {
	struct path path; /* held: where the walk is */
	struct path root; /* held, once it is asked for: nd_root() */
	unsigned int flags;
	unsigned int links; /* symlinks so far */
	bool must_be_dir;   /* a slash follows the last component */
	bool missing;	    /* -ENOENT, but only of the last component: path is its directory */
	enum last_type last_type;
	struct qstr last;
	char *allocated; /* the text that `last` lies in, where it was made for the walk */
	unsigned int depth;
	struct walk_rest rest[MAXSYMLINKS];
};

/* Room for a name that is short, as most are: then it is not allocated. */
#define SHORT_NAME 208
struct name_room {
	struct filename name;
	char text[SHORT_NAME];
};
/* As getname_flags(), perhaps in the room, which is the caller's; to be given to putname_room(). */
struct filename *getname_room(struct name_room *room, const char __user *text, int lookup_flags);
static inline void putname_room(struct filename *name, struct name_room *room)
{
	if (unlikely(name != &room->name))
		putname(name);
}

/* Not for others: stop in front of the last component, which is in `last`. */
#define LOOKUP_PARENT 0x0010

/*
 * Begin where the name and dfd say: 0, and nd is to be given to walk_end(); or -errno.  In between, with
 * tree_sem held, walk().  Its 0: nd->path is the place (LOOKUP_PARENT: its directory).
 */
int walk_begin(struct nameidata *nd, int dfd, const struct filename *name, unsigned int flags);
int walk(struct nameidata *nd, const char *text);
void walk_end(struct nameidata *nd);
/* The same, but nd->path goes to the caller with its holds. */
void walk_end_at(struct nameidata *nd, struct path *path);

/* The child of that name, held; NULL: there is none; ERR_PTR.  tree_sem is held. */
struct dentry *lookup_child(struct dentry *dir, const struct qstr *name);
/*
 * Where there is none: one that is to get an inode, held, not in the tree yet.  ERR_PTR: -EROFS, -ENOENT of a
 * directory that is gone or knows all its names, -ENOMEM.  tree_sem is written.
 */
struct dentry *new_child(struct nameidata *nd);

#endif
