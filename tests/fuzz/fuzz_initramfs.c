// SPDX-License-Identifier: MIT
// sources: kernel/fs/initramfs.c kernel/fs/cpio.c kernel/fs/ramfs.c kernel/fs/namei.c kernel/fs/names.c kernel/fs/dentry.c kernel/fs/inode.c kernel/fs/pagemap.c kernel/fs/super.c kernel/fs/mount.c kernel/fs/open.c kernel/fs/file_table.c kernel/fs/iov_iter.c kernel/fs/read_write.c kernel/fs/readdir.c kernel/fs/attr.c kernel/fs/sync.c kernel/lib/radix.c kernel/lib/tree.c
/*
 * An archive becomes files, whatever its entries name: kinds in each other's place, names through links, links of
 * files that have gone.  A model that knows nothing of dentries does the same to a table of names; in the end both
 * have the same tree, and when that is gone all memory is back.
 *
 * The input is an archive, or the choices that one is made by.
 */
#include "kernel/fs/initramfs.h"

#include <linux/mount.h>

#include "kernel/fs/cpio.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/vsprintf.h"
#include "mm/highmem.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/fuzz/fuzz.h"

/* ---------------------------------------------------------------- what stands around files */

static struct task_struct thread;
struct task_struct *current_task = &thread;
static struct path root; /* its */

void get_fs_root(struct path *path)
{
	*path = root;
	path_get(path);
}

void get_fs_pwd(struct path *path)
{
	get_fs_root(path);
}

umode_t current_umask(void)
{
	return 0;
}

void ktime_get_real_ts64(struct timespec64 *ts)
{
	*ts = (struct timespec64){ 7, 7 };
}

struct vfsmount *pseudo_mnt;
const struct file_operations def_chr_fops, def_blk_fops;

/* Pages where the direct map has them, and objects that the sanitizer watches one by one. */
#define NR_PAGES 1024

static bool page_used[NR_PAGES];
static unsigned long nr_used; /* pages and objects */
phys_addr_t direct_map_end = NR_PAGES * PAGE_SIZE;

struct page *alloc_pages(gfp_t flags, unsigned int order)
{
	unsigned long pfn = 0;
	struct page *page;

	MUST(!order);
	while (page_used[pfn])
		MUST(++pfn < NR_PAGES);
	page = pfn_to_page(pfn);
	memset(page, 0, sizeof(*page));
	memset(page_address(page), flags & __GFP_ZERO ? 0 : 0xcc, PAGE_SIZE);
	page->refcount = 1;
	page_used[pfn] = true;
	nr_used++;
	return page;
}

void get_page(struct page *page)
{
	MUST(page->refcount++ > 0);
}

void put_page(struct page *page)
{
	MUST(page->refcount > 0);
	if (--page->refcount)
		return;
	page_used[page_to_pfn(page)] = false;
	nr_used--;
}

unsigned long nr_ram_pages(void)
{
	return NR_PAGES;
}

void kunmap_local(const void *va)
{
	(void)va;
}

struct kmem_cache {
	unsigned int size;
	void (*ctor)(void *object);
};

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *object))
{
	static struct kmem_cache caches[4];
	static unsigned int n;

	(void)name, (void)align, (void)flags;
	MUST(n < ARRAY_SIZE(caches));
	caches[n] = (struct kmem_cache){ size, ctor };
	return &caches[n++];
}

void *kmem_cache_zalloc(struct kmem_cache *c, gfp_t flags)
{
	nr_used++;
	return kzalloc(c->size, flags);
}

void *kmem_cache_alloc(struct kmem_cache *c, gfp_t flags)
{
	void *object = kmem_cache_zalloc(c, flags);

	if (c->ctor)
		c->ctor(object);
	return object;
}

void kmem_cache_free(struct kmem_cache *c, void *object)
{
	(void)c;
	nr_used--;
	kfree(object);
}

/* Nobody is there to lock a file. */
void locks_free_context(struct inode *inode)
{
	(void)inode;
}

