# SPDX-License-Identifier: MIT
"""No call by which memory management allocates is left out of the walk over failures.

What calls there are says the image itself; what was made to fail says the guest, which
notes the return addresses on the stack of each failure.
"""

import re
import subprocess

import guest

ELF = guest.BUILD / "terrier-test.elf"

# What can fail on purpose, and whatever stands between that and who asked.
ALLOCATORS = {
    "alloc_pages", "alloc_pages_caller", "__get_free_pages", "get_zeroed_page", "alloc_table",
    "kmalloc", "kmalloc_caller", "kmalloc_slow", "kmalloc_array", "kmalloc_array_caller",
    "kzalloc", "kcalloc", "krealloc", "kstrdup", "kasprintf", "slab_alloc",
    "kmem_cache_alloc", "kmem_cache_zalloc", "get_vm_area", "get_vm_area_caller", "new_area",
    "vmalloc", "vmalloc_caller", "vzalloc", "vmap", "kmap", "memtype_reserve_ram",
    "alloc_resource"}
OURS = re.compile(r"(?:^|/)(mm/(?!uaccess)\w+\.c|kernel/core/re(?:gion|source)\.c):\d+")


def calls():
    """{return address: what is called} of all calls of allocators, but for the boot's own."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "-j", ".text", ELF], check=True,
                          capture_output=True, text=True).stdout
    found, called = {}, None
    for line in text.splitlines():
        instruction = re.match(r" *([0-9a-f]+):\t(.*)", line)
        if not instruction:
            continue
        if called:
            found[int(instruction[1], 16)] = called
        target = re.search(r"\bcall +[0-9a-f]+ <(\w+)[.\w]*>", instruction[2])
        called = target[1] if target and target[1] in ALLOCATORS else None
    return found


def places(addresses):
    """{return address: "mm/file.c:line"} of those that are in memory management."""
    answer = subprocess.run(["addr2line", "-e", ELF, *(hex(a - 1) for a in addresses)], check=True,
                            capture_output=True, text=True).stdout.splitlines()
    found = {a: OURS.search(line) for a, line in zip(addresses, answer)}
    return {a: match[0].lstrip("/") for a, match in found.items() if match}


def test_each_call_was_made_to_fail():
    # With high memory, since some is only reached with that.
    _, out = guest.run("fault-sites", guest.Q35,
                       ["selftest fault_inject", "selftest fault_set_memory",
                        "selftest fault_slab", "faultsites"], words="highmem=64M")
    failed = {int(a, 16) for a in re.findall(r"^0x([0-9a-f]+) ", out["faultsites"], re.M)}
    found = calls()
    ours = places(list(found))
    assert len(ours) > 30
    missing = [f"{found[a]}() at {ours[a]}" for a in ours if a not in failed]
    assert not missing, "never made to fail: " + ", ".join(missing)
