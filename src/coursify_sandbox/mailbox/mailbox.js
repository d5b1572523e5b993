"use strict";
// New emails appear in the list; what is typed, chosen or scrolled stays as it is.
const EVERY_MS = 2000;
const field = document.querySelector("input[name=search]");
const list = document.getElementById("emails");
const state = document.getElementById("state");

async function refresh() {
  const query = new URLSearchParams({ search: field.value });
  try {
    const answer = await fetch(`/list?${query}`);
    const html = await answer.text();
    if (answer.ok && html !== list.dataset.html) {
      list.dataset.html = html;
      const focused = document.activeElement && document.activeElement.getAttribute("href");
      list.innerHTML = html;
      if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    }
    state.textContent = "";
  } catch {
    state.textContent = "The mailbox does not answer.";
  }
}

field.addEventListener("input", refresh);
setInterval(() => document.hidden || refresh(), EVERY_MS);
