; SPDX-License-Identifier: MIT
;
; From a program into the kernel by SYSCALL, and back to it.
;
; SYSCALL changes neither RSP nor the GS base: the first instructions do, with interrupts off,
; and no fault can strike them (kernel/trap/trap_entry.asm says how the GS base is right all
; the same for what may).  Then the program's registers are saved on the thread's stack, which
; is empty, as a trap would have: struct pt_regs, `ax` being -ENOSYS and `orig_ax` the number.
;
; There are two ways back.  SYSRET takes RIP from RCX and RFLAGS from R11 and loads the rest
; with constants: it serves where the registers are still as the program's SYSCALL left them.
; It would raise #GP on the program's stack, in ring 0, for an RIP that is not canonical, and
; it does not set RF and, with TF, is stepped a moment late (SDM 2B, SYSRET); so all that, and
; whatever else the kernel has changed, goes by IRETQ, and a frame which that would refuse is
; made a signal first.
;
; Before either, with interrupts off: whatever thread_flags says that is to be done, and
; other threads that wait for this CPU (exit_to_user_mode(), kernel/user/syscall.c).

PT_REGS_SIZE	equ 21 * 8
REGS_R11	equ 6 * 8		; struct pt_regs
REGS_AX		equ 10 * 8
REGS_CX		equ 11 * 8
REGS_ORIG_AX	equ 15 * 8
REGS_IP		equ 16 * 8
REGS_CS		equ 17 * 8
REGS_FLAGS	equ 18 * 8
REGS_SP		equ 19 * 8
REGS_SS		equ 20 * 8
TASK_FLAGS	equ 8			; thread_flags (kernel/sched/task.h),
TIF_WORK	equ 1 << 1 | 1 << 2	; of which: NOTIFY_RESUME, SIGPENDING
CPU_DESC_RSP0	equ 88			; kernel/trap/desc.c: the thread's stack,
CPU_DESC_RSP2	equ CPU_DESC_RSP0 + 16	; and a word that is nobody's
USER_DS		equ 0x2b
USER_CS		equ 0x33
ENOSYS		equ 38
NR_SYSCALLS	equ 512			; kernel/core/syscall.h
PREEMPT_NO_NEED	equ 0x80000000		; kernel/core/preempt.h
EFLAGS_TF_RF	equ 0x10100
VA_BITS		equ 47			; of a user address

extern sys_call_table, sys_ni_syscall, exit_to_user_mode, refuse_user_frame
extern cpu_desc, current_task, preempt_counter, user_time

%include "kernel/trap/pt_regs.inc"
%include "kernel/trap/user_time.inc"

section .text progbits alloc exec nowrite align=16
bits 64

; There is something to do first: to %1.  A count of reasons against preemption, which here would
; be one too many, goes there too.
%macro jump_if_work 1
	mov	rdx, [gs:current_task]
	test	dword [rdx + TASK_FLAGS], TIF_WORK
	jne	%1
	cmp	dword [gs:preempt_counter], PREEMPT_NO_NEED
	jne	%1
%endmacro

	align 64
global syscall_entry, syscall_entry_end
syscall_entry:
	swapgs
	mov	[gs:cpu_desc + CPU_DESC_RSP2], rsp
	mov	rsp, [gs:cpu_desc + CPU_DESC_RSP0]
	push	USER_DS
	push	qword [gs:cpu_desc + CPU_DESC_RSP2]
	push	r11
	push	USER_CS
	push	rcx
	push	rax
	push	rdi
	push	rsi
	push	rdx
	push	rcx
	push	-ENOSYS
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
	lea	rbp, [rsp + 1]		; a backtrace goes on in the program, that is, ends
	sub	rsp, 8			; aligned to 16
	mov	rcx, rdx
	leave_user_time
	mov	rdx, rcx
	sti
	mov	rcx, r10
	mov	eax, [rsp + 8 + REGS_ORIG_AX]
	cmp	eax, NR_SYSCALLS
	jae	.no_such_call
	call	[sys_call_table + rax * 8]
.called:
	add	rsp, 8
	mov	[rsp + REGS_AX], rax
	cli
	jump_if_work return_to_user

	mov	rcx, [rsp + REGS_IP]
	mov	r11, [rsp + REGS_FLAGS]
	cmp	rcx, [rsp + REGS_CX]
	jne	return_to_user.by_iret
	cmp	r11, [rsp + REGS_R11]
	jne	return_to_user.by_iret
	mov	rax, rcx
	shr	rax, VA_BITS
	jnz	return_to_user.by_iret
	test	r11d, EFLAGS_TF_RF
	jnz	return_to_user.by_iret
	cmp	qword [rsp + REGS_CS], USER_CS
	jne	return_to_user.by_iret
	cmp	qword [rsp + REGS_SS], USER_DS
	jne	return_to_user.by_iret
	enter_user_time
	restore_registers
	mov	rsp, [rsp + REGS_SP - 15 * 8]
	swapgs
	o64 sysret

.no_such_call:
	call	sys_ni_syscall
	jmp	.called

; RSP: struct pt_regs.  Any interrupt flag.
	align 16
global return_to_user
return_to_user:
	cli
	jump_if_work .work
.by_iret:
	cmp	qword [rsp + REGS_CS], USER_CS
	jne	.refuse
	cmp	qword [rsp + REGS_SS], USER_DS
	jne	.refuse
	mov	rax, [rsp + REGS_IP]	; canonical: bits 63 to 47 are equal
	sar	rax, VA_BITS
	inc	rax
	cmp	rax, 1
	ja	.refuse
	enter_user_time
	restore_registers
	add	rsp, 8			; orig_ax
	swapgs
	iretq

.work:
	mov	rdi, rsp
	sub	rsp, 8
	call	exit_to_user_mode
	add	rsp, 8
	jmp	return_to_user
.refuse:
	mov	rdi, rsp
	sub	rsp, 8
	call	refuse_user_frame
	add	rsp, 8
	jmp	return_to_user
syscall_entry_end:
