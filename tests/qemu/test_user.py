# SPDX-License-Identifier: MIT
"""Ring 3 on processors with and without SMAP, XSAVE and their like, and an instruction at a time."""

import pathlib
import re
import sys

import guest
import pytest

USER = pathlib.Path(__file__).resolve().parents[1] / "user"
sys.path.insert(0, str(USER))

import both  # noqa: E402

SUITES = ("user", "user_entry", "uaccess", "futex")


@pytest.mark.parametrize("cpu", ["max", "qemu64", "max,-xsave", "max,-smap,-smep"])
def test_suites(cpu):
    _, out = guest.run(f"user-{cpu}", f"{guest.Q35} -smp 2 -cpu {cpu}",
                       [f"selftest {suite}" for suite in SUITES], timeout=180)
    for suite in SUITES:
        said = out[f"selftest {suite}"]
        skipped = re.findall("# SKIP (.*)", said)
        assert skipped == (["no XSAVE"] if suite == "user" and cpu in ("qemu64", "max,-xsave") else [])
        assert re.search(rf"^# pass:[1-9]\d* fail:0 skip:{len(skipped)}$", said, re.M), said


def test_nmis_upon_each_instruction():
    """QEMU takes one between blocks, which have one instruction each here."""
    _, out = guest.run("user-nmis", f"{guest.Q35} -smp 2 -cpu max -singlestep",
                       ["selftest user_entry.nmis_all_the_time 20000"], timeout=180)
    said = out["selftest user_entry.nmis_all_the_time 20000"]
    assert "# pass:1 fail:0 skip:0" in said, said
    assert int(re.search(r"upon (\d+) instructions", said)[1]) > 80, said


@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_threads_on_four_cpus(cpu):
    """They say what they said on Linux (test_programs.py runs each program on one CPU)."""
    programs = ["threads", "storm"]
    script = "echo 1 > /proc/sys/kernel/printk\n" + both.script_of(programs)
    _, out = both.run(f"user-threads-{cpu}", script, programs,
                      args=f"{both.MACHINE} -smp 4 -cpu {cpu}")
    for program in programs:
        differ = guest.difference(out[program], (USER / "linux" / f"{program}.txt").read_text())
        assert not differ, f"{program}:\n{differ}"


def test_ps_tells_the_stopped_and_the_dead():
    script = ("sleep 100 & kill -STOP $!\nsh -c 'true & exec sleep 100' &\nsleep 0.3\n"
              "echo ps > /dev/monitor\nsleep 0.2")
    text, _ = both.run("user-ps", script)
    assert re.search(r"^ +\d+ T .* do_signal_stop$", text, re.M), text
    assert re.search(r"^ +\d+ Z .* (sh|true) ", text, re.M), text


def test_lines_that_a_program_brings_about_are_few():
    text, _ = both.run("user-lines", "signals lines", ["signals"])
    assert 1 <= text.count("bad frame in rt_sigreturn") <= 20
    assert re.search(r"signals\[\d+\] bad frame in rt_sigreturn frame:[\da-f]+ ip:[\da-f]+ sp:[\da-f]+ "
                     r"orax:f in signals\[[\da-f]+\+[\da-f]+\]$", text, re.M), text[-2000:]
