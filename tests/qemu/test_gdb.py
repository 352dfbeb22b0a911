# SPDX-License-Identifier: MIT
"""gdb through QEMU's stub: the chain of calls that README.md shows."""

import re
import socket
import subprocess

import guest


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def frames(text):
    """Function and file of each frame of a backtrace; line numbers change with every edit."""
    return re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?(\w+) \(.*\) at (\S+?)(?::\d+)?$", text, re.M)


def test_ioremap_chain():
    port = free_port()
    readme = (guest.ROOT / "README.md").read_text()
    typed = re.findall(r"^\(gdb\) (.+)$", readme, re.M)
    assert "backtrace" in typed
    # As `make debug` starts, which types nothing that a reader would not see.
    script = ["set pagination off", f"target remote 127.0.0.1:{port}", "hbreak kmain", "continue",
              *typed, "print/x phys", "set confirm off", "kill"]
    command = ["gdb", "-batch", "-nx", str(guest.BUILD / "terrier.elf")]
    for line in script:
        command += ["-ex", line]
    with guest.Guest("gdb", guest.Q35, elf=guest.KERNEL_ELF, extra=f"-S -gdb tcp:127.0.0.1:{port}", timeout=60):
        out = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    (guest.LOGS / "gdb.out").write_text(out)
    shown = frames(readme)
    assert len(shown) >= 7 and shown[0][0] == "ioremap", shown
    assert frames(out)[:len(shown)] == shown, out


def test_make_debug_installs_what_it_names():
    """The line that tells how to type at the kernel names a tool: set-up proves that it is there."""
    lines = subprocess.run(["make", "-n", "debug"], cwd=guest.ROOT, capture_output=True, text=True,
                           check=True, timeout=60).stdout
    tool = re.search(r"to type: (\S+)", lines)[1]
    proofs = " ".join(re.findall(r"boot/setup\.sh '(\S+) ", lines))
    assert tool in proofs.split(), f"{tool} is not among what make debug installs: {proofs}"
