// Buying: the card goes to Stripe (here: its stand-in) and never to the school; the bank may ask in between.

import { api, config, idempotencyKey, money, take } from "./api.js";
import { picture } from "./catalogue.js";
import { field, form, h, say } from "./dom.js";

const CARDS = [["4242 4242 4242 4242", "is paid"], ["4000 0000 0000 3220", "the bank asks first"], ["4000 0000 0000 0002", "is declined"]];
const PATIENCE_MS = 30_000;
// The school asks Stripe every three seconds; an error that is shown before may be that of an earlier card.
const FRESH_MS = 4_000;

export async function checkoutPage({ parts: [slug] }) {
  const [{ data: course }, { data: provider }] = await Promise.all([
    take(api.GET("/api/v1/courses/{course_id}", { params: { path: { course_id: slug } } })),
    take(api.GET("/api/v1/payments/config")),
  ]);
  // One key for this visit: pressing the button again is the same purchase.
  const params = { header: { "Idempotency-Key": idempotencyKey() } };
  let checkout = null;
  const number = field("Card number", { name: "number", inputmode: "numeric", autocomplete: "cc-number", required: true, pattern: "[0-9 ]{12,23}" });
  const pay = async (card) => {
    checkout ??= (await take(api.POST("/api/v1/payments", { params, body: { courseId: course.id } }))).data;
    if (checkout.clientSecret) await confirmCard(provider, checkout, card);
    else location.replace(`#/paid/${checkout.payment.id}`);
  };
  return [h("section", { class: "narrow" },
    h("h1", {}, "Buy this course"),
    h("div", { class: "panel line" }, picture(course, "8rem"), h("div", {}, h("strong", {}, course.title), h("p", { class: "quiet" }, course.instructor.name)), h("strong", {}, money(course.price, course.currency))),
    form({ class: "panel", id: "card" }, pay,
      h("fieldset", { class: "cards" }, h("legend", {}, "Test cards"), CARDS.map(([digits, what]) =>
        h("button", { type: "button", onclick: (event) => fill(event.currentTarget.form, digits) }, h("code", {}, `… ${digits.slice(-4)}`), ` ${what}`))),
      number,
      h("div", { class: "pair" },
        field("Expires", { name: "expires", placeholder: "MM / YY", autocomplete: "cc-exp", required: true, pattern: "[0-9]{1,2} ?/ ?[0-9]{2}" }),
        field("CVC", { name: "cvc", inputmode: "numeric", autocomplete: "cc-csc", required: true, pattern: "[0-9]{3,4}" })),
      h("button", { class: "strong" }, `Pay ${money(course.price, course.currency)}`)))];
}

function fill(card, digits) {
  card.number.value = digits;
  card.expires.value = "12 / 34";
  card.cvc.value = "123";
  card.querySelector("button.strong").focus();
}

/** Sends the card with the publishable key and the client secret, as Stripe.js does. */
async function confirmCard({ apiBase, publishableKey }, { clientSecret, payment }, { number, expires, cvc }) {
  const [month, year] = expires.split("/").map((part) => part.trim());
  const card = { number: number.replaceAll(" ", ""), exp_month: month, exp_year: `20${year}`, cvc };
  const back = `${location.origin}${location.pathname}?payment=${payment.id}`;
  const answer = await fetch(`${apiBase}/v1/payment_intents/${payment.transactionId}/confirm`, {
    method: "POST",
    body: new URLSearchParams({
      key: publishableKey, client_secret: clientSecret, return_url: back, "payment_method_data[type]": "card",
      ...Object.fromEntries(Object.entries(card).map(([name, value]) => [`payment_method_data[card][${name}]`, value])),
    }),
  });
  const intent = await answer.json();
  if (intent.error) throw new Error(intent.error.message);
  if (intent.next_action) location.assign(intent.next_action.redirect_to_url.url);
  else location.replace(`#/paid/${payment.id}`);
}

/** Waits until the payment is settled: Stripe tells the school, and the school opens the course. */
export async function paidPage({ parts: [id] }) {
  say("Waiting for the payment …");
  const started = Date.now();
  let payment;
  do {
    payment = (await take(api.GET("/api/v1/payments/{payment_id}", { params: { path: { payment_id: id } } }))).data;
    if (payment.status !== "pending" && payment.status !== "processing") break;
    if (payment.lastError && Date.now() - started > FRESH_MS) break;
    await new Promise((resolve) => setTimeout(resolve, 700));
  } while (Date.now() - started < PATIENCE_MS);
  say("");
  const [line] = payment.items;
  if (payment.status === "succeeded") {
    const learn = payment.enrollmentIds[0] ? `#/learn/${payment.enrollmentIds[0]}` : "#/learn";
    return [h("section", { class: "narrow panel" }, h("h1", {}, "Thank you"), h("p", {}, `${line.title} is yours. A receipt is on its way to `, config.mailbox ? h("a", { href: config.mailbox }, "your mailbox") : "your mailbox", "."), h("a", { class: "button strong", href: learn }, "Start learning"))];
  }
  const why = payment.lastError?.message ?? (payment.status === "pending" ? "The bank has not answered yet." : `The payment is ${payment.status}.`);
  return [h("section", { class: "narrow panel" }, h("h1", {}, "Not paid yet"), h("p", {}, why), h("a", { class: "button strong", href: `#/buy/${line.slug}` }, "Try again"))];
}
