// SPDX-License-Identifier: MIT
/* What is in use when the kernel is entered, and so never the allocator's. */
#include "boot/boot_info.h"
#include "mm/layout.h"
#include "mm/reserved.h"

#define LOW_MEMORY 0x100000UL /* firmware's data, real-mode vectors: kept, as in Linux */

void __init mem_reserve_boot(const struct boot_info *bi)
{
	reserve_ram(0, LOW_MEMORY, "the first MiB, firmware's");
	reserve_ram(__pa(_text), _end - _text, "the kernel's image");
	if (bi->data_end > bi->data_start)
		reserve_ram(bi->data_start, bi->data_end - bi->data_start, "the loader's data");
	for (unsigned int i = 0; i < bi->nr_modules; i++) {
		const struct boot_module *m = &bi->modules[i];

		if (m->end > m->start)
			reserve_ram(m->start, m->end - m->start, "module %u \"%s\"", i, m->string);
	}
}
