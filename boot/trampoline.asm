; SPDX-License-Identifier: MIT
;
; From real mode, where a CPU that is told to start up begins (SDM 3A, 8.4), to C.
;
; The code up to trampoline_end is copied to a page below 1 MiB, whose number the start-up
; message carries: CS:IP is page << 8:0.  Many CPUs run through it at a time, so it writes
; nothing, and has no stack.  It knows where it lies by CS; the few addresses that an instruction cannot
; compute are words to which boot/trampoline_page.c adds the page's address.
;
; The tables that it turns paging on with are the early ones of the boot CPU: they map the
; image, and that one page where it is.  From there a CPU goes up to secondary_startup in
; the image, which loads the final tables, finds out who it is and takes its own stack.

%define PHYS(sym) (sym - KERNEL_MAP)
%define HERE(label) (label - trampoline_start)

X86_CR0		equ 0x80050033	; PG AM WP NE ET MP PE (SDM 3A, 2.5), as the boot CPU's
X86_CR0_PE	equ 1
X86_CR4_PAE	equ 1 << 5
MSR_EFER	equ 0xc0000080
EFER_LME_NXE	equ 1 << 8 | 1 << 11

CS64		equ 0x10	; as the kernel's own (kernel/trap/desc.h)
DATA		equ 0x18
CS32		equ 0x20

extern early_top_pgt		; mm/early_pgtable.asm

; ---------------------------------------------------------------- what is copied
section .init.rodata progbits alloc noexec nowrite align=16

global trampoline_start, trampoline_end, trampoline_relocs, trampoline_relocs_end
bits 16
trampoline_start:
	cli
	cld
	mov	ax, cs
	mov	ds, ax
	xor	ebx, ebx
	mov	bx, ax
	shl	ebx, 4			; the page
	o32 lgdt [HERE(gdt_pointer)]
	mov	eax, cr0
	or	al, X86_CR0_PE
	mov	cr0, eax
	jmp	dword far [HERE(to_protected)]

bits 32
protected:
	mov	eax, DATA
	mov	ds, eax
	mov	es, eax
	mov	ss, eax
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
	jmp	far [ebx + HERE(to_long)]

bits 64
long_mode:
	mov	rax, secondary_startup
	jmp	rax

	align 8
gdt:
	dq 0, 0
	dq 0x00af9b000000ffff		; CS64; accessed bits are set: nothing is written
	dq 0x00cf93000000ffff		; DATA
	dq 0x00cf9b000000ffff		; CS32
gdt_pointer:
	dw $ - gdt - 1
gdt_base:
	dd HERE(gdt)
to_protected:
	dd HERE(protected)
	dw CS32
to_long:
	dd HERE(long_mode)
	dw CS64
trampoline_end:

; Where the page's address is to be added: distances from the start.
	align 2
trampoline_relocs:
	dw HERE(gdt_base), HERE(to_protected), HERE(to_long)
trampoline_relocs_end:

; ---------------------------------------------------------------- in the image
section .init.text progbits alloc exec nowrite align=16

secondary_startup:
	mov	rax, [trampoline_args.cr3]
	mov	cr3, rax
	xor	eax, eax
	mov	fs, eax
	mov	gs, eax
	lldt	ax

	; Its APIC id: 32 bits by leaf 0Bh, where that says anything, else 8 (SDM 2A, CPUID).
	cpuid
	cmp	eax, 0xb
	jb	.short_id
	mov	eax, 0xb
	xor	ecx, ecx
	cpuid
	test	ebx, ebx
	jnz	.have_id
.short_id:
	mov	eax, 1
	cpuid
	mov	edx, ebx
	shr	edx, 24
.have_id:
	mov	rsi, [trampoline_args.cpus]
	xor	edi, edi
.look:
	cmp	edi, [trampoline_args.nr_cpus]
	jae	.stop
	cmp	edx, [rsi]
	je	.found
	inc	edi
	add	rsi, 16			; sizeof(struct secondary)
	jmp	.look
.found:
	mov	rsp, [rsi + 8]
	xor	ebp, ebp		; where a backtrace ends: no frame, no return address
	push	rbp
	push	rbp
	call	[trampoline_args.entry]
.stop:
	cli
	hlt
	jmp	.stop

section .init.data progbits alloc noexec write align=8

; struct trampoline_args
global trampoline_args
trampoline_args:
.cpus:		dq 0
.nr_cpus:	dq 0
.cr3:		dq 0
.entry:		dq 0