/* One thread never waits, and has no descriptors, no program's memory and no work for later. */
void never_called(void);
void never_called(void)
{
	panic("something is called that one thread of the kernel's does not need");
}
__asm__(".text\n"
	".irp name, fdget, fdget_raw, fdget_pos_slow, fdput_pos_slow, alloc_fd, fd_install, "
	"put_unused_fd, alloc_file_pseudo, strncpy_from_user, strndup_user, copy_struct_from_user, "
	"send_sig, schedule, prepare_to_wait_event, finish_wait, autoremove_wake_function, __wake_up, "
	"queue_work, flush_work, system_wq, __locks_remove_posix, __locks_remove_file, "
	"__kmap_local_pfn_prot, high_page_address, kmalloc_array, vm_enough_memory, vm_unacct_memory\n"
	".globl \\name\n\\name:\n"
	".endr\n"
	"jmp never_called\n");

/* ---------------------------------------------------------------- an archive by choice */

static char made[32768];

static size_t add_entry(char *at, const char *name, u32 mode, u8 number, const char *body)
{
	size_t n = (size_t)snprintf(
		at, 120, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", number % 4,
		mode, number, 6, 1 + number / 4 % 2, 1000 + number, (u32)strlen(body), 0,
		number / 8 % 2, 1, number % 16, (u32)strlen(name) + 1, 0);

	memset(at + n, 0, 32);
	memcpy(at + n, name, strlen(name));
	n = ALIGN(n + strlen(name) + 1, 4UL);
	memcpy(at + n, body, strlen(body));
	memset(at + n + strlen(body), 0, 4);
	return ALIGN(n + strlen(body), 4UL);
}

static size_t make_archive(struct choices c)
{
	static const char *const names[] = { "a",     "b",   "d",      "d/x",	 "d/y",	   "d/e",
					     "d/e/z", "l",   "l/x",    "l/",	 "./a",	   "/d//y",
					     "a/",    "d/.", "..",     "d/../b", "d/e/..", "m",
					     "m/e/z", ".",   "l/../a", "d/l",	 "d/l/x" };
	static const char *const bodies[] = { "",    "x",   "a",       "d",  "/d", "../a",
					      "l",   "m",   "d/e",     ".",  "..", "none",
					      "d/l", "l/x", "content", "./e" };
	static const u32 kinds[] = { S_IFREG, S_IFDIR, S_IFLNK,	 S_IFREG,
				     S_IFIFO, S_IFCHR, S_IFSOCK, 0 };
	size_t n = 0;

	while (c.left && n < sizeof(made) - 512) { /* room for two */
		u32 mode = kinds[choose8(&c) % ARRAY_SIZE(kinds)];
		const char *name = names[choose8(&c) % ARRAY_SIZE(names)];
		u8 number = choose8(&c), body = choose8(&c);

		if (body == 255)
			n += add_entry(made + n, "TRAILER!!!", 0, 0, "");
		n += add_entry(made + n, name, mode | (number & 7) * 0111U, number,
			       bodies[body % ARRAY_SIZE(bodies)]);
	}
	return n;
}

/* ---------------------------------------------------------------- the model */

#define MOST 512 /* more entries than an archive of 32 KiB has */
#define BODY 4096

struct node {
	u32 mode, uid, gid, mtime, rdev, links, size;
	char body[BODY + 1];	   /* a link's ends with a 0 */
	struct node *up;	   /* a folder's */
	const struct inode *inode; /* what it is in the kernel */
};

static struct node nodes[MOST]; /* the first is the root */
static unsigned int nr_nodes;
static struct name {
	struct node *dir, *node; /* node NULL: it has gone */
	const char *text;
	size_t len;
} names[MOST];
static unsigned int nr_names;

static struct name *find_name(const struct node *dir, const char *text, size_t len)
{
	for (unsigned int i = 0; i < nr_names; i++)
		if (names[i].node && names[i].dir == dir && names[i].len == len &&
		    !memcmp(names[i].text, text, len))
			return &names[i];
	return NULL;
}

/* PARENT: the last name is not looked behind; LOOKUP: only if a slash follows it; FOLLOW: where it leads. */
enum how { PARENT, LOOKUP, FOLLOW };

struct place {
	struct node *dir, *node; /* node NULL: nothing has the name */
	const char *last;
	size_t len;
	bool slash, special; /* a slash follows it; it is ".", ".." or the root */
};

static size_t span(const char *s, bool slashes)
{
	size_t n = 0;

	while (s[n] && (s[n] == '/') == slashes)
		n++;
	return n;
}

