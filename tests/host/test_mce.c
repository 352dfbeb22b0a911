// SPDX-License-Identifier: MIT
// sources: kernel/trap/mce_words.c kernel/trap/mce_meet.c
/* Machine checks in words: codes as the manual's tables have them (SDM 3B, 15.9); and CPUs that meet in one. */
#include "kernel/trap/mce_meet.h"
#include "kernel/trap/mce_words.h"
#include "tests/host/test.h"

static const char *words(u64 status)
{
	static char text[160];
	struct buffer_sink buffer;

	buffer_sink_init(&buffer, text, sizeof(text));
	mce_describe(&buffer.sink, status);
	return text;
}

TEST(simple_codes)
{
	EXPECT_STR(words(0x0005), "corrected error, code 0x0005: internal parity");
	EXPECT_STR(words(0x0e0b), "corrected error, code 0x0e0b: I/O");
	EXPECT_STR(words(0x0400), "corrected error, code 0x0400: internal timer");
	EXPECT_STR(words(0x0407), "corrected error, code 0x0407: internal, unclassified");
}

TEST(compound_codes)
{
	/* 000F 0001 RRRR TTLL: L1, data, DRD; with the filter bit; L2, instructions, IRD */
	EXPECT_STR(words(0x0135), "corrected error, code 0x0135: cache level 1, data: data read");
	EXPECT_STR(words(0x1135), "corrected error, code 0x1135: cache level 1, data: data read");
	EXPECT_STR(words(0x0152),
		   "corrected error, code 0x0152: cache level 2, instructions: instruction fetch");
	/* 000F 0000 0000 11LL, 000F 0000 0001 TTLL */
	EXPECT_STR(words(0x000f), "corrected error, code 0x000f: cache of any level");
	EXPECT_STR(words(0x0015), "corrected error, code 0x0015: TLB level 1, data");
	/* 000F 0000 1MMM CCCC: read, channel 2; scrubbing, no channel */
	EXPECT_STR(words(0x0092),
		   "corrected error, code 0x0092: memory controller: read, channel 2");
	EXPECT_STR(words(0x00cf), "corrected error, code 0x00cf: memory controller: scrubbing");
	/* 000F 1PPT RRRR IILL: SRC, timed out, RD, I/O, LG */
	EXPECT_STR(words(0x091b), "corrected error, code 0x091b: bus, I/O: read, asked for here, "
				  "of any level, timed out");
}

TEST(what_is_lost)
{
	EXPECT_STR(words(MCi_STATUS_UC | MCi_STATUS_PCC | 0x0001),
		   "uncorrected error, code 0x0001: unclassified; the processor's state is lost");
	EXPECT_STR(words(MCi_STATUS_OVER | 0x0300),
		   "corrected error, code 0x0300: not in the manual; another one was lost");
	EXPECT_STR(words(0xe135), "corrected error, code 0xe135: not in the manual");
}

TEST(meeting_does_what_the_worst_says)
{
	struct mce_meeting m = { 0 };
	unsigned int cpu = 99;

	for (int round = 0; round < 2; round++) { /* the last one that leaves makes room */
		EXPECT(mce_arrive(&m, 3, MCE_BYSTANDER));
		EXPECT(!mce_arrive(&m, 0, MCE_SKIPPED));
		EXPECT(!mce_arrive(&m, 255, MCE_SKIPPED));
		EXPECT_EQ(mce_arrived(&m), 3);
		EXPECT(!mce_is_closed(&m));
		mce_close(&m);
		EXPECT(mce_is_closed(&m));
		EXPECT_EQ(mce_worst(&m, &cpu), MCE_SKIPPED);
		EXPECT_EQ(cpu, 0);
		mce_leave(&m);
		mce_leave(&m);
		EXPECT(mce_is_closed(&m));
		mce_leave(&m);
		EXPECT(!m.word);
	}
}

TEST(who_comes_late_changes_nothing)
{
	struct mce_meeting m = { 0 };
	unsigned int cpu;

	EXPECT(mce_arrive(&m, 2, MCE_SKIPPED));
	mce_close(&m);
	EXPECT(!mce_arrive(&m, 1, MCE_FATAL));
	EXPECT_EQ(mce_worst(&m, &cpu), MCE_SKIPPED);
	EXPECT_EQ(cpu, 2);
	mce_leave(&m);
	EXPECT(mce_is_closed(&m));
	mce_leave(&m);
	EXPECT(!m.word);
}

/* CPU 0, whose verdict is the least, is as good a first one as any. */
TEST(a_meeting_of_bystanders_is_the_first_ones)
{
	struct mce_meeting m = { 0 };
	unsigned int cpu = 99;

	EXPECT(mce_arrive(&m, 0, MCE_BYSTANDER));
	EXPECT(!mce_arrive(&m, 1, MCE_BYSTANDER));
	EXPECT_EQ(mce_worst(&m, &cpu), MCE_BYSTANDER);
	EXPECT_EQ(cpu, 0);
	EXPECT(!mce_arrive(&m, 7, MCE_FATAL));
	EXPECT_EQ(mce_worst(&m, &cpu), MCE_FATAL);
	EXPECT_EQ(cpu, 7);
}
