; SPDX-License-Identifier: MIT
;
; From the loader's 32-bit world to kmain() in the high half.
;
; There are two ways in.  A multiboot2 loader comes to _start, EAX holding its magic
; and EBX the address of its information (Multiboot2 3.3).  A PVH loader, such as
; qemu -kernel, comes to pvh_start with the address in EBX (Xen, docs/misc/pvh);
; it finds that entry in an ELF note.  Both leave the CPU in protected mode with
; paging off, no stack and no usable GDT.  From here on EDI says who it was, by the magic
; of his protocol, and ESI holds the address: kmain(magic, info).
;
; Before the first instruction that a compiler made, this file checks that the CPU
; has what those need; what it lacks is printed, and the kernel does not start.
; Then it builds the early page tables and turns on long mode.
;
; The early tables map the image and nothing else, in 4 KiB pages, each section
; with its own rights, at KERNEL_MAP + physical address; no page is ever both
; writable and executable.  The same tables serve as the identity map for the
; few instructions between "paging on" and the jump up: level3_kernel_pgt is
; hooked into slot 0 of the top level as well, and taken out again at once.
; level1_fixmap_pgt is hooked in empty, so the fixmap works before any allocator.
; mm/ builds the final tables and goes on using the fixmap's.
;
; The names of mm/layout.h come as %defines from the Makefile.

%define PHYS(sym) (sym - KERNEL_MAP)

MULTIBOOT2_LOADER_MAGIC equ 0x36d76289	; Multiboot2 3.3
HVM_START_MAGIC	equ 0x336ec578		; Xen, start_info.h: "xEn3", the E's top bit set
XEN_ELFNOTE_PHYS32_ENTRY equ 18		; Xen, elfnote.h
BDA_COM1	equ 0x400	; BIOS data area: port of the first UART, a word
COM1_PORT	equ 0x3f8
THRE_POLLS	equ 100000	; bound of the wait for the UART's holding register
DEBUG_EXIT_PORT	equ 0xf4	; QEMU's isa-debug-exit, as kernel/trap/reboot.c has it
NOT_STARTED	equ 127		; what it is given: QEMU's status is then 255

X86_CR0		equ 0x80050033	; PG AM WP NE ET MP PE (SDM 3A, 2.5)
X86_CR4_PAE	equ 1 << 5
MSR_EFER	equ 0xc0000080
MSR_GS_BASE	equ 0xc0000101
EFER_LME_NXE	equ 1 << 8 | 1 << 11

_KERNPG_TABLE	equ 0x63	; present, writable, accessed, dirty
PTE_R		equ 0x21	; present, accessed
PTE_RW		equ 0x63
PTE_NX		equ 1 << 31	; in the high dword

FIXMAP_FIRST	equ 504		; (FIXADDR_START_LIMIT >> PMD_SHIFT) & 511
%if (FIXADDR_START_LIMIT >> PMD_SHIFT) & 511 != 504
%error "the fixmap does not start where level2_fixmap_pgt has its tables"
%endif

BOOT_CS		equ 0x10	; Linux's numbers, also those of kernel/trap/desc.c
BOOT_DS		equ 0x18

extern kmain
extern boot_stack_guard, boot_stack_top		; kernel/trap/trap_entry.asm
extern early_top_pgt, level3_kernel_pgt, level2_kernel_pgt, level1_kernel_pgt
extern level2_fixmap_pgt, level1_fixmap_pgt	; mm/early_pgtable.asm
extern _text, _etext, __start_rodata, __end_rodata, _sdata, _edata
extern __init_begin, __inittext_begin, __inittext_end, __init_end, __bss_start, __bss_stop

; ---------------------------------------------------------------- header
section .multiboot2 progbits alloc noexec nowrite align=8

global multiboot2_header, multiboot2_header_end
multiboot2_header:
	dd 0xe85250d6				; Multiboot2 3.1.2
	dd 0					; architecture: i386 protected mode
	dd multiboot2_header_end - multiboot2_header
	dd -(0xe85250d6 + (multiboot2_header_end - multiboot2_header))

	; Information request: without a memory map there is nothing to manage.
	align 8, db 0
	dw 1, 0
	dd 12
	dd 6

	; Welcome where the loader has them (flag 1: optional): command line,
	; loader name, modules, framebuffer, ELF sections, EFI system tables,
	; both RSDPs, EFI memory map.
	align 8, db 0
