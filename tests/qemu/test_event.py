# SPDX-License-Identifier: MIT
"""What programs wait for: pipes, sets of files, timers; and the time of day."""

import re

import guest


def passed(out, suite):
    assert re.search(r"# pass:[1-9]\d* fail:0 skip:0", out[suite]), out[suite]


def test_event():
    _, out = guest.run("event", guest.Q35 + " -smp 4", ["selftest event"], elf=guest.ELF,
                       accel="tcg,thread=multi", timeout=240)
    passed(out, "selftest event")


def test_time_of_day():
    """2028-02-29T12:34:56, in the middle of what may go wrong."""
    command = "selftest wall_clock 6d669970"
    _, out = guest.run("wall-clock", guest.Q35 + " -rtc base=2028-02-29T12:34:56", [command],
                       elf=guest.ELF)
    passed(out, command)
