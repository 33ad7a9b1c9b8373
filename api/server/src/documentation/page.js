// Shows /openapi.json. Everything is built from text nodes: nothing from the contract is ever read as markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const byId = (id) => document.getElementById(id);

/** An element with attributes and children; text children become text nodes. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A paragraph in which text between back-quotes is code. */
function prose(text) {
  const parts = text.split("`").map((part, at) => (at % 2 ? element("code", {}, part) : part));
  return element("p", {}, ...parts);
}

/** What a reference leads to, and what it is called. */
function resolve(contract, schema) {
  const reference = schema && schema.$ref;
  if (!reference) return { name: null, schema: schema || {} };
  const steps = reference.replace(/^#\//, "").split("/").map((step) => step.replace(/~1/g, "/").replace(/~0/g, "~"));
  return { name: steps.at(-1), schema: steps.reduce((at, step) => (at ? at[step] : undefined), contract) || {} };
}

/** A schema in a few words. */
function kind(contract, schema) {
  if (!schema) return "";
  if (schema.$ref) {
    const name = resolve(contract, schema).name;
    return element("a", { href: `#schema-${name}` }, name);
  }
  const several = schema.oneOf || schema.anyOf || schema.allOf;
  if (several) {
    const parts = several.flatMap((part, at) => (at ? [" or ", kind(contract, part)] : [kind(contract, part)]));
    return element("span", {}, ...parts);
  }
  const types = [schema.type].flat().filter(Boolean).join(" or ");
  if (schema.items) return element("span", {}, "list of ", kind(contract, schema.items));
  const bounds = [
    schema.format,
    (schema.enum || schema["x-extensible-enum"] || []).map((word) => JSON.stringify(word)).join(" | "),
    schema.const !== undefined && JSON.stringify(schema.const),
    schema.minimum !== undefined && `≥ ${schema.minimum}`,
    schema.maximum !== undefined && `≤ ${schema.maximum}`,
    schema.minLength !== undefined && `${schema.minLength} characters or more`,
    schema.maxLength !== undefined && `${schema.maxLength} characters at most`,
    schema.pattern && `like ${schema.pattern}`,
    schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
  ].filter(Boolean);
  return element("span", {}, [types, ...bounds].filter(Boolean).join(", "));
}

function table(caption, heads, rows) {
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  return element("table", {}, element("caption", { class: "soft" }, caption), element("thead", {}, head), element("tbody", {}, ...body));
}

function properties(contract, schema) {
  const needed = new Set(schema.required || []);
  const rows = Object.entries(schema.properties || {}).map(([name, property]) => [
    element("code", { class: needed.has(name) ? "needed" : "" }, name),
    kind(contract, property),
    element("span", {}, needed.has(name) ? "" : "(may be absent) ", property.description || resolve(contract, property).schema.description || ""),
  ]);
  return rows.length ? table("Fields; those in bold are always there", ["Name", "Kind", "Meaning"], rows) : null;
}

function examples(content) {
  const named = Object.entries(content.examples || {}).map(([name, example]) => [example.summary || name, example.value]);
  const all = content.example !== undefined ? [["Example", content.example], ...named] : named;
  return all.map(([name, value]) =>
    element("figure", {}, element("figcaption", { class: "soft" }, name), element("pre", { tabindex: "0", dir: "ltr" }, JSON.stringify(value, null, 2))));
}

function contents(contract, content) {
  return Object.entries(content || {}).flatMap(([type, inner]) => [
    element("p", {}, element("code", {}, type), " ", kind(contract, inner.schema)),
    ...examples(inner),
  ]);
}

function operation(contract, path, method, described) {
  const box = element("details", { id: `operation-${described.operationId}` });
  box.append(element("summary", {}, element("span", { class: "method" }, method.toUpperCase()), " ",
    element("span", { class: "path" }, path), element("br"), described.summary || ""));
  const inside = element("div");
  if (described.description) inside.append(prose(described.description));
  const open = (described.security || contract.security || []).every((way) => Object.keys(way).length === 0);
  inside.append(element("p", { class: "soft" }, open ? "Without an access token." : "With an access token."));
  const rows = (described.parameters || []).map((given) => resolve(contract, given).schema).map((given) => [
    element("code", { class: given.required ? "needed" : "" }, given.name), given.in,
    kind(contract, given.schema), given.description || "",
  ]);
  if (rows.length) inside.append(table("Parameters; those in bold are needed", ["Name", "In", "Kind", "Meaning"], rows));
  if (described.requestBody) {
    inside.append(element("h3", {}, "Body"), ...contents(contract, resolve(contract, described.requestBody).schema.content));
  }
  inside.append(element("h3", {}, "Answers"));
  for (const [status, answer] of Object.entries(described.responses || {})) {
    const { schema } = resolve(contract, answer);
    inside.append(element("p", {}, element("code", {}, status), " ", schema.description || ""), ...contents(contract, schema.content));
  }
  box.append(inside);
  box.dataset.words = [path, method, described.operationId, described.summary, described.description].join(" ").toLowerCase();
  return box;
}

function group(name, boxes) {
  const title = `group-${name.replace(/\W+/g, "-")}`;
  return element("section", { "aria-labelledby": title }, element("h2", { id: title }, name.replaceAll("_", " ")), ...boxes);
}

function show(contract) {
  byId("about").replaceWith(prose(`${contract.info.version} · ${contract.info.description}`));
  const groups = new Map();
  for (const [path, methods] of Object.entries(contract.paths)) {
    for (const method of METHODS.filter((method) => methods[method])) {
      const tag = (methods[method].tags || ["other"])[0];
      groups.set(tag, [...(groups.get(tag) || []), operation(contract, path, method, methods[method])]);
    }
  }
  const schemas = Object.entries((contract.components || {}).schemas || {}).map(([name, schema]) => {
    const box = element("details", { id: `schema-${name}` }, element("summary", {}, element("code", {}, name)));
    const several = (schema.oneOf || schema.anyOf || schema.allOf || []).map((part) => properties(contract, part)).filter(Boolean);
    box.append(element("div", {}, prose(schema.description || ""), element("p", {}, kind(contract, schema)),
      properties(contract, schema), ...several));
    box.dataset.words = `${name} ${schema.description || ""}`.toLowerCase();
    return box;
  });
  groups.set("schemas", schemas);
  byId("operations").replaceChildren(...[...groups].map(([name, boxes]) => group(name, boxes)));
  byId("groups").replaceChildren(...[...groups.keys()].map((name) =>
    element("li", {}, element("a", { href: `#group-${name.replace(/\W+/g, "-")}` }, name.replaceAll("_", " ")))));
  byId("search").addEventListener("input", search);
  window.addEventListener("hashchange", openTarget);
  openTarget();
}

/** Hides what does not hold every word that was typed. */
function search() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const section of document.querySelectorAll("main section")) {
    let here = 0;
    for (const box of section.querySelectorAll("details")) {
      box.hidden = !words.every((word) => box.dataset.words.includes(word));
      here += box.hidden ? 0 : 1;
    }
    section.hidden = here === 0;
    found += here;
  }
  byId("found").textContent = words.length ? `${found} found` : "";
}

/** Opens what a link leads to. */
function openTarget() {
  const target = byId(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") {
    target.open = true;
    target.scrollIntoView();
    target.querySelector("summary").focus();
  }
}

fetch("/openapi.json")
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`HTTP ${answer.status}`))))
  .then(show)
  .catch((error) => { byId("operations").textContent = `The contract could not be shown: ${error.message}`; });
