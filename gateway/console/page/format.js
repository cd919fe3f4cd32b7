// Numbers as people read them: with their units and three digits that matter. What is not known is a dash.
const none = "–";
const known = (value) => typeof value === "number" && Number.isFinite(value);
const digits = (value) => {
  const text = Number(value.toPrecision(3));
  return Math.abs(text) >= 1000 ? text.toLocaleString("en") : String(text);
};

export function money(dollars) {
  if (!known(dollars)) return none;
  if (dollars === 0) return "$0";
  const size = Math.abs(dollars);
  const kept = size < 0.00001 ? 2 : 3;  // more would not fit where amounts are listed
  const text = size < 0.001 ? Number(size.toPrecision(kept)).toFixed(Math.min(12, kept - 1 - Math.floor(Math.log10(size)))) : digits(size);
  return (dollars < 0 ? "−$" : "$") + text;
}

export function time(milliseconds) {
  if (!known(milliseconds)) return none;
  if (milliseconds > 0 && milliseconds < 1) return digits(milliseconds * 1000) + " µs";
  if (milliseconds < 1000) return digits(milliseconds) + " ms";
  if (milliseconds < 120000) return digits(milliseconds / 1000) + " s";
  return digits(milliseconds / 60000) + " min";
}

export const seconds = (value) => (known(value) ? time(value * 1000) : none);
export const percent = (share) => (!known(share) ? none : share > 0 && share < 0.0001 ? "< 0.01 %" : digits(share * 100) + " %");
export const rate = (perSecond) => (known(perSecond) ? digits(perSecond) : none);
export const count = (value) => (known(value) ? Math.round(value).toLocaleString("en") : none);
export const clock = (at) => new Date(at).toLocaleTimeString([], { hour12: false });
export const day = (at) => new Date(at).toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" });
export const moment = (at) => day(at) + ", " + clock(at);

export function span(secondsLong) {
  if (!known(secondsLong)) return none;
  const units = [[86400, "d"], [3600, "h"], [60, "min"]];
  for (const [size, name] of units) if (secondsLong >= size) return digits(Math.floor(secondsLong / size * 10) / 10) + " " + name;
  return Math.round(secondsLong) + " s";
}
