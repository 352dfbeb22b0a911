; SPDX-License-Identifier: MIT
;
; Where the CPU enters the kernel, 256 ways, and the stacks it may enter on.
;
; Each vector has a stub of TRAP_STUB_SIZE bytes.  It makes the stack look the
; same for all: vectors without an error code (SDM 3A, table 6-1) push a word in its
; place; then RDI goes to its slot of struct pt_regs and carries the vector.
; trap_common saves the rest in Linux's order and calls trap_dispatch(regs,
; vector) with interrupts off.
;
; RBP points to the saved registers while the handler runs, with bit 0 set,
; which no frame pointer has: so a backtrace knows that it comes to an
; interrupted context and goes on there.
;
; Which GS base is loaded.  The kernel runs with the CPU's own (kernel/core/percpu.h), a program with
; its own, and SWAPGS exchanges the two.  Who comes from a program (CPL 3) swaps, on the stack
; that the TSS names, which is the thread's and empty.  Who comes from the kernel finds the
; CPU's loaded, but for a few instructions after SYSCALL and before SYSRET and IRETQ
; (kernel/user/entry.asm), where interrupts are off and nothing faults.  What may strike
; even there has a stack of the IST.  On it, above the frame, stands the CPU's base
; (kernel/trap/desc.c): it is loaded, and what was loaded is put back in the end.  So it does
; not matter what a program's base is.
;
; A #DB of a program goes on as any other exception of it, on the thread's stack.
;
; No NMI comes from the start of one's handler to the next IRET (SDM 3A, 6.7.1), whosever that is.  After the IRET of a
; fault that struck in the handler, the next NMI would begin at the top of the same stack, over what lies there.
; So what strikes in there and goes on, an expected fault or a machine check, returns by RET.  A machine
; check in the few instructions before nmi_in_service is set, or after it is cleared, still returns by IRET.

%include "kernel/cpu/smap.inc"
%include "kernel/trap/pt_regs.inc"
%include "kernel/trap/user_time.inc"

TRAP_STUB_SIZE	equ 16
MSR_GS_BASE	equ 0xc0000101
PT_REGS_SIZE	equ 21 * 8
REGS_ORIG_AX	equ 15 * 8		; in struct pt_regs
REGS_IP		equ 16 * 8
REGS_CS		equ 17 * 8
REGS_FLAGS	equ 18 * 8
REGS_SP		equ 19 * 8
EFLAGS_TF	equ 1 << 8
EFLAGS_IF	equ 1 << 9
CPU_DESC_RSP0	equ 88			; kernel/trap/desc.c

extern trap_dispatch, trap_return_to_user, cpu_desc, user_time, nmi_in_service

section .smap_sites progbits alloc noexec nowrite align=4
section .nobreak.text progbits alloc exec nowrite align=16
bits 64

; Bits: 8 #DF, 10 #TS, 11 #NP, 12 #SS, 13 #GP, 14 #PF, 17 #AC, 21 #CP, 29 #VC, 30 #SX.
HAS_ERROR_CODE	equ 0x60227d00

%macro trap_stub 2
	align TRAP_STUB_SIZE
%if %1 < 32 && (HAS_ERROR_CODE >> %1) & 1
	; the CPU has pushed it
%else
	push	0
%endif
	push	rdi
	mov	edi, %1
	jmp	near %2
%endmacro

global trap_stubs
	align TRAP_STUB_SIZE
trap_stubs:
%assign vector 0
%rep 256
	trap_stub vector, trap_common
%assign vector vector + 1
%endrep

; In the order of enum ist.
global ist_stubs
	align TRAP_STUB_SIZE
ist_stubs:
	trap_stub 8, ist_common
	trap_stub 2, ist_common
	trap_stub 1, debug_common
	trap_stub 18, ist_common

; All but RDI, and RBP as said above; RSI is the vector then, and RDI the registers.
%macro save_registers 0
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
	CLAC
%endmacro

