// Puts the page together.

import { Corrector } from "./corrections.js";
import { DocumentList } from "./documents.js";
import { element } from "./elements.js";
import { FieldTree, label } from "./fields.js";
import { PageView } from "./pages.js";
import { asksForKey, getCorrected, getFile, getJson, hasKey, post, remove, storeKey } from "./service.js";

const $ = (id) => document.getElementById(id);
const view = $("view");
const welcome = view.firstElementChild;
const documents = new DocumentList($("documents"), $("documents-title"), (entry) => show(entry), report);
const WAITING = {
  uploading: "The document is on its way to the server …",
  queued: "The document waits for its turn …",
  running: "The document is being read …",
};
const fieldsOf = new Map(); // of the document types
let shown = 0;
let nextCursor = null;

// ---- one document in the middle ----

// editedPath: of the field that was just corrected, to go on from there
async function show(document_, editedPath = null) {
  const turn = ++shown;
  document.title = `${document_.filename ?? "unnamed"} · docspade`;
  if (document_.status === "failed") return view.replaceChildren(failure(document_));
  if (document_.status === "cancelled") return view.replaceChildren(calledOff(document_));
  if (!document_.links?.result) return view.replaceChildren(patience(document_));
  try {
    const { result, etag } = await getCorrected(document_.links.result);
    if (turn !== shown) return; // another document was chosen in the meantime
    const pages = new PageView(document_, result);
    const corrector = new Corrector(document_, result, etag, (path) => show(document_, path), report);
    const tree = new FieldTree((...place) => draw(pages, ...place), corrector);
    const list = tree.build(result.fields);
    const isEmpty = list.children.length === 0;
    const fields = element("section", { class: "fields", "aria-label": "Fields" },
      isEmpty ? element("p", { class: "empty" }, "No fields were found.") : list,
      corrector.adder(fieldsOf.get(result.type) ?? []));
    view.replaceChildren(head(document_, result, etag !== null), issues(result.issues),
      element("div", { class: "panes" }, pages.pane, fields));
    tint(pages);
    if (editedPath) focusOn(editedPath);
    await pages.load();
  } catch (problem) {
    report(problem, () => show(document_));
    const error = { code: problem.code ?? "defect", message: problem.message };
    view.replaceChildren(failure({ ...document_, error }));
  }
}

// The value at a path; where the field is gone or was split, the view itself.
function focusOn(path) {
  const found = view.querySelector(`[data-path="${CSS.escape(path.join("/"))}"]`);
  (found ?? view).focus();
}

const tied = new WeakMap();

function draw(pages, regions, row, title, isGroup) {
  const shapes = pages.tie(regions, row, title, isGroup);
  tied.set(pages, [...(tied.get(pages) ?? []), { row, shapes }]);
}

// A region takes its field's colour, which its row inherits from the tree.
function tint(pages) {
  for (const { row, shapes } of tied.get(pages) ?? []) {
    const hue = getComputedStyle(row).getPropertyValue("--hue");
    for (const shape of shapes) shape.style.setProperty("--hue", hue);
  }
}

function head(document_, result, isCorrected) {
  const seconds = Object.values(result.timings_ms).reduce((sum, ms) => sum + ms, 0) / 1000;
  const nPages = result.pages.length;
  const facts = [
    `${label(result.type)}, ${Math.floor(result.type_confidence * 100)} % sure`,
    `${nPages} ${nPages === 1 ? "page" : "pages"}`,
    `read in ${seconds.toFixed(1)} s`,
  ];
  if (result.status === "partial") facts.push("some parts failed");
  if (isCorrected) facts.push("corrected");
  const json = element("button", { type: "button" }, "JSON");
  const csv = element("button", { type: "button" }, "CSV");
  const masked = element("button", { type: "button", title: "The pages with personal data blacked out" },
    "Masked");
  const undo = element("button", { type: "button", title: "Show again what was read" }, "Undo corrections");
  json.addEventListener("click", () => save(document_, `${document_.links.result}?format=json&corrected=true`, ".json"));
  csv.addEventListener("click", () => save(document_, `${document_.links.result}?format=csv&corrected=true`, ".csv"));
  const note = element("p", { class: "facts", role: "status" }, facts.join(" · "));
  masked.addEventListener("click", async () => {
    const told = await save(document_, `${document_.links.self}/redacted?corrected=true`, "-masked");
    if (told) note.textContent = [...facts, howMuch(told)].join(" · ");
  });
  undo.addEventListener("click", () => takeBack(document_));
  return element("div", { class: "head" },
    element("h1", {}, document_.filename ?? "unnamed"),
    element("div", { class: "actions" }, json, csv, masked, isCorrected ? undo : null, eraser(document_)),
    note);
}

