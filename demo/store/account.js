// Signing up and in; afterwards the page that was wanted opens.

import { api, config, take, useSession } from "./api.js";
import { field, form, h } from "./dom.js";

function done(session) {
  useSession(session);
  const next = sessionStorage.getItem("after-sign-in") ?? "#/";
  sessionStorage.removeItem("after-sign-in");
  if (location.hash === next) dispatchEvent(new Event("hashchange"));
  else location.replace(next);
}

async function signIn(email, password) {
  done((await take(api.POST("/api/v1/users/login", { body: { email, password } }))).data);
}

export function signInPage() {
  return [h("section", { class: "narrow" },
    h("h1", {}, "Sign in"),
    form({ class: "panel" }, ({ email, password }) => signIn(email, password),
      field("Email", { name: "email", type: "email", autocomplete: "username", required: true }),
      field("Password", { name: "password", type: "password", autocomplete: "current-password", required: true }),
      h("button", { class: "strong" }, "Sign in")),
    config.email ? form({ class: "panel" }, () => signIn(config.email, config.password),
      h("p", {}, "Or look around with an account that has courses already."), h("button", {}, "Continue as the sample student")) : null,
    h("p", {}, "New here? ", h("a", { href: "#/sign-up" }, "Sign up")))];
}

export function signUpPage() {
  return [h("section", { class: "narrow" },
    h("h1", {}, "Sign up"),
    form({ class: "panel" }, async (body) => done((await take(api.POST("/api/v1/users/register", { body }))).data),
      field("Name", { name: "name", autocomplete: "name", required: true, maxlength: "100" }),
      field("Email", { name: "email", type: "email", autocomplete: "username", required: true }, "Any address will do: emails arrive in the sandbox's mailbox."),
      field("Password", { name: "password", type: "password", autocomplete: "new-password", required: true, minlength: "8", maxlength: "128" }, "At least 8 characters, one of them neither a letter nor a digit."),
      h("button", { class: "strong" }, "Sign up")),
    h("p", {}, "Already here? ", h("a", { href: "#/sign-in" }, "Sign in")))];
}
