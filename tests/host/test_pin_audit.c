// SPDX-License-Identifier: MIT
// sources: drivers/apic/pin_audit.c drivers/apic/rte.c
/* What is said of a pin's mode, and what of it is wrong. */
#include "drivers/apic/pin_audit.h"

#include "drivers/apic/rte.h"
#include "kernel/lib/string.h"
#include "tests/host/test.h"

#define EDGE_HIGH  pin_mode(false, false)
#define LEVEL_HIGH pin_mode(true, false)
#define LEVEL_LOW  pin_mode(true, true)

static char text[120];

static unsigned int audit(u8 mode, u64 entry, u8 madt, u8 prt)
{
	const struct pin_view view = { mode, entry, madt, prt };

	return pin_audit(&view, text, sizeof(text));
}

TEST(all_is_well)
{
	EXPECT(audit(0, RTE_MASKED, 0, 0) == 0 && !text[0]);
	EXPECT(audit(0, RTE_MASKED, EDGE_HIGH, 0) == 0);
	EXPECT(audit(0, RTE_MASKED, 0, LEVEL_LOW) == 0);
	EXPECT(audit(EDGE_HIGH, 0, EDGE_HIGH, 0) == 0);
	EXPECT(audit(LEVEL_LOW, RTE_LEVEL | RTE_ACTIVE_LOW, 0, LEVEL_LOW) == 0);
	EXPECT(audit(LEVEL_HIGH, RTE_LEVEL, LEVEL_HIGH, LEVEL_HIGH) == 0);
	EXPECT(audit(EDGE_HIGH, RTE_REMOTE_IRR, 0, 0) == 0); /* means nothing of an edge */
	EXPECT(!text[0]);
}

TEST(the_entry)
{
	EXPECT(audit(LEVEL_LOW, RTE_LEVEL, 0, 0) == 1);
	EXPECT(strcmp(text, " WRONG MODE") == 0);
	EXPECT(audit(EDGE_HIGH, RTE_LEVEL, 0, 0) == 1);
	EXPECT(audit(LEVEL_HIGH, RTE_LEVEL | RTE_REMOTE_IRR, 0, 0) == 1);
	EXPECT(strcmp(text, " STUCK") == 0);
}

TEST(firmware_against_itself)
{
	EXPECT(audit(0, RTE_MASKED, 0, LEVEL_LOW | LEVEL_HIGH) == 1);
	EXPECT(strcmp(text, " _PRT CONTRADICTS ITSELF") == 0);
	EXPECT(audit(0, RTE_MASKED, EDGE_HIGH, LEVEL_LOW) == 1);
	EXPECT(strcmp(text, " _PRT SAYS level low") == 0);
	/* The MADT is followed, and the pin is right. */
	EXPECT(audit(EDGE_HIGH, 0, EDGE_HIGH, LEVEL_LOW) == 1);
}

TEST(the_driver_against_firmware)
{
	EXPECT(audit(EDGE_HIGH, 0, LEVEL_HIGH, 0) == 1);
	EXPECT(strcmp(text, " NOT AS TOLD: level high") == 0);
	EXPECT(audit(LEVEL_HIGH, RTE_LEVEL, 0, LEVEL_LOW) == 1);
	EXPECT(strcmp(text, " NOT AS _PRT SAYS: level low") == 0);
	EXPECT(audit(LEVEL_LOW, 0, LEVEL_HIGH, LEVEL_LOW) == 3);
	EXPECT(strcmp(text, " WRONG MODE, _PRT SAYS level low, NOT AS TOLD: level high") == 0);
}

TEST(cut_off)
{
	const struct pin_view view = { LEVEL_LOW, 0, LEVEL_HIGH, LEVEL_LOW };
	char small[8];

	EXPECT(pin_audit(&view, small, sizeof(small)) == 3);
	EXPECT(strcmp(small, " WRONG ") == 0);
}
