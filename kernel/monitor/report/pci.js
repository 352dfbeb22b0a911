// SPDX-License-Identifier: MIT
// The tree of PCI's buses: windows and BARs as boxes, bridges around what lies behind them.

// Base class and subclass (PCI Code and ID Assignment 1.11, 1): those that PCs have.
const CLASSES = {
  "00": "Unclassified device", "01": "Mass storage", "0100": "SCSI storage", "0101": "IDE controller", "0106": "SATA controller",
  "0108": "NVM controller", "02": "Network controller", "0200": "Ethernet controller", "03": "Display controller",
  "0300": "VGA controller", "04": "Multimedia", "0401": "Audio", "0403": "HD audio", "05": "Memory controller", "06": "Bridge",
  "0600": "Host bridge", "0601": "ISA bridge", "0604": "PCI bridge", "0680": "Bridge", "07": "Communication", "0700": "Serial port",
  "08": "System peripheral", "0805": "SD host", "09": "Input device", "0c": "Serial bus", "0c03": "USB controller",
  "0c05": "SMBus", "0d": "Wireless", "10": "Encryption", "12": "Accelerator", "ff": "Unassigned class",
};

function className(device) {
  if (device.class_name) return device.class_name;
  const code = Number(device.class).toString(16).padStart(6, "0");
  return CLASSES[code.slice(0, 4)] ?? CLASSES[code.slice(0, 2)] ?? `class ${code}`;
}

const KIND_NAMES = { bar: "BAR", rom: "ROM", vf: "VF BAR", window: "window", fixed: "fixed" };
const wide = (n, space) => Number(n).toString(16).padStart(space === "io" ? 4 : 8, "0");

// A range as a box, which leads to its place on a map.
function rangeBox(range, title, kind) {
  const text = `${wide(range.start, range.space)}-${wide(range.end, range.space)}`;
  const words = `${range.space === "io" ? "ports" : range.prefetch ? "memory, prefetchable" : "memory"}`;
  const button = el("button", { type: "button", title: "Show it on the map" },
                    title ? el("b", null, `${title} `) : null, text, ` (${words})`);
  button.addEventListener("click", () => maps[range.space].goTo(Number(range.start), Number(range.end)));
  return el("li", { class: [range.space, kind, range.assigned === false ? "unset" : ""].join(" ").trim() }, button);
}

const hexId = (id) => Number(id).toString(16).padStart(4, "0");

function deviceCard(device, beneath) {
  const name = device.device_name ? `${device.vendor_name} ${device.device_name}` : `${hexId(device.vendor)}:${hexId(device.device)}`;
  const pin = device.pin ? `INT${"?ABCD"[device.pin]}, irq ${device.irq}` : null;
  const bars = device.resources.filter((r) => r.kind !== "window");
  return el("div", { class: beneath ? "card bridge" : "card" },
    el("h4", null, device.name.replace(/^0000:/, ""), " ", className(device),
       device.driver ? el("span", { class: "badge" }, device.driver) : null),
    el("p", null, [name, pin, device.messages].filter(Boolean).join(" · ")),
    bars.length ? el("ul", { class: "windows" }, ...bars.map((r) =>
      rangeBox(r, KIND_NAMES[r.kind] + (r.kind === "bar" ? ` ${r.nr}` : ""), "bar"))) : null,
    beneath);
}

function busBox(bus) {
  const behind = new Map(data.lspci.buses.filter((b) => b.bridge).map((b) => [b.bridge, b]));
  const cards = bus.devices.map((device) =>
    deviceCard(device, behind.has(device.name) ? busBox(behind.get(device.name)) : null));
  const to = bus.last !== bus.number ? ` to ${hex2(bus.last)}` : "";
  return el("div", { class: "bus", role: "group", "aria-label": bus.name },
    el("h4", null, bus.name, el("span", { class: "soft" }, ` · buses ${hex2(bus.number)}${to}`)),
    bus.windows.length ? el("ul", { class: "windows" }, ...bus.windows.map((w) => rangeBox(w, null, "window"))) :
                         el("p", { class: "soft" }, "No window is open."),
    cards.length ? el("div", { class: "cards" }, ...cards) : el("p", { class: "soft" }, "Nothing is on it."));
}

function pci() {
  const buses = data.lspci.buses, devices = buses.flatMap((bus) => bus.devices);
  const host = section("pci", "PCI",
    buses.length ? `${count(devices.length, "function")} on ${count(buses.length, "bus", "buses")}. Each bus is a box with its windows, ` +
    "each function a card with its BARs; a bridge holds the bus behind it." : "This machine has no PCI.");
  host.append(...buses.filter((bus) => bus.bridge === null).map(busBox),
    tableBeside("BARs and windows", [
      ["Function", (r) => r.device.name], ["Class", (r) => className(r.device)], ["What", (r) => `${KIND_NAMES[r.kind]} ${r.nr}`],
      ["Range", (r) => `${wide(r.start, r.space)}-${wide(r.end, r.space)}`, "num"],
      ["Size", (r) => sizeText(Number(r.end) - Number(r.start) + 1), "num"],
      ["Space", (r) => (r.space === "io" ? "ports" : r.prefetch ? "prefetchable" : "memory")],
      ["Placed", (r) => (r.assigned ? "yes" : "no")], ["Driver", (r) => r.device.driver ?? ""],
    ], devices.flatMap((device) => device.resources.map((r) => ({ ...r, device })))));
}
