/* SPDX-License-Identifier: MIT */
/*
 * The memory of a process: struct mm_struct, and the pieces that it is made of.
 *
 *   mm_struct   an address space: the root of its page tables, its VMAs, and what is counted
 *   VMA         vm_area_struct, [vm_start, vm_end): whole pages of the user half of which all that
 *               decides a fault is the same.  VMAs of an mm do not meet; neighbours that could be
 *               one are one
 *   user        of an mm: a thread of the process, or who has looked it up and is at work there.
 *               With the last one (mmput) all that is mapped goes, and the mm with it
 *
 * VMAs say what may be there; page tables what is there, and a fault brings the two together.
 * Names, flags and their numbers are Linux's.
 *
 * Locks, in their order:
 *
 *   mmap_lock         the VMAs and everything that this header does not give to another lock.  Who
 *                     reads a VMA (a fault, a look) holds it as a reader, who changes one, or
 *                     where VMAs lie, as the writer.  In fork the parent's is outside the child's.
 *                     It is taken under no lock of a file, an inode or a pipe, and with no user
 *                     address about to be touched: a fault takes it
 *   an inode's own, the page cache's (kernel/fs/pagemap.h: i_mmap of a file, in which `shared`
 *                     of its VMAs is), a page's
 *   page_table_lock   a spinlock: page tables of the user half, what they map, rss_stat,
 *                     pgtables_bytes and the high-water marks
 *   the zones', slabs', memtype_lock (mm/memtype.h)
 */
#ifndef MM_USER_MM_STRUCT_H
#define MM_USER_MM_STRUCT_H

#include "kernel/core/spinlock.h"
#include "kernel/lib/list.h"
#include "kernel/lib/tree.h"
#include "kernel/sched/rwsem.h"
#include "mm/layout.h"
#include "mm/mm.h"
#include "mm/pgtable.h"

struct file;
struct path;
struct task_struct;
struct vm_area_struct;
struct vm_fault; /* mm/user/fault.h */

#define TASK_SIZE TASK_SIZE_MAX

/* vm_flags: Linux 6.1's numbers (/proc/self/smaps names them). */
#define VM_NONE	       0x00000000UL
#define VM_READ	       0x00000001UL
#define VM_WRITE       0x00000002UL
#define VM_EXEC	       0x00000004UL
#define VM_SHARED      0x00000008UL
#define VM_MAYREAD     0x00000010UL /* mprotect() may set VM_READ; and so on */
#define VM_MAYWRITE    0x00000020UL
#define VM_MAYEXEC     0x00000040UL
#define VM_MAYSHARE    0x00000080UL /* MAP_SHARED was asked for, also of a file not writable */
#define VM_GROWSDOWN   0x00000100UL
#define VM_PFNMAP      0x00000400UL /* page tables hold bare pfns: nothing is counted by them */
#define VM_LOCKED      0x00002000UL
#define VM_IO	       0x00004000UL
#define VM_SEQ_READ    0x00008000UL
#define VM_RAND_READ   0x00010000UL
#define VM_DONTCOPY    0x00020000UL /* not in a child */
#define VM_DONTEXPAND  0x00040000UL
#define VM_LOCKONFAULT 0x00080000UL
#define VM_ACCOUNT     0x00100000UL /* its pages count for what may be promised at all */
#define VM_NORESERVE   0x00200000UL
#define VM_PAT	       0x01000000UL /* vm_memtype is set */
#define VM_WIPEONFORK  0x02000000UL
#define VM_DONTDUMP    0x04000000UL
#define VM_SOFTDIRTY   0x08000000UL /* set in every new one, as Linux has it */
#define VM_HUGEPAGE    0x20000000UL
#define VM_NOHUGEPAGE  0x40000000UL
#define VM_MERGEABLE   0x80000000UL

