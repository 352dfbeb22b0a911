// SPDX-License-Identifier: MIT
/*
 * Names: the tree that a file system of memory is.
 *
 * A directory finds its children by a balanced tree in the order of hash, length and text, and lists
 * them in the order of their making.  A dentry that is in neither was made for one lookup, or has been
 * removed; its parent stays as long as it does, for d_path().
 */
#include "kernel/core/printk.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/internal.h"
#include "mm/slab.h"

DECLARE_RWSEM(tree_sem);
DEFINE_SPINLOCK(rename_lock);

static struct kmem_cache *dentry_cache;

/* FNV-1a, a byte at a time. */
u32 hash_component(const char *s, u32 *len)
{
	const char *c = s;
	u32 hash = 2166136261u;

	/* Of most characters a bit that '/' has not tells that they are neither that nor the end. */
	for (; *c & ~'/' || (*c && *c != '/'); c++)
		hash = (hash ^ (u8)*c) * 16777619;
	*len = (u32)(c - s);
	return hash;
}

static int compare(const struct qstr *name, const struct dentry *dentry)
{
	if (name->hash != dentry->d_hash)
		return name->hash < dentry->d_hash ? -1 : 1;
	if (name->len != dentry->d_len)
		return name->len < dentry->d_len ? -1 : 1;
	return memcmp(name->name, dentry->d_name, name->len);
}

static bool has_name(const struct dentry *dentry, const struct qstr *name)
{
	const char *a = name->name, *b = dentry->d_name;
	size_t n = name->len;

	if (dentry->d_len != n)
		return false;
	while (n && a[n - 1] == b[n - 1])
		n--;
	return !n;
}

static struct dentry *of_node(struct tree_node *node)
{
	return tree_entry(node, struct dentry, d_node);
}

struct dentry *d_alloc(struct dentry *parent, struct super_block *sb, const struct qstr *name)
{
	struct dentry *d = kmem_cache_zalloc(dentry_cache, GFP_KERNEL);
	char *text;

	if (!d)
		return NULL;
	text = name->len < DNAME_INLINE ? d->d_iname : kmalloc(name->len + 1, GFP_KERNEL);
	if (!text) {
		kmem_cache_free(dentry_cache, d);
		return NULL;
	}
	memcpy(text, name->name, name->len);
	text[name->len] = '\0';
	d->d_name = text;
	d->d_len = name->len;
	d->d_hash = name->hash;
	d->d_count = 1;
	d->d_sb = sb;
	d->d_parent = parent ? dget(parent) : d;
	INIT_LIST_HEAD(&d->d_child);
	INIT_LIST_HEAD(&d->d_subdirs);
	return d;
}

struct dentry *d_make_root(struct super_block *sb, struct inode *inode)
{
	struct dentry *root = inode ? d_alloc(NULL, sb, &(struct qstr){ "/", 1, 0 }) : NULL;

	if (root)
		d_instantiate(root, inode);
	else
		iput(inode);
	return root;
}

static void free_name(struct dentry *dentry)
{
	if (dentry->d_name != dentry->d_iname)
		kfree(dentry->d_name);
}

/* What it held is let go as well, upwards. */
static noinline void dentry_free(struct dentry *dentry)
{
	do {
		struct dentry *parent = dentry->d_parent != dentry ? dentry->d_parent : NULL;

		iput(dentry->d_inode);
		free_name(dentry);
		kmem_cache_free(dentry_cache, dentry);
		dentry = parent;
	} while (dentry && !__atomic_sub_fetch(&dentry->d_count, 1, __ATOMIC_ACQ_REL));
}

void dput(struct dentry *dentry)
{
	if (dentry && !__atomic_sub_fetch(&dentry->d_count, 1, __ATOMIC_ACQ_REL))
		dentry_free(dentry);
}

