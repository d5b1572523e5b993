// What was bought, and giving it back within the refund policy.

import { api, day, idempotencyKey, money, take } from "./api.js";
import { empty, form, h, say } from "./dom.js";

const WORDS = { succeeded: "Paid", pending: "Not paid yet", processing: "Being paid", failed: "Failed", canceled: "Canceled", partially_refunded: "Partly refunded", refunded: "Refunded", disputed: "Disputed" };
const PATIENCE_MS = 20_000;

export async function purchasesPage() {
  const { data: payments } = await take(api.GET("/api/v1/payments", { params: { query: { limit: 50 } } }));
  return [h("h1", {}, "Purchases"), payments.length ? h("ul", { class: "purchases" }, payments.map(row)) : empty("You have bought nothing yet.", h("a", { href: "#/" }, "All courses"))];
}

function row(payment) {
  const element = h("li", { class: "panel" });
  const draw = (current) => element.replaceChildren(
    h("div", {}, current.items.map(({ title, slug }) => h("p", {}, h("a", { href: `#/course/${slug}` }, title))), h("p", { class: "quiet" }, day(current.createdAt))),
    h("p", {}, h("strong", {}, money(current.amount, current.currency)), " ", h("span", { class: "tag" }, WORDS[current.status])),
    ...(current.refundable.amount ? [refundForm(current, draw)] : []));
  draw(payment);
  return element;
}

function refundForm(payment, draw) {
  const params = { header: { "Idempotency-Key": idempotencyKey() } };
  return h("details", {}, h("summary", {}, "Get a refund"),
    form({}, async ({ reason }) => {
      await take(api.POST("/api/v1/payments/refund", { params, body: { paymentId: payment.id, ...(reason ? { reason } : {}) } }));
      say("The refund has been requested.");
      draw(await waitForRefund(payment.id));
    }, h("label", { class: "field" }, h("span", {}, "Why? (optional)"), h("input", { name: "reason", maxlength: "500" })),
    h("p", { class: "quiet" }, `${money(payment.refundable.amount, payment.currency)} go back to your card, and your access ends.`),
    h("button", {}, "Refund")));
}

async function waitForRefund(id) {
  const started = Date.now();
  for (;;) {
    const { data } = await take(api.GET("/api/v1/payments/{payment_id}", { params: { path: { payment_id: id } } }));
    if (data.refunds.every(({ status }) => status === "succeeded" || status === "failed") || Date.now() - started > PATIENCE_MS) return data;
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
}