#define VM_ACCESS_FLAGS		  (VM_READ | VM_WRITE | VM_EXEC)
#define VM_SPECIAL		  (VM_IO | VM_DONTEXPAND | VM_PFNMAP)
#define VM_LOCKED_MASK		  (VM_LOCKED | VM_LOCKONFAULT)
#define VM_STACK_FLAGS		  (VM_GROWSDOWN | VM_DATA_DEFAULT_FLAGS | VM_ACCOUNT)
#define VM_DATA_DEFAULT_FLAGS	  (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
/* A stack that exec() is still filling in, and will move: nobody merges with it. */
#define VM_STACK_INCOMPLETE_SETUP (VM_RAND_READ | VM_SEQ_READ)

/* How ->fault() and handle_mm_fault() end: VM_FAULT_* of mm/user/fault.h, several or 0. */
typedef unsigned int vm_fault_t;

/*
 * What a file or a driver adds to VMAs of its own.  Each may be NULL.  In a thread that may
 * sleep; mmap_lock is held by the caller, as writer unless another thing is said.
 */
struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);  /* a copy was made: by fork, split or mremap */
	void (*close)(struct vm_area_struct *vma); /* it is about to go; nothing is mapped there */
	/* It may become two at addr, or may not: 0 or -errno. */
	int (*may_split)(struct vm_area_struct *vma, unsigned long addr);
	/* It was moved.  0, or -errno: it is moved back. */
	int (*mremap)(struct vm_area_struct *vma);
	/* Before the rights of [start, end) of it become those of newflags.  0 or -errno. */
	int (*mprotect)(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			unsigned long newflags);
	/* As reader: a page is not there / is written for the first time / the same of a bare pfn. */
	vm_fault_t (*fault)(struct vm_fault *vmf);
	vm_fault_t (*page_mkwrite)(struct vm_fault *vmf);
	vm_fault_t (*pfn_mkwrite)(struct vm_fault *vmf);
	/* As reader: /proc/PID/mem and ptrace of a VM_IO | VM_PFNMAP one.  How many bytes, or -errno. */
	int (*access)(struct vm_area_struct *vma, unsigned long addr, void *buf, int len,
		      int write);
	const char *(*name)(struct vm_area_struct *vma); /* as reader: what maps shows */
};

struct vm_area_struct {
	unsigned long vm_start, vm_end; /* whole pages; end exclusive */
	struct mm_struct *vm_mm;
	unsigned long vm_flags;
	pgprot_t vm_page_prot; /* of a page's entry; read-only where a first write is to be told */
	/* vm_start's page in the file; without one, the page of where it was mapped at first. */
	unsigned long vm_pgoff;
	struct file *vm_file;			   /* a reference, or NULL */
	const struct vm_operations_struct *vm_ops; /* NULL: anonymous, private */
	void *vm_private_data;			   /* vm_ops' */
	struct tree_node shared;		   /* in its file's i_mmap (mm/user/i_mmap.h) */
	unsigned long shared_reach;

	/*
	 * Whose copies on write are here: 0 none yet, else a number that VMAs share which may be
	 * merged.  See anon_vma_prepare(), which is the only one to set it under a mere reader.
	 */
	unsigned long anon_vma;
	bool anon_inherited; /* some may be the parent's as well: merges with its equal only */

	struct vm_memtype *vm_memtype; /* VM_PAT: the fault part's, see track_pfn_copy() */

	/* The tree of mm/user/vma_tree.c. */
	struct tree_node node;
	struct vm_area_struct *vm_prev, *vm_next; /* by address; NULL at the ends */
	unsigned long gap;	   /* free bytes in front of it, guard gaps left out */
	unsigned long subtree_gap; /* the largest of the subtree */
};

/* Indexes of rss_stat: pages that are mapped, by what they are.  Linux's order. */
enum { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, NR_MM_COUNTERS };

#define AT_VECTOR_SIZE 48 /* words of the auxiliary vector, its end included: as in Linux */

struct mm_struct {
	struct mm root; /* page tables, and which CPUs use them */
	struct rw_semaphore mmap_lock;
	u32 mm_users; /* atomic; see mmget() */

	/* VMAs. */
	struct tree_root vmas;
	struct vm_area_struct *mmap;	   /* the lowest, or NULL */
	struct vm_area_struct *highest;	   /* the highest, or NULL */
	struct vm_area_struct *last_found; /* a hint, for readers too: READ_ONCE, WRITE_ONCE */
	unsigned int map_count;

