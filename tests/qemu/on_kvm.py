# SPDX-License-Identifier: MIT
"""The suites of memory, mappings and calls under KVM with several CPUs: order of memory accesses
and translations are a real processor's, or its hypervisor's, and no longer QEMU's.

`make test-kvm` runs this.  It needs a /dev/kvm that works and may take minutes where that is
emulated in turn, so it is no test_ file.  `selftest tlb unflushed` is not asked for: what
a hypervisor with page tables of its own forgets by itself is not seen missing.
"""

import os
import re

import pytest

import guest

MACHINE = guest.Q35 + f" -cpu qemu64 -smp {os.environ.get('CPUS', '2')}"
SUITES = ["smp", "tlb", "locks", "percpu", "page_alloc", "slab", "kmem_cache", "pgtable", "fixmap",
          "highmem", "vmalloc", "vmap", "ioremap", "memtype", "set_memory", "ptdump", "vmstat", "io",
          "torture 5"]


@pytest.mark.parametrize("suite", SUITES)
def test_suite(suite):
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        pytest.fail("there is no /dev/kvm that may be used")
    command = f"selftest {suite}"
    _, out = guest.run(f"kvm-{suite.split()[0]}", MACHINE, [command], words="highmem=64M",
                       timeout=600, accel="kvm")
    assert re.search(r"^# pass:\d+ fail:0 ", out[command], re.M), out[command][-3000:]
