#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Machines that nobody thought of: random_machines.py [--seed N] [--count N]

Prints lines "NAME: QEMU ARGUMENTS", as parity.py reads them; the same seed gives
the same machines on the same QEMU.  A machine is pc or q35 with an odd size of
memory, perhaps several processors or OVMF, host bridges beside the first, bridges
three deep, big BARs, and up to twenty devices out of what `-device help` offers.
Each device is tried before it stays: QEMU must accept the machine with it.
"""

import argparse
import random
import re
import shlex
import subprocess

QEMU = "qemu-system-x86_64"
OVMF = "/usr/share/OVMF/OVMF_CODE.fd"

# Not to be had here: they need a backend, a host's device or another machine; bridges are
# placed by Machine; a device that ends or stops the guest is no witness.
LEFT_OUT = re.compile(r"vfio|vhost|-9p-|virtio-blk|virtio-mem|virtio-pmem|input-host|-gl|cxl|pxb|"
                      r"bridge|upstream|downstream|root-port|ioh3420|ivshmem|iommu|AMDVI|x-pci-|"
                      r"pvrdma|rocker|vmbus|crypto|pc-testdev|debug-exit|i6300esb|ib700|tpm-|"
                      r"ramfb|sga|isa-vga|isa-cirrus|vmmouse|ipmi|mc146818|i8042|adlib|"
                      r"hyperv|piix._ide|piix.-ide|isa-fdc|isa-ide|qxl-vga|vga-gl|ati-vga")
NEEDS = {"nvme": "serial=s{n}", "pci-testdev": "membar={size}"}
# One of these is the display, by -vga; another one would want the same ports.
DISPLAYS = ["std", "cirrus", "vmware", "qxl", "virtio", "none"]
SIZES = ["64K", "1M", "16M", "256M", "1G", "4G", "16G", "64G"]


def device_names():
    """(PCI devices, ISA devices) that this QEMU offers."""
    text = subprocess.run([QEMU, "-device", "help"], capture_output=True, text=True).stdout
    pci, isa = [], []
    for name, bus in re.findall(r'^name "([^"]+)", bus (\w+)', text, re.M):
        if LEFT_OUT.search(name):
            continue
        if bus == "PCI":
            pci.append(name)
        elif bus == "ISA":
            isa.append(name)
    return sorted(pci), sorted(isa)


def accepted(args):
    """QEMU starts with these arguments; it is stopped before the first instruction."""
    command = [QEMU, "-S", "-display", "none", "-serial", "none", "-monitor", "stdio"]
    try:
        done = subprocess.run(command + shlex.split(args), input="quit\n", capture_output=True,
                              text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


class Machine:
    """One machine as it grows."""

    def __init__(self, rng, names):
        self.rng = rng
        self.pci, self.isa = names
        self.q35 = rng.random() < 0.6
        self.parts = []
        self.number = 0
        self.slots = {}  # bus name -> "pci" (many slots) or "pcie" (one)
        self.depth = {}

    def args(self, extra=""):
        return " ".join(self.parts + ([extra] if extra else []))

    def add(self, text):
        """Keep an argument if QEMU takes it."""
        if not accepted(self.args(text)):
            return False
        self.parts.append(text)
        return True

    def start(self):
        rng = self.rng
        memory = rng.choice([rng.randrange(65, 1000), rng.randrange(1000, 4097),
                             rng.randrange(4097, 12000), 128 * rng.randrange(1, 40)])
        self.parts = [f"-M {'q35' if self.q35 else 'pc'} -m {memory}M -nic none",
                      f"-vga {rng.choice(DISPLAYS)}"]
        if rng.random() < 0.4:
            self.parts.append(f"-smp {rng.randrange(2, 9)}")
        if rng.random() < 0.15:
            self.parts.append(f"-drive if=pflash,format=raw,readonly=on,file={OVMF}")
        self.slots[self.root()] = "pci"
        self.depth[self.root()] = 0

    def root(self):
        return "pcie.0" if self.q35 else "pci.0"

    def name(self, prefix):
        self.number += 1
        return f"{prefix}{self.number}"

    def add_bus(self, name, kind, depth, text):
        if self.add(f"-device {text}"):
            self.slots[name] = kind
            self.depth[name] = depth
            return True
        return False

    def add_host_bridge(self):
        name, bus_nr = self.name("h"), self.rng.randrange(16, 250)
        kind = "pxb-pcie" if self.q35 else "pxb"
        self.add_bus(name, "pci" if not self.q35 else "root", 0,
                     f"{kind},id={name},bus_nr={bus_nr},bus={self.root()}")

    def add_bridge(self):
        """A bridge of a kind that fits, at most three deep."""
        rng = self.rng
        parent = rng.choice([bus for bus in self.slots if self.depth[bus] < 3])
        depth, name = self.depth[parent] + 1, self.name("b")
        where = f"id={name},bus={parent}"
        if self.q35 and (parent == self.root() or self.slots[parent] == "root"):
            kind = rng.choice(["pcie-root-port", "ioh3420", "i82801b11-bridge", "pcie-root-port"])
            port = f",chassis={self.number},slot={self.number}" if kind != "i82801b11-bridge" else ""
            self.add_bus(name, "pci" if not port else "pcie", depth, f"{kind},{where}{port}")
        elif self.slots[parent] == "pcie":
            self.slots.pop(parent)
            if rng.random() < 0.5:
                self.add_bus(name, "pci", depth, f"pcie-pci-bridge,{where}")
            elif self.add(f"-device x3130-upstream,{where}"):
                for _ in range(rng.randrange(1, 4)):
                    port = self.name("d")
                    self.add_bus(port, "pcie", depth + 1,
                                 f"xio3130-downstream,id={port},bus={name},"
                                 f"chassis={self.number},slot={self.number}")
        else:
            kind = rng.choice(["pci-bridge", "pci-bridge", "i82801b11-bridge"])
            chassis = f",chassis_nr={self.number}" if kind == "pci-bridge" else ""
            self.add_bus(name, "pci", depth, f"{kind},{where}{chassis}")

    def add_device(self):
        rng = self.rng
        if rng.random() < 0.08 and self.isa:
            self.add(f"-device {self.with_needs(rng.choice(self.isa))}")
            return
        places = [bus for bus in self.slots if self.slots[bus] != "root"]
        bus = rng.choice(places)
        if rng.random() < 0.1:
            name = self.name("m")
            size = rng.choice(["1M", "16M", "256M"])
            self.add(f"-object memory-backend-ram,id={name},size={size},share=on "
                     f"-device ivshmem-plain,memdev={name},bus={bus}")
        else:
            self.add(f"-device {self.with_needs(rng.choice(self.pci))},bus={bus}")
        if self.slots[bus] == "pcie":
            self.slots.pop(bus)

    def with_needs(self, name):
        self.number += 1
        need = NEEDS.get(name, "").format(n=self.number, size=self.rng.choice(SIZES))
        return f"{name},{need}" if need else name

    def grow(self):
        self.start()
        if not accepted(self.args()):
            return False
        for _ in range(self.rng.choice([0, 0, 0, 1, 2])):
            self.add_host_bridge()
        for _ in range(self.rng.randrange(0, 7)):
            self.add_bridge()
        for _ in range(self.rng.randrange(0, 21)):
            self.add_device()
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    options = parser.parse_args()
    names = device_names()
    number = 0
    while number < options.count:
        machine = Machine(random.Random(f"{options.seed}/{number}"), names)
        number += 1
        if machine.grow():
            print(f"random-{options.seed}-{number}: {machine.args()}", flush=True)


if __name__ == "__main__":
    main()
