// The catalogue: search with suggestions, categories, order, and more on demand.

import { api, length, money, take } from "./api.js";
import { empty, h, stars } from "./dom.js";

const ORDERS = { popular: "Most learned", newest: "Newest", rating: "Best rated", price: "Lowest price" };
const PAGE = 12;

export async function cataloguePage({ query }) {
  const wanted = Object.fromEntries(query);
  const filter = { limit: PAGE, ...(wanted.search ? { search: wanted.search, sort: "relevance" } : { sort: wanted.sort ?? "popular" }) };
  if (wanted.category) filter.category = wanted.category;
  const [{ data: categories }, page] = await Promise.all([
    take(api.GET("/api/v1/categories")),
    take(api.GET("/api/v1/courses", { params: { query: filter } })),
  ]);
  const grid = h("ul", { class: "grid" }, page.data.map(card));
  const category = categories.find(({ slug }) => slug === wanted.category);
  const title = wanted.search ? `“${wanted.search}”` : category?.name ?? "What would you like to learn?";
  return [
    h("section", { class: "hero" }, h("h1", {}, title), searchForm(wanted.search ?? "")),
    h("nav", { class: "chips", "aria-label": "Categories" },
      [{ slug: "", name: "All" }, ...categories.filter(({ courseCount }) => courseCount)].map(({ slug, name }) =>
        h("a", { href: `#/?${new URLSearchParams(slug ? { category: slug } : {})}`, "aria-current": slug === (wanted.category ?? "") && !wanted.search ? "true" : null }, name))),
    h("div", { class: "bar" }, h("p", { class: "quiet" }, `${page.meta.total} ${page.meta.total === 1 ? "course" : "courses"}`), wanted.search ? null : orderField(wanted)),
    page.data.length ? grid : empty(page.meta.didYouMean ? `Nothing found. Did you mean “${page.meta.didYouMean}”?` : "Nothing found.", h("a", { href: "#/" }, "All courses")),
    page.meta.nextCursor ? moreButton(grid, filter, page.meta.nextCursor) : null,
  ].filter(Boolean);
}

function orderField(wanted) {
  const select = h("select", { name: "sort", onchange: () => {
    location.hash = `#/?${new URLSearchParams({ ...wanted, sort: select.value })}`;
  } }, Object.entries(ORDERS).map(([value, text]) => h("option", { value, selected: value === (wanted.sort ?? "popular") }, text)));
  return h("label", { class: "inline" }, "Sort by ", select);
}

function moreButton(grid, filter, cursor) {
  const button = h("button", { type: "button", class: "more", onclick: async () => {
    button.disabled = true;
    const page = await take(api.GET("/api/v1/courses", { params: { query: { ...filter, cursor } } }));
    const cards = page.data.map(card);
    grid.append(...cards);
    cards[0]?.querySelector("a").focus();
    cursor = page.meta.nextCursor;
    button.disabled = false;
    if (!cursor) button.remove();
  } }, "Show more");
  return button;
}

export function card(course) {
  return h("li", { class: "card" },
    picture(course, "(max-width: 40rem) 100vw, 20rem"),
    h("div", { class: "text" },
      h("h2", {}, h("a", { href: `#/course/${course.slug}` }, course.title)),
      h("p", { class: "quiet" }, course.instructor.name),
      h("p", { class: "facts" }, course.ratingCount ? [stars(course.averageRating), ` (${course.ratingCount})`] : h("span", { class: "quiet" }, "No reviews yet")),
      h("p", { class: "price" }, course.price === null ? "" : money(course.price, course.currency),
        h("span", { class: "quiet" }, `${course.lessonCount} lessons · ${length(course.durationSeconds)}`))));
}

export function picture(course, sizes) {
  if (!course.imageSizes) return h("div", { class: "picture blank", "aria-hidden": "true" }, course.title.slice(0, 1));
  const { small, medium, large } = course.imageSizes;
  return h("img", { class: "picture", src: medium, srcset: `${small} 320w, ${medium} 640w, ${large} 1280w`, sizes, alt: course.imageAltText ?? "", loading: "lazy", decoding: "async", width: "640", height: "360" });
}

/** A combobox: arrows choose a suggestion, Enter opens it or searches what is typed, Escape closes the list. */
function searchForm(text) {
  let chosen = -1;
  let asked = 0;
  const list = h("ul", { id: "suggestions", role: "listbox", "aria-label": "Suggestions", hidden: true });
  const input = h("input", { type: "search", name: "search", value: text, placeholder: "Search courses", autocomplete: "off", role: "combobox",
    "aria-label": "Search courses", "aria-expanded": "false", "aria-controls": "suggestions", "aria-autocomplete": "list", oninput: suggest, onkeydown: choose, onblur: () => setTimeout(close, 150) });
  return h("form", { class: "search", role: "search", onsubmit: (event) => {
    event.preventDefault();
    const option = list.children[chosen];
    location.hash = option ? option.dataset.href : input.value.trim() ? `#/?${new URLSearchParams({ search: input.value.trim() })}` : "#/";
    close();
  } }, h("div", { class: "combo" }, input, list), h("button", { class: "strong" }, "Search"));

  async function suggest() {
    const number = ++asked;
    if (input.value.trim().length < 2) return close();
    const { data } = await api.GET("/api/v1/search/suggest", { params: { query: { q: input.value } } });
    if (number !== asked || !data) return undefined;
    list.replaceChildren(...data.data.map(({ kind, text: name, slug }, index) => h("li", {
      id: `suggestion-${index}`, role: "option", "aria-selected": "false",
      "data-href": kind === "course" ? `#/course/${slug}` : kind === "category" ? `#/?category=${slug}` : `#/?${new URLSearchParams({ search: name })}`,
      onmousedown: (event) => { location.hash = event.currentTarget.dataset.href; },
    }, h("span", {}, name), h("small", {}, kind))));
    chosen = -1;
    list.hidden = !data.data.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    return undefined;
  }

  function choose(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    if (!step || list.hidden) return;
    event.preventDefault();
    chosen = (chosen + step + list.children.length + (chosen < 0 && step < 0 ? 1 : 0)) % list.children.length;
    for (const [index, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(index === chosen));
    input.setAttribute("aria-activedescendant", `suggestion-${chosen}`);
  }

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
}
