# SPDX-License-Identifier: MIT
"""Several CPUs: calls to each other, and translations that all of them forget."""

import re

import guest

SMP = guest.Q35 + " -smp 4"


def test_calls_and_flushes():
    _, out = guest.run("smp", SMP, ["selftest smp", "selftest tlb"], words="highmem=64M",
                          timeout=180)
    for suite in ("smp", "tlb"):
        assert re.search(r"^# pass:\d+ fail:0 skip:0$", out[f"selftest {suite}"], re.M), out
        warned = re.findall(r"^# (\S+): \d+ WARN", out[f"selftest {suite}"], re.M)
        assert warned == ["smp.with_interrupts_off_is_said"] * (suite == "smp")


def test_a_forgotten_flush_is_seen():
    """The same tests with the other CPUs left out: each one's readers find what is gone."""
    _, out = guest.run("tlb-unflushed", SMP, ["selftest tlb unflushed"], words="highmem=64M",
                       timeout=180)
    assert re.search(r"^# pass:\d+ fail:0 skip:0$", out["selftest tlb unflushed"], re.M), out


def test_one_cpu():
    """Nobody is there to be told."""
    _, out = guest.run("smp-alone", guest.Q35, ["selftest smp", "selftest tlb", "vmstat"],
                       timeout=120)
    for suite in ("smp", "tlb"):
        assert re.search(r"^# pass:[1-9]\d* fail:0 ", out[f"selftest {suite}"], re.M), out
    assert "nr_tlb_remote_flush 0\n" in out["vmstat"]
    assert "nr_tlb_remote_flush_received 0\n" in out["vmstat"]
