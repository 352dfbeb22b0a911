// SPDX-License-Identifier: MIT
// ACPI: the tables, and the namespace as a tree that opens.

// The list, parents first, as a tree.
function namespaceTree(nodes) {
  const root = { children: [] }, known = new Map();
  for (const node of nodes) {
    const path = node.path.slice(1), cut = path.lastIndexOf("."), made = { ...node, segment: path.slice(cut + 1), children: [] };
    known.set(path, made);
    if (path) (known.get(path.slice(0, Math.max(cut, 0))) ?? root).children.push(made);
  }
  return known.get("")?.children ?? root.children;
}

function nameLine(node) {
  const id = node.children.find((child) => child.segment === "_HID");
  return [el("span", { class: "seg" }, node.segment), " ", el("span", { class: "type" }, node.type), " ",
          el("span", { class: "holds" }, id ? id.text.replace(/^.*[("](\w+)[)"]$/, "$1") : node.text)];
}

function nameItem(node, depth) {
  if (!node.children.length) return el("div", { class: "leaf", "data-path": node.path }, ...nameLine(node));
  return el("details", { "data-path": node.path, open: depth < 1 ? "" : null }, el("summary", null, ...nameLine(node)),
            ...node.children.map((child) => nameItem(child, depth + 1)));
}

// What has the words in it stays, with all that leads there.
function filterNames(tree, words) {
  for (const item of tree.querySelectorAll("[data-path]")) {
    const hit = !words || item.textContent.toLowerCase().includes(words) || item.dataset.path.toLowerCase().includes(words);
    item.hidden = !hit;
    if (words && item.tagName === "DETAILS") item.open = hit;
  }
  return words ? [...tree.querySelectorAll("[data-path]:not([hidden])")].length : 0;
}

function acpi() {
  const { tables, nodes } = data.acpi;
  const host = section("acpi", "ACPI",
    tables.length ? `${count(tables.length, "table")} of the firmware's, and ${count(nodes.length, "name")} that they put into the namespace.` :
                    "This machine has no ACPI.");
  if (!tables.length) return;
  host.append(table("Tables", [
    ["Table", (t) => t.signature], ["Address", (t) => t.address, "num"], ["Bytes", (t) => grouped(t.length), "num"],
    ["Revision", (t) => t.revision, "num"], ["Made by", (t) => t.oem.trim()]], tables));
  const tree = el("div", { class: "names columns" }, ...namespaceTree(nodes).map((node) => nameItem(node, 0)));
  const input = el("input", { type: "search", placeholder: "_CRS, PNP0A08, LNKA …" }), said = el("output", { class: "found" });
  input.addEventListener("input", () => {
    const found = filterNames(tree, input.value.trim().toLowerCase());
    said.textContent = input.value.trim() ? count(found, "line") : "";
  });
  host.append(el("h3", null, "Namespace"),
              el("div", { class: "tools" }, el("label", { class: "find" }, "Search ", input), said), tree);
}
