// SPDX-License-Identifier: MIT
// The registers, the kernel's own address space, and whose RAM is.

const REGISTER_KINDS = [
  ["ram", "System RAM"], ["kernel", "the kernel's image"], ["firmware", "kept by firmware"], ["rom", "ROM"],
  ["window", "a bus's window"], ["device", "a PCI function's"], ["driver", "a driver's claim"], ["board", "the board's"],
];
const FUNCTION = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

function kindOf(row, parent) {
  if (row.name === "System RAM" || row.name === "Persistent Memory") return "ram";
  if (row.name.startsWith("Kernel ")) return "kernel";
  if (/ROM$/.test(row.name)) return "rom";
  if (/^PCI (Bus|MMCONFIG)/.test(row.name)) return "window";
  if (FUNCTION.test(row.name)) return "device";
  if (parent && FUNCTION.test(parent.name)) return "driver";
  if (/^(Reserved|reserved|ACPI |Unusable)/.test(row.name)) return "firmware";
  return "board";
}

const maps = {}; // by space: for whoever leads there

// Of a PCI function's parcel, what sort of thing that is.
function functionFacts(node) {
  const device = data.lspci.buses.flatMap((bus) => bus.devices).find((d) => d.name === node.name);
  return device ? [["function", [className(device), device.driver].filter(Boolean).join(", driver ")]] : [];
}

// A row of iomem -j as a parcel.
function parcelOf(row, parent = null) {
  const facts = [["flags", row.flags.join(" ")]];
  if (row.by) facts.push(["claimed by", row.by], ["at", row.at === null ? "unknown" : `${row.at.toFixed(6)} s after boot`]);
  return { name: row.name, start: Number(row.start), end: Number(row.end), kind: kindOf(row, parent), facts,
           children: row.children.map((child) => parcelOf(child, row)) };
}

const hasMapping = (node, m) =>
  Number(m.physical) <= node.end && Number(m.physical) + Number(m.size) > node.start;

const mappingText = (m) =>
  `${m.virtual}, ${sizeText(Number(m.size))}, ${m.effect}, ${m.writable ? "rw" : "r-"}${m.executable ? "x" : "-"}, ${m.owner}`;

// The smallest parcel that a mapping lies in has it; those around it do not repeat it.
function mappingsOf(node, mappings) {
  return mappings.filter((m) => hasMapping(node, m) && !node.children.some((child) => hasMapping(child, m)))
    .map((m) => ["mapped at", mappingText(m)]);
}

function memoryMap() {
  const { root, mappings } = data.iomem;
  const host = section("memory", "Physical memory",
    "Each parcel of the physical address space, its bounds and its tenant. Beneath a parcel lies what is inside it. " +
    "Point at one, or go from one to the next by the arrow keys; Ctrl and the wheel zoom, dragging moves.");
  const map = new AddressMap(host, { id: "memory", label: "The physical address space", kinds: REGISTER_KINDS,
    root: parcelOf(root), spots: [["Below 4 GiB", 0, 2 ** 32 - 1]],
    extra: (node) => [...functionFacts(node), ...mappingsOf(node, mappings)] });
  host.append(tableBeside("Device memory that the kernel maps", [
    ["Physical", (m) => m.physical, "num"], ["Size", (m) => sizeText(Number(m.size)), "num"],
    ["Virtual", (m) => m.virtual, "num"], ["Asked for", (m) => m.asked], ["In effect", (m) => m.effect],
    ["Rights", (m) => (m.writable ? "rw" : "r-") + (m.executable ? "x" : "-")], ["For", (m) => m.owner],
  ], mappings));
  return map;
}

function portMap() {
  const host = section("ports", "Ports", "The same of the 65,536 I/O ports.");
  return new AddressMap(host, { id: "ports", label: "The I/O ports", digits: 4,
    sizeOf: (n) => count(n, "port"), extra: functionFacts,
    kinds: REGISTER_KINDS.filter(([kind]) => !["ram", "kernel", "rom", "firmware"].includes(kind)),
    root: parcelOf(data.ioports.root) });
}

// ---- virtual ----