function howMuch(headers) {
  const nWords = Number(headers.get("Docspade-Redacted-Words"));
  if (nWords === 0) return "nothing was found to mask";
  return `${nWords} ${nWords === 1 ? "word" : "words"} masked`;
}

function issues(found) {
  if (found.length === 0) return "";
  const lines = found.map(({ severity, message }) => element("li", { class: severity }, sentence(message)));
  return element("ul", { class: "issues", "aria-label": "Issues" }, ...lines);
}

function sentence(text) {
  const full = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(full) ? full : `${full}.`;
}

function failure(document_) {
  const { code, message } = document_.error;
  // What was refused at the upload, or could not be shown, is not there to be tried or deleted.
  const isStored = document_.status === "failed" && document_.links;
  return element("div", { class: "message bad", role: "alert" },
    element("h1", {}, document_.filename ?? "unnamed"),
    element("p", {}, sentence(message)),
    element("code", {}, code),
    isStored ? remedies(document_) : null);
}

function remedies(document_) {
  const again = element("button", { type: "button" }, "Try again");
  const note = element("p");
  again.addEventListener("click", () => tryAgain(document_, note));
  return element("div", { class: "actions" }, again, eraser(document_), note);
}

async function tryAgain(document_, note) {
  try {
    documents.change(await post(`${document_.links.self}/retry`));
  } catch (problem) {
    report(problem, () => tryAgain(document_, note));
    note.textContent = sentence(problem.message);
  }
}

async function cancel(document_, note) {
  try {
    documents.change(await post(`${document_.links.self}/cancel`));
  } catch (problem) {
    if (problem.code === "already_finished") return; // it will be shown in a moment
    report(problem, () => cancel(document_, note));
    note.textContent = sentence(problem.message);
  }
}

function calledOff(document_) {
  return element("div", { class: "message", role: "status" },
    element("h1", {}, document_.filename ?? "unnamed"),
    element("p", {}, "The document was cancelled before it was read."),
    remedies(document_));
}

// The first press asks, the second deletes; going elsewhere takes the first back.
function eraser(document_) {
  const erase = element("button", { type: "button", class: "quiet" }, "Delete");
  const arm = (isArmed) => {
    erase.classList.toggle("danger", isArmed);
    erase.textContent = isArmed ? "Delete for good?" : "Delete";
  };
  erase.addEventListener("click", (event) => {
    if (!erase.classList.contains("danger")) arm(true);
    else if (event.detail < 2) discard(document_); // a double click is one press
  });
  erase.addEventListener("blur", () => arm(false));
  return erase;
}

function patience(document_) {
  const note = element("p", {}, WAITING[document_.status]);
  // Where no worker is ready the server says so; otherwise there is nothing to add.
  if (document_.status === "queued") {
    setTimeout(() => note.isConnected && getJson("/readyz").catch((problem) => {
      note.textContent = sentence(problem.message);
    }), 2000);
  }
  return element("div", { class: "message", role: "status" },
    element("h1", {}, document_.filename ?? "unnamed"), note,
    document_.links ? canceller(document_) : null);
}

function canceller(document_) {
  const stop = element("button", { type: "button" }, "Cancel");
  const note = element("p");
  stop.addEventListener("click", () => cancel(document_, note));
  return element("div", { class: "actions" }, stop, note);
}

