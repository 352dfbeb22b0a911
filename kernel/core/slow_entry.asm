; SPDX-License-Identifier: MIT
;
; From the line of spin_lock() where the lock was not free to spin_lock_contended(), and
; from the line of preempt_enable() where somebody waits to preempt_schedule(), with every
; register kept (spin_lock()'s RAX excepted): what nearly always happens then costs its
; function no register and no frame.

extern spin_lock_contended, preempt_schedule

section .text progbits alloc exec nowrite align=16
bits 64

%macro save_registers 0
	push	rbp
	mov	rbp, rsp
	push	rcx
	push	rdx
	push	rsi
	push	rdi
	push	r8
	push	r9
	push	r10
	push	r11
%endmacro

%macro restore_registers 0
	pop	r11
	pop	r10
	pop	r9
	pop	r8
	pop	rdi
	pop	rsi
	pop	rdx
	pop	rcx
	pop	rbp
%endmacro

; RAX: the lock.  The return address, pushed by hand, is the place that takes it.
global spin_lock_slow
spin_lock_slow:
	save_registers
	mov	rdi, rax
	mov	rsi, [rbp + 8]
	call	spin_lock_contended
	restore_registers
	ret

global preempt_schedule_slow
preempt_schedule_slow:
	save_registers
	push	rax
	call	preempt_schedule
	pop	rax
	restore_registers
	ret
