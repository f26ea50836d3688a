// The pages' pictures with the regions drawn on them.

import { drawing, element } from "./elements.js";
import { getBlob, getJson } from "./service.js";

export class PageView {
  constructor(document_, result) {
    this.document = document_;
    this.pane = element("div", { class: "pages" });
    this.layers = new Map();
    this.pictures = [];
    for (const page of result.pages) this.#addPage(page, result.pages.length);
  }

  async load() {
    let words = null;
    for (const { number, layer } of this.pictures) {
      try {
        const blob = await getBlob(`${this.document.links.self}/pages/${number}`);
        const href = URL.createObjectURL(blob);
        const image = drawing("image", { width: "100%", height: "100%" });
        image.addEventListener("load", () => URL.revokeObjectURL(href));
        image.setAttribute("href", href);
        layer.before(image);
      } catch (problem) {
        if (problem.status !== 404) throw problem;
        words ??= await getJson(`${this.document.links.result}?words=true`);
        layer.before(...sheetOfWords(words.pages.find((page) => page.number === number)));
      }
    }
  }

  // Draws a row's regions and lights both up together; a group's show only then, since its leaves
  // lie inside them.
  tie(regions, row, title, isGroup) {
    const kind = isGroup ? "region outer" : "region";
    const shapes = regions.filter((region) => this.layers.has(region.page)).map((region) => {
      const points = region.quad.map((corner) => corner.join(",")).join(" ");
      const shape = drawing("polygon", { class: kind, points }, drawing("title", {}, title));
      this.layers.get(region.page).append(shape);
      return shape;
    });
    const light = (isOn) => {
      for (const part of [row, ...shapes]) part.classList.toggle("on", isOn);
      this.pane.classList.toggle("picking", isOn);
    };
    for (const part of [row, ...shapes]) {
      part.addEventListener("pointerenter", () => light(true));
      part.addEventListener("pointerleave", () => light(false));
    }
    row.addEventListener("focusin", () => light(true));
    row.addEventListener("focusout", () => light(false));
    row.addEventListener("click", () => shapes[0]?.scrollIntoView({ block: "nearest" }));
    for (const shape of shapes) {
      shape.addEventListener("click", () => {
        row.scrollIntoView({ block: "nearest" });
        row.focus({ preventScroll: true });
      });
    }
    return shapes;
  }

  #addPage(page, nPages) {
    const layer = drawing("g");
    const name = `page ${page.number} of ${nPages}`;
    const svg = drawing("svg", {
      viewBox: `0 0 ${page.width} ${page.height}`, role: "img", "aria-label": name,
    }, layer);
    this.layers.set(page.number, layer);
    this.pictures.push({ number: page.number, layer });
    const turned = page.rotation ? `, turned upright by ${page.rotation}°` : "";
    const caption = nPages > 1 || turned ? element("figcaption", {}, name + turned) : null;
    this.pane.append(element("figure", {}, svg, caption));
  }
}

// Words files come without a picture: their words are set where they stood.
function sheetOfWords(page) {
  const sheet = drawing("rect", { class: "sheet", width: "100%", height: "100%" });
  const words = (page.words ?? []).map(({ text, quad }) => {
    const [[left, top], [right], , [, bottom]] = quad;
    const height = Math.abs(bottom - top) || 1;
    return drawing("text", {
      class: "word", x: left, y: bottom - height * 0.2, "font-size": height * 0.85,
      textLength: Math.max(right - left, 1), lengthAdjust: "spacingAndGlyphs",
    }, text);
  });
  return [sheet, ...words];
}
