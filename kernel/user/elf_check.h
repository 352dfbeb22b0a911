/* SPDX-License-Identifier: MIT */
/*
 * ELF files as a stranger made them: what may be believed of one.  Pure.
 *
 * The words are those of the System V ABI, chapter 4 and 5; what is refused, and how, is Linux's.
 */
#ifndef KERNEL_USER_ELF_CHECK_H
#define KERNEL_USER_ELF_CHECK_H

#include <linux/elf.h>

#include "kernel/lib/compiler.h"

#define ELF_PHDRS_MAX 4096 /* bytes of program headers: a page, as Linux has it */

/* It is one of x86-64's, of a program or something that is loaded as one is. */
bool elf_header_ok(const Elf64_Ehdr *ehdr);
/* How many bytes its program headers have; 0: they are none that could be read. */
size_t elf_phdrs_size(const Elf64_Ehdr *ehdr);

/* What all of them together say. */
struct elf_summary {
	const Elf64_Phdr *interp; /* the first PT_INTERP, or NULL */
	bool has_load;
	u64 size; /* from the first page of the lowest segment to the end of the highest; wraps */
	u64 alignment; /* the largest that a segment asks for, whole pages; 0: none */
	bool has_stack_flags, stack_exec; /* PT_GNU_STACK */
};
void elf_summarize(const Elf64_Phdr *phdr, unsigned int n, struct elf_summary *summary);

/* The segment, with `bias` added to its address, lies in the user half and holds its part of the file. */
bool elf_segment_ok(const Elf64_Phdr *phdr, u64 bias);

#endif
