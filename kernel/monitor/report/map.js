// SPDX-License-Identifier: MIT
// A map of addresses: parcels beside and beneath each other, as wide as their size or its logarithm.
//
// A tree of {name, start, end, kind, facts, children} with numbers relative to `base` (a BigInt: addresses of the
// upper half lose no bit so).  A scale takes an address to the unit interval; the view is a part of that.

const ROW = 40; // pixels of a level
const AXIS = 22;
const MIN_VIEW = 2 ** -44;

function flatten(root) {
  const list = [];
  const visit = (node, parent, depth) => {
    Object.assign(node, { parent, depth, size: node.end - node.start + 1 });
    const before = list.push(node);
    node.children.forEach((child) => visit(child, node, depth + 1));
    node.within = list.length - before; // parcels beneath it
  };
  root.children.forEach((child) => visit(child, null, 0));
  return list;
}

const linearScale = (root) => (address) => (address - root.start) / (root.end + 1 - root.start);

// Between two bounds next to each other a width by the logarithm of the size; what is nobody's has less.
function logarithmicScale(root, nodes) {
  const bounds = [...new Set([root.start, root.end + 1, ...nodes.flatMap((n) => [n.start, n.end + 1])])]
    .filter((a) => a >= root.start && a <= root.end + 1).sort((a, b) => a - b);
  const tops = nodes.filter((n) => n.depth === 0);
  const at = [0];
  for (let i = 1; i < bounds.length; i++) {
    const held = tops.some((n) => n.start <= bounds[i - 1] && n.end >= bounds[i - 1]);
    at.push(at[i - 1] + (held ? 1 : 0.4) * (1 + Math.log2(bounds[i] - bounds[i - 1])));
  }
  return (address) => {
    let low = 0, high = bounds.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (bounds[middle] <= address) low = middle; else high = middle;
    }
    const share = (address - bounds[low]) / (bounds[high] - bounds[low]);
    return (at[low] + share * (at[high] - at[low])) / at[at.length - 1];
  };
}

class AddressMap {
  // options: id, root, label, kinds (of the legend); where there is need of it base, digits, extra(node) => facts,
  // sizeOf(n) => text, spots: [text, start, end] to be shown alone
  constructor(host, options) {
    Object.assign(this, { base: 0n, digits: 8, spots: [], sizeOf: sizeText, extra: () => [] }, options);
    this.nodes = flatten(this.root);
    this.scales = { logarithmic: logarithmicScale(this.root, this.nodes), linear: linearScale(this.root) };
    this.scale = this.scales.logarithmic;
    this.view = [0, 1];
    this.depths = 1 + Math.max(0, ...this.nodes.map((n) => n.depth));
    this.height = AXIS + ROW * this.depths + 4;
    this.build(host);
    this.select([...this.nodes].sort((a, b) => b.within - a.within)[0]);
    new ResizeObserver(() => this.place()).observe(this.frame);
  }

  // ---- elements ----

  build(host) {
    this.axis = draw("g", { class: "axis", "aria-hidden": "true" });
    this.svg = draw("svg", { height: this.height, role: "tree", "aria-label":
      `${this.label}; arrows go from parcel to parcel, Enter shows one alone, 0 all` }, this.axis);
    for (const node of this.nodes) this.svg.append(this.parcel(node));
    this.frame = el("div", { class: "map" }, this.svg);
    this.detail = el("div", { class: "detail", "aria-live": "polite" });
    host.append(this.tools(), this.frame, this.detail, legend(this.kinds), this.rows());
    this.listen();
  }

  parcel(node) {
    node.box = draw("rect", { y: AXIS + node.depth * ROW + 1, height: ROW - 3, rx: 2, fill: `url(#p-${node.kind})` });
    node.text = draw("text", { y: AXIS + node.depth * ROW + 16 });
    node.where = draw("text", { y: AXIS + node.depth * ROW + 31, class: "where" });
    node.group = draw("g", { class: "parcel", role: "treeitem", tabindex: -1, "aria-level": node.depth + 1,
                             "aria-label": `${node.name}, ${this.range(node)}, ${this.sizeOf(node.size)}` },
                      node.box, node.text, node.where);
    node.group.addEventListener("focus", () => this.reveal(node));
    node.group.addEventListener("dblclick", () => this.show(node));
    return node.group;
  }

