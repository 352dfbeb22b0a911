// SPDX-License-Identifier: MIT
/* QEMU's edu device, where the machine has one (tests/qemu/test_edu.py). */
#include "drivers/edu/edu.h"

#include "drivers/edu/edu_regs.h"
#include "drivers/pci/pci.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/page_alloc.h"
#include "tests/guest/guest_test.h"

static bool lacks_edu(void)
{
	u32 n = 1;

	if (edu_factorial(&n, true) != -ENODEV)
		return false;
	guest_skip("no edu device");
	return true;
}

GUEST_TEST(edu, factorials)
{
	u32 expected = 1, n;

	LEAVE_IF(lacks_edu());
	for (u32 i = 0; i <= EDU_MAX_N; i++) {
		expected *= i ? i : 1;
		for (int polled = 0; polled < 2; polled++) {
			n = i;
			EXPECT(edu_factorial(&n, polled) == 0);
			EXPECT(n == expected);
		}
	}
	n = EDU_MAX_N + 1;
	EXPECT(edu_factorial(&n, true) == -EINVAL);
}

/* What it told is acknowledged: by its pin it would tell it for ever, and by messages once more. */
GUEST_TEST(edu, nothing_stays_told)
{
	struct pci_dev *dev, *edu = NULL;
	void __iomem *regs;
	u8 byte = 0;
	u32 n = 5;

	LEAVE_IF(lacks_edu());
	for_each_pci_dev(dev)
		if (dev->vendor == 0x1234 && dev->device == 0x11e8)
			edu = dev;
	ASSERT(edu);
	regs = ioremap(pci_resource_start(edu, EDU_BAR), PAGE_SIZE);
	ASSERT(regs);
	EXPECT(edu_factorial(&n, false) == 0);
	EXPECT_EQ(readl(regs + EDU_IRQ_STATUS), 0);
	EXPECT(edu_copy(&byte, 0, 1, EDU_TO_DEVICE) == 0);
	EXPECT_EQ(readl(regs + EDU_IRQ_STATUS), 0);
	iounmap(regs);
}

GUEST_TEST(edu, there_and_back)
{
	u8 sent[100], back[100] = { 0 };

	LEAVE_IF(lacks_edu());
	for (unsigned int i = 0; i < sizeof(sent); i++)
		sent[i] = (u8)(i * 7 + 1);
	EXPECT(edu_copy(sent, EDU_BUFFER - sizeof(sent), sizeof(sent), EDU_TO_DEVICE) == 0);
	EXPECT(edu_copy(back, EDU_BUFFER - sizeof(sent) + 1, sizeof(back) - 1, EDU_FROM_DEVICE) ==
	       0);
	EXPECT(!memcmp(sent + 1, back, sizeof(back) - 1));
	EXPECT(back[sizeof(back) - 1] == 0);
}

GUEST_TEST(edu, refusals)
{
	u8 bytes[2] = { 0 };

	LEAVE_IF(lacks_edu());
	EXPECT(edu_copy(bytes, EDU_BUFFER, 1, EDU_TO_DEVICE) == -EINVAL);
	EXPECT(edu_copy(bytes, 1, EDU_BUFFER, EDU_FROM_DEVICE) == -EINVAL);
	EXPECT(edu_copy(bytes, 0, 0, EDU_FROM_DEVICE) == -EINVAL);
	EXPECT(edu_copy(bytes, 0xffffffff, 2, EDU_FROM_DEVICE) == -EINVAL);
	EXPECT(edu_dma((1UL << 28) - 1, 0, 2, EDU_TO_DEVICE) == -EFAULT);
}