	/* Where things are put.  mmap_base: mappings go below it, from the top down. */
	unsigned long mmap_base;
	unsigned long mmap_legacy_base; /* from the bottom up, what finds no room there */
	bool mmap_bottom_up;		/* the legacy way: the stack may grow for ever */
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;
	unsigned long saved_auxv[AT_VECTOR_SIZE];
	struct file *exe_file;	 /* a reference, or NULL: set_mm_exe_file() */
	bool not_dumpable;	 /* kernel/user/prctl.c */
	u32 membarrier_state;	 /* kernel/user/membarrier.c; atomic */
	unsigned long def_flags; /* VM_LOCKED and kin that mlockall(MCL_FUTURE) gives to new ones */

	/* In pages.  pinned_vm is atomic. */
	unsigned long total_vm, data_vm, exec_vm, stack_vm;
	unsigned long hiwater_vm; /* the most that total_vm was, unless it is more now */
	unsigned long locked_vm, pinned_vm;
	struct ioctx_table *ioctx_table; /* kernel/aio's, or NULL */
	unsigned long fork_stack; /* the page where the stack of who forks is, while it does */
	bool has_pinned;	  /* gup pinned some, ever: fork copies those pages at once */

	spinlock_t page_table_lock; /* what follows */
	unsigned long pgtables_bytes;
	long rss_stat[NR_MM_COUNTERS];
	unsigned long hiwater_rss; /* as hiwater_vm; update_hiwater_rss() before pages go */
};

/* ---------------------------------------------------------------- counters */

/* A look, without the lock. */
static inline unsigned long get_mm_counter(const struct mm_struct *mm, int member)
{
	return (unsigned long)READ_ONCE(mm->rss_stat[member]);
}

/* With page_table_lock held. */
static inline void add_mm_counter(struct mm_struct *mm, int member, long pages)
{
	WRITE_ONCE(mm->rss_stat[member], mm->rss_stat[member] + pages);
}

static inline void inc_mm_counter(struct mm_struct *mm, int member)
{
	add_mm_counter(mm, member, 1);
}

static inline void dec_mm_counter(struct mm_struct *mm, int member)
{
	add_mm_counter(mm, member, -1);
}

static inline unsigned long get_mm_rss(const struct mm_struct *mm)
{
	return get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_ANONPAGES) +
	       get_mm_counter(mm, MM_SHMEMPAGES);
}

/* With page_table_lock held, before pages are taken away. */
static inline void update_hiwater_rss(struct mm_struct *mm)
{
	if (mm->hiwater_rss < get_mm_rss(mm))
		mm->hiwater_rss = get_mm_rss(mm);
}

/* ---------------------------------------------------------------- life: mm/user/mm_life.c */

/*
 * An mm without a VMA and with one user, whose limits of placement are those of a program
 * that has not been laid out: arch_pick_mmap_layout() is exec's.  NULL: no memory.  May sleep.
 */
struct mm_struct *mm_create(void);

/* A user more: of an mm that has one.  Any context. */
static inline void mmget(struct mm_struct *mm)
{
	__atomic_add_fetch(&mm->mm_users, 1, __ATOMIC_RELAXED);
}

/* The same where the last user may have gone meanwhile: false then.  Any context. */
bool mmget_not_zero(struct mm_struct *mm) __must_check;

/* A user less; with the last all of it goes.  May sleep; none of its locks is held. */
void mmput(struct mm_struct *mm);

/* t's mm with a user more, or NULL: a kernel thread, or one that has left it.  May sleep. */
struct mm_struct *get_task_mm(struct task_struct *t);

/*
 * A copy of `old`, t's child-to-be's, with its VMAs and what they map, copy on write.  NULL: no
 * memory, or a driver's refusal.  Takes old's mmap_lock.  May sleep.
 */
struct mm_struct *dup_mm(struct task_struct *t, struct mm_struct *old);

/*
 * With its last user an mm that has an ioctx_table is given to `fn` first, while all of it is there: when fn
 * returns, no request is under way that has anything to do with it.  In a thread that may sleep.  Boot.
 */
void mm_set_exit_aio(void (*fn)(struct mm_struct *mm));

