"use strict";
const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "none",
  filter: true,
  persistAuthorization: true,
  defaultModelsExpandDepth: -1,
  syntaxHighlight: { activated: false },
  validatorUrl: null,
});

// In the sandbox: sign in as one of the sample accounts, and send its token with every request.
const bar = document.getElementById("accounts");
const state = bar.querySelector("output");

async function signIn(account) {
  state.textContent = "Signing in …";
  const answer = await fetch("/api/v1/users/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: account.email, password: account.password }),
  });
  const result = await answer.json();
  if (!result.success) {
    state.textContent = result.message;
    return;
  }
  ui.preauthorizeApiKey("bearer", result.data.accessToken);
  state.textContent = `You are ${result.data.user.name} for ten minutes.`;
}

async function offerAccounts() {
  const answer = await fetch("/docs/accounts.json");
  if (!answer.ok) return;
  for (const account of (await answer.json()).data) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `Sign in as ${account.role}`;
    button.addEventListener("click", () => signIn(account));
    bar.insertBefore(button, state);
    bar.hidden = false;
  }
}

offerAccounts();
