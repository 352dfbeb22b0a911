; SPDX-License-Identifier: MIT
;
; From the line of spin_lock() where the lock was not free to spin_lock_contended(), with
; every register kept but RAX: a lock that is free, as nearly all are, then costs
; its function no register and no frame.

extern spin_lock_contended

section .text progbits alloc exec nowrite align=16
bits 64

; RAX: the lock.  The return address, pushed by hand, is the place that takes it.
global spin_lock_slow
spin_lock_slow:
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
	mov	rdi, rax
	mov	rsi, [rbp + 8]
	call	spin_lock_contended
	pop	r11
	pop	r10
	pop	r9
	pop	r8
	pop	rdi
	pop	rsi
	pop	rdx
	pop	rcx
	pop	rbp
	ret
