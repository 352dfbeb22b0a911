# SPDX-License-Identifier: MIT
"""Pid 1: which program it is, what it is given, and what comes when it ends."""

import re
import sys

import guest
import pytest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import archive  # noqa: E402

SHOW = """#!/bin/sh
echo "name $0 pid $$ args $*"
echo "HOME=$HOME TERM=$TERM word=$word"
ls -l /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 | sed 's/.* ->/fd ->/'
"""


def boot(tmp_path, files, words="", busybox=True):
    a = archive.Archive()
    if busybox:
        a.add_busybox()
    for path, text in files.items():
        a.add_text(path, text)
    a.write(tmp_path / "initrd")
    return guest.Guest("init", f"{guest.Q35} -initrd {tmp_path / 'initrd'}", words, timeout=60,
                       elf=guest.KERNEL_ELF)


def run(tmp_path, files, words="", **options):
    """All that is said until the monitor is there, which works."""
    with boot(tmp_path, files, words, **options) as g:
        g.prompt()
        text = g.text
        assert re.search(r"^ +1 [IRS] ", g.command("ps"), re.M)  # its thread stays
        g.type("poweroff\n")
        g.wait()
    return text


@pytest.mark.parametrize("path, words", [
    ("init", ""), ("sbin/init", ""), ("etc/init", ""), ("some", "rdinit=/some"),
    ("other", "rdinit=/nowhere init=/other"), ("init", "init=/other")])
def test_which(tmp_path, path, words):
    text = run(tmp_path, {path: SHOW}, words)
    assert f"name /{path} pid 1 args \n" in text.replace("args\n", "args \n"), text
    assert "pid 1 ended with exit code 0" in text


def test_words_and_files(tmp_path):
    """Linux: Documentation/admin-guide/kernel-parameters.rst, and bootparam(7)."""
    text = run(tmp_path, {"init": SHOW}, 'one norandmaps word="a b" two.x=3 noapic -- norandmaps end')
    assert "name /init pid 1 args one norandmaps end\n" in text, text
    assert "HOME=/ TERM=linux word=a b\n" in text
    assert text.count("fd -> /dev/console\n") == 2  # the third is ls's pipe


@pytest.mark.parametrize("how, said", [
    ("exit 7", "pid 1 ended with exit code 7"),
    ("kill -TERM $$; kill -KILL $$; echo alive; exit 3", "pid 1 ended with exit code 3"),
    ("sleep 1000 & (sleep 1000 & sleep 1000) & exit 1", "pid 1 ended with exit code 1")])
def test_end(tmp_path, how, said):
    text = run(tmp_path, {"init": f"#!/bin/sh\n{how}\n"})
    assert said in text, text
    assert ("alive" in text) == ("alive" in how)


def test_run_words_come_first(tmp_path):
    with boot(tmp_path, {"init": SHOW}, 'run="version; poweroff"') as g:
        g.wait()
        assert "=== version" in g.text and "pid 1" not in g.text


def test_no_program(tmp_path):
    text = run(tmp_path, {"init": "#!/nowhere\n", "bin/sh": "no program\n"}, busybox=False)
    assert "init: /bin/sh cannot run: ENOEXEC" in text, text
    assert "init: no init: ENOEXEC" in text
    assert "pid 1 ended with exit code 1" in text
