// SPDX-License-Identifier: MIT
// Interrupts, from the pin or the message to the handler.

const MESSAGE_SHIFT = 11; // hwirq of a message: bus, function, entry (interrupts.schema.json)
const hex2 = (n) => n.toString(16).padStart(2, "0");

// Which function sends the message, and which of its entries it is.
function messageOf(irq) {
  const place = irq.hwirq >>> MESSAGE_SHIFT;
  return { name: `0000:${hex2(place >> 8)}:${hex2((place >> 3) & 31)}.${place & 7}`, entry: irq.hwirq & 2047 };
}

function sourceOf(irq, pin) {
  if (!irq.chip.startsWith("IO-APIC")) {
    const { name, entry } = messageOf(irq);
    return { where: name, how: `${irq.chip}, entry ${entry}` };
  }
  const isa = pin?.pin.isa.length ? `ISA irq ${pin.pin.isa.join(", ")}` : null;
  const pci = pin?.pin.prt ? `PCI, ${pin.pin.prt}` : null;
  return { where: pin ? `${pin.io}, pin ${pin.pin.pin}` : `${irq.chip} ${irq.hwirq}`,
           how: [isa, pci].filter(Boolean).join("; ") || "no table speaks of it" };
}

function chains() {
  const pins = data.ioapic.ioapics.flatMap((io) => io.pins.map((pin) => ({ io: io.name, pin })));
  return data.interrupts.irqs.map((irq) => {
    const pin = pins.find((p) => p.pin.irq === irq.irq);
    return { irq, ...sourceOf(irq, pin), struck: sum(irq.counts, (n) => n) };
  });
}

const COLUMNS = [["From", 8, 230], ["Irq", 330, 120], ["Vector", 540, 150], ["Handlers", 790, 300]];
const STEP = 44;

function cell(column, y, height, title, sub, kind) {
  const [, x, width] = COLUMNS[column];
  return [draw("rect", { x, y, width, height, rx: 4, class: `k-${kind}` }),
          draw("text", { x: x + 9, y: y + 15 }, fitting(title, width)),
          draw("text", { x: x + 9, y: y + 29, class: "sub" }, fitting(sub, width, 6.4))];
}

const wire = (from, y1, to, y2) => {
  const x1 = COLUMNS[from][1] + COLUMNS[from][2], x2 = COLUMNS[to][1], middle = (x1 + x2) / 2;
  return draw("path", { class: "wire", d: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}` });
};

function wirePicture(list) {
  let y = 26;
  const picture = draw("svg", { class: "wires", role: "list", "aria-label": "Interrupts with a handler, from pin to function" },
                       ...COLUMNS.map(([title, x]) => draw("text", { x, y: 14, class: "head" }, title)));
  for (const { irq, where, how, struck } of list) {
    const names = irq.handlers.map((h) => `${h.name}, ${h.function}()`).join("; ");
    const group = draw("g", { class: "chain", tabindex: 0, role: "listitem", "aria-label":
      `${where}, ${how}: irq ${irq.irq}, ${irq.trigger}, vector ${irq.vector} on CPU ${irq.cpu}, struck ${struck} times: ${names}` });
    const middle = y + (STEP * irq.handlers.length) / 2 - 4;
    const top = middle - 18;
    group.append(wire(0, middle, 1, middle), wire(1, middle, 2, middle),
                 ...cell(0, top, 36, where, how, irq.chip.startsWith("IO-APIC") ? "board" : "device"),
                 ...cell(1, top, 36, `irq ${irq.irq}`, irq.trigger + (irq.masked ? ", masked" : ""), "window"),
                 ...cell(2, top, 36, `0x${hex2(irq.vector)} on CPU ${irq.cpu}`, `struck ${grouped(struck)} times`, "plain"));
    for (const handler of irq.handlers) {
      group.append(wire(2, middle, 3, y + 18),
                   ...cell(3, y, 36, handler.name, `${handler.function}()${handler.threaded ? ", thread" : ""}`, "kernel"));
      y += STEP;
    }
    picture.append(group);
  }
  picture.setAttribute("viewBox", `0 0 1100 ${y}`);
  return picture;
}

function interrupts() {
  const all = chains(), handled = all.filter(({ irq }) => irq.handlers.length);
  const host = section("interrupts", "Interrupts",
    `${count(all.length, "irq")}, of which ${grouped(handled.length)} have a handler: from the pin of an IOAPIC, or from the function that ` +
    "sends a message, to the vector and the CPU where it strikes, and to who handles it.");
  const counts = (row) => row.counts.join(" ");
  host.append(wirePicture(handled), tableBeside("All irqs", [
    ["Irq", (c) => c.irq.irq, "num"], ["From", (c) => c.where], ["Says", (c) => c.how], ["Trigger", (c) => c.irq.trigger],
    ["Vector", (c) => `0x${hex2(c.irq.vector)}`, "num"], ["CPU", (c) => c.irq.cpu, "num"],
    ["Masked", (c) => (c.irq.masked ? "yes" : "")], ["Struck, by CPU", (c) => counts(c.irq), "num"],
    ["Handlers", (c) => c.irq.handlers.map((h) => `${h.name}: ${h.function}()`).join(", ")]], all),
    tableBeside("What CPUs raise themselves and tell each other", [
      ["Vector", (v) => `0x${hex2(v.vector)}`, "num"], ["", (v) => v.label], ["What", (v) => v.text],
      ["Struck, by CPU", counts, "num"]], data.interrupts.local),
    tableBeside("Redirection entries of the IOAPICs", [
      ["IOAPIC", (p) => p.io], ["Pin", (p) => p.pin.pin, "num"], ["GSI", (p) => p.pin.gsi, "num"],
      ["Entry", (p) => p.pin.entry, "num"], ["In words", (p) => p.pin.text], ["Irq", (p) => p.pin.irq ?? "", "num"],
      ["ISA irqs", (p) => p.pin.isa.join(" ")], ["PCI, by _PRT", (p) => p.pin.prt ?? ""]],
      data.ioapic.ioapics.flatMap((io) => io.pins.map((pin) => ({ io: io.name, pin })))));
}
