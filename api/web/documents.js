// The list at the side: what was handed in, and how far it is.

import { element } from "./elements.js";
import { asksForKey, getJson, upload } from "./service.js";

const FIRST_POLL_MS = 120;
const SLOWEST_POLL_MS = 1500;
const FINAL = new Set(["succeeded", "partial", "failed", "cancelled"]);
const NOTES = {
  uploading: "uploading",
  queued: "waiting",
  running: "being read",
  succeeded: "done",
  partial: "done in part",
  cancelled: "cancelled",
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class DocumentList {
  constructor(list, title, onSelect, onRefused) {
    this.list = list;
    this.title = title;
    this.onSelect = onSelect;
    this.onRefused = onRefused;
    this.entries = new Map();
    this.current = null;
    this.queue = Promise.resolve();
  }

  // Files go up one after the other, so that the first result is there soon.
  add(file, type) {
    const entry = this.#insert({ filename: file.name, status: "uploading" }, true);
    const sent = this.queue.then(() => this.#send(entry, file, type));
    this.queue = sent.catch(() => {});
    return sent;
  }

  show(document_) {
    if (this.entries.has(document_.id)) return;
    const entry = this.#insert(document_, false);
    this.entries.set(document_.id, entry);
    if (!FINAL.has(document_.status)) this.#follow(entry);
  }

  // A document that was cancelled or waits again.
  change(document_) {
    const entry = this.entries.get(document_.id);
    entry.document = document_;
    this.#paint(entry);
    this.#tell(entry);
    this.#follow(entry);
  }

  drop(id) {
    this.entries.get(id)?.item.remove();
    this.entries.delete(id);
    this.title.hidden = this.list.children.length === 0;
  }

  select(entry) {
    this.current = entry;
    for (const button of this.list.querySelectorAll("button")) {
      button.setAttribute("aria-current", String(button === entry.button));
    }
    this.#tell(entry);
  }

  // The one in the middle is shown anew.
  #tell(entry) {
    if (this.current !== entry) return;
    entry.told = entry.document.status;
    this.onSelect(entry.document);
  }

  async #send(entry, file, type) {
    try {
      const document_ = await upload(file, type, (share) => {
        entry.progress.value = share;
      });
      entry.document = document_;
      this.entries.set(document_.id, entry);
      this.#paint(entry);
      this.#tell(entry);
      this.#follow(entry);
    } catch (problem) {
      if (asksForKey(problem)) { // it will be sent again, with a key
        entry.item.remove();
        throw problem;
      }
      const error = { code: problem.code ?? "unknown", message: problem.message };
      entry.document = { filename: file.name, status: "failed", error };
      this.#paint(entry);
      this.#tell(entry);
    }
  }

  async #follow(entry) {
    if (entry.isFollowed) return; // one that was cancelled, and waits again before that was seen
    entry.isFollowed = true;
    try {
      await this.#poll(entry);
    } finally {
      entry.isFollowed = false;
    }
  }

  async #poll(entry) {
    let wait = FIRST_POLL_MS;
    while (!FINAL.has(entry.document.status)) {
      await pause(wait);
      wait = Math.min(wait * 1.15, SLOWEST_POLL_MS);
      try {
        const before = entry.document.status;
        entry.document = await getJson(entry.document.links.self);
        const { status } = entry.document;
        if (status !== before && !FINAL.has(status)) this.#tell(entry);
      } catch (problem) {
        if (problem.status === 404) return this.drop(entry.document.id);
        if (asksForKey(problem)) return this.onRefused(problem, () => this.#follow(entry));
        continue; // the server may be back in a moment
      }
      this.#paint(entry);
    }
    if (entry.told !== entry.document.status) this.#tell(entry); // else it stands there already
  }

  #insert(document_, isFirst) {
    const progress = element("progress", { max: 1, value: 0, "aria-label": "upload" });
    const note = element("span", { class: "note" });
    const name = element("span", { class: "name" }, document_.filename ?? "unnamed");
    const button = element("button", { type: "button", "aria-current": "false" },
      element("span", { class: "dot" }), name, note, progress);
    const item = element("li", {}, button);
    const entry = { document: document_, item, button, note, progress };
    button.addEventListener("click", () => this.select(entry));
    if (isFirst) this.list.prepend(item);
    else this.list.append(item);
    this.title.hidden = false;
    this.#paint(entry);
    return entry;
  }

  #paint(entry) {
    const { status, error, n_pages_done: nPages, attempt } = entry.document;
    entry.button.className = status;
    entry.progress.hidden = status !== "uploading";
    let note = error ? error.message : NOTES[status];
    if (status === "running" && nPages) note += `, page ${nPages} done`;
    if (status === "running" && attempt > 1) note += `, attempt ${attempt}`;
    entry.note.textContent = note;
  }
}
