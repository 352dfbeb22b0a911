/* SPDX-License-Identifier: MIT */
/* What tests of both kinds ask about the vmalloc region. */
#ifndef TESTS_VM_AREAS_H
#define TESTS_VM_AREAS_H

#include "mm/vmalloc.h"

/* Areas that can be found. */
static inline unsigned int nr_vm_areas(void)
{
	unsigned long addr = VMALLOC_START;
	struct vm_struct vm;
	unsigned int n;

	for (n = 0; next_vm_area(addr, &vm); n++)
		addr = (unsigned long)vm.addr + vm.size;
	return n;
}

/* Where the area that holds addr and can be found begins, or NULL. */
static inline const void *area_around(unsigned long addr)
{
	struct vm_struct vm;

	return next_vm_area(addr, &vm) && (unsigned long)vm.addr <= addr ? vm.addr : NULL;
}

#endif
