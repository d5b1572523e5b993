// Plays the tour of the sandbox through the client: `node tour.mjs run.json film.mp4`. The last line of a success is "done".

import { openAsBlob, readFileSync } from "node:fs";
import { createCoursify, idempotencyKey, take, CoursifyError, type Coursify, type Schemas } from "../src/index.js";

type Run = { api: string; stripe: string; publishableKey: string; accounts: { role: string; email: string; password: string }[] };

const PASSWORD = "tour-of-the-school!";
const run: Run = JSON.parse(readFileSync(process.argv[2] ?? "run.json", "utf8"));
const suffix = idempotencyKey().slice(0, 8);

function check(name: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${name}: expected ${String(expected)}, got ${String(actual)}`);
}

async function signUp(role: "student" | "instructor"): Promise<Coursify> {
  const client = createCoursify(run.api);
  const body = { name: "Tess Tour", email: `${role}-${suffix}@example.com`, password: PASSWORD, role };
  const { data } = await take(client.api.POST("/api/v1/users/register", { body }));
  client.use(data);
  check("role", data.user.role, role);
  return client;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CoursifyError) return error.code;
    throw error;
  }
  throw new Error("the call succeeded");
}

async function publish(teacher: Coursify): Promise<{ course: string; lessons: string[] }> {
  const { data: course } = await take(teacher.api.POST("/api/v1/courses", {
    body: {
      title: `A Good Loaf of Bread ${suffix}`,
      description: "<p>Bake one loaf a week, and by the fourth you will not buy bread again.</p>",
      price: 4900, currency: "usd", category: "business", level: "beginner",
    },
  }));
  const params = { path: { course_id: course.id } };
  const lessons: string[] = [];
  for (const title of ["Flour, water, salt, time", "The starter", "Baking"]) {
    const body = { title, content: `<p>${title}.</p>`, isPreview: lessons.length === 0 };
    lessons.push((await take(teacher.api.POST("/api/v1/courses/{course_id}/lessons", { params, body }))).data.id);
  }
  await film(teacher, course.id, lessons[1] ?? "");
  const { data: submitted } = await take(teacher.api.POST("/api/v1/courses/{course_id}/submit", { params }));
  check("status", submitted.status, "pending");
  const account = run.accounts.find(({ role }) => role === "admin");
  if (!account) throw new Error("no admin");
  const admin = createCoursify(run.api);
  const credentials = { email: account.email, password: account.password };
  admin.use((await take(admin.api.POST("/api/v1/users/login", { body: credentials }))).data);
  const { data: approved } = await take(admin.api.POST("/api/v1/admin/courses/{course_id}/approve", { params }));
  check("status", approved.status, "published");
  return { course: course.id, lessons };
}

async function film(teacher: Coursify, course: string, lesson: string): Promise<void> {
  const params = { path: { course_id: course, lesson_id: lesson } };
  const form = new FormData();
  form.append("file", await openAsBlob(process.argv[3] ?? "film.mp4", { type: "video/mp4" }), "film.mp4");
  await take(teacher.api.POST("/api/v1/courses/{course_id}/lessons/{lesson_id}/video", {
    params, body: { file: "" }, bodySerializer: () => form,
  }));
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await new Promise((done) => setTimeout(done, 300))) {
    const { data } = await take(teacher.api.GET("/api/v1/courses/{course_id}/lessons/{lesson_id}", { params }));
    if (data.video?.status === "ready") return;
  }
  throw new Error("the video is not ready");
}

/** As a player does: the playlists, the key and the first segment; no key after the end. */
async function watch(student: Coursify, course: string, lesson: string): Promise<void> {
  const params = { path: { course_id: course, lesson_id: lesson } };
  const { data: playback } = await take(student.api.POST("/api/v1/courses/{course_id}/lessons/{lesson_id}/playback", { params }));
  check("type", playback.type, "hls");
  const first = (playlist: string): string => playlist.split("\n").find((line) => line && !line.startsWith("#")) ?? "";
  const rendition = new URL(first(await (await fetch(playback.url)).text()), playback.url);
  const playlist = await (await fetch(rendition)).text();
  const key = new URL(/#EXT-X-KEY:.*URI="([^"]+)"/.exec(playlist)?.[1] ?? "", rendition);
  check("key", (await (await fetch(key)).arrayBuffer()).byteLength, 16);
  const segment = await fetch(new URL(first(playlist), rendition));
  check("segment", segment.ok && (await segment.arrayBuffer()).byteLength > 1000, true);
  await take(student.api.DELETE("/api/v1/playback/{playback_id}", { params: { path: { playback_id: playback.id } } }));
  check("ended", (await fetch(key)).status, 403);
}

/** As Stripe.js does. */
async function confirm(checkout: Schemas["CheckoutOut"], card: string): Promise<string> {
  const form = new URLSearchParams({
    key: run.publishableKey, client_secret: checkout.clientSecret ?? "", payment_method: card, return_url: "https://school.example.com/thanks",
  });
  const answer = await fetch(`${run.stripe}/v1/payment_intents/${checkout.payment.transactionId}/confirm`, { method: "POST", body: form });
  const { status, error } = await answer.json();
  return error ? error.code : status;
}

async function waitFor(student: Coursify, paymentId: string, status: Schemas["PaymentOut"]["status"]): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await new Promise((done) => setTimeout(done, 300))) {
    const params = { path: { payment_id: paymentId } };
    if ((await take(student.api.GET("/api/v1/payments/{payment_id}", { params }))).data.status === status) return;
  }
  throw new Error(`the payment is not ${status}`);
}

async function buy(student: Coursify, course: string): Promise<string> {
  const request = { params: { header: { "Idempotency-Key": idempotencyKey() } }, body: { courseId: course } };
  const { data: checkout } = await take(student.api.POST("/api/v1/payments", request));
  const again = await student.api.POST("/api/v1/payments", request);
  check("replayed", again.response.headers.get("Idempotent-Replayed"), "true");
  check("declined", await confirm(checkout, "pm_card_visa_chargeDeclined"), "card_declined");
  check("paid", await confirm(checkout, "pm_card_visa"), "succeeded");
  await waitFor(student, checkout.payment.id, "succeeded");
  return checkout.payment.id;
}

async function mayLearn(student: Coursify, course: string): Promise<boolean> {
  const params = { query: { courseId: course } };
  return (await take(student.api.GET("/api/v1/access/explain", { params }))).data.mayLearn;
}

async function learn(student: Coursify, course: string, lessons: string[]): Promise<void> {
  await watch(student, course, lessons[1] ?? "");
  const [enrollment] = (await take(student.api.GET("/api/v1/enrollments"))).data;
  if (!enrollment) throw new Error("not enrolled");
  const params = { path: { enrollment_id: enrollment.id } };
  const items = lessons.map((lessonId) => ({ lessonId, completed: true }));
  const { data: progress } = await take(student.api.PUT("/api/v1/enrollments/{enrollment_id}/progress", { params, body: { items } }));
  check("progress", progress.progress, 100);
  const path = { path: { course_id: course } };
  await take(student.api.POST("/api/v1/courses/{course_id}/reviews", { params: path, body: { rating: 5, comment: "Eaten warm." } }));
  const reviews = await take(createCoursify(run.api).api.GET("/api/v1/courses/{course_id}/reviews", { params: path }));
  check("rating", reviews.data[0]?.rating, 5);
}

const teacher = await signUp("instructor");
const { course, lessons } = await publish(teacher);
const found = await take(createCoursify(run.api).api.GET("/api/v1/courses", { params: { query: { search: `loaf ${suffix}` } } }));
check("found", found.data[0]?.id, course);
const student = await signUp("student");
const closed = { path: { course_id: course, lesson_id: lessons[1] ?? "" } };
check("closed", await codeOf(take(student.api.GET("/api/v1/courses/{course_id}/lessons/{lesson_id}", { params: closed }))), "not_enrolled");
check("unpaid", await codeOf(take(student.api.POST("/api/v1/enrollments", { body: { courseId: course } }))), "payment_required");
check("access", await mayLearn(student, course), false);
const payment = await buy(student, course);
check("access", await mayLearn(student, course), true);
await learn(student, course, lessons);
const key = { header: { "Idempotency-Key": idempotencyKey() } };
await take(student.api.POST("/api/v1/payments/refund", { params: key, body: { paymentId: payment } }));
await waitFor(student, payment, "refunded");
check("access", await mayLearn(student, course), false);
console.log("done");