const KERNEL_HALF = 0xffff800000000000n;
const LEVEL_SIZES = { pte: "4 KiB", pmd: "2 MiB", pud: "1 GiB", pgd: "512 GiB" };
const VIRTUAL_KINDS = [["kernel", "code"], ["ram", "data"], ["rom", "read-only"], ["device", "device memory"],
                       ["board", "an area"], ["window", "a region"], ["firmware", "broken, or writable code"]];

const rightsOf = (r) => (r.broken ? "broken" : `r${r.writable ? "w" : "-"}${r.executable ? "x" : "-"}`);

function rangeKind(r) {
  if (r.broken || (r.writable && r.executable)) return "firmware";
  if (r.type !== "write-back") return "device";
  return r.executable ? "kernel" : r.writable ? "ram" : "rom";
}

const offset = (address) => Number(BigInt(address) - KERNEL_HALF);

const rangeParcel = (r) => ({
  name: `${rightsOf(r)} ${LEVEL_SIZES[r.level]}`, start: offset(r.start), end: offset(r.last), kind: rangeKind(r),
  facts: [["pages of", LEVEL_SIZES[r.level]], ["rights", rightsOf(r)], ["type asked for", r.type ?? "none"],
          ["global", r.global ? "yes" : "no"], ["for programs", r.user ? "yes" : "no"]],
  children: [],
});

const areaParcel = (area) => ({
  name: area.by ?? area.kind, start: offset(area.start), end: offset(area.start) + Number(area.size) - 1, kind: "board",
  facts: [["area", area.kind], ...(area.pages ? [["pages of RAM", area.pages]] : []),
          ...(area.physical ? [["physical", area.physical]] : [])],
  children: [],
});

// Ranges go beneath the area that holds them, as far as they lie in it.
function underAreas(areas, ranges) {
  for (const range of ranges)
    for (const area of areas.filter((a) => a.start <= range.end && a.end >= range.start))
      area.children.push({ ...range, start: Math.max(range.start, area.start), end: Math.min(range.end, area.end) });
  const orphans = ranges.filter((r) => !areas.some((a) => a.start <= r.end && a.end >= r.start));
  return [...areas, ...orphans].sort((a, b) => a.start - b.start);
}

function regionParcel(region) {
  const ranges = region.ranges.map(rangeParcel);
  const areas = region.name === "vmalloc() Area" ? data.vmallocinfo.areas.map(areaParcel) : [];
  return { name: region.name, start: offset(region.start), end: offset(region.last), kind: "window",
           facts: [["mapped", sizeText(sum(ranges, (r) => r.end - r.start + 1))]],
           children: areas.length ? underAreas(areas, ranges) : ranges };
}

// What is mapped, by region, size of page, rights and type.
function attributeRows(regions) {
  const rows = new Map();
  for (const region of regions)
    for (const r of region.ranges) {
      const key = [region.name, LEVEL_SIZES[r.level], rightsOf(r), r.type ?? "", r.global ? "global" : ""];
      const row = rows.get(key.join()) ?? { key, ranges: 0, bytes: 0, entry: r.level };
      row.ranges++;
      row.bytes += Number(BigInt(r.last) - BigInt(r.start) + 1n);
      rows.set(key.join(), row);
    }
  return [...rows.values()];
}

function virtualMap() {
  const regions = data.pagetables.regions.filter((r) => BigInt(r.start) >= KERNEL_HALF);
  const host = section("virtual", "Virtual memory",
    "The kernel's half of the address space: its regions, beneath them the areas of vmalloc and ioremap, beneath these " +
    "what the page tables map.");
  new AddressMap(host, { id: "virtual", label: "The kernel's address space", base: KERNEL_HALF, digits: 16,
    kinds: VIRTUAL_KINDS, root: { start: 0, end: 2 ** 47 - 1, children: regions.map(regionParcel) } });
  const rows = attributeRows(regions), most = Math.log2(Math.max(2, ...rows.map((row) => row.bytes)));
  const columns = ["Region", "Page", "Rights", "Type", "Global"].map((title, i) => [title, (row) => row.key[i]]);
  host.append(el("h3", null, "By size and attribute"),
              table("What is mapped; the bars are logarithmic", [...columns,
                ["Ranges", (row) => row.ranges, "num"], ["Mapped", (row) => sizeText(row.bytes), "num"],
                ["", (row) => bar(Math.log2(row.bytes) / most), "bar"]], rows));
}

