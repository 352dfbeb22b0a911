; SPDX-License-Identifier: MIT
;
; Programs of a few instructions, for the suite `user`: each ends by an exception, UD2 where all
; was well, INT3 where not.  They lie where their test maps them.

TEST_CALL	equ 511			; tests/guest/user.c's own system call

section .rodata progbits alloc noexec nowrite align=8
bits 64

%macro program 1
	align 8
global user_%1, user_%1_end
user_%1:
%endmacro
%macro program_end 1
user_%1_end:
%endmacro

; All but RAX, RCX and R11 are kept over a system call.
program syscall
	mov	rbx, 0x1234567890abcdef
	mov	rbp, rbx
	mov	r12, rbx
	mov	r13, rbx
	mov	r14, rbx
	mov	r15, rbx
	mov	rdi, 1
	mov	rsi, 2
	mov	rdx, 3
	mov	r10, 4
	mov	r8, 5
	mov	r9, 6
	mov	rax, rsp
	push	rax
	mov	rax, 0xffffffff00000000 + TEST_CALL	; the number is EAX
	syscall
.after:
	cmp	rax, 123456
	jne	.bad
	lea	rax, [rel .after]
	cmp	rcx, rax
	jne	.bad
	cmp	rdi, 1
	jne	.bad
	cmp	rsi, 2
	jne	.bad
	cmp	rdx, 3
	jne	.bad
	cmp	r10, 4
	jne	.bad
	cmp	r8, 5
	jne	.bad
	cmp	r9, 6
	jne	.bad
	mov	rax, 0x1234567890abcdef
	cmp	rbx, rax
	jne	.bad
	cmp	rbp, rax
	jne	.bad
	cmp	r12, rax
	jne	.bad
	cmp	r13, rax
	jne	.bad
	cmp	r14, rax
	jne	.bad
	cmp	r15, rax
	jne	.bad
	pop	rax
	cmp	rax, rsp
	jne	.bad
	mov	eax, 510		; a number that nobody has, and one beyond all
	syscall
	cmp	rax, -38
	jne	.bad
	mov	eax, -1
	syscall
	cmp	rax, -38
	jne	.bad
	ud2
.bad:
	int3
program_end syscall

; The call that RDI asks for, and nothing else.
program call
	mov	eax, TEST_CALL
	syscall
	ud2
program_end call

; As many calls as RDI says, and an exception's way in for each.
program calls
	mov	rbx, rdi
.loop:
	mov	eax, TEST_CALL
	syscall
	dec	rbx
	jnz	.loop
	ud2
program_end calls

; So many rounds in user mode.
program spin
	dec	rdi
	jnz	user_spin
	ud2
program_end spin

; What RDI points to is read.
program read
	mov	rax, [rdi]
	ud2
program_end read

program write
	mov	[rdi], rax
	ud2
program_end write

program jump
	jmp	rdi
program_end jump

; A program starts with these registers as they should be.  Then they are its own, RDI in each,
; over many calls that let others run; RSI: also the upper halves of YMM.
program vectors
	sub	rsp, 16
	fnstcw	[rsp]
	cmp	word [rsp], 0x37f
	jne	.bad
	stmxcsr	[rsp]
	cmp	dword [rsp], 0x1f80
	jne	.bad
%assign i 0
%rep 16
	movq	rax, xmm %+ i
	test	rax, rax
	jnz	.bad
%assign i i + 1
%endrep
	mov	r12, rdi
	mov	r13, rsi
	mov	r14d, 100
	mov	dword [rsp], 0x1fa0	; MXCSR with a flag
	ldmxcsr	[rsp]
	mov	[rsp], rdi
	fild	qword [rsp]
	test	r13, r13
	jz	.xmm
%assign i 0
%rep 16
	vmovq	xmm %+ i, rdi
	vinsertf128 ymm %+ i, ymm %+ i, xmm %+ i, 1
%assign i i + 1
%endrep
	jmp	.loop
.xmm:
%assign i 0
%rep 16
	movq	xmm %+ i, rdi
%assign i i + 1
%endrep
.loop:
	mov	rdi, r12
	mov	eax, TEST_CALL
	syscall
%assign i 0
%rep 16
	movq	rax, xmm %+ i
	cmp	rax, r12
	jne	.bad
%assign i i + 1
%endrep
	stmxcsr	[rsp]
	cmp	dword [rsp], 0x1fa0
	jne	.bad
	test	r13, r13
	jz	.next
	vextractf128 xmm0, ymm7, 1
	movq	rax, xmm0
	cmp	rax, r12
	jne	.bad
	vmovq	xmm0, r12
.next:
	dec	r14d
	jnz	.loop
	fistp	qword [rsp]
	cmp	[rsp], r12
	jne	.bad
	ud2
.bad:
	int3
program_end vectors
