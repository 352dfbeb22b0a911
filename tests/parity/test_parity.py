# SPDX-License-Identifier: MIT
"""What parity makes of the answers: canned ones, no machine is booted."""

import subprocess

import pytest

import parity
from parity import guest, register

LINUX = """=== /proc/iomem
00000000-00000fff : Reserved
00100000-1fffffff : System RAM
=== /proc/ioports
0000-0cf7 : PCI Bus 0000:00
=== end
"""
DUMPS = {"iomem": "00000000-00000fff : Reserved\n00100000-1fffffff : System RAM\n",
         "ioports": "0000-0cf7 : PCI Bus 0000:00\n"}
NOTHING = {"memory": [], "I/O": []}


def run(monkeypatch, linux=lambda: LINUX, ours=lambda: parity.Ours("", DUMPS, NOTHING, [])):
    monkeypatch.setattr(parity, "boot_linux", lambda *_: linux())
    monkeypatch.setattr(parity, "boot_ours", lambda *_: ours())
    return parity.run("one", "-M pc", None, None)


def silence(who):
    def boot():
        raise parity.Silent(f"{who}: no end in time")
    return boot


def test_the_same_answers_match(monkeypatch):
    result = run(monkeypatch)
    assert (result.verdict(), result.same, result.total) == ("match", 3, 3)


def test_another_line_differs(monkeypatch):
    dumps = dict(DUMPS, ioports="0000-0cf6 : PCI Bus 0000:00\n")
    result = run(monkeypatch, ours=lambda: parity.Ours("", dumps, NOTHING, []))
    assert result.verdict() == "differ"
    assert result.differ["ioports"] == ["- 00000000-00000cf7 : PCI Bus 0000:00",
                                        "+ 00000000-00000cf6 : PCI Bus 0000:00"]


@pytest.mark.parametrize("iomem", ["panic: no memory\n", "00001000-00000000 : System RAM\n"])
def test_what_is_no_register_differs(monkeypatch, iomem):
    """It did answer, and wrongly."""
    result = run(monkeypatch, ours=lambda: parity.Ours("", dict(DUMPS, iomem=iomem), NOTHING, []))
    assert result.verdict() == "differ" and result.broken


@pytest.mark.parametrize("who", ["linux", "ours"])
def test_no_answer_is_no_difference(monkeypatch, capsys, who):
    result = run(monkeypatch, **{who: silence(who)})
    assert result.verdict() == "did not answer"
    parity.report(result, False)
    assert f"no answer from {who}: no end in time" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "=== /proc/iomem\n00000000-00000fff : Reserved\n"])
def test_linux_must_answer_both(monkeypatch, tmp_path, text):
    """What breaks off is not kept either, so that the next run asks again."""
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess(
        [], 0, text, "no medium"))
    with pytest.raises(parity.Silent, match="^Linux: no medium"):
        parity.boot_linux("one", "-M pc", tmp_path)
    assert not list(tmp_path.iterdir())


def test_our_end_is_no_answer(monkeypatch):
    def no_prompt(*_, **__):
        raise EOFError("QEMU ended")
    monkeypatch.setattr(guest, "Guest", no_prompt)
    with pytest.raises(parity.Silent, match="^our kernel: QEMU ended"):
        parity.boot_ours("one", "-M pc", None)


@pytest.mark.parametrize("verdicts, line, status", [
    (["match"] * 3, "# 3 of 3 machines match in every line, 0 differ, 0 did not answer", 0),
    (["match", "differ", "did not answer"],
     "# 1 of 3 machines match in every line, 1 differ, 1 did not answer", 1),
    (["match", "did not answer"],
     "# 1 of 2 machines match in every line, 0 differ, 1 did not answer", 2),
    (["did not answer"], "# 0 of 1 machines match in every line, 0 differ, 1 did not answer", 2),
])
def test_the_last_line_counts_them_apart(verdicts, line, status):
    assert parity.conclude(verdicts) == (line, status)


