# SPDX-License-Identifier: MIT
"""Allocations that fail while the kernel boots and while programs run, on the kernel that people boot.

Each place that allocates and is run is refused its first time, in the boot its second and all from
the first on as well.  Which places there are is read out of the image, and which of them run out of
QEMU's own log.  The boot comes to its monitor, where nothing may be wrong, or ends in a panic that
names what there was no memory for.  Besides, calls are refused by their number, whoever makes them:
FAULTS of them (24) of each kind of allocation for the boot and each program, from FROM (0) on;
another number tries others.

`make test-odd` runs this: some hundreds of boots, and more rounds of programs.
"""

import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import pytest

import guest
import register
from test_mm_hostile import check_account

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402

FAULTS, FROM = int(os.environ.get("FAULTS") or 24), int(os.environ.get("FROM") or 0)
MACHINE = f"-M q35 -m 64M -nic none {guest.DISK_ARGS}"

# By what is called: the word that refuses it.
KINDS = {
    "failslab": "kmalloc kmalloc_array kmalloc_slow kzalloc kcalloc krealloc kstrdup kasprintf kmem_cache_alloc "
                "kmem_cache_zalloc",
    "fail_page_alloc": "alloc_pages __get_free_pages get_zeroed_page",
    "fail_vmarea": "get_vm_area vmalloc vzalloc vmap ioremap ioremap_uc ioremap_wc ioremap_wt ioremap_np "
                   "ioremap_cache ioremap_prot memremap pci_iomap_range pci_iomap",
    "fail_table": "alloc_table",
    "fail_resource": "alloc_resource",
    "fail_kmap": "kmap",
}
WORD = {callee: word for word, callees in KINDS.items() for callee in callees.split()}


