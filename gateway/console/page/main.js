// The frame: which page is shown, who looks, whether the stream is alive.
import { ask, connect, live, watch } from "./api.js";
import { fill, h, note } from "./dom.js";
import { rate, span } from "./format.js";
import { login } from "./login.js";
import { demo } from "./demo.js";

const pages = [
  ["market", "Market", () => import("./market.js")],
  ["live", "Live", () => import("./live.js")],
  ["hosts", "Hosts", () => import("./hosts.js")],
  ["spend", "Spend", () => import("./spend.js")],
  ["keys", "Keys", () => import("./keys.js")],
  ["policies", "Policies", () => import("./policies.js")],
  ["configuration", "Configuration", () => import("./configuration.js")],
];
const view = document.getElementById("view");
const standing = document.getElementById("standing");
let leave = () => {};
let shown = 0;

// "#/live/req_1?slow=2" is the page "live" with the place "req_1" and its settings.
export function where() {
  const [path, query = ""] = location.hash.slice(2).split("?");
  const [page, ...rest] = path.split("/");
  return { page: page || "market", place: decodeURIComponent(rest.join("/")), settings: new URLSearchParams(query) };
}

function menu(page) {
  fill(document.getElementById("pages"),
    pages.map(([key, title]) => h("a", { href: "#/" + key, "aria-current": key === page ? "page" : undefined }, title)));
}

async function show() {
  const turn = ++shown;
  const at = where();
  const found = pages.find(([key]) => key === at.page) ?? pages[0];
  leave();
  leave = () => {};
  menu(found[0]);
  document.title = found[1] + " · isocost";
  fill(view, h("p", { class: "faint" }, "Loading …"));
  const module = await found[2]();
  if (turn !== shown) return;
  view.replaceChildren();
  leave = module.show(view, at) ?? (() => {});
}

function say() {
  const silent = live.heard > 0 && Date.now() - live.heard > 4000;
  standing.className = silent ? "stale" : "";
  if (silent) {
    standing.textContent = "No news for " + Math.round((Date.now() - live.heard) / 1000) + " s: what is shown is old";
  } else if (live.status) {
    const gateway = live.status.gateway;
    standing.textContent = `${gateway.version}, up ${span(gateway.uptime_seconds)}, ${rate(gateway.requests_per_second)} requests/s`;
  }
}

async function begin() {
  let me;
  try {
    me = await ask("/ui/me");
  } catch (refused) {
    return fill(view, note("bad", refused.message));
  }
  if (!me.may_look) {
    standing.textContent = "";
    return login(view, begin);
  }
  connect();
  if (me.demo) demo();
  watch(say);
  setInterval(say, 1000);
  window.addEventListener("hashchange", async () => {
    await show();
    view.focus();
  });
  await show();
}

begin();
