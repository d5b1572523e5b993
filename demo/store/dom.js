// Builds elements without markup in strings, so that no text of the API is ever read as HTML.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** HTML that the API has sanitized; the page's policy runs no script in it either. */
export function richText(html, className = "prose") {
  const element = h("div", { class: className });
  element.innerHTML = html ?? "";
  for (const link of element.querySelectorAll("a")) Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
  return element;
}

export function field(label, attributes, hint) {
  const input = attributes.rows ? h("textarea", attributes) : h("input", attributes);
  return h("label", { class: "field" }, h("span", {}, label), input, hint ? h("small", {}, hint) : null);
}

export function say(sentence, isError = false) {
  const status = document.querySelector("#status");
  status.textContent = sentence;
  status.className = isError ? "error" : "";
}

/** A form whose button is busy while the work is done; a refusal is shown beside it. */
export function form(attributes, work, ...children) {
  const refusal = h("p", { class: "refusal", role: "alert" });
  return h("form", { ...attributes, onsubmit: async (event) => {
    event.preventDefault();
    const button = event.submitter ?? event.target.querySelector("button:not([type=button])");
    refusal.textContent = "";
    if (button) button.disabled = true;
    try {
      await work(Object.fromEntries(new FormData(event.target)), event.target);
    } catch (error) {
      refusal.textContent = sentenceOf(error);
    } finally {
      if (button) button.disabled = false;
    }
  } }, ...children, refusal);
}

/** The message of the API, with the fields that it names. */
export function sentenceOf(error) {
  const fields = (error.details ?? []).filter(({ message }) => message).map(({ field: name, message }) => (name ? `${name}: ${message}` : message));
  return [error.message, ...fields].join(" ");
}

export function stars(rating) {
  const full = Math.round(rating);
  return h("span", { class: "stars", role: "img", "aria-label": `${rating} of 5 stars` }, "★".repeat(full) + "☆".repeat(5 - full));
}

export function empty(sentence, ...links) {
  return h("div", { class: "empty" }, h("p", {}, sentence), ...links);
}
