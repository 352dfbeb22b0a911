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

#endif
