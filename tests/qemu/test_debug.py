# SPDX-License-Identifier: MIT
"""The build with DEBUG=1: the suites run without a word of its checks, and those can speak."""

import sys

import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402

ELF = guest.ROOT / "build" / "debug" / "terrier-test.elf"


# Tests that break such a promise on purpose.
LOUD = {"locks.a_circle_is_reported: 1 WARN", "locks.held_and_not_held: 1 WARN",
        "locks.interrupts_are_looked_at: 2 WARN", "locks.interrupts_by_an_edge: 1 WARN",
        "locks.one_on_a_stack_has_a_class: 1 WARN", "locks.sleeping_ones_are_of_the_graph: 1 WARN",
        "smp.a_lock_that_is_held_over_a_wait: 1 WARN"}


def test_suites_are_silent():
    """The order of locks, those that interrupts take, where code runs, who sleeps, over all
    suites: only the tests that break such a promise on purpose are heard, for any other fails."""
    assert LOUD <= guest.warned(ELF, "debug-suites", 240)


def test_programs_are_silent():
    """The same, of what system calls take."""
    programs = both.own_programs()
    text, _ = both.run("debug-programs", both.script_of(programs), programs, timeout=240,
                       args=f"{both.MACHINE} {both.DISK} -smp 4", elf=ELF.with_name("terrier.elf"))
    assert "WARNING" not in text