.optional:
	dw 1, 1
	dd .optional_end - .optional
	dd 1, 2, 3, 8, 9, 11, 12, 14, 15, 17
.optional_end:

	; Modules on page boundaries.
	align 8, db 0
	dw 6, 1
	dd 8

	; A framebuffer, in whatever mode the loader chooses: nothing is wrong without one.
	align 8, db 0
	dw 5, 1
	dd 20
	dd 0, 0, 0

	align 8, db 0
	dw 0, 0
	dd 8
multiboot2_header_end:

; The other way in, as a PVH loader looks for it (ELF-64, "Note Section"; Xen, elfnote.h).
section .note.Xen note alloc noexec nowrite align=4
	dd 4, 8, XEN_ELFNOTE_PHYS32_ENTRY
	db "Xen", 0
	dq PHYS(pvh_start)

; ---------------------------------------------------------------- 32 bits
section .init.text progbits alloc exec nowrite align=16
bits 32

global _start, pvh_start
pvh_start:
	mov	eax, HVM_START_MAGIC
	jmp	start
_start:
	mov	ebp, PHYS(msg_magic)
	cmp	eax, MULTIBOOT2_LOADER_MAGIC
	jne	boot_fail
start:
	cli
	cld
	; QEMU's -kernel clears .bss the first time, not when the machine is reset.
	mov	edx, eax
	mov	edi, PHYS(__bss_start)
	mov	ecx, PHYS(__bss_stop)
	sub	ecx, edi
	shr	ecx, 2
	xor	eax, eax
	rep stosd
	mov	edi, edx
	mov	esi, ebx
	mov	esp, PHYS(boot_stack_top)

	call	check_cpu
	call	fill_page_tables

	mov	eax, X86_CR4_PAE
	mov	cr4, eax
	mov	eax, PHYS(early_top_pgt)
	mov	cr3, eax
	mov	ecx, MSR_EFER
	rdmsr
	or	eax, EFER_LME_NXE
	wrmsr
	mov	eax, X86_CR0
	mov	cr0, eax

	lgdt	[PHYS(early_gdt_pointer_phys)]
	jmp	BOOT_CS:PHYS(long_mode)

; Returns where the CPU has what is needed; leaves EDI and ESI.
check_cpu:
	; CPUID is there when EFLAGS.ID can be changed (SDM 1, 20.1.2).
	pushfd
	pop	eax
	mov	ecx, eax
	xor	eax, 1 << 21
	push	eax
	popfd
	pushfd
	pop	eax
	mov	ebp, PHYS(msg_cpuid)
	cmp	eax, ecx
	je	boot_fail

	mov	eax, 1
	cpuid
	mov	[PHYS(cpu_features)], edx
	mov	eax, 0x80000000
	cpuid
	cmp	eax, 0x80000001
	jb	.look			; .bss is zero: no feature of that leaf
	mov	eax, 0x80000001
	cpuid
	mov	[PHYS(cpu_features) + 4], edx

.look:
	mov	ebp, PHYS(msg_features)
	mov	ebx, PHYS(needed_features)
.feature:
	movzx	eax, byte [ebx]
	bt	[PHYS(cpu_features)], eax
	jnc	boot_fail
	add	ebx, NEEDED_SIZE
	cmp	ebx, PHYS(needed_features_end)
	jb	.feature
	ret

; Build the early tables, which are zero.
fill_page_tables:
	; The image, section by section.
	mov	ebx, PHYS(image_map)
.section:
	mov	eax, [ebx]
	mov	ecx, [ebx + 4]
.page:
	cmp	eax, ecx
	jae	.next
	mov	edx, eax
	shr	edx, 9			; >> PAGE_SHIFT, * 8: the entry's place
	mov	ebp, [ebx + 8]
	or	ebp, eax
	mov	[PHYS(level1_kernel_pgt) + edx], ebp
	mov	ebp, [ebx + 12]
	mov	[PHYS(level1_kernel_pgt) + edx + 4], ebp
	add	eax, PAGE_SIZE
	jmp	.page