; To %1 where no NMI's handler was struck: that has interrupts off.  Nor where it is stepped: a TF that POPF sets
; would trap one instruction too early.
%macro jump_if_not_amid_nmi 1
	test	dword [rsp + REGS_FLAGS], EFLAGS_TF | EFLAGS_IF
	jnz	%1
	cmp	byte [gs:nmi_in_service], 0
	je	%1
%endmacro

; Flags and address go to the interrupted stack, below what is in use, and orig_ax says where.  They may lie over SS and RSP
; of the frame, if it is on the same stack, which are not needed any more.  RAX and RDX are lost.
%macro prepare_ret 0
	mov	rdx, [rsp + REGS_SP]
	mov	rax, [rsp + REGS_IP]
	mov	[rdx - 8], rax
	mov	rax, [rsp + REGS_FLAGS]
	mov	[rdx - 16], rax
	sub	rdx, 16
	mov	[rsp + REGS_ORIG_AX], rdx
%endmacro

	align 16
global trap_common, trap_common_end
trap_common:
	test	byte [rsp + 3 * 8], 3	; CS, above RDI, the error code and RIP
	jnz	from_user
	save_registers
.dispatch:
	sub	rsp, 8			; the CPU aligned RSP to 16, then 21 words came
	call	trap_dispatch
	add	rsp, 8
	test	byte [rsp + REGS_CS], 3
	jnz	to_user
	jump_if_not_amid_nmi .by_iret
	prepare_ret
	jmp	by_ret
.by_iret:
	restore_registers
	add	rsp, 8			; the error code
	iretq

from_user:
	swapgs
.swapped:
	save_registers
	leave_user_time
	jmp	trap_common.dispatch

; It was no system call, whatever error code lies there: none is to begin anew.
to_user:
	mov	qword [rsp + REGS_ORIG_AX], -1
	jmp	[trap_return_to_user]
trap_common_end:

; After prepare_ret.
by_ret:
	restore_registers
	pop	rsp
	popfq
	ret

; #DB of a program: to the thread's stack, with what the CPU and the stub have pushed.
	align 16
debug_common:
	test	byte [rsp + 3 * 8], 3
	jz	ist_common
	swapgs
	mov	rdi, rsp
	mov	rsp, [gs:cpu_desc + CPU_DESC_RSP0]
%assign word 6
%rep 7
	push	qword [rdi + word * 8]
%assign word word - 1
%endrep
	mov	edi, 1
	jmp	from_user.swapped

; On a stack of the IST, from anywhere.  RBX: the GS base that was loaded; R12: whether to return by RET.
	align 16
ist_common:
	save_registers
	mov	ecx, MSR_GS_BASE
	rdmsr
	shl	rdx, 32
	or	rax, rdx
	mov	rbx, rax
	mov	rax, [rsp + PT_REGS_SIZE]
	cmp	rax, rbx
	je	.dispatch
	mov	rdx, rax
	shr	rdx, 32
	wrmsr
.dispatch:
	sub	rsp, 8
	call	trap_dispatch
	add	rsp, 8
	xor	r12d, r12d
	jump_if_not_amid_nmi .base
	prepare_ret
	inc	r12d
.base:
	cmp	rbx, [rsp + PT_REGS_SIZE]
	je	.return
	mov	rax, rbx
	mov	rdx, rbx
	shr	rdx, 32
	mov	ecx, MSR_GS_BASE
	wrmsr
.return:
	test	r12d, r12d
	jnz	by_ret
	restore_registers
	add	rsp, 8			; the error code
	iretq

; ---------------------------------------------------------------- stacks
section .bss..page_aligned nobits alloc noexec write align=4096

; All sizes are whole pages.  An IST stack's guard page is mapped until the final tables
; leave it out, the boot stack's never is: boot/entry.asm sees to it.
%macro stack 2
	global %1_guard, %1_top
%1_guard:	resb PAGE_SIZE
		resb %2 * STACK_FACTOR
%1_top:
%endmacro

	stack boot_stack, BOOT_STACK_SIZE
	stack ist_df, IST_STACK_SIZE
	stack ist_nmi, IST_STACK_SIZE
	stack ist_db, IST_STACK_SIZE
	stack ist_mce, IST_STACK_SIZE
