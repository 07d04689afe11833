"use strict";

const POLL_MS = 1000;
const MOST_ROWS = 100;
const MOST_LINES = 500;
const PUBLIC = "all";

const byId = (id) => document.getElementById(id);
const shown = { requests: 0, logs: 0, alarms: 0, messages: 0 };
const STATE_KINDS = { ALARM: "bad", OK: "good", INSUFFICIENT_DATA: "warn" };

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(...cells) {
  const made = element("tr");
  for (const cell of cells) made.append(cell instanceof Node ? cell : element("td", cell));
  return made;
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString();
}

function kindOf(status) {
  return status < 400 ? "good" : status < 500 ? "warn" : "bad";
}

async function copy(text, button) {
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1200);
}

async function load(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function showStack() {
  const stack = await load("/_local/stack.json");
  byId("stack").textContent = stack.stack;
  document.title = `aws-platform ${stack.stack}, local`;
  byId("api-url").textContent = stack.apiUrl;
  byId("api-url").href = `${stack.apiUrl}/health`;
  for (const [name, value] of Object.entries(stack.outputs)) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    byId("output-rows").append(row(element("td", name), element("td", text, "code")));
  }
  for (const [type, count] of Object.entries(stack.resources)) {
    byId("resource-rows").append(row(element("td", type, "code"), element("td", count, "number")));
  }
  const picture = await (await fetch("/_local/picture.svg")).text();
  const drawing = new DOMParser().parseFromString(picture, "image/svg+xml").documentElement;
  byId("drawing").append(document.importNode(drawing, true));
}

async function showRoutes() {
  const published = await load("/_local/openapi.json");
  for (const [path, operations] of Object.entries(published.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const link = element("a", path, "code");
      const tag = (operation.tags || ["default"])[0];
      link.href = `/_local/docs#/${tag}/${operation.operationId}`;
      const cell = element("td");
      cell.append(link);
      const open = operation.security && operation.security.length === 0;
      byId("route-rows").append(
        row(element("td", method.toUpperCase(), "code"), cell, open ? PUBLIC : "signed in"),
      );
    }
  }
}

function secretLine(list, title, value) {
  const line = element("dd");
  const button = element("button", "Copy");
  button.type = "button";
  button.setAttribute("aria-label", `Copy ${title}`);
  button.addEventListener("click", () => copy(value, button));
  line.append(element("span", value, "code"), button);
  list.append(element("dt", title), line);
}

async function showPeople() {
  const session = await load("/_local/session.json");
  if (!session) return setTimeout(showPeople, POLL_MS);
  const list = byId("people-list");
  byId("people-empty").hidden = true;
  secretLine(list, "API key", session.apiKey);
  for (const [who, user] of Object.entries(session.users)) {
    secretLine(list, `Token of ${who} (${user.email})`, user.accessToken);
  }
  const first = session.users.user;
  secretLine(
    list,
    "Products with curl",
    `curl '${session.apiUrl}/v1/products?limit=3'`,
  );
  secretLine(
    list,
    "Orders with curl",
    `curl ${session.apiUrl}/v1/orders -H 'x-api-key: ${session.apiKey}' -H 'Authorization: Bearer ${first.accessToken}'`,
  );
}

function addRequests(requests) {
  const rows = byId("request-rows");
  for (const one of requests) {
    shown.requests = one.number;
    const made = row(
      clock(one.time),
      element("td", `${one.method} ${one.path}`, "code"),
      element("td", one.status, kindOf(one.status)),
      element("td", one.milliseconds.toFixed(1), "number"),
      one.note,
    );
    made.title = `request id ${one.id}`;
    rows.prepend(made);
  }
  while (rows.children.length > MOST_ROWS) rows.lastElementChild.remove();
  const some = rows.children.length > 0;
  rows.closest("table").hidden = !some;
  byId("requests-empty").hidden = some;
}

function addLogs(lines) {
  const list = byId("log-lines");
  const filter = byId("log-filter");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  for (const line of lines) {
    shown.logs = line.number;
    if (![...filter.options].some((option) => option.value === line.function)) {
      const option = element("option", line.function);
      option.value = line.function;
      filter.append(option);
    }
    const made = element("div");
    made.dataset.function = line.function;
    made.hidden = filter.value !== "" && filter.value !== line.function;
    made.append(
      `${clock(line.time)} `,
      element("span", line.function, "source"),
      ` ${line.text}`,
    );
    list.append(made);
  }
  while (list.children.length > MOST_LINES) list.firstElementChild.remove();
  if (atEnd && lines.length) list.scrollTop = list.scrollHeight;
}

function showAlarms(alarms) {
  if (!alarms.states) return;
  shown.alarms = alarms.version;
  const rows = alarms.states.map((one) => {
    const name = element("td", one.name, "code");
    if (one.alarms.length) name.append(" ", element("span", "composite", "badge"));
    const made = row(
      element("td", one.state.replace("_", " "), STATE_KINDS[one.state]),
      name,
      clock(one.since),
      one.reason,
    );
    if (one.alarms.length) made.title = `looks at ${one.alarms.join(", ")}`;
    else if (one.part_of.length) made.title = `part of ${one.part_of.join(", ")}`;
    return made;
  });
  byId("alarm-rows").replaceChildren(...rows);
  const some = rows.length > 0;
  for (const part of byId("alarms").children) {
    if (part.id === "alarms-empty") part.hidden = some;
    else if (part.id !== "alarms-title") part.hidden = !some;
  }
}

function addMessages(messages) {
  const rows = byId("message-rows");
  for (const one of messages) {
    shown.messages = one.number;
    rows.prepend(row(clock(one.time), one.channel, element("td", one.text, "message")));
  }
  while (rows.children.length > MOST_ROWS) rows.lastElementChild.remove();
  const some = rows.children.length > 0;
  rows.closest("table").hidden = !some;
  byId("messages-empty").hidden = some;
}

async function poll() {
  try {
    if (!document.hidden) {
      const activity = await load(`/_local/activity.json?${new URLSearchParams(shown)}`);
      addRequests(activity.requests);
      addLogs(activity.logs);
      showAlarms(activity.alarms);
      addMessages(activity.messages);
      byId("lost").hidden = true;
    }
  } catch {
    byId("lost").hidden = false;
  }
  setTimeout(poll, POLL_MS);
}

byId("log-filter").addEventListener("change", (event) => {
  for (const line of byId("log-lines").children) {
    line.hidden = event.target.value !== "" && line.dataset.function !== event.target.value;
  }
});
for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", () => copy(byId(button.dataset.copies).textContent, button));
}
// The cookie is there now; the token shall not stay where it is copied from and bookmarked.
history.replaceState(null, "", location.pathname + location.hash);
showStack();
showRoutes();
showPeople();
poll();