/* Whoever has put something into programs' memory, a debugger.  Once; both in a thread, and may sleep. */
struct mm_watcher {
	/* `mm` is a copy of `old`, and nobody runs in it yet. */
	void (*forked)(struct mm_struct *mm, struct mm_struct *old);
	/* Nobody runs in it any more, and all that it maps is about to go. */
	void (*ended)(struct mm_struct *mm);
};
void mm_set_watcher(const struct mm_watcher *watcher);

/*
 * The file that runs there, with a reference that it keeps, and that holds off who would write it, as the
 * caller already does; NULL: none any more.  May sleep.
 */
void set_mm_exe_file(struct mm_struct *mm, struct file *file);
/* Where the file is that t runs, held: 0 or -ENOENT.  Any context that may take a spinlock. */
int get_task_exe_path(const struct task_struct *t, struct path *path);

/* ---------------------------------------------------------------- the lock */

static inline void mmap_read_lock(struct mm_struct *mm)
{
	down_read(&mm->mmap_lock);
}

static inline void mmap_read_unlock(struct mm_struct *mm)
{
	up_read(&mm->mmap_lock);
}

static inline bool mmap_read_trylock(struct mm_struct *mm)
{
	return down_read_trylock(&mm->mmap_lock);
}

static inline void mmap_write_lock(struct mm_struct *mm)
{
	down_write(&mm->mmap_lock);
}

static inline void mmap_write_unlock(struct mm_struct *mm)
{
	up_write(&mm->mmap_lock);
}

static inline void mmap_write_downgrade(struct mm_struct *mm)
{
	downgrade_write(&mm->mmap_lock);
}

/* ---------------------------------------------------------------- VMAs: mm/user/vma_tree.c */

/* All of mm's, by address.  mmap_lock held; the body neither adds nor removes one. */
#define for_each_vma(mm, vma) for ((vma) = (mm)->mmap; (vma); (vma) = (vma)->vm_next)

/* The lowest that ends above addr, or NULL; it need not hold addr.  mmap_lock held.  O(log n). */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);

/* The one that holds addr, or NULL. */
static inline struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	return vma && vma->vm_start <= addr ? vma : NULL;
}

/* The lowest that has a byte of [start, end), or NULL. */
static inline struct vm_area_struct *find_vma_intersection(struct mm_struct *mm,
							   unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	return vma && vma->vm_start < end ? vma : NULL;
}

static inline unsigned long vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/* Private memory that is no file's: neither vm_ops nor, ever, vm_file. */
static inline bool vma_is_anonymous(const struct vm_area_struct *vma)
{
	return !vma->vm_ops;
}

static inline bool is_cow_mapping(unsigned long flags)
{
	return (flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

/* The page of vma's file that addr shows. */
static inline unsigned long linear_page_index(const struct vm_area_struct *vma, unsigned long addr)
{
	return ((addr - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
}

/*
 * An entry that is not present, though its page is there: PROT_NONE.  The processor does not look at
 * the bit where _PAGE_PRESENT is off, and in the user half nobody else uses it.
 */
#define _PAGE_PROTNONE _PAGE_GLOBAL

/* What a page's entry has for these flags, in any VMA that is not told of first writes. */
pgprot_t vm_get_page_prot(unsigned long vm_flags);

/*
 * For whoever is about to map the first page that is vma's own, be it a copy or new and zero:
 * vma->anon_vma is set from here on.  mmap_lock held, as reader too.
 */
void __anon_vma_prepare(struct vm_area_struct *vma);
static inline void anon_vma_prepare(struct vm_area_struct *vma)
{
	if (unlikely(!READ_ONCE(vma->anon_vma)))
		__anon_vma_prepare(vma);
}

/*
 * For a fault at addr, which is in no VMA: the stack above it grows down to it.  mmap_lock is held
 * as a reader, and so it is with the VMA returned, which holds addr; but it was given back in
 * between.  NULL, and it is given back: no stack is above, a limit forbids it, or it would come
 * too near to what lies below.
 */
struct vm_area_struct *expand_stack(struct mm_struct *mm, unsigned long addr);

#endif
