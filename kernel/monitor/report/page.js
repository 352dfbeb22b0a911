// SPDX-License-Identifier: MIT
// The page: its head, its sections in their order, and what is at hand everywhere.

function head() {
  const rows = (root) => sum(root.children, (child) => 1 + rows(child));
  const irqs = data.interrupts.irqs.filter((irq) => irq.handlers.length).length;
  const facts = [
    ["of RAM", sizeText(data.page_owner.pages * data.page_owner.page_size)],
    [data.interrupts.cpus.length === 1 ? "CPU" : "CPUs", data.interrupts.cpus.length],
    ["parcels of memory", rows(data.iomem.root)], ["parcels of ports", rows(data.ioports.root)],
    ["functions of PCI", sum(data.lspci.buses, (bus) => bus.devices.length)],
    ["irqs with handlers", irqs], ["names of ACPI", grouped(data.acpi.nodes.length)],
    ["boot", timeText(data.bootstage.seconds)],
    ...(data.instructions ? [["instructions of it", grouped(data.instructions.ticks)]] : []),
  ];
  document.getElementById("machine").textContent = [data.machine, data.processor].filter(Boolean).join(" · ");
  document.getElementById("facts").append(...facts.map(([name, value]) =>
    el("div", null, el("dt", null, name), el("dd", null, value))));
}

function theme() {
  for (const input of document.querySelectorAll("#theme input"))
    input.addEventListener("change", () => { document.documentElement.style.colorScheme = input.value; });
}

// The list at the side shows where one is.
function follow() {
  const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.getAttribute("href").slice(1), a]));
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) links.get(entry.target.id).classList.toggle("here", entry.isIntersecting);
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const block of document.querySelectorAll("main > section")) watcher.observe(block);
}

head();
maps.mem = memoryMap();
maps.io = portMap();
virtualMap();
owners();
boot();
interrupts();
pci();
acpi();
parity();
theme();
follow();
