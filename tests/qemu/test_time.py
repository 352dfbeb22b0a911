# SPDX-License-Identifier: MIT
"""Clocks, clock event devices and timers on the machines that differ in them."""
import re

import pytest

import guest

SUITES = ["selftest time", "selftest clockevents", "selftest hrtimer", "selftest hpet"]

# The clock in use, the clock that watches others, and for each CPU the device in use.  The first
# and the last are what Linux 6.1 (Debian's) says on the same machine, in current_clocksource and
# /proc/timer_list; which one watches it does not say unless it finds a drift: that is by its
# source.  (tsc-early is tsc a second later.)
MACHINES = {
    "pc": ("-M pc -smp 1", "tsc", "hpet", ["lapic"]),
    "q35-smp": ("-M q35 -smp 4", "hpet", "hpet", ["lapic"] * 4),
    "max-smp": ("-M q35 -cpu max -smp 2", "hpet", "hpet", ["lapic"] * 2),
    "intel-smp": ("-M q35 -cpu Nehalem -smp 2", "tsc", "hpet", ["lapic"] * 2),
    "no-hpet": ("-M pc -no-hpet -smp 1", "tsc", "acpi_pm", ["lapic"]),
    "no-hpet-smp": ("-M q35 -no-hpet -smp 2", "acpi_pm", "acpi_pm", ["lapic"] * 2),
    "fsb": ("-M q35 -smp 4 -global hpet.msi=true -global hpet.timers=8", "hpet", "hpet",
            ["hpet3", "hpet4", "hpet5", "hpet6"]),
    "fsb-one": ("-M q35 -smp 2 -global hpet.msi=true -global hpet.timers=4", "hpet", "hpet",
                ["hpet3", "lapic"]),
    "fsb-none": ("-M q35 -smp 2 -global hpet.msi=true", "hpet", "hpet", ["lapic"] * 2),
    "fsb-arat": ("-M q35 -cpu max -smp 1 -global hpet.msi=true", "tsc", "hpet", ["lapic"]),
}


def clocks(out):
    """{name: the rest of its line} of `clocksource`, and the name of the one in use."""
    lines = re.findall(r"^([* ]) (\S+) +(rating .*)$", out, re.M)
    return {name: rest for _, name, rest in lines}, next(n for star, n, _ in lines if star == "*")


def devices(out):
    """{(cpu, name): state} of `timers`."""
    return {(int(cpu), name): state for name, cpu, state in re.findall(
        r"^Clock Event Device: (\S+), cpu (\d+), rating \d+, (\w+)", out, re.M)}


def passed(out, hpet=True):
    """Without an HPET in use its suite has nothing to say, and only that one."""
    for suite in SUITES:
        some = "[1-9][0-9]*" if hpet or suite != "selftest hpet" else "0"
        assert re.search(f"^# pass:{some} fail:0 ", out[suite], re.M), out[suite]


def check_registers(said, timers, msi):
    """`hpet`: of QEMU's, of Intel, a tick is 10 ns; an MSI is what a comparator has that is a CPU's own."""
    assert re.match(r"id 8086a[0-9a-f]01: vendor 8086 revision 01, "
                    rf"{timers} timers, 64-bit counter, legacy replacement\nperiod 10000000 fs, .*: counting, ", said)
    assert len(re.findall(r"^timer \d+: .* periodic-capable 64-bit", said, re.M)) == timers
    assert said.count(" MSI-capable") == (timers if msi else 0)
    assert [int(n) for n in re.findall(r"^timer (\d+): .* MSI, .*enabled$", said, re.M)] == msi


@pytest.mark.parametrize("name", MACHINES)
def test_machine(name):
    args, clock, watchdog, used = MACHINES[name]
    text, out = guest.run(f"time-{name}", f"{args} -m 256M -nic none",
                          ["sleep 600"] + SUITES + ["clocksource", "timers", "interrupts", "hpet"], timeout=150)
    passed(out, "no-hpet" not in name)
    if "no-hpet" in name:
        assert out["hpet"] == "no HPET is in use\n"
    elif "hpet.msi" not in args:
        check_registers(out["hpet"], 3, [])
    sources, current = clocks(out["clocksource"])
    assert current == clock
    assert "watchdog" in sources[watchdog]
    said = "tsc: Marking TSC unstable due to TSCs unsynchronized\n" in text
    assert said == (clock != "tsc")
    assert ("tsc" in sources) == (clock == "tsc") and "tsc-early" not in sources
    for cpu, device in enumerate(used):
        assert devices(out["timers"])[cpu, device] == "oneshot"
    for (cpu, device), state in devices(out["timers"]).items():
        assert (state == "detached") == (device != used[cpu])
    if "hpet3" in used:
        check_registers(out["hpet"], int(re.search(r"hpet.timers=(\d+)", args)[1]),
                        [int(device[4:]) for device in used if device.startswith("hpet")])
        assert re.search(r"^ *\d+: +[1-9]\d* .*HPET-MSI +3-edge +hpet3$", out["interrupts"], re.M)
    assert re.search(r"^ *0: +\d+ .*IO-APIC +2-edge +timer$", out["interrupts"], re.M)
    assert "WARNING" not in text


