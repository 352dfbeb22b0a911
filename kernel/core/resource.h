/* SPDX-License-Identifier: MIT */
/*
 * The register: who owns each memory address and each port.
 *
 * Two trees, iomem_resource and ioport_resource.  A resource's range is
 * inclusive at both ends and lies inside its parent's; siblings do not overlap.
 * Names and meanings are Linux's.  A resource is owned by whoever declared it
 * and must outlive its place in the tree; its name likewise.  Only
 * __request_region() makes resources of its own and __release_region() frees
 * them again.
 *
 * All functions may be called from the first C line on (a static pool serves
 * until kmalloc works), from any context but an interrupt handler.
 * Lock: resource_lock, a leaf: nothing is allocated or printed under it, but for
 * the dump's lines.  Who looks something up takes it as well; what others may take out meanwhile
 * is looked at under it (resource_walk()) or copied.  A resource's own fields are its owner's to
 * read without it.
 *
 * Finding a place among n siblings takes O(log n) steps.
 */
#ifndef KERNEL_CORE_RESOURCE_H
#define KERNEL_CORE_RESOURCE_H

#include "kernel/lib/tree.h"
#include "mm/layout.h"

struct sink;

struct resource {
	resource_size_t start, end; /* both inclusive */
	const char *name;
	unsigned long flags;
	struct resource *parent;	 /* NULL: not in a tree */
	struct resource *prev, *sibling; /* beside it, below and above, or NULL; while in a tree */
	struct tree_root children;	 /* by start */
	struct tree_node node;		 /* in parent->children */
	unsigned long caller; /* who gave it its place: a return address; while in a tree */
	u64 since;	      /* ... and when: what the TSC was then */
};

#define IORESOURCE_BITS	      0x000000ff /* bus specific: a PCI BAR's low bits */
#define IORESOURCE_IO	      0x00000100
#define IORESOURCE_MEM	      0x00000200
#define IORESOURCE_TYPE_BITS  0x00001f00
#define IORESOURCE_PREFETCH   0x00002000
#define IORESOURCE_READONLY   0x00004000
#define IORESOURCE_SIZEALIGN  0x00040000 /* alignment is the size: a BAR */
#define IORESOURCE_STARTALIGN 0x00080000 /* alignment is start: a bridge window */
#define IORESOURCE_MEM_64     0x00100000
#define IORESOURCE_WINDOW     0x00200000 /* forwarded by a bridge */
#define IORESOURCE_SYSRAM     0x01000000
#define IORESOURCE_MAPPABLE   0x02000000 /* BUSY, and programs may map it all the same: a counter */
#define IORESOURCE_UNDRIVEN   0x04000000 /* BUSY, and no driver works there: firmware's, a ROM */
#define IORESOURCE_EXCLUSIVE  0x08000000 /* nobody may map it but the holder */
#define IORESOURCE_DISABLED   0x10000000
#define IORESOURCE_UNSET      0x20000000 /* no address assigned yet */
#define IORESOURCE_AUTO	      0x40000000 /* made by __request_region: freed on release */
#define IORESOURCE_BUSY	      0x80000000 /* a driver holds it */

#define IORESOURCE_SYSTEM_RAM (IORESOURCE_MEM | IORESOURCE_SYSRAM)

extern struct resource iomem_resource;	/* "PCI mem": as far as the processor can address */
extern struct resource ioport_resource; /* 0 .. 0xffff, "PCI IO" */

/*
 * Chips that work before the register knows the machine are claimed in here, against each other: interrupt
 * controllers and the clock.  Each moves to iomem_resource at its step of the boot, so that BARs, firmware's
 * reservations and the board's ranges get the same places around it as on Linux, which enters it then.
 */
extern struct resource early_resource;

static inline resource_size_t resource_size(const struct resource *res)
{
	return res->end - res->start + 1;
}

static inline unsigned long resource_type(const struct resource *res)
{
	return res->flags & IORESOURCE_TYPE_BITS;
}

static inline bool resource_contains(const struct resource *a, const struct resource *b)
{
	return a->start <= b->start && a->end >= b->end;
}

static inline bool resource_overlaps(const struct resource *a, const struct resource *b)
{
	return a->start <= b->end && a->end >= b->start;
}

#define DEFINE_RES_NAMED(_start, _size, _name, _flags)                              \
	{                                                                           \
		.start = (_start), .end = -1 + (_start) + (_size), .name = (_name), \
		.flags = (_flags)                                                   \
	}

/* The lowest, or NULL. */
static inline struct resource *resource_first_child(const struct resource *parent)
{
	struct tree_node *node = tree_first(&parent->children);

	return node ? tree_entry(node, struct resource, node) : NULL;
}

/* In address order, for tests; `pos` must not leave the tree in the body. */
#define for_each_resource_child(pos, parent) \
	for (pos = resource_first_child(parent); pos; pos = pos->sibling)

/*
 * Put `new` right beneath `root`.  0, -EINVAL (end < start, or in a tree
 * already), -EBUSY (meets a sibling or leaves root).  The _conflict form returns
 * the one in the way instead, or NULL: the lowest sibling that meets it, `root`
 * itself when new leaves it or has no extent, `new` itself when it is in a tree.
 */
