// Sets the service's own OpenAPI description as a page.

import { element } from "./elements.js";
import { getJson } from "./service.js";

const VERBS = ["get", "post", "put", "patch", "delete"];

// A schema in a few words: "string", "list of Region", "Amount or null".
function kind(schema) {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1);
    return [element("a", { href: `#${name}` }, name)];
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.flatMap((one, i) => (i ? [" or ", ...kind(one)] : kind(one)));
  if (schema.enum) return [schema.enum.join(" | ")];
  if (schema.const) return [String(schema.const)];
  if (schema.type === "array") return ["list of ", ...kind(schema.items ?? { type: "any" })];
  if (schema.additionalProperties) return ["map to ", ...kind(schema.additionalProperties)];
  return [schema.format ? `${schema.type} (${schema.format})` : schema.type ?? "anything"];
}

function table(rows) {
  return element("table", {}, element("tbody", {}, ...rows.map(([name, what, about]) =>
    element("tr", {}, element("td", {}, element("code", {}, name)),
      element("td", {}, ...what), element("td", {}, ...marked(about ?? ""))))));
}

// Text with what stands between backticks as code.
function marked(text) {
  return text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

function parameterRows(parameters) {
  return parameters.map((one) => {
    const initial = one.schema?.default;
    const about = [one.description, initial === undefined ? null : `Default: \`${JSON.stringify(initial)}\`.`];
    return [one.name, kind(one.schema ?? {}), about.filter(Boolean).join(" ")];
  });
}

function responseRows(responses) {
  return Object.entries(responses).map(([status, one]) => {
    const bodies = Object.entries(one.content ?? {}).flatMap(([type, body], i) => [
      i ? ", " : "", body.schema && Object.keys(body.schema).length ? kind(body.schema) : type].flat());
    return [status, bodies.length ? bodies : ["nothing"], one.description];
  });
}

function paragraphs(text) {
  return text.trim().split("\n\n").map((one) => element("p", {}, ...marked(one)));
}

function bodyRows(contents) {
  return Object.entries(contents).map(([type, body]) => [type, kind(body.schema), body.schema.description]);
}

function operation(path, verb, one) {
  const id = `${verb}${path}`.replaceAll(/[^a-z0-9]+/g, "-");
  const parts = [
    element("h3", {}, element("span", { class: `verb ${verb}` }, verb.toUpperCase()),
      element("code", {}, path), one.summary ?? ""),
    ...paragraphs(one.description ?? ""),
  ];
  if (one.parameters?.length) {
    parts.push(element("h4", {}, "Parameters"), table(parameterRows(one.parameters)));
  }
  if (one.requestBody) {
    parts.push(element("h4", {}, "Body"), table(bodyRows(one.requestBody.content)));
  }
  parts.push(element("h4", {}, "Answers"), table(responseRows(one.responses)));
  return { id, title: one.summary ?? path, card: element("section", { class: "card", id }, ...parts) };
}

function schemaCard(name, schema) {
  const rows = Object.entries(schema.properties ?? {}).map(([field, one]) => [field, kind(one), one.description]);
  const card = element("section", { class: "card", id: name },
    element("h3", {}, name), ...paragraphs(schema.description ?? ""), rows.length ? table(rows) : kind(schema)[0]);
  return { id: name, title: name, card };
}

function example() {
  const url = `${location.origin}/v1/documents?wait=30`;
  return element("section", { class: "card" },
    element("h3", {}, "In one call"),
    element("pre", {}, `curl -F file=@receipt.jpg '${url}'`),
    element("p", {}, "Where a key is needed, send it as Authorization: Bearer KEY or as X-API-Key."));
}

const reference = document.getElementById("reference");
const contents = document.getElementById("contents");

function section(title, entries) {
  reference.append(element("h2", {}, title), ...entries.map((entry) => entry.card));
  contents.append(element("h2", {}, title),
    ...entries.map((entry) => element("a", { href: `#${entry.id}` }, entry.title)));
}

try {
  const api = await getJson("/openapi.json");
  reference.append(element("h1", {}, `${api.info.title} ${api.info.version}`),
    ...paragraphs(api.info.description),
    example());
  const operations = Object.entries(api.paths).flatMap(([path, verbs]) =>
    VERBS.filter((verb) => verbs[verb]).map((verb) => operation(path, verb, verbs[verb])));
  section("Calls", operations);
  section("What webhooks are told", Object.entries(api.webhooks).map(([event, { post }]) =>
    operation(event, "post", post)));
  const schemas = Object.entries(api.components.schemas);
  section("What goes over the wire", schemas.map(([name, schema]) => schemaCard(name, schema)));
} catch (problem) {
  reference.append(element("p", { role: "alert" }, problem.message));
}