def test_hpet_left_alone():
    """Its comparators too: the PIT is the first device."""
    _, out = guest.run("time-hpet-disable", "-M q35 -m 256M -nic none", SUITES + ["timers"],
                       words="hpet=disable", timeout=150)
    passed(out, hpet=False)
    assert devices(out["timers"]) == {(0, "lapic"): "oneshot", (0, "pit"): "detached"}


def test_microvm():
    """irq 0 is said to be on a pin where it is not, and no other clock is there than the PIT."""
    text, out = guest.run("time-microvm", "-M microvm -m 256M -nodefaults",
                       SUITES + ["clocksource", "timers"], timeout=150)
    passed(out, hpet=False)
    assert devices(out["timers"]) == {(0, "lapic"): "oneshot"}
    assert "..MP-BIOS bug: 8254 timer not connected to IO-APIC\n" in text


@pytest.mark.parametrize("extra", ["", "-global hpet.msi=true -global hpet.timers=4"])
def test_periodic_tick(extra):
    """highres=off: the device strikes 250 times a second, and timers wait for it."""
    _, out = guest.run("time-highres-off", f"-M q35 -m 256M -nic none {extra}",
                       ["sleep 64", "sleep 3e8", "timers", "interrupts"], words="highres=off")
    assert devices(out["timers"])[0, "hpet3" if extra else "lapic"] == "periodic"
    assert int(re.search(r"slept (\d+)", out["sleep 64"])[1]) >= 100000
    events = int(re.search(r"\.nr_events (\d+)", out["timers"])[1])
    assert events > 100  # a busy host lets some go by


@pytest.mark.parametrize("words, says", [
    ("tsc=unstable", "tsc: Marking TSC unstable due to boot parameter"),
    ("clocksource=acpi_pm", "clocksource: Switched to clocksource acpi_pm"),
])
def test_words(words, says):
    text, out = guest.run("time-words", "-M q35 -m 256M -nic none", ["clocksource", "selftest time"],
                          words=words, timeout=100)
    assert says in text
    assert clocks(out["clocksource"])[1] == ("acpi_pm" if "acpi" in words else "hpet")
    assert "fail:0" in out["selftest time"]


def test_reliable_tsc_is_not_watched():
    _, out = guest.run("time-reliable", "-M q35 -m 256M -nic none", ["sleep 600", "clocksource", "timers"],
                       words="tsc=reliable")
    sources, current = clocks(out["clocksource"])
    assert current == "tsc" and "verified" not in sources["tsc"]
    assert "watch+" not in out["timers"]


def test_drift_is_said_in_the_words_of_linux():
    for _ in range(5):  # a host may be too busy for the watchdog to look at all: then it is skipped
        _, out = guest.run("time-drift", "-M q35 -m 256M -nic none", ["selftest time", "dmesg"])
        if "clock-skew test skipped!" not in out["dmesg"]:
            break
    assert "ok 2 time.drifting_clock_is_found_and_left\n" in out["selftest time"]
    assert re.search(
        r"clocksource: timekeeping watchdog on CPU0: Marking clocksource 'drifting' as unstable "
        r"because the skew is too large:\n"
        r".* 'hpet' wd_nsec: \d+ wd_now: [0-9a-f]+ wd_last: [0-9a-f]+ mask: [0-9a-f]+\n"
        r".* 'drifting' cs_nsec: \d+ cs_now: [0-9a-f]+ cs_last: [0-9a-f]+ mask: [0-9a-f]+\n"
        r".* 'drifting' is current clocksource\.\n"
        r".*clocksource: Switched to clocksource tsc", out["dmesg"])


def test_latency():
    """Nothing is early, and nothing costs more instructions than this on the way."""
    _, out = guest.run("time-latency",
                       "-M q35 -m 256M -nic none -cpu max -icount shift=0,sleep=off", ["bench latency"])
    bounds = {"interrupt": 250, "timer": 400, "wake-up": 1500}
    lines = re.findall(r"^latency (\S+): (\d+) samples, (\d+) early, .* most (\d+)$",
                       out["bench latency"], re.M)
    assert [line[0] for line in lines] == list(bounds)
    for what, samples, early, most in lines:
        assert int(samples) == 1000 and int(early) == 0 and int(most) <= bounds[what], lines
