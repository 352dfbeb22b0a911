// SPDX-License-Identifier: MIT
// What the pictures share: elements, numbers in words, tables.

const data = JSON.parse(document.getElementById("data").textContent);

// An element with attributes and children; an attribute that is null is left out.
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {}))
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const draw = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// ---- numbers ----

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

function sizeText(bytes) {
  let unit = 0;
  while (bytes >= 1024 && unit < UNITS.length - 1) {
    bytes /= 1024;
    unit++;
  }
  const text = Number.isInteger(bytes) ? bytes : bytes.toFixed(bytes < 10 ? 2 : 1);
  return unit === 0 && bytes === 1 ? "1 byte" : `${text} ${UNITS[unit]}`;
}

const grouped = (n) => n.toLocaleString("en").replaceAll(",", "\u202f");
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : "");
const timeText = (seconds) =>
  seconds === null ? "unknown" : seconds < 1e-3 ? `${(seconds * 1e6).toFixed(0)} µs` :
  seconds < 1 ? `${(seconds * 1e3).toFixed(2)} ms` : `${seconds.toFixed(3)} s`;
const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);
const count = (n, one, many) => `${grouped(n)} ${n === 1 ? one : many ?? one + "s"}`;

// ---- blocks ----

// A section with a heading, which the list at the side leads to.
function section(id, title, lead) {
  const link = el("a", { href: `#${id}` }, title);
  const block = el("section", { id, "aria-labelledby": `${id}-title` },
                   el("h2", { id: `${id}-title` }, title), el("p", { class: "soft" }, lead));
  document.getElementById("nav").append(el("li", null, link));
  document.getElementById("content").append(block);
  return block;
}

// Columns are [heading, cell of a row, class]; a cell is text or an element.
function table(caption, columns, rows) {
  const head = columns.map(([title, , kind]) => el("th", { scope: "col", class: kind ?? null }, title));
  const body = rows.map((row) => el("tr", null, ...columns.map(([, cell, kind]) =>
    el("td", { class: kind ?? null }, cell(row) ?? ""))));
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
            el("table", null, el("caption", null, caption), el("thead", null, el("tr", null, ...head)),
               el("tbody", null, ...body)));
}

// The same behind a line that opens it: what stands beside a picture.
const tableBeside = (caption, columns, rows) =>
  el("details", { class: "rows" }, el("summary", null, `${caption}, as a table: ${count(rows.length, "row")}`),
     table(caption, columns, rows));

const bar = (share, second) =>
  el("i", { class: second ? "second" : null, style: `width:${Math.max(0, Math.min(1, share)) * 100}%` });

const legend = (kinds) =>
  el("ul", { class: "legend" }, ...kinds.map(([kind, text]) =>
    el("li", null, draw("svg", { "aria-hidden": "true" },
                        draw("rect", { x: 0.5, y: 0.5, width: 25, height: 13, fill: `url(#p-${kind})` })), text)));

// Text that fits into so many pixels, or nothing.
function fitting(text, width, character = 6.6) {
  const room = Math.floor((width - 8) / character);
  return text.length <= room ? text : room < 3 ? "" : text.slice(0, room - 1) + "…";
}
