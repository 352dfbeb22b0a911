; SPDX-License-Identifier: MIT
;
; The page tables that exist before memory can be allocated.
;
; boot/entry.asm fills them and turns paging on with them.  The final tables
; (mm/init.c) take over those of the fixmap; the others are not used again.

section .bss..page_aligned nobits alloc noexec write align=4096

global early_top_pgt, level3_kernel_pgt, level2_kernel_pgt, level1_kernel_pgt
global level2_fixmap_pgt, level1_fixmap_pgt
early_top_pgt:		resb PAGE_SIZE
level3_kernel_pgt:	resb PAGE_SIZE
level2_kernel_pgt:	resb PAGE_SIZE
level2_fixmap_pgt:	resb PAGE_SIZE
level1_kernel_pgt:	resb PAGE_SIZE * IMAGE_TABLES
level1_fixmap_pgt:	resb PAGE_SIZE * FIXMAP_TABLES