// ---- RAM ----

const USE_KINDS = { reserved: "firmware", slab: "device", kmalloc: "window", "page table": "rom", pages: "board",
                    program: "driver", file: "kernel", free: "ram", others: "plain" };

// Rectangles with areas as the items' pages, each as near to a square as the row it is in allows.
function squarify(items, x, y, width, height) {
  const placed = [];
  let rest = [...items], total = sum(items, (i) => i.pages);
  while (rest.length) {
    const side = Math.min(width, height), unit = (width * height) / total;
    const worst = (n) => {
      const areas = rest.slice(0, n).map((i) => i.pages * unit), depth = areas.reduce((a, b) => a + b, 0) / side;
      return Math.max(...areas.map((a) => Math.max((depth * depth) / a, a / (depth * depth))));
    };
    let n = 1;
    while (n < rest.length && worst(n + 1) <= worst(n)) n++;
    const pages = sum(rest.slice(0, n), (i) => i.pages), depth = (pages * unit) / side;
    let along = 0;
    for (const item of rest.slice(0, n)) {
      const length = (item.pages * unit) / depth;
      placed.push(width >= height ? { item, x, y: y + along, width: depth, height: length } :
                                    { item, x: x + along, y, width: length, height: depth });
      along += length;
    }
    if (width >= height) { x += depth; width -= depth; } else { y += depth; height -= depth; }
    total -= pages;
    rest = rest.slice(n);
  }
  return placed;
}

function treemapOf(owners, pageSize) {
  const width = 1100, height = 300;
  const picture = draw("svg", { class: "treemap", viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": "RAM that is in use, by owner; the table below says the same" });
  for (const { item, ...box } of squarify(owners, 0, 0, width, height)) {
    const words = item.whose ?? item.use, size = sizeText(item.pages * pageSize);
    picture.append(draw("g", null,
      draw("rect", { ...box, fill: `url(#p-${USE_KINDS[item.use]})` }, draw("title", null, `${item.use}: ${words}, ${size}`)),
      draw("text", { x: box.x + 6, y: box.y + 17 }, box.height > 20 ? fitting(words, box.width) : ""),
      draw("text", { x: box.x + 6, y: box.y + 32, class: "small" },
           box.height > 36 ? fitting(`${item.use}, ${size}`, box.width, 6) : "")));
  }
  return picture;
}

function owners() {
  const { page_size: pageSize, pages, owners: all } = data.page_owner;
  const used = all.filter((owner) => owner.use !== "free"), most = Math.max(1, ...used.map((o) => o.pages));
  const free = pages - sum(used, (o) => o.pages);
  const host = section("owners", "Memory by owner",
    `Of ${sizeText(pages * pageSize)} of RAM ${percent(free, pages)} is free. The rest, by what it is used for ` +
    "and by the function that asked for it:");
  const present = new Set(used.map((o) => o.use));
  host.append(treemapOf(used, pageSize),
              legend(Object.entries(USE_KINDS).filter(([use]) => present.has(use)).map(([use, kind]) => [kind, use])),
              el("h3", null, "Owners"),
              table("RAM by use and owner", [
                ["Use", (o) => o.use], ["Whose", (o) => o.whose ?? ""],
                ["Pages", (o) => grouped(o.pages), "num"], ["Size", (o) => sizeText(o.pages * pageSize), "num"],
                ["", (o) => (o.use === "free" ? "" : bar(o.pages / most)), "bar"]], all),
              tableBeside("Caches of small objects", [
                ["Cache", (c) => c.name], ["Bytes each", (c) => c.size, "num"], ["In use", (c) => grouped(c.used), "num"],
                ["Room for", (c) => grouped(c.objects), "num"], ["Pages", (c) => c.pages, "num"],
                ["", (c) => (c.objects ? bar(c.used / c.objects) : ""), "bar"]], data.slabinfo.caches));
}
