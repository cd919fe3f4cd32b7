// Where the hosts are simulated and nobody asks them, this page does: a market moves only when it is used.
import { live } from "./api.js";

const sizes = [40, 200, 900, 4000];
// A browser has six connections to a gateway, and the console itself needs some of them.
const mostAtOnce = 2;
let turn = 0, underWay = 0;

async function question() {
  const busy = live.status && live.status.gateway.requests_per_second > 3;
  const model = live.status?.endpoints[0]?.model;
  if (busy || !model || document.hidden || underWay >= mostAtOnce) return;
  const size = sizes[turn++ % sizes.length];
  const body = JSON.stringify({ model, stream: true, max_tokens: 2000, messages: [{ role: "user", content: "market ".repeat(size) }] });
  ++underWay;
  try {
    const reply = await fetch("/v1/chat/completions", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    await reply.text();
  } catch {
    // The gateway is gone, which the frame says.
  } finally {
    --underWay;
  }
}

export function demo() {
  setInterval(question, 700);
}