.next:
	add	ebx, 16
	cmp	ebx, PHYS(image_map_end)
	jb	.section

	; An overflow of the boot stack is to fault.
	mov	edx, PHYS(boot_stack_guard)
	shr	edx, 9
	mov	dword [PHYS(level1_kernel_pgt) + edx], 0

	mov	eax, PHYS(level1_kernel_pgt) + _KERNPG_TABLE
	mov	edx, PHYS(level2_kernel_pgt)
	mov	ecx, IMAGE_TABLES
	call	hook_tables
	mov	eax, PHYS(level1_fixmap_pgt) + _KERNPG_TABLE
	mov	edx, PHYS(level2_fixmap_pgt) + FIXMAP_FIRST * 8
	mov	ecx, FIXMAP_TABLES
	call	hook_tables

	; KERNEL_MAP is in slot 510 of the top slot's table, the fixmap in 511.
	mov	dword [PHYS(level3_kernel_pgt) + 510 * 8], PHYS(level2_kernel_pgt) + _KERNPG_TABLE
	mov	dword [PHYS(level3_kernel_pgt) + 511 * 8], PHYS(level2_fixmap_pgt) + _KERNPG_TABLE
	mov	dword [PHYS(early_top_pgt) + 511 * 8], PHYS(level3_kernel_pgt) + _KERNPG_TABLE

	; The identity map, until the jump is done.
	mov	dword [PHYS(level3_kernel_pgt)], PHYS(level2_kernel_pgt) + _KERNPG_TABLE
	mov	dword [PHYS(early_top_pgt)], PHYS(level3_kernel_pgt) + _KERNPG_TABLE
	ret

; ECX consecutive table pages from entry value EAX into the entries from EDX.
hook_tables:
	mov	[edx], eax
	add	eax, PAGE_SIZE
	add	edx, 8
	loop	hook_tables
	ret

; Print the message at EBP on the first UART and stop; QEMU ends where it can be told to.
boot_fail:
	cli
	cld
	mov	esp, PHYS(boot_stack_top)
	call	setup_uart
	mov	esi, PHYS(msg_prefix)
	call	puts
	mov	esi, ebp
	call	puts
	cmp	ebp, PHYS(msg_features)
	jne	.said
	call	put_missing
.said:
	mov	esi, PHYS(msg_end)
	call	puts

	; The device reads 0, a port that is nobody's all ones.
	mov	edx, DEBUG_EXIT_PORT
	in	eax, dx
	test	eax, eax
	jnz	.stop
	mov	al, NOT_STARTED
	out	dx, eax
.stop:
	hlt
	jmp	.stop

; The name of each feature that is needed and not there, a blank before it.
put_missing:
	mov	edi, PHYS(needed_features)
.feature:
	movzx	eax, byte [edi]
	bt	[PHYS(cpu_features)], eax
	jc	.next
	lea	esi, [edi + 1]
	call	puts
.next:
	add	edi, NEEDED_SIZE
	cmp	edi, PHYS(needed_features_end)
	jb	.feature
	ret

; The first UART's port into EBX, and the UART ready for use.
setup_uart:
	; Under UEFI the BIOS data area may hold anything: only the four
	; customary ports are believed.
	movzx	edx, word [BDA_COM1]
	mov	eax, edx
	and	ax, 0xfeef		; folds 0x3f8 0x2f8 0x3e8 0x2e8 into one
	cmp	ax, 0x2e8
	je	.have_port
	mov	edx, COM1_PORT
.have_port:
	mov	ebx, edx		; 16550: 115200 baud, 8n1, FIFOs on, no interrupts
	mov	esi, PHYS(uart_setup)
	mov	ecx, (uart_setup_end - uart_setup) / 2
.setup:
	movzx	edx, byte [esi]
	add	edx, ebx
	mov	al, [esi + 1]
	out	dx, al
	add	esi, 2
	loop	.setup
	ret

; String at ESI to the UART at EBX.
puts:
	mov	ecx, THRE_POLLS
