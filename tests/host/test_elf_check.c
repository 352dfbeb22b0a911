// SPDX-License-Identifier: MIT
// sources: kernel/user/elf_check.c
/* ELF headers, good and bad: System V ABI, chapter 4 and 5; the limits are those of Linux 6.1's loader. */
#include "kernel/user/elf_check.h"

#include "mm/layout.h"
#include "tests/host/test.h"

static const Elf64_Ehdr good = {
	.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
	.e_type = ET_EXEC,
	.e_machine = EM_X86_64,
	.e_version = EV_CURRENT,
	.e_phentsize = sizeof(Elf64_Phdr),
	.e_phnum = 4,
};

TEST(header)
{
	Elf64_Ehdr h = good;

	EXPECT(elf_header_ok(&h));
	EXPECT_EQ(elf_phdrs_size(&h), 4 * 56);
	h.e_type = ET_DYN;
	EXPECT(elf_header_ok(&h));
	h.e_type = ET_REL;
	EXPECT(!elf_header_ok(&h));
	h = good;
	h.e_machine = EM_386;
	EXPECT(!elf_header_ok(&h));
	h = good;
	h.e_ident[3] = 'G';
	EXPECT(!elf_header_ok(&h));
}

TEST(number_of_program_headers)
{
	Elf64_Ehdr h = good;

	h.e_phnum = 0;
	EXPECT_EQ(elf_phdrs_size(&h), 0);
	h.e_phnum = 73; /* all that fit into a page: Linux takes no more */
	EXPECT_EQ(elf_phdrs_size(&h), 73 * 56);
	h.e_phnum = 74;
	EXPECT_EQ(elf_phdrs_size(&h), 0);
	h.e_phnum = 0xffff;
	EXPECT_EQ(elf_phdrs_size(&h), 0);
	h = good;
	h.e_phentsize = 55;
	EXPECT_EQ(elf_phdrs_size(&h), 0);
}

TEST(what_all_say)
{
	const Elf64_Phdr p[] = {
		{ .p_type = PT_PHDR, .p_vaddr = 0x40, .p_memsz = 0x100 },
		{ .p_type = PT_INTERP, .p_filesz = 28 },
		{ .p_type = PT_INTERP, .p_filesz = 3 },
		{ .p_type = PT_LOAD, .p_vaddr = 0x1234, .p_memsz = 0x100, .p_align = 0x1000 },
		{ .p_type = PT_LOAD, .p_vaddr = 0x5678, .p_memsz = 0x1000, .p_align = 0x200000 },
		{ .p_type = PT_LOAD, .p_vaddr = 0x3000, .p_memsz = 0x10, .p_align = 0x300000 },
		{ .p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W | PF_X },
	};
	struct elf_summary s;

	elf_summarize(p, 7, &s);
	EXPECT(s.interp == &p[1]);
	EXPECT(s.has_load);
	EXPECT_EQ(s.size, 0x6678 - 0x1000);
	EXPECT_EQ(s.alignment, 0x200000); /* the larger one is no power of two */
	EXPECT(s.has_stack_flags && s.stack_exec);
	elf_summarize(p, 1, &s);
	EXPECT(!s.interp && !s.has_load && !s.size && !s.alignment && !s.has_stack_flags);
}

TEST(segments_are_in_the_user_half)
{
	Elf64_Phdr p = { .p_vaddr = 0x400000, .p_filesz = 0x1000, .p_memsz = 0x1000 };

	EXPECT(elf_segment_ok(&p, 0));
	EXPECT(!elf_segment_ok(&p, TASK_SIZE_MAX - 0x400000));
	EXPECT(elf_segment_ok(&p, TASK_SIZE_MAX - 0x401000));
	EXPECT(!elf_segment_ok(&p, TASK_SIZE_MAX - 0x400fff));
	p.p_filesz = 0x1001;
	EXPECT(!elf_segment_ok(&p, 0));
	p.p_filesz = 0;
	p.p_memsz = ~0ULL;
	EXPECT(!elf_segment_ok(&p, 0));
	p.p_vaddr = ~0ULL - 5;
	p.p_memsz = 10;
	EXPECT(!elf_segment_ok(&p, 0));
	EXPECT(elf_segment_ok(&p, 0x10000));
}

/* Whatever bytes: a segment that is called good adds up, and nothing is read beyond. */
TEST(any_bytes)
{
	Elf64_Phdr p[8];
	struct elf_summary s;
	u64 state = 0x2545f4914f6cdd1dULL;

	for (int i = 0; i < 100000; i++) {
		u8 *bytes = (u8 *)p;

		for (size_t n = 0; n < sizeof(p); n++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			bytes[n] = state & 8 ? 0 : (u8)(state >> 32);
		}
		for (int k = 0; k < 8; k++)
			p[k].p_type = (u32)(state >> (8 * k)) % 4;
		elf_summarize(p, 8, &s);
		for (int k = 0; k < 8; k++)
			if (elf_segment_ok(&p[k], state))
				EXPECT(p[k].p_vaddr + state + p[k].p_memsz <= TASK_SIZE_MAX &&
				       p[k].p_filesz <= p[k].p_memsz);
	}
}
