// SPDX-License-Identifier: MIT
/* What may be believed of an ELF file. */
#include "kernel/user/elf_check.h"

#include "kernel/lib/string.h"
#include "mm/layout.h"

bool elf_header_ok(const Elf64_Ehdr *ehdr)
{
	return memcmp(ehdr->e_ident, ELFMAG, SELFMAG) == 0 &&
	       (ehdr->e_type == ET_EXEC || ehdr->e_type == ET_DYN) && ehdr->e_machine == EM_X86_64;
}

size_t elf_phdrs_size(const Elf64_Ehdr *ehdr)
{
	size_t size = sizeof(Elf64_Phdr) * ehdr->e_phnum;

	if (ehdr->e_phentsize != sizeof(Elf64_Phdr) || size > ELF_PHDRS_MAX)
		return 0;
	return size;
}

void elf_summarize(const Elf64_Phdr *phdr, unsigned int n, struct elf_summary *summary)
{
	u64 lowest = ~0ULL, highest = 0, alignment = 0;

	*summary = (struct elf_summary){ 0 };
	for (const Elf64_Phdr *p = phdr; p < phdr + n; p++) {
		if (p->p_type == PT_INTERP && !summary->interp) {
			summary->interp = p;
		} else if (p->p_type == PT_GNU_STACK) {
			summary->has_stack_flags = true;
			summary->stack_exec = p->p_flags & PF_X;
		} else if (p->p_type == PT_LOAD) {
			summary->has_load = true;
			lowest = min(lowest, ALIGN_DOWN((u64)p->p_vaddr, (u64)PAGE_SIZE));
			highest = max(highest, (u64)(p->p_vaddr + p->p_memsz));
			if (is_power_of_2(p->p_align))
				alignment = max(alignment, (u64)p->p_align);
		}
	}
	summary->size = summary->has_load ? highest - lowest : 0;
	summary->alignment = ALIGN(alignment, (u64)PAGE_SIZE);
}

bool elf_segment_ok(const Elf64_Phdr *phdr, u64 bias)
{
	u64 addr = phdr->p_vaddr + bias;

	return addr < TASK_SIZE_MAX && phdr->p_filesz <= phdr->p_memsz &&
	       phdr->p_memsz <= TASK_SIZE_MAX && addr <= TASK_SIZE_MAX - phdr->p_memsz;
}
