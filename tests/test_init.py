# SPDX-License-Identifier: MIT
"""Code that stays calls no code of the boot, and the check of it can fail."""

import os
import pathlib

import pytest

import check_init

BUILD = pathlib.Path(__file__).resolve().parents[1] / os.environ.get("BUILD", "build")
CODE = """
ffffffff80100000 <stays>:
ffffffff80100000:	call   ffffffff80200000 <boot_only>
ffffffff80100005:	jne    ffffffff80100020 <stays+0x20>
ffffffff80100007:	jmp    ffffffff80100100 <other>
ffffffff80200000 <boot_only>:
ffffffff80200000:	call   ffffffff80200000 <boot_only>
""".splitlines()


@pytest.mark.parametrize("name", ["terrier.elf", "terrier-test.elf"])
def test_the_image(name):
    symbols = check_init.output("nm", "-n", BUILD / name)
    boot = check_init.boot_code(symbols)
    code = check_init.output("objdump", "-d", "--no-show-raw-insn", "-j", ".text", BUILD / name)
    at = {line.split()[2]: int(line.split()[0], 16) for line in symbols}
    assert at["kmain"] in boot and at["monitor"] not in boot
    assert not list(check_init.problems(code, boot))


def test_a_call_is_named():
    boot = 0xffffffff80200000
    assert list(check_init.problems(CODE, range(boot, boot + 1))) == [
        "stays calls boot_only, which is given back after boot"]
    assert not list(check_init.problems(CODE, range(boot + 1, boot + 2)))
