/* SPDX-License-Identifier: MIT */
/*
 * Archives in cpio's "new ASCII" format (cpio(5), newc), which initial files come in: pure, in memory.
 *
 * Each entry is a header of 110 characters, 13 numbers of 8 hexadecimal digits behind a magic; a name with a
 * 0; and the content: header with name, and content, each padded to 4 bytes.  An entry "TRAILER!!!" ends an
 * archive.  Zeros may follow, and another archive, as Linux allows.
 */
#ifndef KERNEL_FS_CPIO_H
#define KERNEL_FS_CPIO_H

#include "kernel/lib/compiler.h"

struct cpio {
	const char *data;
	size_t size, offset; /* of the next entry */
	const char *wrong;   /* what, where cpio_next() says -EINVAL */
	unsigned int ended;  /* archives that are behind it */
};

struct cpio_entry {
	const char *name; /* terminated, not empty */
	u32 ino, mode, uid, gid, nlink, mtime;
	u32 major, minor;   /* of the file system that it was on */
	u32 rmajor, rminor; /* of a device */
	const char *body;
	u32 size;
	unsigned int archive; /* of those in the data, from 0: `ino` tells files of one apart */
};

/*
 * 1: the next entry, which points into the data; 0: the end; -EINVAL: it is no such archive from `offset` on,
 * and `wrong` says why.  Names and contents lie within the data; nothing else is promised of them.
 */
int cpio_next(struct cpio *cpio, struct cpio_entry *entry);

/* It begins as one. */
bool cpio_begins(const void *data, size_t size);

/* What data that is no archive looks like: "gzip", "xz", ...; NULL: nothing known. */
const char *compression_name(const void *data, size_t size);

#endif
