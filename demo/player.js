// Signs in, plays a lesson of the public API, and stops when the API gives no key any more.

import { openVideo } from "./playback.js";

const SAVE_SECONDS = 10;
const MARK_SECONDS = 20;
const PLACES = ["top", "middle", "bottom"];

const config = await (await fetch("config.json")).json();
const video = document.querySelector("video");
const mark = document.querySelector("#mark");
const state = { session: null, enrollment: null, lesson: null, playback: null, hls: null, savedAt: 0 };

// --- The API ---

async function call(method, path, body, isRetry = false) {
  const headers = {};
  if (state.session) headers.Authorization = `Bearer ${state.session.accessToken}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(`${config.api}/api/v1${path}`, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body), keepalive: method !== "GET",
  });
  if (answer.status === 401 && state.session && !isRetry) {
    await renew();
    return call(method, path, body, true);
  }
  const { data, error, message } = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(message), { status: answer.status, code: error.code, details: error.details });
  return data;
}

async function renew() {
  const { refreshToken } = state.session;
  state.session = null;
  try {
    state.session = await call("POST", "/users/refresh-token", { refreshToken });
  } catch (error) {
    if (error.status === 401) signOut();
    throw error;
  }
}

function signOut() {
  document.querySelector("#sign-in").hidden = false;
  document.querySelector("#courses").hidden = true;
  document.querySelector("#lessons").replaceChildren();
}

// --- Choosing a lesson ---

document.querySelector("#sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  await attempt(async () => {
    const form = new FormData(event.target);
    state.session = await call("POST", "/users/login", Object.fromEntries(form));
    event.target.hidden = true;
    await listCourses();
  });
});

async function listCourses() {
  const enrollments = await call("GET", "/enrollments?limit=100");
  const select = document.querySelector("#courses select");
  select.replaceChildren(...enrollments.map(({ id, course }) => new Option(course.title, id)));
  select.onchange = () => attempt(() => listLessons(enrollments.find(({ id }) => id === select.value)));
  document.querySelector("#courses").hidden = false;
  if (enrollments.length) await listLessons(enrollments[0]);
  else say("This account learns no course.");
}

async function listLessons(enrollment) {
  state.enrollment = enrollment;
  const { lessons } = await call("GET", `/courses/${enrollment.courseId}`);
  document.querySelector("#lessons").replaceChildren(...lessons.map((lesson) => {
    const button = document.createElement("button");
    button.textContent = lesson.title;
    button.dataset.lesson = lesson.id;
    button.onclick = () => attempt(() => play(lesson));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
}

// --- Playing ---

async function play(lesson) {
  await close();
  clearScreen();
  const path = `/courses/${state.enrollment.courseId}/lessons/${lesson.id}`;
  try {
    state.playback = await call("POST", `${path}/playback`);
  } catch (error) {
    if (error.code !== "lesson_has_no_video") throw error;
    showWithoutVideo(await call("GET", path));
    return;
  }
  state.lesson = lesson;
  mark.textContent = state.playback.viewerMark;
  document.querySelector("#screen").hidden = false;
  show("playing");
  state.hls = await openVideo(video, state.playback, stop);
  await video.play().catch(() => say("Press play."));
}

function clearScreen() {
  state.lesson = null;
  video.onerror = null;
  video.removeAttribute("src");
  video.removeAttribute("poster");
  video.replaceChildren();
  video.load();
  mark.textContent = "";
  document.querySelector("#screen").hidden = true;
  document.querySelector("#external").hidden = true;
  show("ready");
}

function showWithoutVideo({ externalVideoUrl }) {
  say(externalVideoUrl ? "The video of this lesson is on another site:" : "This lesson is a text without a video.");
  if (!externalVideoUrl) return;
  const link = document.querySelector("#external a");
  link.href = link.textContent = externalVideoUrl;
  document.querySelector("#external").hidden = false;
}

function stop(sentence, status) {
  state.hls = null;
  say(sentence);
  show("stopped");
  // A session that has ended shows the sign-in form.
  if (status === 403) call("GET", "/users/me").catch(() => {});
}

// Ends the session, so that another device may play at once. Both requests begin at once: the page may be closing.
async function close() {
  const { hls, playback } = state;
  if (!playback) return;
  state.playback = null;
  state.hls = null;
  await Promise.allSettled([save(true), call("DELETE", `/playback/${playback.id}`)]);
  hls?.close();
}

// --- Progress and the viewer's mark ---

async function save(isNow = false) {
  if (!state.lesson || (!isNow && Date.now() - state.savedAt < SAVE_SECONDS * 1000)) return;
  state.savedAt = Date.now();
  const positionSeconds = Math.floor(video.currentTime);
  await call("PUT", `/enrollments/${state.enrollment.id}/progress`, { lessonId: state.lesson.id, positionSeconds })
    .catch(() => {});
}

video.addEventListener("timeupdate", () => save());
video.addEventListener("pause", () => save(true));
window.addEventListener("pagehide", () => close());

let place = 0;
function moveMark() {
  mark.className = PLACES[place = (place + 1) % PLACES.length];
}
moveMark();
setInterval(moveMark, MARK_SECONDS * 1000);

// --- What a person sees ---

async function attempt(work) {
  say("");
  try {
    await work();
  } catch (error) {
    const devices = (error.details ?? []).filter(({ device }) => device).map(({ device }) => device);
    say(devices.length ? `${error.message} Playing: ${devices.join(", ")}.` : error.message);
  }
}

function say(sentence) {
  document.querySelector("#message").textContent = sentence;
}

function show(name) {
  document.body.dataset.state = name;
}

document.querySelector("[name=email]").value = config.email;
document.querySelector("[name=password]").value = config.password;
show("ready");