.wait:
	lea	edx, [ebx + 5]		; LSR: bit 5, the holding register is empty
	in	al, dx
	test	al, 1 << 5
	loopz	.wait
	mov	edx, ebx
	lodsb
	test	al, al
	jz	.done
	out	dx, al
	jmp	puts
.done:
	ret

; ---------------------------------------------------------------- 64 bits
bits 64
long_mode:				; still at the identity address
	mov	rax, high_half
	jmp	rax

high_half:
	lgdt	[early_gdt_pointer]
	mov	eax, BOOT_DS
	mov	ds, eax
	mov	es, eax
	mov	ss, eax
	xor	eax, eax
	mov	fs, eax
	mov	gs, eax
	lldt	ax
	xor	edx, edx		; a null selector may leave GS's base as it was
	mov	ecx, MSR_GS_BASE	; 0: the boot CPU's data is the linked one
	wrmsr
	mov	rsp, boot_stack_top

	; The identity map ends here; a CR3 load flushes it from the TLB.
	mov	[early_top_pgt], rax
	mov	[level3_kernel_pgt], rax
	mov	rax, cr3
	mov	cr3, rax

	xor	ebp, ebp		; where a backtrace ends: no frame, no return address
	push	rbp
	push	rbp
	mov	edi, edi		; magic and address, zero-extended
	mov	esi, esi
	call	kmain
	ud2				; kmain does not return

; ---------------------------------------------------------------- constants
section .init.rodata progbits alloc noexec nowrite align=16

; Accessed bits are set, since the CPU could not set them in a read-only page.
early_gdt:
	dq 0, 0
	dq 0x00af9b000000ffff		; BOOT_CS: 64-bit code
	dq 0x00cf93000000ffff		; BOOT_DS
early_gdt_end:
early_gdt_pointer:
	dw early_gdt_end - early_gdt - 1
	dq early_gdt
early_gdt_pointer_phys:
	dw early_gdt_end - early_gdt - 1
	dd PHYS(early_gdt)

; First byte, end, low and high dword of the entry's rights.
	align 16
image_map:
	dd PHYS(_text), PHYS(_etext), PTE_R, 0
	dd PHYS(__start_rodata), PHYS(__end_rodata), PTE_R, PTE_NX
	dd PHYS(_sdata), PHYS(_edata), PTE_RW, PTE_NX
	dd PHYS(__inittext_begin), PHYS(__inittext_end), PTE_R, 0
	dd PHYS(__inittext_end), PHYS(__init_end), PTE_RW, PTE_NX
	dd PHYS(__bss_start), PHYS(__bss_stop), PTE_RW, PTE_NX
image_map_end:

; Register offset and value: 16550 data sheet, 8.0.
uart_setup:
	db 3, 0x80, 0, 1, 1, 0, 3, 0x03, 1, 0, 2, 0x07, 4, 0x03
uart_setup_end:

; What the processor must have, by its bit in CPUID 1 EDX or, from 32 on, 80000001h EDX
; (SDM 2A, CPUID).  The first seven are what compilers take for granted on x86-64 (psABI,
; 3.1.1, "baseline"), and the kernel's fences are SSE's and SSE2's; the others are what the
; kernel does itself.
%macro needed 2
	db %1, " ", %2
	times NEEDED_SIZE - 2 - %strlen(%2) db 0
%endmacro
NEEDED_SIZE	equ 12
needed_features:
	needed 0, "FPU"
	needed 8, "CX8"
	needed 15, "CMOV"
	needed 23, "MMX"
	needed 24, "FXSR"
	needed 25, "SSE"
	needed 26, "SSE2"
	needed 4, "TSC"
	needed 5, "MSR"
	needed 6, "PAE"
	needed 19, "CLFLUSH"
	needed 32 + 20, "NX"
	needed 32 + 29, "long mode"
needed_features_end:

msg_prefix:	db "terrier: cannot start: ", 0
msg_magic:	db "EAX is not 0x36d76289, so the loader does not speak multiboot2", 0
msg_cpuid:	db "this processor has no CPUID instruction", 0
msg_features:	db "this processor lacks, or firmware has disabled:", 0
msg_end:	db 13, 10, 0

section .bss nobits alloc noexec write align=8
cpu_features:	resd 2			; EDX of CPUID 1 and of 80000001h
