# SPDX-License-Identifier: MIT
"""The threads: kernel/sched/task.h."""
from . import symbols
from .command import command
from .target import address_of, each_in_list, text, type_of, variable, words

INTERRUPTIBLE, STOPPED, DEAD, NOLOAD, ZOMBIE = 0x1, 0x4, 0x80, 0x400, 0x20
RATE_SHIFT = 32  # of kernel/time/time.c


def threads():
    """All, the oldest first."""
    return each_in_list(variable("all_tasks", "kernel/sched/task.c"), "struct task_struct", "tasks")


def state_letter(t):
    state = int(t["state"])
    if int(t["exit_state"]) == ZOMBIE:
        return "Z"
    if not state:
        return "R"
    for bit, letter in ((DEAD, "X"), (STOPPED, "T"), (NOLOAD, "I"), (INTERRUPTIBLE, "S")):
        if state & bit:
            return letter
    return "D"


def waits_in(t):
    """Who called what a thread waits in: the first address on its stack that is not the scheduler's; 0 of one
    that runs."""
    bottom, top, sp = int(t["stack"]["bottom"]), int(t["stack"]["top"]), int(t["sp"])
    frame = type_of("struct switch_frame")
    if t["on_cpu"] or not bottom <= sp <= top - frame.sizeof:
        return 0
    saved = words(sp, frame.sizeof // 8)
    bp, ip = saved[-2], saved[-1]
    while address_of("__sched_text_start") <= ip < address_of("__sched_text_end"):
        if not bottom <= bp <= top - 16 or bp % 8:
            return 0
        above, ip = words(bp, 2)
        if above <= bp:
            return 0
        bp = above
    return ip


def tsc_hz():
    rate = int(variable("tsc_rate", "kernel/time/time.c"))
    return int(variable("boot_cpu")["tsc_hz"]) or (rate and (10**9 << RATE_SHIFT) // rate)


@command("ps")
def ps():
    """The threads: state, CPU, nice level, time, switches, where one sleeps."""
    hz = tsc_hz()
    yield f"{'PID':>5} S CPU {'NI':>3} {'TIME':>10} {'SWITCHES':>8}  COMMAND          WAITS IN"
    for t in threads():
        ms = int(t["se"]["sum_exec"]) // (hz // 1000) if hz >= 1000 else 0
        where = waits_in(t) if int(t["state"]) else 0
        yield (f"{int(t['pid']):5d} {state_letter(t)} {int(t['cpu']):3d} {int(t['nice']):3d} "
               f"{ms // 1000:6d}.{ms % 1000:03d} {int(t['nr_switches']):8d}  {text(t['comm']):<15}" +
               (f"  {symbols.describe(where, offset=False)}" if where else ""))
