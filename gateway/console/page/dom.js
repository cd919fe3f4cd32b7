// Elements out of words. Text is only ever set as text: names of models, keys and errors come from elsewhere.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && name !== "list" && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null).map(visible));
  return element;
}

// Control characters, and marks that turn the direction of what follows, are shown and do nothing.
export function visible(value) {
  if (value instanceof Node) return value;
  return String(value).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => "\\u" + c.codePointAt(0).toString(16).padStart(4, "0"));
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== undefined && child !== null).map(visible));
  return element;
}

// A thousand rows that are drawn anew every few seconds are nothing that anybody reads, and not smooth.
const mostRows = 200;

// Columns are [title, class of its cells, what a row has there, by what it is sorted]. `mark` gives the class of a row.
// `order` says the title of the column that rows are sorted by and whether down, and is told of another one.
export function table(caption, columns, rows, mark = () => "", order = null) {
  const by = order && columns.find(([title, , , value]) => value && title === order.by)?.[3];
  const way = order?.down ? -1 : 1, is_known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
  const before = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b) * way;
  // What is not known comes last, whichever way.
  const sorted = by ? [...rows].sort((a, b) => (is_known(by(a)) ? (is_known(by(b)) ? before(by(a), by(b)) : -1) : is_known(by(b)) ? 1 : 0)) : rows;
  const head = ([title, kind, , value]) => {
    const is_it = order && value && title === order.by;
    return h("th", { class: kind, scope: "col", "aria-sort": is_it ? (order.down ? "descending" : "ascending") : undefined },
      order && value ? h("button", { class: "sort", "data-by": title, onclick: () => order.change(title, is_it ? !order.down : kind === "number") }, title, is_it ? h("span", { "aria-hidden": "true" }, order.down ? " ▾" : " ▴") : null) : title);
  };
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("thead", {}, h("tr", {}, columns.map(head))),
      h("tbody", {}, sorted.slice(0, mostRows).map((row) => h("tr", { class: mark(row) },
        columns.map(([, kind, cell]) => h("td", { class: kind }, cell(row))))))),
    rows.length > mostRows ? h("p", { class: "faint" }, `${(rows.length - mostRows).toLocaleString("en")} more are not shown.`) : null);
}

// Calls `draw` so that it takes a tenth of the time at most, however much there is to draw.
export function paced(draw, pause) {
  let next = 0;
  return () => {
    const begun = performance.now();
    if (begun < next) return;
    draw();
    const ended = performance.now();
    next = ended + Math.max(pause, 9 * (ended - begun));
  };
}

export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

export function labelled(text, control) {
  return h("label", {}, text, control);
}

export function choice(options, value, change) {
  const select = h("select", { onchange: () => change(select.value) },
    options.map((option) => {
      const [key, text] = Array.isArray(option) ? option : [option, option];
      return h("option", { value: key, selected: key === value }, text);
    }));
  return select;
}

export function note(kind, ...text) {
  return h("div", { class: "note " + kind, role: kind === "bad" ? "alert" : undefined }, text);
}
