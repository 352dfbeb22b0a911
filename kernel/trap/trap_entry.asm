; SPDX-License-Identifier: MIT
;
; Where the CPU enters the kernel, 256 ways, and the stacks it may enter on.
;
; Each vector has a stub of TRAP_STUB_SIZE bytes.  It makes the stack look the
; same for all: vectors without an error code (SDM 3A, table 6-1) push a 0 in its
; place; then RDI goes to its slot of struct pt_regs and carries the vector.
; trap_common saves the rest in Linux's order and calls trap_dispatch(regs,
; vector) with interrupts off.
;
; RBP points to the saved registers while the handler runs, with bit 0 set,
; which no frame pointer has: so a backtrace knows that it comes to an
; interrupted context and goes on there.

TRAP_STUB_SIZE	equ 16

extern trap_dispatch

section .text progbits alloc exec nowrite align=16
bits 64

; Bits: 8 #DF, 10 #TS, 11 #NP, 12 #SS, 13 #GP, 14 #PF, 17 #AC, 21 #CP, 29 #VC, 30 #SX.
HAS_ERROR_CODE	equ 0x60227d00

global trap_stubs
	align TRAP_STUB_SIZE
trap_stubs:
%assign vector 0
%rep 256
	align TRAP_STUB_SIZE
%if vector < 32 && (HAS_ERROR_CODE >> vector) & 1
	; the CPU has pushed it
%else
	push	0
%endif
	push	rdi
	mov	edi, vector
	jmp	near trap_common
%assign vector vector + 1
%endrep

	align 16
trap_common:
	push	rsi
	push	rdx
	push	rcx
	push	rax
	push	r8
	push	r9
	push	r10
	push	r11
	push	rbx
	push	rbp
	push	r12
	push	r13
	push	r14
	push	r15
	mov	esi, edi
	mov	rdi, rsp
	lea	rbp, [rsp + 1]
	cld
	sub	rsp, 8			; the CPU aligned RSP to 16, then 21 words came
	call	trap_dispatch
	add	rsp, 8
	pop	r15
	pop	r14
	pop	r13
	pop	r12
	pop	rbp
	pop	rbx
	pop	r11
	pop	r10
	pop	r9
	pop	r8
	pop	rax
	pop	rcx
	pop	rdx
	pop	rsi
	pop	rdi
	add	rsp, 8			; the error code
	iretq

; ---------------------------------------------------------------- stacks
section .bss..page_aligned nobits alloc noexec write align=4096

; All sizes are whole pages.  An IST stack's guard page is mapped until the final tables
; leave it out, the boot stack's never is: boot/entry.asm sees to it.
%macro stack 2
	global %1_guard, %1_top
%1_guard:	resb PAGE_SIZE
		resb %2
%1_top:
%endmacro

	stack boot_stack, BOOT_STACK_SIZE
	stack ist_df, IST_STACK_SIZE
	stack ist_nmi, IST_STACK_SIZE
	stack ist_db, IST_STACK_SIZE
	stack ist_mce, IST_STACK_SIZE
