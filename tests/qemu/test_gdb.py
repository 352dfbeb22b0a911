# SPDX-License-Identifier: MIT
"""gdb through QEMU's stub: the chain of calls that the study notes show."""

import socket
import subprocess

import guest

CHAIN = ["ioremap", "pci_iomap_range", "vp_modern_map_capability", "vp_modern_probe",
         "virtio_pci_modern_probe", "virtio_pci_probe", "local_pci_probe"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_ioremap_chain():
    port = free_port()
    script = ["set pagination off", "set confirm off", f"target remote 127.0.0.1:{port}",
              "hbreak vp_modern_map_capability", "continue", "delete", "hbreak ioremap", "continue",
              "backtrace", "print/x phys", "kill"]
    command = ["gdb", "-batch", "-nx", str(guest.ROOT / "build" / "terrier.elf")]
    for line in script:
        command += ["-ex", line]
    with guest.Guest("gdb", guest.Q35, extra=f"-S -gdb tcp:127.0.0.1:{port}", timeout=60):
        out = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    (guest.LOGS / "gdb.out").write_text(out)
    frames = [line.split(" (")[0].split(" in ")[-1].split()[-1]
              for line in out.splitlines() if line.startswith("#")]
    assert frames[:len(CHAIN)] == CHAIN, out
