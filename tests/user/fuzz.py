#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""System calls at random on four CPUs (stress/fuzz.c): fuzz.py SECONDS [SEED [ELF]]

It prints what the kernel reported, and fails where that is anything.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[0] / "qemu")]

import both  # noqa: E402
import guest  # noqa: E402

MACHINE = f"-accel tcg,thread=multi -M q35 -m 1G -smp 4 -nic none -serial null {both.DISK}"
REPORTS = r".*(?:WARNING:|BUG|panic|hung task|blocked for more|lockdep|was killed by signal|put_page of|did not come back).*"

SCRIPT = """fuzz {seconds} {seed}
echo "exit $?"
echo "=== left"
ps -o pid,args | grep -c fuz[z]
echo "=== where"
grep -l fuzz /proc/[0-9]*/comm | while read f; do
	read wchan < ${{f%comm}}wchan; read stat < ${{f%comm}}stat; echo "${{stat%% [0-9]*}} ${{stat#*)}} $wchan" | cut -c-60
done
"""


def run(name, seconds, seed, elf=guest.KERNEL_ELF):
    """The kernel's reports, and the whole text."""
    text, out = both.run(name, SCRIPT.format(seconds=seconds, seed=seed), ["fuzz"],
                         args=MACHINE, timeout=seconds * 3 + 90, elf=elf)
    reports = re.findall(REPORTS, text)
    if "\nexit 0\n" not in text or re.search("some do not end", text):
        reports.append("the fuzzer did not end well")
    if out["left"].strip() != "0":
        reports.append(f"{out['left'].strip()} processes of it are left")
    return reports, text


def main(seconds, seed=1, elf=guest.KERNEL_ELF):
    reports, text = run("fuzz-syscalls", int(seconds), int(seed), pathlib.Path(elf))
    print("\n".join(re.findall(r"^fuzz: \d+ rounds.*", text, re.M) + reports))
    return 1 if reports else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