static bool find_place(struct node *at, const char *s, enum how how, unsigned int *links,
		       struct place *p)
{
	*p = (struct place){ .node = *s == '/' ? &nodes[0] : at, .special = true };
	if (!*s)
		return false;
	for (s += span(s, true); *s;) {
		const char *text = s;
		size_t len = span(s, false), gap = span(s + len, true);
		struct name *name;
		bool last;

		at = p->node;
		if (!at || !S_ISDIR(at->mode))
			return false;
		s += len + gap;
		last = !*s;
		*p = (struct place){ at, at, text, len, last && gap, true };
		if (len <= 2 && text[0] == '.' && text[len - 1] == '.') {
			p->node = len == 2 ? at->up : at;
			continue;
		}
		name = len <= NAME_MAX ? find_name(at, text, len) : NULL;
		p->special = false;
		p->node = name ? name->node : NULL;
		if (!name || len > NAME_MAX) {
			return last && how == PARENT && len <= NAME_MAX;
		}
		if (S_ISLNK(p->node->mode) && (!last || how == FOLLOW || (how == LOOKUP && gap))) {
			struct place to;

			if (++*links > MAXSYMLINKS ||
			    !find_place(at, p->node->body, FOLLOW, links, &to))
				return false;
			p->node = to.node;
		}
	}
	return how == PARENT || !p->slash || S_ISDIR(p->node->mode);
}

static bool find(const char *name, enum how how, struct place *p)
{
	unsigned int links = 0;

	return find_place(&nodes[0], name, how, &links, p);
}

static bool has_names(const struct node *dir)
{
	for (unsigned int i = 0; i < nr_names; i++)
		if (names[i].node && names[i].dir == dir)
			return true;
	return false;
}

static void clear_way(const struct cpio_entry *e)
{
	struct place p;
	bool folder;

	if (!find(e->name, LOOKUP, &p))
		return;
	folder = S_ISDIR(p.node->mode);
	if ((folder && S_ISDIR(e->mode)) || !find(e->name, PARENT, &p) || p.special || !p.node)
		return;
	if (folder ? S_ISDIR(p.node->mode) && !has_names(p.node) :
		     !S_ISDIR(p.node->mode) && !p.slash) {
		p.node->links--;
		find_name(p.dir, p.last, p.len)->node = NULL;
	}
}

/* The node is what the name leads to from now on: false where that is no new name. */
static bool add_name(const char *name, struct node *node)
{
	struct place p;

	if (!find(name, PARENT, &p) || p.special || p.node || (p.slash && !S_ISDIR(node->mode)))
		return false;
	MUST(nr_names < MOST);
	names[nr_names++] = (struct name){ p.dir, node, p.last, p.len };
	node->links++;
	node->up = p.dir;
	return true;
}

static bool make_node(const struct cpio_entry *e)
{
	struct node *node = &nodes[nr_nodes];
	bool device = S_ISCHR(e->mode) || S_ISBLK(e->mode);

	MUST(nr_nodes < MOST);
	*node = (struct node){ .mode = e->mode,
			       .rdev = device ? MKDEV(e->rmajor & 0xfff, e->rminor & 0xfffff) : 0 };
	if (S_ISLNK(e->mode)) {
		memcpy(node->body, e->body, min(e->size, (u32)BODY));
		if (e->size >= BODY || !*node->body)
			return false;
	}
	if (!add_name(e->name, node))
		return false;
	nr_nodes++;
	return true;
}

static bool write_body(const struct cpio_entry *e, bool whole)
{
	struct place p;

	if (!find(e->name, PARENT, &p) || p.special || p.slash)
		return false;
	if (!p.node && (!make_node(e) || !find(e->name, PARENT, &p)))
		return false;
	if (!S_ISREG(p.node->mode) || e->size > BODY)
		return false;
	memcpy(p.node->body, e->body, e->size);
	p.node->size = whole ? e->size : max(p.node->size, e->size);
	return true;
}

/* Who had that number first in its archive. */
static const struct cpio_entry *first_of(const struct cpio_entry *all, const struct cpio_entry *e)
{
	if (S_ISDIR(e->mode) || e->nlink < 2)
		return e;
	for (; all < e; all++)
		if (all->nlink > 1 && all->archive == e->archive && all->ino == e->ino &&
		    all->major == e->major && all->minor == e->minor &&
		    !((all->mode ^ e->mode) & S_IFMT))
			break;
	return all;
}

static bool make_link(const struct cpio_entry *first, const struct cpio_entry *e)
{
	struct place p;

	if (!find(first->name, LOOKUP, &p) || S_ISDIR(p.node->mode) || !add_name(e->name, p.node))
		return false;
	return !e->size || !S_ISREG(e->mode) || write_body(e, false);
}

