// What the gateway says: pages on demand, and one stream of events that all views share.
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function ask(path, options = {}) {
  let reply;
  try {
    reply = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new Refused(0, "The gateway does not answer.");
  }
  const text = await reply.text();
  let page = null;
  try {
    page = JSON.parse(text);
  } catch {
    // A page that is no JSON is nobody's that this one knows.
  }
  if (!reply.ok && page?.error) {
    const refused = new Refused(reply.status, page.error.message);
    refused.page = page;
    throw refused;
  }
  if (!reply.ok || page === null) throw new Refused(reply.status, `Status ${reply.status}, and no page that can be read.`);
  return page;
}

// The series of /metrics: their names, labels and values.
export async function counters() {
  const reply = await fetch("/metrics", { credentials: "same-origin", cache: "no-store" });
  if (!reply.ok) throw new Refused(reply.status, `Status ${reply.status}, and no metrics.`);
  const series = [];
  for (const line of (await reply.text()).split("\n")) {
    const found = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!found) continue;
    const labels = {};
    for (const [, name, value] of (found[2] ?? "").matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)) labels[name] = value.replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c));
    series.push({ name: found[1], labels, value: Number(found[3]) });
  }
  return series;
}

const watchers = new Set();
const mostKept = 10000;
export const live = { status: null, tail: [], heard: 0, skipped: 0, history: new Map() };
let stream = null;

export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function tell(what) {
  live.heard = Date.now();
  for (const watcher of [...watchers]) watcher(what);
}

// Where each host was, for as long as this page is open: an hour at most.
function remember(status) {
  const now = Date.now();
  for (const host of status.endpoints) {
    const key = host.endpoint + "\n" + host.model;
    if (!live.history.has(key)) live.history.set(key, []);
    const past = live.history.get(key);
    if (past.length > 0 && now - past[past.length - 1].at < 5000) continue;
    past.push({ at: now, p50: host.ttft_p50_ms, p90: host.ttft_p90_ms, predicted: host.ttft_predicted_ms, rate: host.tokens_per_second_p50,
      running: host.in_flight, failures: host.failures });
    while (past.length > 720) past.shift();
  }
}

export function connect() {
  if (stream) return;
  stream = new EventSource("/admin/events");
  stream.addEventListener("status", (event) => {
    live.status = JSON.parse(event.data);
    remember(live.status);
    tell("status");
  });
  stream.addEventListener("requests", (event) => {
    const batch = JSON.parse(event.data);
    live.skipped += batch.skipped;
    live.tail.push(...batch.requests);
    if (live.tail.length > mostKept) live.tail.splice(0, live.tail.length - mostKept);
    tell("requests");
  });
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    stream = null;
    setTimeout(connect, 2000);
  };
}
