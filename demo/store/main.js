// Shows the page of an address: `#/course/python-basics`. Each page is a function that returns its elements.

import { config, isSignedIn, signOut, whoAmI } from "./api.js";
import { signInPage, signUpPage } from "./account.js";
import { cataloguePage } from "./catalogue.js";
import { checkoutPage, paidPage } from "./checkout.js";
import { coursePage } from "./course.js";
import { h, say, sentenceOf } from "./dom.js";
import { learnPage, lessonPage, previewPage, wishesPage } from "./learning.js";
import { purchasesPage } from "./purchases.js";

const PAGES = [
  [/^\/$/, cataloguePage, false],
  [/^\/course\/([^/]+)$/, coursePage, false],
  [/^\/course\/([^/]+)\/([^/]+)$/, previewPage, false],
  [/^\/sign-in$/, signInPage, false],
  [/^\/sign-up$/, signUpPage, false],
  [/^\/buy\/([^/]+)$/, checkoutPage, true],
  [/^\/paid\/([^/]+)$/, paidPage, true],
  [/^\/purchases$/, purchasesPage, true],
  [/^\/wishes$/, wishesPage, true],
  [/^\/learn$/, learnPage, true],
  [/^\/learn\/([^/]+)(?:\/([^/]+))?$/, lessonPage, true],
];
const main = document.querySelector("#main");
let shown = 0;

async function show() {
  const number = ++shown;
  dispatchEvent(new Event("leave"));
  const [path, query = ""] = (location.hash.slice(1) || "/").split("?");
  const [match, page, isPersonal] = find(path);
  document.body.dataset.state = "loading";
  say("");
  await showLinks(path);
  if (isPersonal && !isSignedIn()) {
    sessionStorage.setItem("after-sign-in", `#${path}`);
    location.replace("#/sign-in");
    return;
  }
  let content;
  try {
    content = await page({ parts: match.slice(1).map((part) => part && decodeURIComponent(part)), query: new URLSearchParams(query) });
  } catch (error) {
    content = [h("h1", {}, error.status === 404 ? "Not found" : "This did not work"), h("p", {}, sentenceOf(error)), h("a", { href: "#/" }, "All courses")];
  }
  // A page that was slower than the next click is dropped.
  if (number !== shown || !content) return;
  main.replaceChildren(...content);
  document.title = `${main.querySelector("h1")?.textContent ?? "Courses"} · Coursify demo`;
  document.body.dataset.state = "ready";
  if (number > 1) main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function find(path) {
  for (const [pattern, page, isPersonal] of PAGES) {
    const match = pattern.exec(path);
    if (match) return [match, page, isPersonal];
  }
  return [[path], () => [h("h1", {}, "Not found"), h("a", { href: "#/" }, "All courses")], false];
}

async function showLinks(path) {
  const person = await whoAmI().catch(() => null);
  const link = (href, text) => h("a", { href: `#${href}`, "aria-current": path === href ? "page" : null }, text);
  document.querySelector("#links").replaceChildren(
    link("/", "Courses"),
    ...(person ? [link("/learn", "My learning"), link("/wishes", "Wish list"), link("/purchases", "Purchases")] : []),
    person
      ? h("button", { type: "button", title: person.name, onclick: async () => { await signOut(); location.hash = "#/"; await show(); } }, "Sign out")
      : link("/sign-in", "Sign in"),
    ...(person ? [] : [h("a", { href: "#/sign-up", class: "strong" }, "Sign up")]),
  );
}

document.querySelector("#skip").addEventListener("click", () => main.focus());
document.querySelector("footer").append(h("p", {}, h("a", { href: `${config.api}/guide` }, "Guide"), " · ", h("a", { href: `${config.api}/docs` }, "API"), " · ", h("a", { href: "player.html" }, "Player"),
  config.mailbox ? [" · ", h("a", { href: config.mailbox }, "Mailbox")] : null));
addEventListener("hashchange", show);
addEventListener("signed-out", () => { say("You have been signed out."); show(); });

// The bank sends people back with a query, which the address of a page does not need.
const returned = new URLSearchParams(location.search).get("payment");
if (returned) history.replaceState(null, "", `${location.pathname}#/paid/${encodeURIComponent(returned)}`);
await show();
