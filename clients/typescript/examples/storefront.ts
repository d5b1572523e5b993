// A storefront in 50 calls. It is compiled in strict mode and has no cast; every error code of buying is handled.

import { createCoursify, idempotencyKey, take, type operations, type Schemas } from "../src/index.js";

const { api, use } = createCoursify("https://school.example.com");

type CodesOf<Id extends keyof operations> = {
  [Status in keyof operations[Id]["responses"]]: operations[Id]["responses"][Status] extends {
    content: { "application/json": { error: { code: infer Code } } };
  } ? Code : never;
}[keyof operations[Id]["responses"]];

/** What the page says. A code that the API adds is an error here until it is handled. */
export function explainPurchase(code: CodesOf<"start_payment">): string {
  switch (code) {
    case "already_enrolled": return "You have this course already.";
    case "own_course": return "This is your own course.";
    case "course_not_found": return "This course is not for sale.";
    case "currencies_mixed": return "Pay for courses in one currency at a time.";
    case "amount_too_small": case "amount_too_large": case "amount_not_chargeable": return "This amount cannot be charged.";
    case "payment_in_progress": case "request_in_progress": return "One moment: the payment is being prepared.";
    case "payment_provider_refused": case "payment_provider_unavailable": return "The payment provider does not answer.";
    case "unauthorized": return "Sign in to buy.";
    case "too_many_requests": return "Wait a minute, then try again.";
    case "idempotency_key_invalid": case "idempotency_key_required": case "idempotency_key_reused": return "Reload the page.";
    case "malformed_json": case "body_incomplete": case "body_too_slow": case "body_too_large": return "The request was damaged.";
    case "unsupported_media_type": case "validation_failed": return "The request was wrong.";
    case "unavailable": case "internal_error": return "The school is not available.";
    default: return unknown(code);
  }
}

function unknown(code: never): never {
  throw new Error(`not handled: ${String(code)}`);
}

/** Its type is narrow without a cast: an amount in the smallest unit, beside its currency. */
export function price(course: Schemas["CourseSummary"]): string {
  if (course.price === null) return "";
  return course.price === 0 ? "Free" : `${course.price} ${course.currency}`;
}

