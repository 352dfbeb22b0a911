// SPDX-License-Identifier: MIT
// sources: kernel/fs/cpio.c kernel/user/elf_check.c kernel/user/script.c
/*
 * Files that a stranger made.  The input's first byte says what the rest is: an archive, an ELF file, a script.
 * What is taken from an archive lies in it, in order and apart; a segment that is allowed lies in the user half
 * whatever is added to its address; what a script names is made of its line.
 */
#include "kernel/fs/cpio.h"
#include "kernel/user/elf_check.h"
#include "kernel/user/script.h"
#include "mm/layout.h"
#include "tests/fuzz/fuzz.h"

static void archive(const u8 *data, size_t size)
{
	struct cpio cpio = { .data = (const char *)data, .size = size };
	const char *end = cpio.data + size, *last = cpio.data;
	struct cpio_entry e;
	size_t before;
	int ret;

	while (before = cpio.offset, (ret = cpio_next(&cpio, &e)) == 1) {
		MUST(cpio.offset > before && cpio.offset <= size);
		MUST(e.name >= last + 110 && e.name < end && *e.name);
		last = e.name + strnlen(e.name, (size_t)(end - e.name));
		MUST(last < end);
		if (e.size) {
			MUST(e.body > last && (e.body - cpio.data) % 4 == 0);
			MUST(e.size <= (size_t)(end - e.body));
			last = e.body + e.size;
		}
		MUST(strcmp(e.name, "TRAILER!!!"));
	}
	MUST((ret == 0 && cpio.offset == size) || (ret == -EINVAL && cpio.wrong));
	if (ret == 0 && size && data[0])
		MUST(cpio_begins(data, size) && !compression_name(data, size));
}

/* Page by page: what is mapped of it. */
static void check_segment(const Elf64_Phdr *p, u64 bias)
{
	u64 first = p->p_vaddr + bias, size = p->p_memsz;

	if (!elf_segment_ok(p, bias))
		return;
	MUST(first < TASK_SIZE_MAX && first + size >= first && first + size <= TASK_SIZE_MAX);
	MUST(p->p_filesz <= size);
}

static void elf(const u8 *data, size_t size)
{
	struct elf_summary summary;
	Elf64_Phdr phdr[64];
	Elf64_Ehdr ehdr;
	unsigned int n, loads = 0;
	size_t bytes;

	if (size < sizeof(ehdr))
		return;
	memcpy(&ehdr, data, sizeof(ehdr));
	bytes = elf_phdrs_size(&ehdr);
	MUST(bytes <= ELF_PHDRS_MAX && bytes % sizeof(Elf64_Phdr) == 0);
	MUST(!bytes || bytes == ehdr.e_phnum * sizeof(Elf64_Phdr));
	MUST(!elf_header_ok(&ehdr) || (ehdr.e_ident[0] == 0x7f && ehdr.e_machine == 62));
	n = (unsigned int)min((size - sizeof(ehdr)) / sizeof(phdr[0]), ARRAY_SIZE(phdr));
	memcpy(phdr, data + sizeof(ehdr), n * sizeof(phdr[0]));
	elf_summarize(phdr, n, &summary);
	for (unsigned int i = 0; i < n; i++) {
		loads += phdr[i].p_type == PT_LOAD;
		check_segment(&phdr[i], 0);
		check_segment(&phdr[i], ehdr.e_entry);
		MUST(phdr[i].p_type != PT_LOAD || !is_power_of_2(phdr[i].p_align) ||
		     summary.alignment >= phdr[i].p_align);
	}
	MUST(summary.has_load == !!loads && (loads || !summary.size));
	MUST(!summary.interp || (summary.interp >= phdr && summary.interp < phdr + n &&
				 summary.interp->p_type == PT_INTERP));
	MUST(!summary.stack_exec || summary.has_stack_flags);
	MUST(!(summary.alignment & (PAGE_SIZE - 1)));
}

static void script(const u8 *data, size_t size)
{
	char buf[BINPRM_BUF_SIZE] = { 0 }, line[BINPRM_BUF_SIZE];
	const char *interp = NULL, *arg = NULL, *end = buf + sizeof(buf);
	int ret;

	memcpy(buf, data, min(size, sizeof(buf)));
	memcpy(line, buf, sizeof(line));
	ret = parse_script_line(buf, &interp, &arg);
	MUST(ret == 0 || ret == -ENOEXEC);
	if (ret)
		return;
	MUST(line[0] == '#' && line[1] == '!');
	MUST(interp >= buf + 2 && interp < end && *interp);
	MUST(strnlen(interp, (size_t)(end - interp)) < (size_t)(end - interp));
	MUST(memcmp(interp, line + (interp - buf), strlen(interp)) == 0 && !strchr(interp, ' ') &&
	     !strchr(interp, '\n'));
	if (!arg)
		return;
	MUST(arg > interp + strlen(interp) && arg < end && *arg);
	MUST(strnlen(arg, (size_t)(end - arg)) < (size_t)(end - arg));
	MUST(memcmp(arg, line + (arg - buf), strlen(arg)) == 0 && !strchr(arg, '\n'));
}

void fuzz(const u8 *data, size_t size)
{
	static void (*const kinds[])(const u8 *data, size_t size) = { archive, elf, script };

	if (size)
		kinds[data[0] % ARRAY_SIZE(kinds)](data + 1, size - 1);
}
