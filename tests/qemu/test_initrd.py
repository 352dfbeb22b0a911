# SPDX-License-Identifier: MIT
"""The archive of the first files, by each way that it can come."""

import gzip
import os
import re
import shutil
import subprocess

import pytest

import guest


@pytest.fixture
def archive(tmp_path):
    """As cpio makes it: eight files, 3 MiB."""
    if not shutil.which("cpio"):
        pytest.skip("no cpio")
    root = tmp_path / "root"
    (root / "bin").mkdir(parents=True)
    (root / "etc").mkdir()
    (root / "etc/motd").write_text("hello\n")
    os.link(root / "etc/motd", root / "etc/motd2")
    os.mkfifo(root / "etc/fifo")
    (root / "bin/link").symlink_to("../etc/motd")
    (root / "bin/big").write_bytes(os.urandom(3 << 20))
    names = subprocess.run(["find", "."], cwd=root, check=True, capture_output=True).stdout
    made = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], cwd=root, input=names, check=True,
                          capture_output=True).stdout
    (tmp_path / "a.cpio").write_bytes(made)
    (tmp_path / "a.cpio.gz").write_bytes(gzip.compress(made))
    (tmp_path / "cut.cpio").write_bytes(made[:1 << 20])
    return tmp_path


def free_pages(out):
    return int(re.search(r"^nr_free_pages (\d+)", out["vmstat"], re.M).group(1))


WAYS = ["-initrd {}", "-fw_cfg name=opt/terrier/initrd,file={}"]


@pytest.mark.parametrize("way", WAYS)
def test_an_archive_is_unpacked_and_its_memory_is_free(archive, way):
    _, out = guest.run("initrd-none", guest.Q35, ["vmstat"])
    none = free_pages(out)
    text, out = guest.run("initrd", guest.Q35, ["vmstat"],
                          extra=way.format(archive / "a.cpio"))
    assert re.search(r"initramfs: .*: 8 files of 30\d\d KiB", text), text
    used = none - free_pages(out)
    assert 768 <= used <= 768 + 64, used  # the content, and what describes it


def test_high_memory_is_read_as_well(archive):
    text, _ = guest.run("initrd-high", guest.Q35, ["vmstat"], words="highmem=128M",
                        extra=f"-initrd {archive}/a.cpio")
    assert re.search(r"initramfs: .*: 8 files of", text), text


@pytest.mark.parametrize("way", WAYS)
def test_what_is_compressed_or_cut_off_is_said(archive, way):
    text, _ = guest.run("initrd-gz", guest.Q35, ["vmstat"], extra=way.format(archive / "a.cpio.gz"))
    assert "what is at offset 0 is compressed (gzip)" in text
    text, _ = guest.run("initrd-cut", guest.Q35, ["vmstat"], extra=way.format(archive / "cut.cpio"))
    assert re.search(r"initramfs: .*: no archive from offset 0x\w+ on: it ends within a file", text)
