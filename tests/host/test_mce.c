// SPDX-License-Identifier: MIT
// sources: kernel/trap/mce_words.c kernel/trap/mce_meet.c kernel/trap/mce_record.c
/* Machine checks in words: codes as the manual's tables have them (SDM 3B, 15.9); and CPUs that meet in one. */
#include "kernel/trap/mce_meet.h"
#include "kernel/trap/mce_record.h"
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
		EXPECT_EQ(mce_arrive(&m, 3, MCE_BYSTANDER), MCE_FIRST);
		EXPECT_EQ(mce_arrive(&m, 0, MCE_SKIPPED), MCE_IN_TIME);
		EXPECT_EQ(mce_arrive(&m, 255, MCE_SKIPPED), MCE_IN_TIME);
		EXPECT_EQ(mce_arrived(&m), 3);
		mce_close(&m);
		EXPECT(!mce_is_settled(&m));
		EXPECT_EQ(mce_worst(&m, &cpu), MCE_SKIPPED);
		EXPECT_EQ(cpu, 0);
		mce_settle(&m, cpu, MCE_SKIPPED);
		EXPECT_EQ(mce_worst(&m, &cpu), MCE_SKIPPED);
		EXPECT_EQ(cpu, 0);
		mce_leave(&m);
		mce_leave(&m);
		EXPECT(mce_is_settled(&m));
		mce_leave(&m);
		EXPECT(!m.word);
	}
}

TEST(who_comes_late_changes_nothing)
{
	struct mce_meeting m = { 0 };
	unsigned int cpu;

	EXPECT_EQ(mce_arrive(&m, 2, MCE_SKIPPED), MCE_FIRST);
	mce_close(&m);
	EXPECT_EQ(mce_arrive(&m, 1, MCE_FATAL), MCE_LATE);
	EXPECT_EQ(mce_worst(&m, &cpu), MCE_SKIPPED);
	EXPECT_EQ(cpu, 2);
	mce_leave(&m);
	EXPECT(m.word);
	mce_leave(&m);
	EXPECT(!m.word);
}

/* CPU 0, whose verdict is the least, is as good a first one as any. */
TEST(a_meeting_of_bystanders_is_the_first_ones)
{
	struct mce_meeting m = { 0 };
	unsigned int cpu = 99;

	EXPECT_EQ(mce_arrive(&m, 0, MCE_BYSTANDER), MCE_FIRST);
	EXPECT_EQ(mce_arrive(&m, 1, MCE_BYSTANDER), MCE_IN_TIME);
	EXPECT_EQ(mce_worst(&m, &cpu), MCE_BYSTANDER);
	EXPECT_EQ(cpu, 0);
	EXPECT_EQ(mce_arrive(&m, 7, MCE_FATAL), MCE_IN_TIME);
	EXPECT_EQ(mce_worst(&m, &cpu), MCE_FATAL);
	EXPECT_EQ(cpu, 7);
}

/* Whoever comes meanwhile: he counts, and what he says does not. */
TEST(what_is_settled_stands)
{
	struct mce_meeting m = { 0 };
	unsigned int cpu = 99;

	EXPECT_EQ(mce_arrive(&m, 1, MCE_SKIPPED), MCE_FIRST);
	EXPECT_EQ(mce_arrive(&m, 2, MCE_DOUBTFUL), MCE_IN_TIME);
	mce_close(&m);
	EXPECT_EQ(mce_worst(&m, &cpu), MCE_DOUBTFUL);
	EXPECT_EQ(cpu, 2);
	EXPECT_EQ(mce_arrive(&m, 3, MCE_DOUBTFUL), MCE_LATE);
	mce_settle(&m, 1, MCE_SKIPPED);
	EXPECT_EQ(mce_arrive(&m, 0, MCE_FATAL), MCE_LATE);
	EXPECT_EQ(mce_worst(&m, &cpu), MCE_SKIPPED);
	EXPECT_EQ(cpu, 1);
	EXPECT_EQ(mce_arrived(&m), 4);
	for (int i = 0; i < 4; i++)
		mce_leave(&m);
	EXPECT(!m.word);
}

#define RAISES (MCi_STATUS_VAL | MCi_STATUS_UC | MCi_STATUS_EN)

static struct mce_record with(unsigned int bank, u64 status, u64 address)
{
	struct mce_record r = { .global = MCG_STATUS_RIPV };

	r.status[bank] = status;
	r.address[bank] = address;
	return r;
}

TEST(who_goes_on_by_his_banks)
{
	struct mce_record r = with(5, RAISES | MCi_STATUS_ADDR | 0x135, 0x1000);

	EXPECT_EQ(mce_judge(&r, true), MCE_SKIPPED);
	EXPECT_EQ(mce_judge(&r, false), MCE_DOUBTFUL);
	r.global |=
		MCG_STATUS_EIPV; /* its own instruction had to do with it: SDM 3B, table 15-20 */
	EXPECT_EQ(mce_judge(&r, true), MCE_SKIPPED);
	EXPECT_EQ(mce_judge(&r, false), MCE_FATAL);
	r.global = MCG_STATUS_EIPV;
	EXPECT_EQ(mce_judge(&r, true), MCE_FATAL);
	r = with(31, RAISES | MCi_STATUS_PCC, 0);
	EXPECT_EQ(mce_judge(&r, true), MCE_FATAL);
	for (unsigned int i = 0; i < 3; i++) { /* one that raises nothing */
		r = with(0, RAISES & ~(u64[]){ MCi_STATUS_VAL, MCi_STATUS_UC, MCi_STATUS_EN }[i],
			 0);
		EXPECT_EQ(mce_judge(&r, false), MCE_BYSTANDER);
	}
}

TEST(a_record_of_nothing)
{
	struct mce_record r = with(31, MCi_STATUS_VAL, 0);

	EXPECT(!mce_is_empty(&r));
	r = with(31, ~MCi_STATUS_VAL,
		 0); /* what was there, and is told already: SDM 3B, 15.3.2.2 */
	EXPECT(mce_is_empty(&r));
	EXPECT_EQ(mce_judge(&r, false), MCE_BYSTANDER);
}

TEST(an_error_of_a_shared_bank_is_one)
{
	const struct mce_record skipped = with(5, RAISES | 0x135, 0x1000);
	struct mce_record r = skipped;

	EXPECT(mce_explains(&skipped, &r));
	r.status[7] = MCi_STATUS_VAL | 0x5; /* corrected: no doubt about that one */
	EXPECT(mce_explains(&skipped, &r));
	r.status[7] |= RAISES;
	EXPECT(!mce_explains(&skipped, &r));
	r = with(5, RAISES | 0x135, 0x2000);
	EXPECT(!mce_explains(&skipped, &r));
	r = with(5, RAISES | 0x136, 0x1000);
	EXPECT(!mce_explains(&skipped, &r));
	r = with(6, RAISES | 0x135, 0x1000);
	EXPECT(!mce_explains(&skipped, &r));
}
