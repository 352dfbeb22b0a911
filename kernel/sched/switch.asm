; SPDX-License-Identifier: MIT
;
; From one thread to the next, and a thread's first instruction.
;
; A thread that does not run has its canary, its callee-saved registers and the address where it goes on
; on top of its stack, in the order of struct switch_frame (kernel/sched/task.h), and its
; stack pointer in the first word of its struct task_struct.  All others are its caller's to
; save (psABI, 3.2.1).  Interrupts are off on both sides.

extern schedule_tail, trap_return_to_user
extern stack_canary	; kernel/core/stack_protector.h

section .text progbits alloc exec nowrite align=16
bits 64

; struct task_struct *__switch_to_asm(struct task_struct *prev, struct task_struct *next)
;
; Returns in `next`, and there `prev` is the thread that ran last on this CPU.
global __switch_to_asm
__switch_to_asm:
	push	rbp
	push	rbx
	push	r12
	push	r13
	push	r14
	push	r15
	push	qword [gs:stack_canary]
	mov	[rdi], rsp
	mov	rsp, [rsi]
	pop	qword [gs:stack_canary]
	pop	r15
	pop	r14
	pop	r13
	pop	r12
	pop	rbx
	pop	rbp
	mov	rax, rdi
	ret

; Where a new thread comes to from __switch_to_asm: RAX is who ran before, RBX the thread's
; function and R12 its argument.  Above lie three words of zero, and RBP is zero: here a
; backtrace ends.  Above those is the thread's struct pt_regs, for a function that has become
; a program and returns.
	align 16
global ret_from_fork
ret_from_fork:
	mov	rdi, rax
	call	schedule_tail
	mov	rdi, r12
	call	rbx
	add	rsp, 3 * 8
	jmp	[trap_return_to_user]
