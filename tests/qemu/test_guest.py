# SPDX-License-Identifier: MIT
"""The harness itself: what it does when QEMU fails, not the guest; and how a failure is told."""

import subprocess
import types

import pytest

import conftest
import guest


class Dying:
    """A guest whose QEMU ends as the list says, one after the other."""

    def __init__(self, name, *_, **__):
        self.text = f"=== help\nof {name}\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def wait(self):
        return self.ends.pop(0)

    def how_it_ended(self):
        return self.text


@pytest.mark.filterwarnings("ignore:.*QEMU died")
def test_qemu_may_die_once(monkeypatch):
    monkeypatch.setattr(guest, "Guest", Dying)
    Dying.ends = [-11, 1]
    assert guest.run("g", "", ["help"])[1] == {"help": "of g-again\n"}
    Dying.ends = [-11, -11]
    with pytest.raises(AssertionError, match="QEMU's status -11"):
        guest.run("g", "", ["help"])


def test_a_guest_that_fails_is_not_asked_again(monkeypatch):
    monkeypatch.setattr(guest, "Guest", Dying)
    Dying.ends = [3, 1]
    with pytest.raises(AssertionError, match="QEMU's status 3"):
        guest.run("g", "", ["help"])


# ---------------------------------------------------------------- what failures say

HOST = guest.ROOT / "tests" / "host"
KTAP = """\
KTAP version 1
1..3
# a.first: 3 of them
ok 1 a.first
# tests/guest/a.c:7: x is 4, expected 5
# tests/guest/a.c:9: y
not ok 2 a.second
# tests/guest/a.c:12: said, and no failure
ok 3 a.third # SKIP none
# pass:1 fail:1 skip:1
"""
SECOND = "# tests/guest/a.c:7: x is 4, expected 5\n# tests/guest/a.c:9: y\nnot ok 2 a.second"
RESETS = "CPU Reset (CPU 0)\nEIP=0000fff0 EFL=00000002\nTriple fault\n"


@pytest.mark.parametrize("script, status, said", [
    ("exit 0", 0, ""), ("exit 1", 1, ""), ("kill -SEGV $$", 139, "# test_it: status 139\n"),
    ("exec sleep 60", 124, "# test_it: no end in 0.1 s\n")])
def test_a_host_program_that_hangs_or_dies_is_named(tmp_path, script, status, said):
    program = tmp_path / "test_it"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    done = subprocess.run([HOST / "run.sh", "0.1" if status == 124 else "20", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (status, said)


def test_failed_tests_of_a_guest_are_told():
    assert guest.failed_tests(KTAP) == SECOND
    assert guest.failed_tests(KTAP.replace("not ok", "ok")) == ""


def test_qemu_tells_a_triple_fault(tmp_path):
    """LIDT of no table, and INT3: an ELF of Multiboot 1, which QEMU loads itself."""
    source, obj, program = tmp_path / "t.asm", tmp_path / "t.o", tmp_path / "t"
    source.write_text("dd 0x1badb002, 0, -0x1badb002\nglobal _start\n_start: lidt [none]\nint3\nnone: dq 0\n")
    subprocess.run(["nasm", "-f", "elf32", "-o", obj, source], check=True)
    subprocess.run(["ld", "-m", "elf_i386", "-N", "-Ttext=0x100000", "-o", program, obj], check=True)
    with guest.Guest("triple-fault", "-M q35 -m 16M -nic none", elf=program, timeout=30) as g:
        with pytest.raises(EOFError, match="before 'never'; a triple fault ended it; the last"):
            g.expect("never")
    guest.started.remove(g)
    with guest.Guest("no-fault", "-M q35 -m 16M -nic none", elf=tmp_path / "none", timeout=30) as g:
        with pytest.raises(EOFError, match="before 'never'; the last"):
            g.expect("never")


def test_reports_have_what_guests_said(monkeypatch, tmp_path):
    log = tmp_path / "resets"
    log.write_text(RESETS)
    monkeypatch.setattr(guest, "started", [types.SimpleNamespace(name="one", text=KTAP, resets=log)])
    for failed in (True, False):
        report = types.SimpleNamespace(failed=failed, sections=[])
        hook = conftest.pytest_runtest_makereport(None, None)
        next(hook)
        with pytest.raises(StopIteration):
            hook.send(types.SimpleNamespace(get_result=lambda: report))
        assert report.sections == failed * [("failed in the guest one", SECOND),
                                            ("the end in the guest one", "a triple fault ended it")]


def test_a_difference_says_whose_a_line_is():
    assert guest.difference("a\nb\n", "a\nb\n") == guest.difference(["a"], "a\n") == ""
    lines = guest.difference("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\nx\nf\n").splitlines()
    assert lines == ["--- what only Linux has", "+++ what only we have", "@@ -3,4 +3,4 @@", " c", " d", "-x", "+e", " f"]


def test_logs_of_three_runs_are_kept(tmp_path):
    logs = tmp_path / "logs"
    for run in range(5):
        subprocess.run([guest.ROOT / "tests" / "keep_logs.sh", logs], check=True)
        assert not list(logs.iterdir())
        (logs / "log").write_text(str(run))
    assert {path.name: (path / "log").read_text() for path in tmp_path.iterdir()} == \
        {"logs": "4", "logs.1": "3", "logs.2": "2"}
