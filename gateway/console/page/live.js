// Requests as they end, and one of them whole.
import { ask, live, watch } from "./api.js";
import { choice, fill, h, labelled, note } from "./dom.js";
import { clock, money, time } from "./format.js";
import { journey } from "./journey.js";

const height = 30;
const outcomes = [["", "any"], ["answered", "answered"], ["refused", "refused"], ["broken", "broken off"], ["client_left", "client left"]];

export function show(view, at) {
  const wanted = { text: at.settings.get("text") ?? "", outcome: at.settings.get("outcome") ?? "", slow: Number(at.settings.get("slow")) || 0,
    moved: at.settings.get("moved") === "1", hedged: at.settings.get("hedged") === "1" };
  const rows = h("div", { class: "rows" });
  const tail = h("div", { class: "tail", tabindex: "0", role: "region", "aria-label": "Requests, the newest first" },
    h("div", { class: "row head" }, ["Ended", "Outcome", "Host", "Model", "TTFT", "All", "Billed", "Key"].map((title) => h("span", {}, title))), rows);
  const said = h("p", { class: "faint", role: "status" });
  const opened = h("div");
  let paused = false, shown = [], open = at.place, gone = false, known = false;

  const keep = () => {
    const settings = new URLSearchParams();
    for (const [name, value] of Object.entries(wanted)) if (value) settings.set(name, value === true ? "1" : value);
    history.replaceState(null, "", "#/live" + (open ? "/" + encodeURIComponent(open) : "") + (settings.size ? "?" + settings : ""));
    choose();
  };
  // One that ended before this page was opened is found by the id that its client was told.
  const id = () => wanted.text.trim().match(/^(?:req|gen|chatcmpl|msg|resp)[_-]([0-9a-v]{24})$/)?.[1];
  const openIt = () => { open = "req_" + id(); keep(); look(); };
  const offer = h("button", { onclick: openIt, hidden: true }, "Open this request");
  const field = (name) => (event) => { wanted[name] = event.target.value; keep(); };
  const flag = (name, text) => h("label", { class: "check" }, h("input", { type: "checkbox", checked: wanted[name], onchange: (event) => { wanted[name] = event.target.checked; keep(); } }), text);
  const pause = h("button", { onclick: () => { paused = !paused; pause.textContent = paused ? "Go on" : "Pause"; choose(); } }, "Pause");
  view.append(h("h1", {}, "Live"),
    h("p", { class: "lead" }, "Requests as they end, the newest first. Open one for its journey and the whole decision."),
    h("div", { class: "tools" }, labelled("Model, host, key or id", h("input", { type: "search", value: wanted.text, oninput: field("text"), onkeydown: (event) => { if (event.key === "Enter" && id()) openIt(); } })), offer,
      labelled("Outcome", choice(outcomes, wanted.outcome, (value) => { wanted.outcome = value; keep(); })),
      labelled("Slower than (s)", h("input", { type: "number", min: "0", step: "0.5", value: wanted.slow ? String(wanted.slow) : "", size: "6", oninput: (event) => { wanted.slow = Number(event.target.value) || 0; keep(); } })),
      flag("moved", "failed over"), flag("hedged", "hedged"), pause),
    said, tail, opened);

  function fits(row) {
    if (wanted.outcome && row.ending !== wanted.outcome) return false;
    if (wanted.slow && !(row.total_ms > wanted.slow * 1000)) return false;
    if (wanted.moved && !(row.attempts > 1 && !row.hedged)) return false;
    if (wanted.hedged && !row.hedged) return false;
    if (!wanted.text) return true;
    const text = wanted.text.toLowerCase();
    return [row.model, row.asked, row.endpoint, row.key, row.id, row.error].some((part) => part && part.toLowerCase().includes(text));
  }

  function choose() {
    offer.hidden = !id();
    if (paused) return;
    shown = live.tail.filter(fits).reverse();
    said.textContent = live.tail.length === 0 ? "No request has ended since this page was opened. One that ended before is opened by its x-request-id, put in the field above." :
      (shown.length < live.tail.length ? `${shown.length.toLocaleString("en")} of ` : "") + `${live.tail.length.toLocaleString("en")} requests` + (live.skipped ? `; ${live.skipped.toLocaleString("en")} more came too fast to be shown` : "");
    rows.style.height = shown.length * height + "px";
    draw();
  }

  function outcome(row) {
    if (row.ending === "answered") return h("span", { class: "good" }, row.attempts > 1 ? (row.hedged ? "hedged" : "failed over") : "answered");
    if (row.ending === "client_left") return h("span", { class: "faint" }, "client left");
    return h("span", { class: "bad" }, row.error || row.ending);
  }

  // Those that can be seen, and no others: ten thousand stay smooth.
  function draw() {
    const first = Math.max(0, Math.floor(tail.scrollTop / height) - 5);
    const last = Math.min(shown.length, first + Math.ceil(tail.clientHeight / height) + 12);
    const focused = document.activeElement?.dataset?.id;
    fill(rows, shown.slice(first, last).map((row, i) => {
      const button = h("button", { class: "row", "data-id": row.id, "aria-expanded": row.id === open ? "true" : "false", onclick: () => { open = row.id === open ? "" : row.id; keep(); look(); } },
        h("span", {}, clock(row.at)), outcome(row), h("span", {}, row.endpoint || "–"), h("span", {}, row.model || row.asked || "–"), h("span", {}, time(row.ttft_ms)),
        h("span", {}, time(row.total_ms)), h("span", {}, money(row.dollars)), h("span", {}, row.key || "–"));
      button.style.top = (first + i) * height + "px";
      return button;
    }));
    if (focused) rows.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  async function look() {
    tail.classList.toggle("short", open !== "");
    if (!open) return fill(opened);
    fill(opened, h("p", { class: "faint" }, "Loading …"));
    const asked = open, is_past = () => gone || open !== asked;
    try {
      const page = await ask("/admin/requests/" + encodeURIComponent(asked));
      if (is_past()) return;
      fill(opened, journey(page));
    } catch (refused) {
      if (is_past()) return;
      fill(opened, note("bad", asked + ": " + refused.message));
    }
    opened.scrollIntoView({ block: "nearest" });
  }

  tail.addEventListener("scroll", draw);
  const stop = watch((what) => { if (what === "requests" && !known) choose(); });
  choose();
  look();
  return () => { gone = true; stop(); };
}