/* From a node of the same hash on, or nowhere. */
static noinline struct dentry *find_among_same(struct tree_node *node, const struct qstr *name)
{
	while (node) {
		int order = compare(name, of_node(node));

		if (!order)
			return dget(of_node(node));
		node = order < 0 ? node->left : node->right;
	}
	return NULL;
}

struct dentry *d_find(struct dentry *parent, const struct qstr *name)
{
	struct tree_node *node = parent->d_children.node;

	while (node && name->hash != of_node(node)->d_hash)
		node = name->hash < of_node(node)->d_hash ? node->left : node->right;
	/* Mostly it is that one. */
	if (likely(node && has_name(of_node(node), name)))
		return dget(of_node(node));
	return find_among_same(node, name);
}

/* Where the parent finds it. */
static void hash_dentry(struct dentry *dentry)
{
	struct tree_root *root = &dentry->d_parent->d_children;
	struct qstr name = { dentry->d_name, dentry->d_len, dentry->d_hash };
	struct tree_node **link = &root->node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = compare(&name, of_node(parent)) < 0 ? &parent->left : &parent->right;
	}
	tree_link(&dentry->d_node, parent, link);
	tree_insert(&dentry->d_node, root);
	dentry->d_flags |= DCACHE_HASHED;
}

static void unhash_dentry(struct dentry *dentry)
{
	tree_erase(&dentry->d_node, &dentry->d_parent->d_children);
	dentry->d_flags &= ~DCACHE_HASHED;
}

/* In front of all others of its parent, or behind them. */
static void list_dentry(struct dentry *dentry, bool last)
{
	struct list_head *list = &dentry->d_parent->d_subdirs;
	struct list_head *next_to = last ? list->prev : list->next;

	dentry->d_order = 0;
	if (next_to != list)
		dentry->d_order =
			list_entry(next_to, struct dentry, d_child)->d_order + (last ? 1 : -1);
	list_add(&dentry->d_child, last ? list->prev : list);
}

void d_add(struct dentry *dentry, bool last)
{
	dget(dentry);
	hash_dentry(dentry);
	list_dentry(dentry, last);
}

void d_drop(struct dentry *dentry)
{
	spin_lock(&rename_lock);
	unhash_dentry(dentry);
	dentry->d_flags |= DCACHE_REMOVED;
	spin_unlock(&rename_lock);
	list_del_init(&dentry->d_child);
}

/* The names change their owners: those that lie within a dentry are copied. */
static void swap_names(struct dentry *a, struct dentry *b)
{
	char inline_a[DNAME_INLINE];
	const char *name_a = a->d_name, *name_b = b->d_name;
	u32 hash = a->d_hash;
	u16 len = a->d_len;

	memcpy(inline_a, a->d_iname, DNAME_INLINE);
	memcpy(a->d_iname, b->d_iname, DNAME_INLINE);
	memcpy(b->d_iname, inline_a, DNAME_INLINE);
	a->d_name = name_b == b->d_iname ? a->d_iname : name_b;
	b->d_name = name_a == a->d_iname ? b->d_iname : name_a;
	a->d_hash = b->d_hash;
	a->d_len = b->d_len;
	b->d_hash = hash;
	b->d_len = len;
}

static void swap_parents(struct dentry *a, struct dentry *b)
{
	struct dentry *parent = a->d_parent;

	a->d_parent = b->d_parent;
	b->d_parent = parent;
}

void d_move(struct dentry *dentry, struct dentry *new)
{
	spin_lock(&rename_lock);
	unhash_dentry(dentry);
	list_del_init(&dentry->d_child);
	swap_names(dentry, new);
	swap_parents(dentry, new);
	hash_dentry(dentry);
	spin_unlock(&rename_lock);
	list_dentry(dentry, false);
}

void d_exchange(struct dentry *a, struct dentry *b)
{
	spin_lock(&rename_lock);
	unhash_dentry(a);
	unhash_dentry(b);
	swap_names(a, b);
	swap_parents(a, b);
	hash_dentry(a);
	hash_dentry(b);
	spin_unlock(&rename_lock);
	list_del(&a->d_child);
	list_del(&b->d_child);
	list_dentry(a, false);
	list_dentry(b, false);
}

