// SPDX-License-Identifier: MIT
/*
 * Memory types of what drivers map into programs.
 *
 * Each VMA that shows one range of physical addresses from end to end (VM_PAT) has the part of it
 * that is not RAM reserved in mm/memtype.h's tree, so that no other mapping of it has another
 * type.  RAM is not reserved: it is mapped as it is mapped everywhere.  A reservation goes when the
 * last VMA does; what is split or copied by fork has one of its own for each part, which
 * the first one's type allows.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "mm/memtype.h"
#include "mm/user/pte.h"

/* A run of addresses that are not RAM. */
struct reservation {
	struct memtype type;
	struct reservation *next;
};

struct vm_memtype {
	phys_addr_t start, end; /* what the VMA shows */
	enum page_cache_mode want;
	unsigned long caller;
	struct reservation *runs;
	struct reservation first; /* mostly the only one */
};

static void release(struct vm_memtype *vm)
{
	struct reservation *r;

	if (!vm)
		return;
	while ((r = vm->runs)) {
		vm->runs = r->next;
		memtype_del(&r->type);
		if (r != &vm->first)
			kfree(r);
	}
	kfree(vm);
}

static int reserve_run(struct vm_memtype *vm, unsigned long pfn, unsigned long end_pfn)
{
	struct reservation *r = vm->runs ? kmalloc(sizeof(*r), GFP_KERNEL) : &vm->first;
	int err;

	if (!r)
		return -ENOMEM;
	err = memtype_add(&r->type, PFN_PHYS(pfn), PFN_PHYS(end_pfn), vm->want, vm->caller);
	if (err) {
		if (r != &vm->first)
			kfree(r);
		return err;
	}
	r->next = vm->runs;
	vm->runs = r;
	return 0;
}

static struct vm_memtype *reserve(phys_addr_t start, phys_addr_t end, enum page_cache_mode want,
				  unsigned long caller)
{
	struct vm_memtype *vm = kmalloc(sizeof(*vm), GFP_KERNEL);
	unsigned long pfn, ram, last = PFN_DOWN(end);
	int err = 0;

	if (!vm)
		return ERR_PTR(-ENOMEM);
	vm->start = start;
	vm->end = end;
	vm->want = want;
	vm->caller = caller;
	vm->runs = NULL;
	for (pfn = PFN_DOWN(start); pfn < last && !err; pfn = pfn_first_hole(ram, last)) {
		ram = pfn_first_ram(pfn, last);
		if (ram != pfn)
			err = reserve_run(vm, pfn, ram);
	}
	if (!err)
		return vm;
	release(vm);
	return ERR_PTR(err);
}

int track_pfn_remap(struct vm_area_struct *vma, unsigned long pfn, enum page_cache_mode want,
		    unsigned long caller)
{
	struct vm_memtype *vm =
		reserve(PFN_PHYS(pfn), PFN_PHYS(pfn + vma_pages(vma)), want, caller);

	if (IS_ERR(vm))
		return (int)PTR_ERR(vm);
	vma->vm_memtype = vm;
	vma->vm_flags |= VM_PAT;
	return 0;
}

int track_pfn_copy(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	const struct vm_memtype *old = src->vm_memtype;
	struct vm_memtype *vm;

	vm = old ? reserve(old->start, old->end, old->want, old->caller) : NULL;
	dst->vm_memtype = IS_ERR(vm) ? NULL : vm;
	return IS_ERR(vm) ? (int)PTR_ERR(vm) : 0;
}

int track_pfn_split(struct vm_area_struct *vma, struct vm_area_struct *new)
{
	struct vm_area_struct *low = vma->vm_start < new->vm_start ? vma : new;
	struct vm_memtype *old = vma->vm_memtype, *first, *second;
	phys_addr_t middle;

	if (!old)
		return 0;
	middle = old->start + (low->vm_end - low->vm_start);
	first = reserve(old->start, middle, old->want, old->caller);
	second = reserve(middle, old->end, old->want, old->caller);
	if (IS_ERR(first) || IS_ERR(second)) {
		release(IS_ERR(first) ? NULL : first);
		release(IS_ERR(second) ? NULL : second);
		return -ENOMEM;
	}
	release(old);
	vma->vm_memtype = low == vma ? first : second;
	new->vm_memtype = low == vma ? second : first;
	return 0;
}

void untrack_pfn(struct vm_area_struct *vma)
{
	release(vma->vm_memtype);
	vma->vm_memtype = NULL;
	vma->vm_flags &= ~VM_PAT;
}

void untrack_pfn_moved(struct vm_area_struct *vma, struct vm_area_struct *new_vma)
{
	new_vma->vm_memtype = vma->vm_memtype;
	vma->vm_memtype = NULL;
	vma->vm_flags &= ~VM_PAT;
}

bool vma_has_one_mode(const struct vm_area_struct *vma, enum page_cache_mode *mode)
{
	const struct vm_memtype *vm = vma->vm_flags & VM_PAT ? vma->vm_memtype : NULL;

	if (!vm || !vm->runs || vm->runs->type.start != vm->start || vm->runs->type.end != vm->end)
		return false;
	*mode = vm->runs->type.type;
	return true;
}

enum page_cache_mode pfn_cache_mode(unsigned long pfn)
{
	enum page_cache_mode mode;
	unsigned long holder;

	return memtype_lookup(PFN_PHYS(pfn), &mode, &holder) ? mode : _PAGE_CACHE_MODE_UC_MINUS;
}
