# SPDX-License-Identifier: MIT
"""A program that takes all memory is killed, with a line that says so, and nobody else is."""

import re
import sys

import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402

LINE = (r"Out of memory: Killed process (\d+) \(pages\) total-vm:\d+kB, anon-rss:(\d+)kB, file-rss:\d+kB, "
        r"shmem-rss:\d+kB, UID:0 pgtables:(\d+)kB oom_score_adj:0")


def test_who_takes_all_is_killed():
    # Twice each: what the first one had is there for the second.
    script = "\n".join(f'echo "=== {kind}{n}"; pages hog {kind}; echo "status $?"'
                       for kind in range(3) for n in range(2))
    script += '\necho "=== after"; dd if=/dev/zero of=/tmp/x bs=1M count=64 2>/dev/null; wc -c < /tmp/x'
    text, out = both.run("oom", script, ["pages"], timeout=180)
    for name in ("00", "01", "10", "11", "20", "21"):
        assert "status 137" in out[name], out[name]  # 128 + SIGKILL
    killed = re.findall(LINE, text)
    assert len(killed) == 6, text[-3000:]
    for _, anon, _ in killed[:4]:
        assert int(anon) > 400 << 10
    for _, _, tables in killed[4:]:
        assert int(tables) > 400 << 10
    assert str(64 << 20) in out["after"]
    assert "WARNING" not in text and "anic" not in text


def test_a_full_file_system_is_refused():
    """One of memory that has no limit: its writer is told, and the kernel has what it needs."""
    script = """full ramfs > /tmp/said
echo "exit $?"
echo "=== said"
cat /tmp/said
echo "=== after"
dd if=/dev/zero of=/tmp/x bs=1M count=64 2>/dev/null
wc -c < /tmp/x
"""
    text, out = both.run("full", script, ["full"], args="-M q35 -m 256M -nic none", timeout=120)
    said = re.sub(r"^\[ .*\n", "", out["said"], flags=re.M)
    once = """write more: E(NOMEM|NOSPC)
more than 100 MiB: 1
names: 300
fallocate: E(NOMEM|NOSPC)
fallocate too much: E(NOMEM|NOSPC)
pages: 0
fallocate 100 MiB: done
"""
    assert "\nexit 0\n" in text and re.fullmatch(f"mount: done\n({once}){{2}}umount: done\n*", said), said
    assert str(64 << 20) in out["after"]
    assert not re.search("WARNING|anic|Out of memory", text)