  tools() {
    const radios = Object.keys(this.scales).map((name) => {
      const input = el("input", { type: "radio", name: `${this.id}-scale`, value: name });
      input.checked = name === "logarithmic";
      input.addEventListener("change", () => {
        this.scale = this.scales[name];
        this.look([0, 1]);
      });
      return el("label", null, input, el("span", null, name[0].toUpperCase() + name.slice(1)));
    });
    const button = (text, title, act) => {
      const made = el("button", { type: "button", "aria-label": title, title }, text);
      made.addEventListener("click", act);
      return made;
    };
    this.input = el("input", { type: "search", placeholder: "name, address, or part of one" });
    this.input.addEventListener("input", () => this.find());
    this.input.addEventListener("keydown", (event) => event.key === "Enter" && this.next());
    this.said = el("output", { class: "found" });
    return el("div", { class: "tools" },
              el("fieldset", { class: "choice" }, el("legend", null, "Sizes"), ...radios),
              el("span", null, button("−", "Zoom out", () => this.zoom(2, 0.5)), " ",
                 button("+", "Zoom in", () => this.zoom(0.5, 0.5)), " ", button("All", "Show all", () => this.look([0, 1])),
                 ...this.spots.flatMap(([text, start, end]) => [" ", button(text, `Show: ${text}`, () => this.show({ start, end }))])),
              el("label", { class: "find" }, "Search ", this.input), this.said);
  }

  rows() {
    return tableBeside(this.label, [
      ["Address", (n) => this.range(n), "num"], ["Size", (n) => this.sizeOf(n.size), "num"],
      ["Name", (n) => "\u2003".repeat(n.depth) + n.name],
      ["More", (n) => this.facts(n).map(([key, value]) => `${key}: ${value}`).join("; ")],
    ], this.nodes);
  }

  // ---- what a parcel is ----

  hex(address) { return (this.base + BigInt(address)).toString(16).padStart(this.digits, "0"); }
  range(node) { return `${this.hex(node.start)}-${this.hex(node.end)}`; }
  facts(node) { return [...(node.facts ?? []), ...this.extra(node)]; }

  select(node) {
    if (!node) return;
    this.here?.group.classList.remove("here");
    this.here?.group.setAttribute("tabindex", -1);
    this.here = node;
    node.group.classList.add("here");
    node.group.setAttribute("tabindex", 0);
    const trail = [];
    for (let up = node.parent; up; up = up.parent) trail.unshift(up.name);
    const kind = this.kinds.find(([name]) => name === node.kind);
    const facts = [["range", this.range(node)], ["size", this.sizeOf(node.size)], ...(kind ? [["kind", kind[1]]] : []),
                   ...this.facts(node)];
    this.detail.replaceChildren(
      el("div", null, el("h3", null, node.name),
         el("p", { class: "trail" }, trail.length ? `in ${trail.join(" › ")}` : "at the top of the map")),
      el("dl", null, ...facts.flatMap(([key, value]) => [el("dt", null, key), el("dd", null, value)])));
  }

  // ---- the view ----

  place() {
    const width = this.frame.clientWidth, [low, high] = this.view;
    const x = (address) => ((this.scale(address) - low) / (high - low)) * width;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    for (const node of this.nodes) {
      const left = Math.max(x(node.start), -4), right = Math.min(x(node.end + 1), width + 4);
      const wide = Math.max(right - left, 1.2), from = Math.max(left, 0);
      const room = Math.min(right, width) - from;
      node.box.setAttribute("x", left);
      node.box.setAttribute("width", wide);
      for (const [text, words, character] of [[node.text, node.name.replace(/^0000:/, ""), 7.2], [node.where, this.hex(node.start), 6.5]]) {
        text.setAttribute("x", from + 5);
        text.textContent = fitting(words, room, character);
      }
    }
    this.placeAxis(x, width);
  }

  // What may be marked: bounds of parcels, or round addresses where these lie regularly.
  marks(width, apart) {
    if (this.scale !== this.scales.linear)
      return [...new Set(this.nodes.flatMap((n) => [n.start, n.end + 1]))].sort((a, b) => a - b);
    const span = this.root.end + 1 - this.root.start, [low, high] = this.view;
    const step = 2 ** Math.max(0, Math.ceil(Math.log2((span * (high - low) * apart) / width)));
    const first = Math.ceil((this.root.start + span * low) / step);
    return Array.from({ length: Math.floor(width / apart) + 1 }, (_, i) => (first + i) * step)
      .filter((address) => address <= this.root.end);
  }

  // As many as have room.
  placeAxis(x, width) {
    const apart = (this.digits + 2) * 6.5 + 14;
    let free = 0;
    this.axis.replaceChildren();
    for (const address of this.marks(width, apart)) {
      const at = x(address);
      if (at < free || at > width - apart) continue;
      free = at + apart;
      this.axis.append(draw("line", { x1: at, x2: at, y1: 3, y2: this.height }),
                       draw("text", { x: at + 4, y: 14 }, this.hex(address)));
    }
  }

