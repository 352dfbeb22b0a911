; SPDX-License-Identifier: MIT
;
; The registers as the caller has them, in the form of an interrupted context
; (kernel/cpu/ptrace.h): RIP, RSP and RFLAGS are those after the return.

section .text progbits alloc exec nowrite align=16
bits 64

; void capture_regs(struct pt_regs *regs)
global capture_regs
capture_regs:
	mov	[rdi], r15
	mov	[rdi + 8], r14
	mov	[rdi + 16], r13
	mov	[rdi + 24], r12
	mov	[rdi + 32], rbp
	mov	[rdi + 40], rbx
	mov	[rdi + 48], r11
	mov	[rdi + 56], r10
	mov	[rdi + 64], r9
	mov	[rdi + 72], r8
	mov	[rdi + 80], rax
	mov	[rdi + 88], rcx
	mov	[rdi + 96], rdx
	mov	[rdi + 104], rsi
	mov	[rdi + 112], rdi
	mov	qword [rdi + 120], 0
	mov	rax, [rsp]
	mov	[rdi + 128], rax
	mov	eax, cs
	mov	[rdi + 136], rax
	pushfq
	pop	rax
	mov	[rdi + 144], rax
	lea	rax, [rsp + 8]
	mov	[rdi + 152], rax
	mov	eax, ss
	mov	[rdi + 160], rax
	ret