bool d_empty(const struct dentry *dentry)
{
	return !dentry->d_children.node;
}

bool is_subdir(const struct dentry *child, const struct dentry *dir)
{
	while (child != dir && child->d_parent != child)
		child = child->d_parent;
	return child == dir;
}

/* ---------------------------------------------------------------- paths as text */

/* Text that grows to the front. */
struct backwards {
	char *start, *end;
	int room;
	bool outside; /* the way up did not lead to the root */
};

static bool prepend(struct backwards *b, const char *text, int len)
{
	if (len > b->room)
		return false;
	b->room -= len;
	b->end -= len;
	memcpy(b->end, text, len);
	return true;
}

/* From the path up to the root, or to where there is no up; rename_lock is held. */
static bool prepend_path(struct backwards *b, const struct path *path, const struct path *root)
{
	const struct dentry *d = path->dentry;
	const struct vfsmount *mnt = path->mnt;
	char *end = b->end;

	while (d != root->dentry || mnt != root->mnt) {
		if (d == mnt->mnt_root && mnt->mnt_parent != mnt) {
			d = mnt->mnt_mountpoint;
			mnt = mnt->mnt_parent;
			continue;
		}
		if (d == mnt->mnt_root || d->d_parent == d) {
			b->outside = true;
			break;
		}
		if (!prepend(b, d->d_name, d->d_len) || !prepend(b, "/", 1))
			return false;
		d = d->d_parent;
	}
	return b->end != end || prepend(b, "/", 1);
}

/* Of what has a place. */
static bool prepend_place(struct backwards *b, const struct path *path)
{
	struct path root;
	bool fits;

	get_fs_root(&root);
	spin_lock(&rename_lock);
	/* Removed: it had been in a directory that stays, and is in none. */
	fits = prepend(b, "", 1) &&
	       (!(path->dentry->d_flags & DCACHE_REMOVED) || prepend(b, " (deleted)", 10)) &&
	       prepend_path(b, path, &root);
	spin_unlock(&rename_lock);
	path_put(&root);
	return fits;
}

char *d_path(const struct path *path, char *buf, int size)
{
	const struct dentry *d = path->dentry;
	struct backwards b = { buf, buf + size, size, false };
	bool fits = d->d_flags & DCACHE_PSEUDO ? prepend(&b, d->d_name, d->d_len + 1) :
						 prepend_place(&b, path);

	return fits ? b.end : ERR_PTR(-ENAMETOOLONG);
}

char *d_cwd(const struct path *path, char *buf, int size)
{
	struct backwards b = { buf, buf + size, size, false };

	return prepend_place(&b, path) && (!b.outside || prepend(&b, "(unreachable)", 13)) ?
		       b.end :
		       ERR_PTR(-ENAMETOOLONG);
}

char *dentry_path(const struct dentry *dentry, char *buf, int size)
{
	struct backwards b = { buf, buf + size, size, false };
	bool fits = prepend(&b, "", 1);

	spin_lock(&rename_lock);
	if (dentry->d_parent == dentry)
		fits = fits && prepend(&b, "/", 1);
	for (; fits && dentry->d_parent != dentry; dentry = dentry->d_parent)
		fits = prepend(&b, dentry->d_name, dentry->d_len) && prepend(&b, "/", 1);
	spin_unlock(&rename_lock);
	return fits ? b.end : ERR_PTR(-ENAMETOOLONG);
}

char *file_path(struct file *file, char *buf, int size)
{
	return d_path(&file->f_path, buf, size);
}

void __init dentry_init(void)
{
	dentry_cache = kmem_cache_create("dentry", sizeof(struct dentry), 0, SLAB_PANIC, NULL);
}
