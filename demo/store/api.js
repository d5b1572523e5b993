// The client of the API, the session of this browser, and how amounts and times are written.

import { createCoursify, idempotencyKey, take } from "../vendor/coursify.js";

export { idempotencyKey, take };

const KEPT = "coursify-session";

export const config = await (await fetch("config.json")).json();

const store = {
  read: () => JSON.parse(localStorage.getItem(KEPT) ?? "null"),
  write(session) {
    if (session) localStorage.setItem(KEPT, JSON.stringify(session));
    else localStorage.removeItem(KEPT);
    me = null;
  },
};
const client = createCoursify(config.api, { store, onSignedOut: () => dispatchEvent(new Event("signed-out")) });
export const { api } = client;

let me = null;

export const isSignedIn = () => client.session() !== null;

/** The profile of the person who is signed in, or null. */
export async function whoAmI() {
  if (!isSignedIn()) return null;
  me ??= (await take(api.GET("/api/v1/users/me"))).data;
  return me;
}

export function useSession({ accessToken, refreshToken }) {
  client.use({ accessToken, refreshToken });
}

export async function signOut() {
  await api.POST("/api/v1/users/logout", { body: {} }).catch(() => {});
  client.use(null);
}

/** One's own enrollment in a course, or null. */
export async function findEnrollment(courseId) {
  if (!isSignedIn()) return null;
  const { data } = await take(api.GET("/api/v1/enrollments", { params: { query: { limit: 100 } } }));
  return data.find((entry) => entry.courseId === courseId && entry.status === "active") ?? null;
}

export function money(amount, currency) {
  if (amount === 0) return "Free";
  const format = new Intl.NumberFormat(navigator.language, { style: "currency", currency: currency.toUpperCase() });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

export function length(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${seconds} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60 ? `${minutes % 60} min` : ""}`.trim();
}

export function day(time) {
  return new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium" }).format(new Date(time));
}
