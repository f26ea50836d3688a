// Talks to the REST API: keys, uploads, problems in words.

const KEY_NAME = "docspade-key";

export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export function storeKey(key) {
  sessionStorage.setItem(KEY_NAME, key);
}

export function hasKey() {
  return sessionStorage.getItem(KEY_NAME) !== null;
}

// Whether another key would help.
export function asksForKey(problem) {
  return problem.status === 401 || problem.code === "scope_missing";
}

function authorization() {
  const key = sessionStorage.getItem(KEY_NAME);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

function problemFrom(status, text) {
  try {
    const body = JSON.parse(text);
    return new Problem(status, body.code, body.detail);
  } catch {
    return new Problem(status, "unknown", `The server answered with status ${status}.`);
  }
}

async function request(path, options = {}) {
  let response;
  try {
    const headers = { ...authorization(), ...options.headers };
    response = await fetch(path, { ...options, headers });
  } catch {
    throw new Problem(0, "unreachable", "The server cannot be reached.");
  }
  if (!response.ok) throw problemFrom(response.status, await response.text());
  return response;
}

export async function getJson(path) {
  return (await request(path)).json();
}

// A result as people corrected it, and the tag of their corrections, null where there are none.
export async function getCorrected(path) {
  const response = await request(`${path}?corrected=true`);
  return { result: await response.json(), etag: response.headers.get("Docspade-Corrections") };
}

export async function putJson(path, body, headers = {}) {
  const sent = { ...headers, "Content-Type": "application/json" };
  await request(path, { method: "PUT", headers: sent, body: JSON.stringify(body) });
}

export async function post(path) {
  return (await request(path, { method: "POST" })).json();
}

export async function getBlob(path, accept) {
  return (await request(path, accept ? { headers: { Accept: accept } } : {})).blob();
}

// A file, and the headers that tell of it.
export async function getFile(path) {
  const response = await request(path);
  return { blob: await response.blob(), headers: response.headers };
}

export async function remove(path) {
  await request(path, { method: "DELETE" });
}

// XMLHttpRequest, because fetch does not tell how far an upload is.
export function upload(file, type, onProgress) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", `/v1/documents?type=${encodeURIComponent(type)}`);
    for (const [name, value] of Object.entries(authorization())) call.setRequestHeader(name, value);
    call.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
    call.onload = () => {
      if (call.status === 202) resolve(JSON.parse(call.responseText));
      else reject(problemFrom(call.status, call.responseText));
    };
    call.onerror = () => reject(new Problem(0, "unreachable", "The server cannot be reached."));
    const form = new FormData();
    form.append("file", file, file.name);
    call.send(form);
  });
}