static bool make_entry(const struct cpio_entry *all, const struct cpio_entry *e)
{
	const struct cpio_entry *first = first_of(all, e);
	struct place p;

	clear_way(e);
	if (first != e)
		return make_link(first, e);
	switch (e->mode & S_IFMT) {
	case S_IFREG:
		return write_body(e, true);
	case S_IFDIR: /* it may be there */
		return find(e->name, PARENT, &p) && (p.special || p.node || make_node(e));
	case S_IFLNK:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return make_node(e);
	default:
		return false;
	}
}

static bool set_attributes(const struct cpio_entry *e)
{
	struct place p;

	if (!find(e->name, LOOKUP, &p))
		return false;
	if ((p.node->mode ^ e->mode) & S_IFMT)
		return true;
	p.node->mode = (e->mode & S_IFMT) | (e->mode & 07777);
	p.node->uid = e->uid;
	p.node->gid = e->gid;
	p.node->mtime = e->mtime;
	return true;
}

/* How many files there were. */
static unsigned int unpack_model(const char *data, size_t size)
{
	static struct cpio_entry entries[MOST];
	struct cpio cpio = { .data = data, .size = size };
	unsigned int n = 0, files = 0;

	nodes[0] = (struct node){ .mode = S_IFDIR | 01777, .up = &nodes[0] };
	nr_nodes = 1;
	nr_names = 0;
	while (cpio_next(&cpio, &entries[n]) > 0) {
		files += make_entry(entries, &entries[n]) && set_attributes(&entries[n]);
		MUST(++n < MOST);
	}
	return files;
}

/* ---------------------------------------------------------------- both */

static void compare_content(const struct node *node, struct inode *inode)
{
	for (u32 at = 0; at < node->size; at += PAGE_SIZE) {
		struct page *page = find_get_page(inode->i_mapping, at / PAGE_SIZE);

		MUST(page);
		MUST(!memcmp(page_address(page), node->body + at,
			     min(node->size - at, (u32)PAGE_SIZE)));
		put_page(page);
	}
}

static void compare(struct node *node, const struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	struct dentry *child;
	unsigned int there = 0;

	MUST(!node->inode || node->inode == inode);
	node->inode = inode;
	MUST(inode->i_mode == node->mode && inode->i_uid == node->uid && inode->i_gid == node->gid);
	if (!S_ISDIR(node->mode)) {
		MUST(inode->i_nlink == node->links && inode->i_mtime.tv_sec == node->mtime);
		MUST(inode->i_rdev == node->rdev);
		MUST(!S_ISLNK(node->mode) || !strcmp(inode->i_link, node->body));
		MUST(!S_ISREG(node->mode) || inode->i_size == node->size);
		if (S_ISREG(node->mode))
			compare_content(node, inode);
		return;
	}
	list_for_each_entry(child, &dentry->d_subdirs, d_child) {
		struct name *name = find_name(node, child->d_name, child->d_len);

		MUST(name);
		compare(name->node, child);
		there++;
	}
	for (unsigned int i = 0; i < nr_names; i++)
		there -= names[i].node && names[i].dir == node;
	MUST(!there);
}

static void set_up(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	test_map(PAGE_OFFSET, NR_PAGES * PAGE_SIZE);
	test_map(VMEMMAP_START, NR_PAGES * sizeof(struct page));
	inode_init();
	dentry_init();
	pagemap_init();
	file_table_init();
	ramfs_init();
	mount_init();
	root = (struct path){ root_mnt, root_mnt->mnt_root };
	MUST(!kern_mkdir("/in", 0755));
}

void fuzz(const u8 *data, size_t size)
{
	struct path outer, in;
	unsigned long used;
	char said[32];

	set_up();
	if (size < 6 || memcmp(data, "07070", 5)) {
		size = make_archive((struct choices){ data, size });
		data = (u8 *)made;
	}
	used = nr_used;
	MUST(!kern_mount_at("t", "/in", "tmpfs", 0, NULL));
	MUST(!kern_path("/in", 0, &in));
	outer = root;
	root = in;
	initramfs_unpack(data, size, "it");
	snprintf(said, sizeof(said), "it: %u files of", unpack_model((const char *)data, size));
	MUST(test_log_has(said));
	compare(&nodes[0], in.dentry);
	root = outer;
	path_put(&in);
	MUST(!kern_umount("/in", 0));
	MUST(nr_used == used && !nr_file_pages());
}
