# SPDX-License-Identifier: MIT
"""The suites and the programs on a kernel in which the compiler looks for mistakes: they are as
silent there as they are without, and each kind of mistake that is made on purpose is heard.

`make UBSAN=1 test-sanitizer` runs this, which takes minutes; so it is no test_ file.
"""

import os
import re
import sys

import pytest

import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402

KIND = os.environ["KIND"]  # of sanitizer
ELF = guest.ROOT / os.environ["SANITIZED"] / "terrier-test.elf"

# What is said of the mistakes in tests/guest/KIND.c, in the order of its tests; addresses are left out.
SAID = {
    "ubsan": [
        "an array has 0 elements",
        "index 4 is out of range of 'int [4]'", "there is no room for 'int' at X",
        "there is no room for 'char' at X",
        "a pointer at X wraps to X",
        "1, of 'unsigned int', is shifted by 40", "1, of 'long unsigned int', is shifted by -1",
        "clz is asked of 0", "ctz is asked of 0",
    ],
    "kasan": [
        "stack-out-of-bounds: write of 1 bytes at X: by a local variable of kasan_behind_a_local_variable+X",
        "stack-out-of-bounds: read of 1 bytes at X: by a local variable of kasan_behind_a_local_variable+X",
        "stack-out-of-bounds: read of 1 bytes at X: by a local variable of kasan_behind_a_local_variable+X",
        "vmalloc-out-of-bounds: write of 1 bytes at X: behind what was asked for of an area",
        "vmalloc-out-of-bounds: read of 1 bytes at X: behind what was asked for of an area",
        "slab-out-of-bounds: write of 1 bytes at X: byte 50 of an object of kmalloc-64, "
        "allocated by kasan_behind_an_object+X",
        "slab-out-of-bounds: read of 8 bytes at X: byte 64 of an object of kmalloc-64, "
        "allocated by kasan_behind_an_object+X",
        "slab-out-of-bounds: read of 8 bytes at X: byte 64 of an object of kmalloc-64, "
        "allocated by kasan_behind_an_object+X",
        "slab-out-of-bounds: write of 1 bytes at X: behind what was asked for of large memory",
        "use-after-free: write of 1 bytes at X: byte 8 of an object of kmalloc-32, "
        "allocated by kasan_freed_object+X, freed by kasan_freed_object+X",
        "use-after-free: read of 4 bytes at X: byte 96 of an object of kasan, "
        "allocated by kasan_freed_object+X, freed by kasan_freed_object+X",
        "use-after-free: write of 1 bytes at X: byte 39 of an object of kmalloc-64, "
        "allocated by kasan_freed_object_waits+X, freed by kasan_freed_object_waits+X",
        "use-after-free: write of 1 bytes at X: page X is free",
        "use-after-free: read of 8 bytes at X: page X is free",
        "use-after-free: write of 1 bytes at X: page X is free",
        "global-out-of-bounds: write of 1 bytes at X: behind before+X",
        "global-out-of-bounds: read of 1 bytes at X: behind after+X",
        "stack-use-after-scope: read of 1 bytes at X: by a local variable of kasan_local_variable_out_of_scope+X",
        "global-out-of-bounds: write of 1 bytes at X: behind after+X",
        "stack-out-of-bounds: write of 1 bytes at X: by a local variable of overrun_in_call+X",
        "stack-out-of-bounds: write of 1 bytes at X: by a local variable of overrun_in_nmi+X",
        "stack-out-of-bounds: read of 1 bytes at X: by a local variable of overrun_in_other_nmi+X",
    ],
    "kcsan": [
        "number+X: marked write of 8 bytes by add_marked+X on CPU N, read of 8 by read_from+X on CPU N: X, then X",
        "number+X: write of 8 bytes by add_to+X on CPU N, read of 8 by read_from+X on CPU N: X, then X",
        "number+X: write of 8 bytes by set+X on CPU N, write of 8 by set+X on CPU N: X, then X",
    ],
}


def test_suites_are_silent():
    """A test in whose time one is heard fails, but those that do it on purpose."""
    assert guest.warned(ELF, f"{KIND}-suites", 1500)


def test_programs_are_silent():
    programs = both.own_programs()
    text, _ = both.run(f"{KIND}-programs", both.script_of(programs), programs, timeout=1500,
                       args=f"{both.MACHINE} {both.DISK} -smp 4", elf=ELF.with_name("terrier.elf"))
    assert "WARNING" not in text


def said(text):
    """What a kernel's messages say under the sanitizer's name."""
    lines = re.findall(rf"^\[ *[\d.]+\] {KIND}: (.*)$", text, re.M)
    numbers = r"0x[0-9a-f]+(/0x[0-9a-f]+)?|(?<=: )0(?=, then)|(?<=, then )0$"
    return [re.sub(numbers, "X", re.sub(r"CPU \d+", "CPU N", line)) for line in lines]


def test_each_kind_is_heard():
    command = f"selftest {KIND}"
    _, out = guest.run(f"{KIND}-kinds", "-M q35 -m 128M -smp 2 -nic none", [command, "dmesg"], elf=ELF)
    assert re.search(r"# pass:\d+ fail:0", out[command]), out[command]
    assert said(out["dmesg"]) == SAID[KIND]


@pytest.mark.skipif(KIND != "ubsan", reason="UBSAN's")
def test_what_is_unreachable_is_a_panic():
    words = 'panic=-1 run="selftest ubsan unreachable"'
    with guest.Guest("ubsan-unreachable", "-M q35 -m 128M -nic none", words, elf=ELF) as g:
        g.expect(r"Kernel panic - not syncing: ubsan: tests/guest/ubsan.c:\d+ was not to be reached")
