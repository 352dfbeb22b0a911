// SPDX-License-Identifier: MIT
/*
 * vmap: pages that somebody has already, side by side at new addresses.
 *
 * The area does not own its pages and takes no reference, as in Linux: whoever
 * maps them keeps them until vunmap().
 */
#include "kernel/core/panic.h"
#include "mm/vmalloc.h"

noinline void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	pgprot_t unused = __pgprot(pgprot_val(prot) & ~_PAGE_ACCESSED); /* as PAGE_KERNEL_AREA */
	struct vm_struct *vm;

	if (count > nr_ram_pages())
		return NULL;
	vm = get_vm_area_caller((unsigned long)count << PAGE_SHIFT, PAGE_SIZE, flags | VM_MAP,
				_RET_IP_);
	if (!vm)
		return NULL;
	if (likely(map_pages((unsigned long)vm->addr, pages, count, unused) == 0))
		return vm->addr;
	kfree(remove_vm_area(vm->addr));
	return NULL;
}

noinline void vunmap(const void *addr)
{
	struct vm_struct *vm;

	if (!addr)
		return;
	vm = detach_vm_area(addr, VM_MAP);
	if (!WARN(!vm, "vunmap of %p, which vmap did not give, by %pS\n", addr, (void *)_RET_IP_))
		release_vm_area(vm);
}

struct page *vmalloc_to_page(const void *addr)
{
	phys_addr_t pa;

	if (!is_vmalloc_addr(addr) || virt_to_phys_walk((unsigned long)addr, &pa) ||
	    !pfn_valid(PFN_DOWN(pa)))
		return NULL;
	return pfn_to_page(PFN_DOWN(pa));
}