export async function storefront(course_id: string, lesson_id: string, user_id: string, id: string): Promise<number> {
  const course = { params: { path: { course_id } } };
  const lesson = { params: { path: { course_id, lesson_id } } };
  const key = { "Idempotency-Key": idempotencyKey() };
  // The catalogue.
  const page = await take(api.GET("/api/v1/courses", { params: { query: { search: "bread", sort: "relevance", limit: 12 } } }));
  const more = await take(api.GET("/api/v1/courses", { params: { query: { cursor: page.meta.nextCursor ?? "" } } }));
  await take(api.GET("/api/v1/courses", { params: { query: { category: "data", level: "beginner", free: "true" } } }));
  await take(api.GET("/api/v1/courses", { params: { query: { minPrice: 100, maxPrice: 5000, currency: "usd" } } }));
  await take(api.GET("/api/v1/categories"));
  await take(api.GET("/api/v1/search/suggest", { params: { query: { q: "br" } } }));
  await take(api.GET("/api/v1/courses/{course_id}", course));
  await take(api.GET("/api/v1/courses/{course_id}/related", course));
  await take(api.GET("/api/v1/courses/{course_id}/reviews", course));
  await api.POST("/api/v1/courses/{course_id}/view", course);
  await take(api.GET("/api/v1/users/{user_id}", { params: { path: { user_id } } }));
  await take(api.GET("/api/v1/reviews", { params: { query: { courseId: course_id } } }));
  // An account.
  const { data: session } = await take(api.POST("/api/v1/users/register", { body: { name: "Robin", email: "robin@example.com", password: "a-long-password" } }));
  use(session);
  use((await take(api.POST("/api/v1/users/login", { body: { email: "robin@example.com", password: "a-long-password" } }))).data);
  await api.POST("/api/v1/users/verify-email", { body: { token: "…" } });
  await api.POST("/api/v1/users/resend-verification", { body: { email: "robin@example.com" } });
  await api.POST("/api/v1/users/forgot-password", { body: { email: "robin@example.com" } });
  await api.POST("/api/v1/users/reset-password", { body: { token: "…", password: "another-password" } });
  await take(api.GET("/api/v1/users/me"));
  await take(api.PUT("/api/v1/users/me", { body: { name: "Robin R." } }));
  await take(api.PUT("/api/v1/users/me", { body: { bio: null } }));
  await api.PUT("/api/v1/users/me/email", { body: { currentPassword: "a-long-password", email: "r@example.com" } });
  await api.PUT("/api/v1/users/me/password", { body: { currentPassword: "a-long-password", password: "another-password" } });
  await take(api.GET("/api/v1/users/me/sessions"));
  await api.DELETE("/api/v1/users/me/sessions/{session_id}", { params: { path: { session_id: id } } });
  await take(api.POST("/api/v1/users/me/step-up", { body: { password: "a-long-password" } }));
  await take(api.GET("/api/v1/users/me/notifications"));
  await take(api.GET("/api/v1/notifications"));
  // Buying.
  await take(api.GET("/api/v1/payments/config"));
  await take(api.POST("/api/v1/payments/quote", { body: { courseIds: [course_id] } }));
  const one = await api.POST("/api/v1/payments", { params: { header: key }, body: { courseId: course_id } });
  if (one.error) return explainPurchase(one.error.error.code).length;
  await take(api.POST("/api/v1/payments", { params: { header: key }, body: { courseIds: [course_id, id] } }));
  const { data: payment } = await take(api.GET("/api/v1/payments/{payment_id}", { params: { path: { payment_id: one.data.data.payment.id } } }));
  await take(api.GET("/api/v1/payments"));
  await take(api.POST("/api/v1/enrollments", { body: { courseId: course_id } }));
  await take(api.POST("/api/v1/payments/refund/preview", { body: { paymentId: payment.id } }));
  const { data: started } = await take(api.POST("/api/v1/payments/refund", { params: { header: key }, body: { paymentId: payment.id } }));
  await take(api.GET("/api/v1/refunds/{refund_id}", { params: { path: { refund_id: started.refund.id } } }));
  // Learning.
  await take(api.GET("/api/v1/access/explain", { params: { query: { courseId: course_id } } }));
  const { data: [enrollment] } = await take(api.GET("/api/v1/enrollments"));
  if (!enrollment) return 0;
  const enrolled = { params: { path: { enrollment_id: enrollment.id } } };
  await take(api.GET("/api/v1/enrollments/{enrollment_id}", enrolled));
  await take(api.GET("/api/v1/courses/{course_id}/lessons/{lesson_id}", lesson));
  const { data: playback } = await take(api.POST("/api/v1/courses/{course_id}/lessons/{lesson_id}/playback", lesson));
  await take(api.PUT("/api/v1/enrollments/{enrollment_id}/progress", { ...enrolled, body: { lessonId: lesson_id, completed: true } }));
  await take(api.PUT("/api/v1/enrollments/{enrollment_id}/progress", { ...enrolled, body: { items: [{ lessonId: lesson_id, positionSeconds: 12 }] } }));
  await api.DELETE("/api/v1/playback/{playback_id}", { params: { path: { playback_id: playback.id } } });
  await take(api.GET("/api/v1/courses/{course_id}/lessons/{lesson_id}/attachments", lesson));
  // Reviews, and the end.
  const { data: review } = await take(api.POST("/api/v1/courses/{course_id}/reviews", { ...course, body: { rating: 5 } }));
  await take(api.PUT("/api/v1/reviews/{review_id}", { params: { path: { review_id: review.id } }, body: { comment: "Good." } }));
  await api.DELETE("/api/v1/reviews/{review_id}", { params: { path: { review_id: review.id } } });
  await api.POST("/api/v1/users/logout", { body: {} });
  return more.data.map(price).join().length;
}
