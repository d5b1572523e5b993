"use strict";
// Opening the page changes nothing: only the button uses the link's token.
const form = document.querySelector("form");
const answer = document.getElementById("answer");
const token = new URLSearchParams(location.search).get("token") || "";

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = Object.fromEntries(new FormData(form));
  const body = token ? { token, ...typed } : typed;
  const response = await fetch(form.dataset.operation, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const result = await response.json();
  const details = result.error ? result.error.details.map((detail) => `${detail.field} ${detail.message}`) : [];
  answer.textContent = [result.message, ...details].join(" ");
  if (result.success) form.remove();
});
