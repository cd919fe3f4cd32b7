import { ask } from "./api.js";
import { fill, h, note } from "./dom.js";

// A key with a role opens the console; it is exchanged for a cookie that no script can read.
export function login(view, done) {
  const key = h("input", { type: "password", autocomplete: "off", name: "key", required: true, size: "40" });
  const wrong = h("div");
  const enter = async (event) => {
    event.preventDefault();
    try {
      await ask("/ui/login", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ key: key.value }) });
      key.value = "";
      done();
    } catch (refused) {
      fill(wrong, note("bad", refused.message));
    }
  };
  fill(view, h("h1", {}, "Log in"),
    h("p", { class: "lead" }, "This gateway has keys. One with a role, `role: viewer`, `operator` or `admin`, opens the console for twelve hours."),
    h("form", { class: "tools", onsubmit: enter }, h("label", {}, "Key", key), h("button", { class: "first" }, "Log in")), wrong);
  key.focus();
}