const ENDINGS = { "application/pdf": ".pdf", "image/png": ".png" };

async function save(document_, path, ending) {
  try {
    const { blob, headers } = await getFile(path);
    const href = URL.createObjectURL(blob);
    const stem = (document_.filename ?? document_.id).split(".")[0];
    element("a", { href, download: `${stem}${ending}${ENDINGS[blob.type] ?? ""}` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000); // the browser reads it after the click
    return headers;
  } catch (problem) {
    report(problem, () => save(document_, path, ending));
    return null;
  }
}

async function discard(document_) {
  try {
    await remove(document_.links.self);
    documents.drop(document_.id);
    view.replaceChildren(welcome);
    document.title = "docspade";
  } catch (problem) {
    report(problem, () => discard(document_));
  }
}

async function takeBack(document_) {
  try {
    await remove(`${document_.links.self}/corrections`);
    await show(document_);
    view.focus();
  } catch (problem) {
    report(problem, () => takeBack(document_));
  }
}

// ---- files in ----

function take(files) {
  const type = $("type").value;
  [...files].forEach((file, index) => {
    const sent = documents.add(file, type);
    sent.catch((problem) => report(problem, () => take([file])));
    if (index === 0) documents.list.querySelector("button").click();
  });
}

$("files").addEventListener("change", (event) => {
  take(event.target.files);
  event.target.value = "";
});
let depth = 0;
const isFiles = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragenter", (event) => {
  if (isFiles(event)) $("drop").classList.toggle("over", ++depth > 0);
});
document.addEventListener("dragleave", (event) => {
  if (isFiles(event)) $("drop").classList.toggle("over", --depth > 0);
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  depth = 0;
  $("drop").classList.remove("over");
  take(event.dataTransfer.files);
});

// ---- keys, types, earlier documents ----

const REASONS = {
  invalid_key: () => "That key is not valid.",
  scope_missing: (message) => `${sentence(message)} This page needs a key that may both submit and read.`,
};
let refused = []; // what to try again once there is a key

function report(problem, again) {
  if (!asksForKey(problem)) return;
  refused.push(again);
  $("key-button").hidden = false;
  askForKey(REASONS[problem.code]?.(problem.message) ?? "");
}

function askForKey(reason) {
  $("key-reason").textContent = reason;
  if (!$("key-dialog").open) $("key-dialog").showModal();
}

// Escape leaves the dialog; this is the way back, and to another key.
$("key-button").hidden = !hasKey();
$("key-button").addEventListener("click", () => askForKey(""));

$("key-dialog").addEventListener("close", () => {
  const again = refused;
  refused = [];
  if ($("key-dialog").returnValue !== "use") return;
  storeKey($("key").value.trim());
  $("key").value = "";
  $("key-dialog").returnValue = "";
  if (again.length === 0) location.reload(); // what is shown may be another tenant's
  for (const call of again) call();
});

async function start() {
  try {
    const { types } = await getJson("/v1/types");
    for (const { name, fields } of types) fieldsOf.set(name, fields);
    $("type").replaceChildren($("type").firstElementChild,
      ...types.map(({ name, description }) => element("option", { value: name, title: description }, label(name))));
    await earlier();
  } catch (problem) {
    report(problem, start);
    if (!asksForKey(problem)) {
      const error = { code: problem.code ?? "defect", message: problem.message };
      view.replaceChildren(failure({ filename: "docspade", error }));
    }
  }
}

async function earlier() {
  const cursor = nextCursor ? `&cursor=${encodeURIComponent(nextCursor)}` : "";
  const page = await getJson(`/v1/documents?limit=20${cursor}`);
  for (const document_ of page.documents) documents.show(document_);
  nextCursor = page.next;
  $("more").hidden = !page.next;
}

$("more").addEventListener("click", () => earlier().catch((problem) => report(problem, earlier)));
start();