# ---------------------------------------------------------------- OVMF's start picture

TABLE = "ACPI: BGRT 0x000000001F774000 000038 (v01 INTEL  EDK2     00000002      01000013)\n"
KEPT = TABLE + "ACPI: BGRT: picture at [mem 0x1e264018-0x1e26c86d] is kept\n"  # 9 pages
RAM, END = 0x900000, 0x1EAB6FFF
HERE, THERE = (0x1E264000, 0x1E26CFFF), (0x1D000000, 0x1D008FFF)


def register_of(*kept, last=(END + 1, END + 0x1000)):
    """A dump of RAM with those ranges kept in it, and firmware's own behind it."""
    rows, at = [], RAM
    for start, end in sorted(kept):
        if at < start:
            rows.append(f"{at:08x}-{start - 1:08x} : System RAM")
        rows.append(f"{start:08x}-{end:08x} : Reserved")
        at = end + 1
    if at <= END:
        rows.append(f"{at:08x}-{END:08x} : System RAM")
    rows.append(f"{last[0]:08x}-{last[1]:08x} : Reserved")
    return register.parse("\n".join(rows))


BESIDE = (END + 1 - 0x9000, END)  # merged with firmware's own, which so begins earlier
BESIDE_MERGED = (END + 1 - 0x9000, END + 0x1000)


def rows_beside():
    rows = register_of(BESIDE)
    return rows[:-2] + [register.Row(0, *BESIDE_MERGED, "Reserved")]


@pytest.mark.parametrize("linux, ours, log, moved", [
    (register_of(THERE), register_of(HERE), KEPT, True),
    (register_of((HERE[0] + 0x1000, HERE[1] + 0x1000)), register_of(HERE), KEPT, True),  # a page on
    (rows_beside(), register_of(HERE), KEPT, True),
    (register_of(), register_of(HERE), KEPT, True),  # Linux's boot had none
    (register_of(HERE), register_of(), "", True),  # ours had none
    (register_of(HERE), register_of(), TABLE, False),  # it had one, and we did not keep it
    (register_of(THERE), register_of((HERE[0], HERE[1] + 0x1000)), KEPT, False),  # a page too many
    (register_of((THERE[0], THERE[1] + 0x1000)), register_of(HERE), KEPT, False),  # of another size
    (register_of(), register_of(THERE), KEPT, False),  # kept where no picture is
    (register_of(THERE), register_of(HERE), "", False),
    (register_of(HERE), register_of(HERE)[1:], KEPT, False),  # RAM is missing
    (register_of(HERE, THERE), register_of(), "", False),  # one picture, not two
    (register_of(HERE), register_of(HERE), KEPT, False),  # nothing differs: nothing moved
])
def test_picture(linux, ours, log, moved):
    assert register.picture_moved(register.differences(ours, linux), log) is moved


def test_what_was_found_is_left_for_others(monkeypatch, tmp_path):
    """Of each machine, also of one that did not answer: build/parity.json."""
    monkeypatch.setattr(parity.subprocess, "run", lambda *_, **__: None)
    monkeypatch.setattr(parity.guest, "BUILD", tmp_path)
    monkeypatch.setattr(parity.sys, "argv", ["parity.py", "--machine", "-M pc"])
    for linux, verdict in ((lambda: LINUX, "match"), (silence("linux"), "did not answer")):
        monkeypatch.setattr(parity, "boot_linux", lambda *_, answer=linux: answer())
        monkeypatch.setattr(parity, "boot_ours", lambda *_: parity.Ours("", DUMPS, NOTHING, []))
        assert parity.main() == (0 if verdict == "match" else 2)
        [told] = parity.json.loads((tmp_path / "parity.json").read_text())
        assert (told["verdict"], told["args"]) == (verdict, "-M pc")
        assert told["differ"] == {"iomem": [], "ioports": []}
        assert bool(told["why"]) == (verdict != "match")
