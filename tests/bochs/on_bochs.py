# SPDX-License-Identifier: MIT
"""The register and the suites on Bochs, a PC that other people made than QEMU's.

`make test-bochs` runs this; it takes minutes, so it is no test_ file.  There is no
fw_cfg: what is to be run stands on the loader's command line.  linux.txt is what
Debian's 6.1 printed of the same machine, booted through GRUB with `nokaslr`.
"""

import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "qemu"))

import guest  # noqa: E402
import register  # noqa: E402

COMMANDS = ["iomem", "ioports", "sleep 64", "selftest", "interrupts", "exit 0"]
LIMIT = 900  # seconds; a quiet host needs one


def make_iso(folder):
    """The kernel with its suites, and a command line."""
    grub = folder / "extra/boot/grub"
    grub.mkdir(parents=True)
    (grub / "grub.cfg").write_text(
        f'set timeout=0\nmultiboot2 /boot/terrier.elf run="{"; ".join(COMMANDS)}"\n'
        "set gfxpayload=text\nboot\n")
    subprocess.run([guest.ROOT / "boot/mkiso.sh", guest.BUILD / "terrier-test.elf",
                    folder / "terrier.iso", folder / "extra"], check=True, timeout=120)
    return folder / "terrier.iso"


@pytest.fixture(scope="module")
def booted(tmp_path_factory):
    """What came out of COM1, until `exit` powered off."""
    folder = tmp_path_factory.mktemp("bochs")
    (folder / "go").write_text("c\n")
    environment = dict(os.environ, ISO=str(make_iso(folder)), TERM="xterm")
    command = f"bochs -q -f {HERE / 'bochsrc'} -rc go"
    with open(folder / "screen.txt", "wb") as screen:
        subprocess.run(["timeout", str(LIMIT), "script", "-qec", command, "/dev/null"], cwd=folder,
                       env=environment, stdin=subprocess.DEVNULL, stdout=screen, check=False)
    text = (folder / "serial.txt").read_text(errors="replace").replace("\r", "")
    guest.LOGS.mkdir(parents=True, exist_ok=True)
    (guest.LOGS / "bochs.log").write_text(text)
    assert "=== exit 0\n" in text, f"no end in {LIMIT} s; the last lines:\n{text[-2000:]}"
    return text, guest.sections(text)


@pytest.mark.parametrize("which", ["iomem", "ioports"])
def test_register_is_linux(booted, which):
    _, out = booted
    ours = register.parse(out[which])
    register.check_tree(ours)
    if which == "iomem":
        register.check_image(ours)
    linux = register.section((HERE / "linux.txt").read_text(), which)
    same, total, differ = register.compare(ours, linux)
    assert not differ, "\n".join(differ)
    assert same == total > 0


def test_no_warning(booted):
    text, _ = booted
    boot = text.split("Terrier:", 1)[1].split("=== iomem")[0]
    assert "WARNING" not in boot and "panic" not in boot


def test_timer_comes(booted):
    """A tenth of a second, and no less."""
    _, out = booted
    assert int(re.match(r"slept (\d+) us", out["sleep 64"])[1]) >= 100000, out


def test_suites_pass(booted):
    _, out = booted
    results = out["selftest"]
    assert not re.findall(r"^not ok.*", results, re.M)
    assert re.search(r"^# pass:[1-9]\d* fail:0 ", results, re.M), results[-500:]
