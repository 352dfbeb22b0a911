# SPDX-License-Identifier: MIT
"""Threads on one CPU and on several, and how CPUs wait."""

import re
import subprocess

import pytest

import guest


@pytest.mark.parametrize("way", ["halt", "poll", "mwait"])
def test_ways_to_be_idle(way):
    text, out = guest.run(f"idle-{way}", guest.Q35 + " -cpu max", ["selftest sched"], words=f"idle={way}", elf=guest.ELF)
    assert re.search(r"# pass:[1-9]\d* fail:0 skip:0", out["selftest sched"]), out
    said = {"halt": None, "poll": "poll", "mwait": "wait by MWAIT"}[way]
    assert ("idle: CPUs that have nothing to do" in text) == bool(said)
    assert not said or f"nothing to do {said}" in text


def test_ps():
    _, out = guest.run("ps", guest.Q35, ["ps"])
    lines = [line.split(None, 6) for line in out["ps"].splitlines()]
    assert lines[0][:3] == ["PID", "S", "CPU"]
    threads = {line[6].split()[0]: line for line in lines[1:]}
    assert threads["init"][1] == "R"
    assert threads["khungtaskd"][1] == "I" and threads["khungtaskd"][6].split()[1] == "watch"
    assert threads["swapper/0"][0] == "0"


def test_top():
    """Two that spin share a CPU by their nice levels; who sleeps uses nothing.

    The guest's time is no matter of the host's: a pause would count as the use of who ran then.
    """
    _, out = guest.run("top", guest.Q35 + " -icount shift=0,sleep=off",
                       ["spin 0 0", "spin 0 5", "top 400"], elf=guest.ELF)
    use = {line.split()[4]: float(line.split()[3][:-1])
           for line in out["top 400"].partition("COMMAND")[2].splitlines() if "%" in line}
    assert re.search(r"^ *0 +\d+ +(100|99)\.\d%$", out["top 400"], re.M), out
    assert 70 < use["spin0"] < 80 and 20 < use["spin5"] < 29, use  # 1024 and 335 of 1359
    assert use["init"] < 1


KERNEL_MAP = 0xffffffff80000000


def physical(symbol):
    symbols = subprocess.run(["nm", guest.ELF], check=True, capture_output=True, text=True).stdout
    return int(re.search(rf"^(\w+) \w {symbol}$", symbols, re.M)[1], 16) - KERNEL_MAP


def load_after(looks, kept):
    """Linux's calc_load() (kernel/sched/loadavg.c) where all the time one thread waits for what ends soon."""
    load = 0
    for _ in range(looks):
        load = (load * kept + 2048 * (2048 - kept) + 2047) // 2048
    return load


def test_who_hangs():
    """Said after 10 s, once, with the way into the wait; the guest's time is no matter of the host's.

    It is the load, too, which is looked at each 5 s: nobody else does anything.
    """
    means = f"md.q {physical('means'):x} 3"
    text, out = guest.run("hang", guest.Q35 + " -icount shift=0,sleep=off", ["hang", "top 9c40", means],
                          elf=guest.ELF)
    loads = [int(word, 16) for word in re.findall(r" ([0-9a-f]{16})\b", out[means])]
    assert loads in [[load_after(looks, kept) for kept in (1884, 2014, 2037)] for looks in (7, 8, 9)], out[means]
    said = re.findall(r"INFO: task hangs:\d+ blocked for more than (\d+) seconds\.", text)
    assert len(said) == 1 and 10 <= int(said[0]) <= 15, text[-3000:]
    assert re.search(r"INFO: task hangs(.*\n){2,6}.* wait_for_completion\+\S+\n.* hang_here\+\S+\n"
                     r".* kthread\+\S+\n.* ret_from_fork\+", text), text[-3000:]


def test_several_cpus():
    """Who moves where, and that nothing is lost or torn, with CPUs that really run at a time."""
    suites = ["selftest sched", "selftest sched_smp", "selftest sleeping_locks", "selftest wait"]
    _, out = guest.run("sched-smp", guest.Q35 + " -smp 4", suites, elf=guest.ELF,
                       accel="tcg,thread=multi", timeout=240)
    for suite in suites:
        assert re.search(r"# pass:\d+ fail:0 skip:0", out[suite]), (suite, out[suite])