@functools.lru_cache
def sites():
    """{return address: (word, who asks)} of each call of an allocator, FUNCTION+OFFSET; the first one's of a name."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", guest.KERNEL_ELF], check=True,
                          capture_output=True, text=True).stdout
    found, starts, here, word = {}, {}, None, None
    for line in text.splitlines():
        head = re.match(r"([0-9a-f]+) <(.+)>:$", line)
        if head:
            here, word = head[2], None
            starts.setdefault(here, int(head[1], 16))
            continue
        at = re.match(r" *([0-9a-f]+):", line)
        if at and word:
            found[int(at[1], 16)] = word, f"{here}+{int(at[1], 16) - starts[here]:#x}"
        target = re.search(r"\tcall +[0-9a-f]+ <(\w+)[.\w]*>", line)
        word = WORD.get(target[1]) if target and here not in WORD else None
    return found


def run_by(g):
    """Those of them that a guest came to: QEMU translates, and logs, what it is about to run."""
    entered = {int(at, 16) for at in re.findall(r"^0x([0-9a-f]{16}):", g.resets.read_text(errors="replace"), re.M)}
    return sorted(site for at, site in sites().items() if at in entered)


def trace():
    return f"-d in_asm -dfilter {','.join(f'{at:#x}+1' for at in sites())}"


@functools.lru_cache
def run_by_boot():
    with guest.Guest("fault-trace", MACHINE, 'run="exit 0"', extra=trace(), timeout=120, elf=guest.KERNEL_ELF) as g:
        g.wait()
    return run_by(g)


def check_end(text):
    """At the monitor with an account that is right, or one panic that says what was not to be had."""
    assert "WARNING" not in text and "INFO: task" not in text, text[-3000:]
    assert not guest.FAULTS.search(text), text[-3000:]
    panics = re.findall(r"Kernel panic - not syncing: (.*)", text)
    if panics:
        assert len(panics) == 1 and re.search(r"\bno (memory|room|pages?)\b|cannot be had", panics[0]), panics
        return panics[0]
    out = guest.sections(text)
    assert "end" in out or re.search(r"^audit: \d+ checks, 0 faults$", text, re.M), text[-3000:]
    check_account(out["vmstat"])
    for which in ("iomem", "ioports"):
        register.check_tree(register.parse(out[which]))
    return ""


def boot(word, site, how):
    words = f"{word}={how},{site}"
    name = "fault-" + re.sub(r"\W+", "-", words)
    with guest.Guest(name, MACHINE, f'panic=-1 {words} run="fault off; vmstat; iomem; ioports; audit; exit 0"',
                     elf=guest.KERNEL_ELF, timeout=120, audit=False) as g:
        g.wait()
    return g


@pytest.mark.parametrize("word", KINDS)
@pytest.mark.parametrize("how", ["1", "2", "1+"])
def test_boot(word, how):
    """All places of a kind, one boot each; what was found is told of all of them."""
    wrong, passed, told = [], [], {}
    for _, site in [site for site in run_by_boot() if site[0] == word]:
        try:
            g = boot(word, site, how)
            told[site] = check_end(g.text)
            if "FAULT_INJECTION: " + word + ", call" not in g.text:
                passed.append(site)
        except (AssertionError, TimeoutError, KeyError) as error:
            wrong.append(f"{word}={how},{site}: {str(error)[-600:]}")
    print(f"{word}={how}: {len(told) + len(wrong)} boots; nothing refused: {', '.join(passed)}; panics: "
          + "; ".join(f"{site}: {panic}" for site, panic in told.items() if panic))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("word", KINDS)
def test_boot_by_number(word):
    """Of all calls of a kind, some by their number."""
    with guest.Guest(f"fault-count-{word}", MACHINE, f'{word}=999999999 run="fault; exit 0"', elf=guest.KERNEL_ELF,
                     timeout=120) as g:
        g.wait()
    calls = int(re.search(r"0 of (\d+) calls failed", g.text)[1])
    wrong = []
    for n in range(1 + FROM, calls + 1, max(calls // FAULTS, 1)):
        for how in (f"{n}", f"{n}+"):
            with guest.Guest(f"fault-{word}-{n}", MACHINE,
                             f'panic=-1 {word}={how} run="fault off; vmstat; iomem; ioports; audit; exit 0"',
                             elf=guest.KERNEL_ELF, timeout=120, audit=False) as g:
                try:
                    g.wait()
                    check_end(g.text)
                except (AssertionError, TimeoutError, KeyError) as error:
                    wrong.append(f"{word}={how}: {str(error)[-600:]}")
    print(f"{word}: {calls} calls")
    assert not wrong, "\n".join(wrong)


# ---- programs

# Fork, exec, mmap and I/O, each in a shell of its own, which may fail as it likes; the one that waits
# for it calls nobody meanwhile.
LINES = {
    "fork": "busybox true & busybox true & wait; (busybox true); x=$(busybox echo a | busybox cat)",
    "exec": "exec busybox ls / > /dev/null",
    "mmap": "exec mmap",
    "pages": "exec shm",
    "files": "mkdir -p /tmp/d; busybox cp /bin/mmap /tmp/d/a; busybox mv /tmp/d/a /tmp/d/b; busybox rm -r /tmp/d",
    "proc": "busybox cat /proc/self/maps /proc/iomem /proc/vmstat > /dev/null; busybox ls -lR /sys/bus/pci > /dev/null",
    "io": "busybox dd if=/dev/vda of=/tmp/o bs=64k count=4; exec dd if=/dev/vda of=/tmp/o iflag=direct bs=64k count=4",
    "aio": "exec aio",
    "uring": "exec uring",
    "event": "exec event",
    "sockets": "exec sockets",
    "pinned": "exec pinned /dev/vda",
    "threads": "exec threads",
}
PROGRAMS = ["mmap", "shm", "aio", "uring", "event", "sockets", "pinned", "threads", "/bin/dd"]

# The shell of a line: it arms, and what comes after may fail.
ROUND = """exec 9<>/dev/monitor
echo "fault $1 $2" >&9
exec 9<&-
{line}
"""
SCRIPT = """mkdir -p /tmp; exec 9<>/dev/monitor
calls() {{
	set -- $(busybox cat <&9)
	while [ $# -gt 3 ]; do [ "$4" != calls ] || echo $3; shift; done
}}
round() {{
	read begun rest </proc/uptime
	busybox timeout -s KILL 30 busybox sh /round $1 $2 </dev/null >/dev/null 2>&1
	until echo "fault off" >&9; do :; done 2>/dev/null
	read ended rest </proc/uptime
	[ $((${{ended%.*}} - ${{begun%.*}})) -lt 30 ] || echo "killed: $1 $2"
}}
round all fffffff; round all fffffff; calls >/dev/null
busybox sleep 2; echo "=== free before"; busybox grep -E "nr_free_pages|nr_foll" /proc/vmstat
for place in {places}; do echo "=== $place"; round ${{place%,*}} 1,${{place#*,}}; calls >/dev/null; done
for site in {sites}; do
	round $site fffffff; calls=$(calls)
	echo "=== $site $calls"
	step=$((calls / {faults})); [ $step -gt 0 ] || step=1
	n=$((1 + {start} % step))
	while [ $n -le $calls ]; do round $site $(printf %x $n); calls >/dev/null; n=$((n+step)); done
done
dmesg -n 1
busybox sleep 2; echo "=== free after"; busybox grep -E "nr_free_pages|nr_foll" /proc/vmstat
for c in vmstat iomem ioports; do echo "=== $c"; echo $c >&9; busybox cat <&9; done
"""


def run_line(label, name, script, extra=""):
    with tempfile.TemporaryDirectory() as folder:
        initrd = pathlib.Path(folder) / "initrd"
        both.make_archive(initrd, script, PROGRAMS, {"round": ROUND.format(line=LINES[name])})
        with guest.Guest(f"fault-{label}-{name}", f"{both.MACHINE} {both.DISK} -smp 2 -initrd {initrd}",
                         "highmem=64M", timeout=2400, elf=guest.KERNEL_ELF, extra=extra, exit_device=False) as g:
            g.wait()
    assert "\n=== end\n" in g.text, f"init did not end; {g.how_it_ended()}"
    return g


@pytest.mark.parametrize("name", LINES)
def test_programs(name):
    """Nothing hangs, nothing is reported, and what was taken is back.

    A program of ours may wait for what it was refused, since it looks at no error there; then it can be killed.
    """
    places = [",".join(site) for site in run_by(run_line("trace", name, "busybox sh /round all fffffff", trace()))]
    script = SCRIPT.format(places=" ".join(places), sites=" ".join(KINDS), faults=FAULTS, start=FROM)
    g = run_line("of", name, script)
    assert not check_end(g.text), g.text[-3000:]
    out = guest.sections(g.text)
    before, after = [{key: int(n) for key, n in re.findall(r"^(nr_\w+) (\d+)$", out[f"free {when}"], re.M)}
                     for when in ("before", "after")]
    pins = [x["nr_foll_pin_acquired"] - x["nr_foll_pin_released"] for x in (before, after)]
    assert pins[0] == pins[1], "pages stay pinned"
    assert after["nr_free_pages"] > before["nr_free_pages"] - 256, (before, after)
    calls = re.findall(r"^=== (\w+ [1-9]\d*)$", g.text, re.M)
    print(f"{name}: {len(places)} places, the boot's among them, "
          f"{len(re.findall(r'call 1, fails for', g.text))} refused their first time; "
          f"calls: {', '.join(calls)}; {g.text.count('FAULT_INJECTION')} refused; "
          f"killed: {re.findall(r'^killed: (.*)$', g.text, re.M)}")
