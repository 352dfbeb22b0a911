#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Linux's own test programs on Linux and on Terrier: suites.py [NAME ...]

tools/testing/selftests of Debian's linux-source-6.1, built here: nolibc whole, and each of
vm and proc that builds against libc alone.  The source stays in the user's cache folder.
A line for each program: how it ended there and here, and how many of its cases passed.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import both

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "terrier-suites"
TREE = CACHE / "linux-source-6.1"
TESTS = TREE / "tools/testing/selftests"
SECONDS = 60  # for one program

# What asks for something that no kernel of ours will have, and so says nothing.
LEFT_OUT = {
    "vm-khugepaged": "needs khugepaged's files under /sys",
    "vm-transhuge-stress": "runs until it is ended",
    "vm-userfaultfd": "userfaultfd",
    "vm-virtual_address_range": "hugetlbfs, and hours of time",
    "vm-hugepage-mmap": "hugetlbfs",
    "vm-hugepage-mremap": "hugetlbfs",
    "vm-hugepage-shm": "hugetlbfs",
    "vm-hugepage-vmemmap": "hugetlbfs",
    "vm-hugetlb-madvise": "hugetlbfs",
    "vm-map_hugetlb": "hugetlbfs",
    "vm-thuge-gen": "hugetlbfs",
    "vm-write_to_hugetlbfs": "hugetlbfs",
    "vm-compaction_test": "hugetlbfs",
    "proc-proc-empty-vm": "ptrace",
    "proc-proc-fsconfig-hidepid": "fsopen(2), hidepid=",
    "proc-proc-loadavg-001": "namespaces",
    "proc-proc-pid-vm": "namespaces",
    "proc-proc-subset-pid": "namespaces, subset=",
    "proc-setns-dcache": "namespaces",
    "proc-setns-sysvipc": "namespaces",
}


def fetch():
    if TESTS.exists():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        subprocess.run(["apt-get", "download", "-qq", "linux-source-6.1"], cwd=folder, check=True,
                       stderr=subprocess.DEVNULL)
        package = next(pathlib.Path(folder).glob("*.deb"))
        subprocess.run(["dpkg", "-x", package, folder], check=True)
        subprocess.run(["tar", "xf", f"{folder}/usr/src/linux-source-6.1.tar.xz",
                        "linux-source-6.1/tools"], cwd=CACHE, check=True)


def build():
    """{name: program} of what builds, [names] of what does not."""
    programs, failed = {}, []
    out = both.BUILD / "suites"
    out.mkdir(parents=True, exist_ok=True)
    commands = {"nolibc-test": ["gcc", "-Os", "-static", "-nostdlib", "-include",
                                TREE / "tools/include/nolibc/nolibc.h", TESTS / "nolibc/nolibc-test.c", "-lgcc"]}
    for folder in ("vm", "proc"):
        for source in sorted((TESTS / folder).glob("*.c")):
            if source.stem != "vm_util":
                more = [TESTS / "vm/vm_util.c"] if folder == "vm" else []
                commands[f"{folder}-{source.stem}"] = ["gcc", "-O2", "-static", "-D_GNU_SOURCE", f"-I{TESTS}",
                                                       source, *more, "-lrt", "-lpthread"]
    for name, command in commands.items():
        built = subprocess.run([*command, "-o", out / name], capture_output=True)
        if built.returncode:
            failed.append(name)
        else:
            programs[name] = out / name
    return programs, failed


def outcome(text):
    """Passed and failed cases, where it counts them; else its last words."""
    ok = len(re.findall(r"^ok \d|\[OK\]$", text, re.M))
    bad = len(re.findall(r"^not ok \d|\[FAIL\]$", text, re.M))
    return f"{ok} passed, {bad} failed" if ok or bad else text.strip().splitlines()[-1][-40:] if text.strip() else "silent"


def main(wanted):
    fetch()
    programs, failed = build()
    names = [n for n in programs if n not in LEFT_OUT and (not wanted or n in wanted)]
    body = "mkdir -p /tmp; cd /tmp\n" + "\n".join(
        f'echo "=== {n}"; timeout -s KILL {SECONDS} {n} > /tmp/said 2>&1; s=$?; tail -c 30000 /tmp/said; echo; echo "exit $s"'
        for n in names)
    paths = [str(programs[n]) for n in names]
    args = "-M q35 -m 1G -nic none"
    linux = both.run_linux(body, paths, args=args, timeout=60 * 20)
    _, ours = both.run("suites", body, paths, args=args, timeout=60 * 20)
    for name in names:
        for kernel, said in (("Linux", linux), ("Terrier", ours)):
            text, _, status = said.get(name, "never ran").rpartition("exit ")
            print(f"{name:32} {kernel:8} exit {status.strip():4} {outcome(text)}")
    for name in failed:
        print(f"{name:32} is not built: it needs more than libc")
    for name, why in LEFT_OUT.items():
        print(f"{name:32} is left out: {why}")


if __name__ == "__main__":
    main(sys.argv[1:])
