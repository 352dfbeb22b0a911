// SPDX-License-Identifier: MIT
/*
 * /proc/PID/smaps and smaps_rollup: what of each VMA is in memory, and whose.
 *
 * A page's share of a process (Pss) is a page divided by how many entries of page tables map it.  There
 * is no swap, and no page that may be given up lazily: those lines are for who reads them.
 */
#include "kernel/core/sink.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"
#include "mm/user/procmap.h"
#include "mm/user/tables.h"

#define PSS_SHIFT 12 /* fractions of bytes, so that shares add up */

struct mem_size_stats {
	bool locked, memory_file; /* of the VMA at hand */
	u64 resident, shared_clean, shared_dirty, private_clean, private_dirty;
	u64 referenced, anonymous, anonymous_huge;
	u64 pss, pss_anon, pss_file, pss_shmem, pss_dirty, pss_locked; /* << PSS_SHIFT */
};

/* One page of p. */
static void add_share(struct mem_size_stats *mss, const struct user_page *p, unsigned long size,
		      int mapcount)
{
	u64 pss = ((u64)size << PSS_SHIFT) / (mapcount > 1 ? (unsigned int)mapcount : 1);
	bool dirty = p->dirty || PageDirty(p->page);

	mss->pss += pss;
	if (!p->file)
		mss->pss_anon += pss;
	else if (mss->memory_file)
		mss->pss_shmem += pss;
	else
		mss->pss_file += pss;
	if (mss->locked)
		mss->pss_locked += pss;
	if (dirty)
		mss->pss_dirty += pss;
	if (mapcount > 1)
		*(dirty ? &mss->shared_dirty : &mss->shared_clean) += size;
	else
		*(dirty ? &mss->private_dirty : &mss->private_clean) += size;
}

static int add_page(const struct user_page *p, void *arg)
{
	struct mem_size_stats *mss = arg;

	if (!p->page)
		return 0;
	mss->resident += p->size;
	if (!p->file)
		mss->anonymous += p->size;
	if (p->size == PMD_SIZE && !p->file)
		mss->anonymous_huge += p->size;
	if (p->young)
		mss->referenced += p->size;
	add_share(mss, p, p->size, page_mapcount(p->page));
	return 0;
}

static void gather_stats(struct vm_area_struct *vma, struct mem_size_stats *mss)
{
	const struct address_space *mapping = vma->vm_file ? vma->vm_file->f_mapping : NULL;

	mss->locked = vma->vm_flags & VM_LOCKED;
	mss->memory_file = mapping && mapping->a_ops && !mapping->a_ops->read_page;
	walk_page_vma(vma, vma->vm_start, vma->vm_end, add_page, mss);
}

static void show_kb(struct sink *out, const char *name, u64 bytes)
{
	sink_printf(out, "%-15s %8llu kB\n", name, (unsigned long long)bytes >> 10);
}

static void show_stats(struct sink *out, const struct mem_size_stats *mss, bool rollup)
{
	show_kb(out, "Rss:", mss->resident);
	show_kb(out, "Pss:", mss->pss >> PSS_SHIFT);
	show_kb(out, "Pss_Dirty:", mss->pss_dirty >> PSS_SHIFT);
	if (rollup) {
		show_kb(out, "Pss_Anon:", mss->pss_anon >> PSS_SHIFT);
		show_kb(out, "Pss_File:", mss->pss_file >> PSS_SHIFT);
		show_kb(out, "Pss_Shmem:", mss->pss_shmem >> PSS_SHIFT);
	}
	show_kb(out, "Shared_Clean:", mss->shared_clean);
	show_kb(out, "Shared_Dirty:", mss->shared_dirty);
	show_kb(out, "Private_Clean:", mss->private_clean);
	show_kb(out, "Private_Dirty:", mss->private_dirty);
	show_kb(out, "Referenced:", mss->referenced);
	show_kb(out, "Anonymous:", mss->anonymous);
	show_kb(out, "LazyFree:", 0);
	show_kb(out, "AnonHugePages:", mss->anonymous_huge);
	show_kb(out, "ShmemPmdMapped:", 0);
	show_kb(out, "FilePmdMapped:", 0);
	show_kb(out, "Shared_Hugetlb:", 0);
	sink_printf(out, "Private_Hugetlb: %7d kB\n", 0);
	show_kb(out, "Swap:", 0);
	show_kb(out, "SwapPss:", 0);
	show_kb(out, "Locked:", mss->pss_locked >> PSS_SHIFT);
}

/* It may get pages of 2 MiB, as far as it has room for one. */
static bool thp_eligible(const struct vm_area_struct *vma)
{
	unsigned long last = (vma->vm_end - PMD_SIZE) & ~(PMD_SIZE - 1);

	return vma_is_anonymous(vma) && !(vma->vm_flags & (VM_NOHUGEPAGE | VM_SPECIAL)) &&
	       vma->vm_end >= PMD_SIZE && last >= vma->vm_start;
}

static void show_flags(struct sink *out, unsigned long flags)
{
	static const struct {
		unsigned long flag;
		char name[3];
	} names[] = {
		{ VM_READ, "rd" },	 { VM_WRITE, "wr" },	   { VM_EXEC, "ex" },
		{ VM_SHARED, "sh" },	 { VM_MAYREAD, "mr" },	   { VM_MAYWRITE, "mw" },
		{ VM_MAYEXEC, "me" },	 { VM_MAYSHARE, "ms" },	   { VM_GROWSDOWN, "gd" },
		{ VM_PFNMAP, "pf" },	 { VM_LOCKED, "lo" },	   { VM_IO, "io" },
		{ VM_SEQ_READ, "sr" },	 { VM_RAND_READ, "rr" },   { VM_DONTCOPY, "dc" },
		{ VM_DONTEXPAND, "de" }, { VM_LOCKONFAULT, "??" }, { VM_ACCOUNT, "ac" },
		{ VM_NORESERVE, "nr" },	 { VM_PAT, "ar" },	   { VM_WIPEONFORK, "wf" },
		{ VM_DONTDUMP, "dd" },	 { VM_SOFTDIRTY, "sd" },   { VM_HUGEPAGE, "hg" },
		{ VM_NOHUGEPAGE, "nh" }, { VM_MERGEABLE, "mg" },
	};

	sink_printf(out, "VmFlags: ");
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag)
			sink_printf(out, "%s ", names[i].name);
	sink_printf(out, "\n");
}

static void show_smap(struct sink *out, struct vm_area_struct *vma, char *path)
{
	struct mem_size_stats mss = { 0 };

	gather_stats(vma, &mss);
	show_map_vma(out, vma, path);
	show_kb(out, "Size:", vma->vm_end - vma->vm_start);
	show_kb(out, "KernelPageSize:", PAGE_SIZE);
	show_kb(out, "MMUPageSize:", PAGE_SIZE);
	show_stats(out, &mss, false);
	sink_printf(out, "THPeligible:    %d\n", thp_eligible(vma));
	show_flags(out, vma->vm_flags);
}

int show_smaps(struct sink *out, struct mm_struct *mm)
{
	return show_each_vma(out, mm, show_smap);
}

int show_smaps_rollup(struct sink *out, struct mm_struct *mm)
{
	struct mem_size_stats mss = { 0 };
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	for_each_vma(mm, vma)
		gather_stats(vma, &mss);
	show_map_range(out, mm->mmap ? mm->mmap->vm_start : 0,
		       mm->highest ? mm->highest->vm_end : 0, "[rollup]");
	mmap_read_unlock(mm);
	show_stats(out, &mss, true);
	return 0;
}
