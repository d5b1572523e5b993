// Signs in, plays a lesson of the public API, and stops when the API gives no key any more.

const SAVE_SECONDS = 10;
const MARK_SECONDS = 20;
const PLACES = ["top", "middle", "bottom"];
// The player asks for no more than this ahead, so that it stops soon after access has ended.
const BUFFER_SECONDS = 20;

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
  if (state.playback.posterUrl) video.poster = state.playback.posterUrl;
  if (state.playback.type === "hls" && Hls.isSupported()) startHls();
  else startNative();
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

function languageName(language) {
  return new Intl.DisplayNames([navigator.language], { type: "language" }).of(language);
}

function startHls() {
  const hls = new Hls({
    enableWorker: false,
    maxBufferLength: BUFFER_SECONDS,
    maxMaxBufferLength: BUFFER_SECONDS,
    startPosition: state.playback.resumeAt,
    subtitlePreference: { lang: navigator.language.slice(0, 2) },
  });
  hls.on(Hls.Events.ERROR, (_event, { details, response, fatal }) => {
    if ([403, 409].includes(response?.code)) stop(response.code);
    else if (fatal) stop(0, details);
  });
  hls.on(Hls.Events.MANIFEST_PARSED, (_event, { subtitleTracks }) => {
    for (const track of subtitleTracks) track.name = languageName(track.lang);
  });
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, (_event, { subtitleTracks }) => {
    if (subtitleTracks.length) hls.subtitleTrack = 0;
  });
  hls.loadSource(state.playback.url);
  hls.attachMedia(video);
  state.hls = hls;
}

// Safari plays HLS itself; a file is played by every browser.
function startNative() {
  video.replaceChildren(...state.playback.captions.map(({ language, url }, number) => {
    const track = document.createElement("track");
    Object.assign(track, { kind: "captions", srclang: language, label: languageName(language), src: url, default: number === 0 });
    return track;
  }));
  video.src = state.playback.url;
  video.onloadedmetadata = () => { video.currentTime = state.playback.resumeAt; };
  video.onerror = () => stop(403);
}

function stop(status, details) {
  const sentences = {
    403: "Playback has ended: you are signed out, or your access to this course has ended.",
    409: "Your account plays on other devices. Close one of them, then play again.",
  };
  video.pause();
  state.hls?.destroy();
  state.hls = null;
  say(sentences[status] ?? `The video cannot be played (${details}).`);
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
  hls?.destroy();
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