int request_resource(struct resource *root, struct resource *new);
struct resource *request_resource_conflict(struct resource *root, struct resource *new);

/*
 * Put `new` where it fits in depth: beneath the smallest resource that contains
 * it, adopting those it contains; one of the same range becomes its child.
 * -EBUSY where it cuts across another, or would adopt and has children already;
 * -EINVAL as request_resource.
 */
int insert_resource(struct resource *parent, struct resource *new);
struct resource *insert_resource_conflict(struct resource *parent, struct resource *new);

/*
 * As insert_resource, but a partial overlap grows `new` to cover it, and says so.
 * One that is in a tree already is left alone; one that leaves root is reported.
 */
void insert_resource_expand_to_fit(struct resource *root, struct resource *new);

/* Take it out; its children stay beneath it.  -EINVAL when it is in no tree. */
int release_resource(struct resource *res);

/* Take it out and leave its children in its place.  -EINVAL when it is in no tree. */
int remove_resource(struct resource *res);

/*
 * Claim what is free right beneath root of [start, end], a BUSY piece for each
 * gap; nothing where a holder covers it all.  A range that leaves root is said
 * and clipped.  Used for e820's RAM buffer.
 */
void reserve_region_with_split(struct resource *root, resource_size_t start, resource_size_t end,
			       const char *name);

/*
 * Where a free range would be used from: a multiple of `align` in it.  It may narrow the
 * range to what may be used.  It runs under resource_lock.
 */
typedef resource_size_t (*resource_alignf_t)(struct resource *gap, resource_size_t align);

/*
 * Find room of `size` bytes for `new` beneath `root` in [min, max], its start a
 * multiple of `align` (a power of two) or what `alignf` says (NULL: the multiple), lowest
 * address first, and request it.
 * 0; -EBUSY: no room; -EINVAL: size 0, align no power of two, or in a tree already.
 */
int allocate_resource(struct resource *root, struct resource *new, resource_size_t size,
		      resource_size_t min, resource_size_t max, resource_size_t align,
		      resource_alignf_t alignf);

/*
 * Where the entries of claims come from once memory can be had: mm gives kmalloc() and
 * kfree() when they work.  alloc() returns `size` bytes or NULL; `flags` is 0.
 */
struct resource_allocator {
	void *(*alloc)(size_t size, unsigned int flags);
	void (*free)(const void *p);
};
void resource_set_allocator(struct resource_allocator allocator);

/*
 * A driver's claim of [start, start + n): goes down through non-busy resources
 * and adds a BUSY one of `name`, with the type of its parent.  NULL on failure,
 * after one line that names the range asked for, the range in the way and its
 * holder.
 */
struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t n,
				  const char *name, unsigned long flags);

/*
 * Who takes from programs what they have mapped of device memory: called for each claim of memory (`claimed`: where
 * programs may have it all the same, nothing happens), in the claimer's context, and by resource_revoke(), without a
 * lock of the register's.  NULL: nobody has any.
 */
typedef void (*revoke_fn)(resource_size_t start, resource_size_t size, bool claimed);
void resource_set_revoke(revoke_fn fn);
/* The device there goes: whoever has it mapped loses that.  In a thread that may sleep. */
void resource_revoke(resource_size_t start, resource_size_t size);

/* Undo it, exactly; a range that is not such a claim, or has children, is a WARN. */
void __release_region(struct resource *parent, resource_size_t start, resource_size_t n);

#define request_mem_region(start, n, name) __request_region(&iomem_resource, start, n, name, 0)
/* For a driver whose device nobody else may map; none here needs it yet. */
#define request_mem_region_exclusive(start, n, name) \
	__request_region(&iomem_resource, start, n, name, IORESOURCE_EXCLUSIVE)
#define release_mem_region(start, n)   __release_region(&iomem_resource, start, n)
#define request_region(start, n, name) __request_region(&ioport_resource, start, n, name, 0)
#define release_region(start, n)       __release_region(&ioport_resource, start, n)

/*
 * The deepest resource that contains all of [start, end]; `root` itself at the least.  For
 * the boot and for who knows that its holder does not release it meanwhile.
 */
struct resource *lookup_resource_deepest(struct resource *root, resource_size_t start,
					 resource_size_t end);

/*
 * Visit what beneath `root` meets [start, end], parents before children, until
 * `visit` says true; whether it did.  It runs under resource_lock: what it wants to
 * print or keep, it copies.
 */
bool resource_walk(struct resource *root, resource_size_t start, resource_size_t end,
		   bool (*visit)(const struct resource *res, void *arg), void *arg);

/*
 * The tree as /proc/iomem or /proc/ioports has it, a line at a time: two blanks a
 * level down to five, "%0*llx-%0*llx : %s".  A name of more than 120 bytes is cut.
 * The sink is written to under resource_lock.
 */
void resource_dump(struct sink *out, const struct resource *root);

/* The ranges of reserve= into the register; each that cannot be is said.  Boot. */
void reserve_setup(void);

#endif
