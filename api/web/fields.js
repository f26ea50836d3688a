// The fields as a tree. Every row is tied to the regions it was read from, every value can be edited.

import { element } from "./elements.js";

// Neighbouring hues are far apart, so that fields that stand together look different.
const HUES = [172, 262, 24, 212, 330, 95, 48, 290, 140, 5];

export function label(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function valueText(value) {
  if (value === null) return null;
  if (typeof value !== "object") return String(value);
  return value.currency ? `${value.amount} ${value.currency}` : value.amount;
}

function sureness(confidence) {
  const percent = Math.floor(confidence * 100);
  const meter = element("meter", {
    min: 0, max: 1, low: 0.5, high: 0.8, optimum: 1, value: confidence,
    "aria-label": `confidence ${percent} percent`,
  });
  return element("span", { class: "sure" }, `${percent} %`, meter);
}

export class FieldTree {
  // onRegion(regions, row, title, isGroup): called once for every row; corrector: edits values
  constructor(onRegion, corrector) {
    this.onRegion = onRegion;
    this.corrector = corrector;
  }

  build(fields) {
    const list = element("ul");
    Object.entries(fields).forEach(([name, node], index) => {
      const item = this.#node(label(name), node, [name]);
      item.style.setProperty("--hue", HUES[index % HUES.length]);
      list.append(item);
    });
    return list;
  }

  #node(title, node, path) {
    if (Array.isArray(node)) return this.#list(title, node, path);
    return node.fields ? this.#group(title, node, path) : this.#leaf(title, node, path);
  }

  #list(title, nodes, path) {
    const items = nodes.map((node, index) => this.#node(String(index + 1), node, [...path, index]));
    return element("li", { class: "list" },
      element("div", { class: "title" }, title, element("span", {}, String(nodes.length))),
      element("ul", {}, ...items));
  }

  #group(title, node, path) {
    const children = Object.entries(node.fields).map(([name, child]) =>
      this.#node(label(name), child, [...path, "fields", name]));
    const row = this.#row(title, node);
    this.onRegion(node.regions, row, title, true);
    return element("li", { class: "group" }, row, element("ul", {}, ...children));
  }

  #leaf(title, node, path) {
    const value = valueText(node.value);
    const row = this.#row(title, node);
    row.append(value === null
      ? this.corrector.value("not understood", path, title, node.text, "none")
      : this.corrector.value(value, path, title, node.text));
    const origin = node.corrected ? "text" : "read";
    if (value !== node.text) row.append(element("span", { class: "read" }, `${origin}: ${node.text}`));
    this.onRegion(node.regions, row, title, false);
    return element("li", { class: node.corrected ? "leaf corrected" : "leaf" }, row);
  }

  #row(title, node) {
    return element("div", { class: "row", tabindex: 0 },
      element("span", { class: "tick" }),
      element("span", { class: "label" }, title),
      node.corrected ? element("span", { class: "sure" }, "corrected") : sureness(node.confidence));
  }
}
