/* SPDX-License-Identifier: MIT */
/*
 * The one map of virtual addresses.
 *
 * It is Linux's (Documentation/x86/x86_64/mm.rst), so that an address read here
 * means the same there.  C, nasm (as %defines made by the Makefile) and the
 * linker script all read this file, so above the C part only plain constants
 * may stand, one a line.
 *
 *   0000000000000000  128 TiB  user half: one for each root, page 0 is never mapped
 *   ffff888000000000   64 TiB  direct map of RAM, never executable
 *   ffffc90000000000   32 TiB  vmalloc and ioremap areas, a guard page after each
 *   ffffea0000000000    1 TiB  vmemmap: a struct page for each page of RAM
 *   ffffec0000000000   16 TiB  what may be touched, in a build with KASAN=1 (mm/kasan.h)
 *   ffffffff80000000  512 MiB  kernel image, at its physical address from there
 *   ffffffffff000000           fixmap, growing down from FIXADDR_TOP
 */
#ifndef MM_LAYOUT_H
#define MM_LAYOUT_H

#ifdef __ASSEMBLER__
#define _UL(x) x
#else
#define _UL(x) x##UL
#endif

#define PAGE_SHIFT  _UL(12)
#define PAGE_SIZE   _UL(0x1000)
#define PMD_SHIFT   _UL(21)
#define PMD_SIZE    _UL(0x200000)
#define PUD_SHIFT   _UL(30)
#define PUD_SIZE    _UL(0x40000000)
#define PGDIR_SHIFT _UL(39)

#define KERNEL_HALF	    _UL(0xffff800000000000)
#define PAGE_OFFSET	    _UL(0xffff888000000000)
#define PAGE_OFFSET_SIZE    _UL(0x0000400000000000)
#define VMALLOC_START	    _UL(0xffffc90000000000)
#define VMALLOC_SIZE	    _UL(0x0000200000000000)
#define VMEMMAP_START	    _UL(0xffffea0000000000)
#define VMEMMAP_SIZE	    _UL(0x0000010000000000)
#define KASAN_SHADOW_START  _UL(0xffffec0000000000)
#define KASAN_SHADOW_SIZE   _UL(0x0000100000000000)
#define KERNEL_MAP	    _UL(0xffffffff80000000)
#define KERNEL_MAP_SIZE	    _UL(0x20000000)
#define FIXADDR_START_LIMIT _UL(0xffffffffff000000)
#define FIXADDR_TOP	    _UL(0xfffffffffffff000)

#define KERNEL_PHYS	_UL(0x100000)
#define BOOT_STACK_SIZE _UL(0x4000)
#define IST_STACK_SIZE	_UL(0x2000)
#ifndef STACK_FACTOR /* the Makefile's: all stacks are so many times as large */
#define STACK_FACTOR _UL(1)
#endif

/* Tables of 2 MiB each that exist from the start: for the image, from physical 0, and the fixmap. */
#define FIXMAP_TABLES _UL(8)
#ifndef IMAGE_TABLES /* the Makefile's, where the compiler looks for mistakes at run time */
#define IMAGE_TABLES _UL(4)
#endif

#ifndef __ASSEMBLER__
#include "kernel/lib/compiler.h"

/* User addresses end here: the last page of their half is left out, as in Linux. */
#define TASK_SIZE_MAX ((1UL << 47) - PAGE_SIZE)

#define PAGE_MASK   (~(PAGE_SIZE - 1))
#define VMALLOC_END (VMALLOC_START + VMALLOC_SIZE) /* exclusive */

#define PFN_UP(x)     (((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x)   ((x) >> PAGE_SHIFT)
#define PFN_PHYS(x)   ((phys_addr_t)(x) << PAGE_SHIFT)
#define PAGE_ALIGN(x) ALIGN(x, PAGE_SIZE)

_Static_assert(KERNEL_HALF <= PAGE_OFFSET, "the direct map is not the kernel's alone");
_Static_assert(PAGE_OFFSET + PAGE_OFFSET_SIZE <= VMALLOC_START, "direct map meets vmalloc");
_Static_assert(VMALLOC_END <= VMEMMAP_START, "vmalloc meets vmemmap");
_Static_assert(VMEMMAP_START + VMEMMAP_SIZE <= KASAN_SHADOW_START, "vmemmap meets the shadow");
_Static_assert(KASAN_SHADOW_START + KASAN_SHADOW_SIZE <= KERNEL_MAP, "the shadow meets the image");
_Static_assert(KERNEL_MAP + KERNEL_MAP_SIZE <= FIXADDR_START_LIMIT, "image meets the fixmap");
_Static_assert(FIXADDR_START_LIMIT + FIXMAP_TABLES * PMD_SIZE == 0, "the fixmap is the top");

/* Section bounds, from linker.ld; each is page aligned. */
extern char _text[], _etext[], __start_rodata[], __end_rodata[], _sdata[], _edata[];
extern char __bss_start[], __bss_stop[], __init_begin[], __init_end[], _end[];
extern char __inittext_begin[], __inittext_end[];

#ifndef __KERNEL__
/*
 * The host's tests are programs: they lay their RAM and its struct pages into the
 * lower half (tests/host/fake_ram.h), of which the kernel has the upper part then.
 */
#undef KERNEL_HALF
#undef TASK_SIZE_MAX
#undef PAGE_OFFSET
#undef VMEMMAP_START
#define KERNEL_HALF   0x100000000000UL
#define TASK_SIZE_MAX (KERNEL_HALF - PAGE_SIZE)
#define PAGE_OFFSET   0x200000000000UL
#define VMEMMAP_START 0x300000000000UL
#endif

/* Direct map: RAM only, valid once init_mem_mapping() has run. */
static inline void *__va(phys_addr_t phys)
{
	return (void *)(phys + PAGE_OFFSET);
}

/* A direct-map or image address back to its physical one; no other address has one. */
static inline phys_addr_t __pa(const volatile void *va)
{
	unsigned long addr = (unsigned long)va;

	return addr >= KERNEL_MAP ? addr - KERNEL_MAP : addr - PAGE_OFFSET;
}
#endif
#endif