  look([low, high]) {
    const span = Math.min(1, Math.max(high - low, MIN_VIEW));
    low = Math.min(Math.max(low, 0), 1 - span);
    this.view = [low, low + span];
    this.place();
  }

  zoom(factor, around) {
    const [low, high] = this.view, at = low + (high - low) * around, span = (high - low) * factor;
    this.look([at - span * around, at + span * (1 - around)]);
  }

  // Where the middle of a parcel is in the view: between 0 and 1 where it is seen.
  middle(node) {
    const [low, high] = this.view;
    return ((this.scale(node.start) + this.scale(node.end + 1)) / 2 - low) / (high - low);
  }

  reveal(node) {
    const [low, high] = this.view, at = this.middle(node), by = (at - 0.5) * (high - low);
    if (at < 0 || at > 1) this.look([low + by, high + by]);
    this.select(node);
  }

  // One parcel alone, with a little of what is beside it.
  show(node) {
    const low = this.scale(node.start), high = this.scale(node.end + 1), edge = (high - low) * 0.1;
    this.look([low - edge, high + edge]);
    if (node.group) this.select(node);
  }

  // From elsewhere on the page: the parcel with that range, or the smallest that holds it.
  goTo(start, end) {
    const around = this.nodes.filter((n) => n.start <= start && n.end >= end);
    const exact = around.find((n) => n.start === start && n.end === end) ?? around[around.length - 1];
    if (!exact) return;
    document.getElementById(this.id).scrollIntoView();
    this.show(exact);
    exact.group.focus({ preventScroll: true });
  }

  // ---- searching ----

  matches(words) {
    const address = /^(0x)?[0-9a-f]+$/i.test(words) ? Number(BigInt("0x" + words.replace(/^0x/i, "")) - this.base) : -1;
    const named = this.nodes.filter((n) => n.name.toLowerCase().includes(words.toLowerCase()));
    const inside = this.nodes.filter((n) => address >= n.start && address <= n.end);
    return [...new Set([...inside.slice(-1), ...named])];
  }

  find() {
    const words = this.input.value.trim();
    this.hits = words ? this.matches(words) : [];
    this.hit = -1;
    this.said.textContent = words ? count(this.hits.length, "parcel") : "";
    for (const node of this.nodes) {
      node.group.classList.toggle("hit", this.hits.includes(node));
      node.group.classList.toggle("miss", Boolean(this.hits.length) && !this.hits.includes(node));
    }
    this.select(this.hits[0]);
  }

  next() {
    if (!this.hits?.length) return;
    this.hit = (this.hit + 1) % this.hits.length;
    this.show(this.hits[this.hit]);
    this.said.textContent = `${this.hit + 1} of ${this.hits.length}`;
  }

  // ---- keys and pointers ----

  neighbour(key) {
    const beside = this.here.parent ? this.here.parent.children : this.root.children;
    const at = beside.indexOf(this.here);
    return { ArrowLeft: beside[at - 1], ArrowRight: beside[at + 1], ArrowUp: this.here.parent,
             ArrowDown: this.here.children[0], Home: this.nodes[0], End: this.root.children[this.root.children.length - 1] }[key];
  }

  key(event) {
    const act = { Enter: () => this.show(this.here), "+": () => this.zoom(0.5, this.middle(this.here)),
                  "-": () => this.zoom(2, this.middle(this.here)), 0: () => this.look([0, 1]) }[event.key];
    const to = this.neighbour(event.key);
    if (!act && !to) return;
    event.preventDefault();
    if (act) act();
    else to.group.focus();
  }

  listen() {
    const share = (event) => event.offsetX / this.frame.clientWidth;
    let from = null;
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.shiftKey) return; // the page scrolls
      event.preventDefault();
      this.zoom(2 ** ((event.deltaY || event.deltaX) / 200), share(event));
    }, { passive: false });
    let rests = ""; // where the pointer is: the map may move beneath it
    this.svg.addEventListener("pointermove", (event) => {
      const at = `${event.clientX},${event.clientY}`;
      const node = this.nodes.find((n) => n.group === event.target.closest(".parcel"));
      if (node && node !== this.here && at !== rests) this.select(node);
      rests = at;
    });
    this.svg.addEventListener("pointerdown", (event) => { from = { x: event.clientX, view: this.view }; });
    addEventListener("pointerup", () => {
      from = null;
      this.svg.classList.remove("dragged");
    });
    addEventListener("pointermove", (event) => {
      if (!from || event.clientX === from.x) return;
      this.svg.classList.add("dragged");
      const by = ((from.x - event.clientX) / this.frame.clientWidth) * (from.view[1] - from.view[0]);
      this.look([from.view[0] + by, from.view[1] + by]);
    });
  }
}
