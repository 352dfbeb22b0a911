; SPDX-License-Identifier: MIT
;
; The instructions that touch a program's memory.  See mm/uaccess.h.
;
; Each that may fault stands in a table with the place where the routine goes on then; all
; registers are as they were at the fault.  The string instructions leave in RCX, RSI and RDI
; what they have not done.  A fault's handler closes SMAP for itself, and its return opens it.

%include "kernel/cpu/smap.inc"

EFAULT		equ 14

section .text progbits alloc exec nowrite align=16
bits 64

; A fault at the next instruction goes on at %1.
%macro faults_to 1
%%here:
	[section .uaccess_table]
	dd %%here - $
	dd %1 - $
	__?SECT?__
%endmacro

section .uaccess_table progbits alloc noexec nowrite align=4
section .smap_sites progbits alloc noexec nowrite align=4
section .text

; RAX: an address.  RDX: what stands there, or 0; RAX: 0 or -EFAULT.  What is beyond the user
; half but for its sign is mapped nowhere.
%macro get_user 2+
	align 16
global __get_user_%1
__get_user_%1:
	test	rax, rax
	js	get_user_bad
	STAC
	faults_to get_user_fault
	%2
	CLAC
	xor	eax, eax
	ret
%endmacro

	get_user 1, movzx edx, byte [rax]
	get_user 2, movzx edx, word [rax]
	get_user 4, mov edx, [rax]
	get_user 8, mov rdx, [rax]

get_user_fault:
	CLAC
get_user_bad:
	xor	edx, edx
	mov	rax, -EFAULT
	ret

; RCX: an address, RAX: what goes there.  RCX: 0 or -EFAULT.
%macro put_user 2+
	align 16
global __put_user_%1
__put_user_%1:
	test	rcx, rcx
	js	put_user_bad
	STAC
	faults_to put_user_fault
	%2
	CLAC
	xor	ecx, ecx
	ret
%endmacro

	put_user 1, mov [rcx], al
	put_user 2, mov [rcx], ax
	put_user 4, mov [rcx], eax
	put_user 8, mov [rcx], rax

put_user_fault:
	CLAC
put_user_bad:
	mov	rcx, -EFAULT
	ret

; RDI: to, RSI: from, RDX: bytes.  RAX: how many were not copied.  After a fault among whole words
; those that are left are tried byte by byte, up to the one that is bad.
	align 16
global __copy_user
__copy_user:
	mov	rcx, rdx
	shr	rcx, 3
	and	edx, 7
	STAC
	faults_to .words_fault
	rep movsq
	mov	ecx, edx
.bytes:
	faults_to .end
	rep movsb
.end:
	CLAC
	mov	rax, rcx
	ret
.words_fault:
	lea	rcx, [rdx + rcx * 8]
	jmp	.bytes

; RDI: to, RSI: bytes.  RAX: how many were not cleared.
	align 16
global __clear_user_asm
__clear_user_asm:
	mov	rcx, rsi
	shr	rcx, 3
	and	esi, 7
	xor	eax, eax
	STAC
	faults_to .words_fault
	rep stosq
	mov	ecx, esi
.bytes:
	faults_to .end
	rep stosb
.end:
	CLAC
	mov	rax, rcx
	ret
.words_fault:
	lea	rcx, [rsi + rcx * 8]
	jmp	.bytes

; RDI: a frame, RSI: features.  The vector registers go there, or come from there; RAX: 0 or -EFAULT,
; and then some may have gone or come.  What the processor refuses ends as a bad address does.
%macro vectors_user 2-3
	align 16
global __%1_user
__%1_user:
	mov	eax, esi
	mov	rdx, rsi
	shr	rdx, 32
	STAC
	faults_to vectors_fault
	%2
%if %0 > 2
	faults_to vectors_fault
	%3
%endif
	CLAC
	xor	eax, eax
	ret
%endmacro

	; Who changes x87's or SSE's part of the frame is not to have to know of the header's bits.
	vectors_user xsave, xsave64 [rdi], {or dword [rdi + 512], 3}
	vectors_user xrstor, xrstor64 [rdi]
	vectors_user fxsave, fxsave64 [rdi]
	vectors_user fxrstor, fxrstor64 [rdi]

vectors_fault:
	CLAC
	mov	rax, -EFAULT
	ret

; Where a byte of R8 is 0, RAX is not: its highest bits.  R9 and R10 hold 01.. and 80..
%macro find_zero 0
	mov	rax, r8
	sub	rax, r9
	not	r8
	and	rax, r8
	and	rax, r10
%endmacro

; RDI: to, RSI: from, RDX: most, RAX: the length, or -EFAULT.  Words while there are eight bytes
; of room; the rest, and a word that is bad somewhere, byte by byte.
	align 16
global __strncpy_from_user
__strncpy_from_user:
	xor	ecx, ecx
	mov	r9, 0x0101010101010101
	mov	r10, 0x8080808080808080
	STAC
.word:
	lea	rax, [rcx + 8]
	cmp	rax, rdx
	ja	.bytes
	faults_to .bytes
	mov	r8, [rsi + rcx]
	mov	[rdi + rcx], r8
	find_zero
	jnz	.end_in_word
	add	rcx, 8
	jmp	.word
.end_in_word:
	CLAC
	bsf	rax, rax
	shr	eax, 3
	add	rax, rcx
	ret
.bytes:
	cmp	rcx, rdx
	jae	.out
	faults_to .fault
	mov	al, [rsi + rcx]
	mov	[rdi + rcx], al
	test	al, al
	jz	.out
	inc	rcx
	jmp	.bytes
.out:
	CLAC
	mov	rax, rcx
	ret
.fault:
	CLAC
	mov	rax, -EFAULT
	ret

; RDI: the string, RSI: most, RAX: its size with the end, more than RSI, or 0.
	align 16
global __strnlen_user
__strnlen_user:
	xor	ecx, ecx
	mov	r9, 0x0101010101010101
	mov	r10, 0x8080808080808080
	STAC
.word:
	lea	rax, [rcx + 8]
	cmp	rax, rsi
	ja	.bytes
	faults_to .bytes
	mov	r8, [rdi + rcx]
	find_zero
	jnz	.end_in_word
	add	rcx, 8
	jmp	.word
.end_in_word:
	CLAC
	bsf	rax, rax
	shr	eax, 3
	lea	rax, [rax + rcx + 1]
	ret
.bytes:
	cmp	rcx, rsi
	jae	.out
	faults_to .fault
	cmp	byte [rdi + rcx], 0
	je	.out
	inc	rcx
	jmp	.bytes
.out:
	CLAC
	lea	rax, [rcx + 1]
	ret
.fault:
	CLAC
	xor	eax, eax
	ret

; RDI: an address, RSI: where the kernel has what should stand there, EDX: what is to.  What did
; stand there is in *RSI then: the same, and it was changed.  RAX: 0 or -EFAULT.
	align 16
global __cmpxchg_user_4
__cmpxchg_user_4:
	mov	eax, [rsi]
	STAC
	faults_to .fault
	lock cmpxchg [rdi], edx
	CLAC
	mov	[rsi], eax
	xor	eax, eax
	ret
.fault:
	CLAC
	mov	rax, -EFAULT
	ret
