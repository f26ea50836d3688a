// Changing what was read: a value is edited in its place, and all fields go back to the server.

import { element } from "./elements.js";
import { label } from "./fields.js";
import { putJson } from "./service.js";

const NAME_PARTS = new Set(["first_name", "last_name"]);

// ---- the tree of fields; a path is a list of its keys and places ----

function at(tree, path) {
  return path.reduce((node, step) => node[step], tree);
}

// A name that was split is corrected as a whole: its parts follow from it.
function whole(tree, path, text) {
  const above = path.slice(0, -2);
  if (path.at(-2) !== "fields" || !NAME_PARTS.has(path.at(-1))) return { path, text };
  const name = at(tree, above);
  if (!Object.keys(name.fields).every((key) => NAME_PARTS.has(key))) return { path, text };
  const changed = name.text.replace(at(tree, path).text, () => text);
  return { path: above, text: changed.replace(/\s+/g, " ").trim() };
}

function withText(fields, path, text) {
  const tree = structuredClone(fields);
  const target = whole(tree, path, text);
  const holder = at(tree, target.path.slice(0, -1));
  const last = target.path.at(-1);
  if (target.text) holder[last] = { text: target.text };
  else if (Array.isArray(holder)) holder.splice(last, 1);
  else delete holder[last];
  return tree;
}

// ---- editing ----

export class Corrector {
  // etag: of the corrections that are shown, null for none; onSaved(path), onProblem(problem, again)
  constructor(document_, result, etag, onSaved, onProblem) {
    this.path = `${document_.links.self}/corrections`;
    this.result = result;
    this.etag = etag;
    this.onSaved = onSaved;
    this.onProblem = onProblem;
  }

  // A button that shows a value and, when pressed, makes room to edit its text.
  value(shown, path, title, text, kind = "") {
    const button = element("button", {
      type: "button", class: `value ${kind}`.trim(), title: "Correct this",
      "aria-label": `${title}: ${shown}. Correct this`, "data-path": path.join("/"),
    }, shown);
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      this.#edit(button, path, title, text);
    });
    return button;
  }

  // A form to add a field that was missed; null where there is none. Groups cannot be added.
  adder(specs) {
    const missing = specs.filter(({ name, value_type: type, repeated }) =>
      type && (repeated || !(name in this.result.fields)));
    if (missing.length === 0) return null;
    const select = element("select", { "aria-label": "Field to add" },
      ...missing.map(({ name }) => element("option", { value: name }, label(name))));
    const input = element("input", {
      type: "text", maxlength: 10000, required: "", spellcheck: "false", autocomplete: "off",
      placeholder: "as it reads on the page", "aria-label": "Its text",
    });
    const alert = element("p", { role: "alert" });
    const form = element("form", { class: "add" }, select, input, element("button", {}, "Add"), alert);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { name, repeated } = missing.find((spec) => spec.name === select.value);
      const others = this.result.fields[name] ?? [];
      const node = { text: input.value.trim() };
      const fields = { ...this.result.fields, [name]: repeated ? [...others, node] : node };
      this.#save(fields, repeated ? [name, others.length] : [name], { input, alert });
    });
    return form;
  }

  #edit(button, path, title, text) {
    const input = element("input", {
      type: "text", value: text, maxlength: 10000, spellcheck: "false", autocomplete: "off",
      "aria-label": `${title}, as it should read`,
    });
    const alert = element("p", { role: "alert" });
    const cancel = element("button", { type: "button" }, "Cancel");
    const form = element("form", { class: "edit" }, input,
      element("button", { class: "primary" }, "Save"), cancel,
      element("p", { class: "hint" }, "Empty: the field is not there."), alert);
    const close = () => {
      form.replaceWith(button);
      button.focus();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = input.value.trim();
      if (wanted === text) close();
      else this.#save(withText(this.result.fields, path, wanted), path, { input, alert });
    });
    form.addEventListener("keydown", (event) => event.key === "Escape" && close());
    cancel.addEventListener("click", close);
    button.replaceWith(form);
    input.focus();
    input.select();
  }

  async #save(fields, path, { input, alert }) {
    const tree = input.closest(".fields");
    const condition = this.etag ? { "If-Match": this.etag } : { "If-None-Match": "*" };
    alert.textContent = "";
    tree.inert = true; // what is edited meanwhile would be lost when the tree is built anew
    try {
      await putJson(this.path, { type: this.result.type, fields }, condition);
      await this.onSaved(path);
    } catch (problem) {
      tree.inert = false;
      input.focus();
      alert.textContent = problem.message;
      this.onProblem(problem, () => this.#save(fields, path, { input, alert }));
    }
  }
}
