// One's courses, and a lesson: its video or text, what is done, and the review.

import { api, isSignedIn, take } from "./api.js";
import { card, picture } from "./catalogue.js";
import { empty, form, h, richText, say, sentenceOf } from "./dom.js";
import { openVideo } from "../playback.js";

const SAVE_MS = 10_000;

export async function learnPage() {
  const { data: enrollments } = await take(api.GET("/api/v1/enrollments", { params: { query: { limit: 50 } } }));
  return [h("h1", {}, "My learning"), enrollments.length ? h("ul", { class: "grid" }, enrollments.map(({ id, course, progress }) => h("li", { class: "card" },
    picture(course, "20rem"),
    h("div", { class: "text" }, h("h2", {}, h("a", { href: `#/learn/${id}` }, course.title)),
      h("label", { class: "progress" }, h("span", {}, `${progress} % completed`), h("progress", { max: "100", value: String(progress) })))))) : empty("You learn no course yet.", h("a", { href: "#/" }, "All courses"))];
}

export async function wishesPage() {
  const { data: courses } = await take(api.GET("/api/v1/wishlist", { params: { query: { limit: 50 } } }));
  return [h("h1", {}, "Wish list"), courses.length ? h("ul", { class: "grid" }, courses.map(card)) : empty("Your wish list is empty.", h("a", { href: "#/" }, "All courses"))];
}

export async function lessonPage({ parts: [enrollmentId, lessonId] }) {
  const { data: enrollment } = await take(api.GET("/api/v1/enrollments/{enrollment_id}", { params: { path: { enrollment_id: enrollmentId } } }));
  const { data: course } = await take(api.GET("/api/v1/courses/{course_id}", { params: { path: { course_id: enrollment.courseId } } }));
  const current = lessonId ?? enrollment.lastLessonId ?? course.lessons[0].id;
  const path = { course_id: course.id, lesson_id: current };
  const { data: lesson } = await take(api.GET("/api/v1/courses/{course_id}/lessons/{lesson_id}", { params: { path } }));
  const next = course.lessons[course.lessons.findIndex(({ id }) => id === current) + 1];
  const done = new Set(enrollment.lessons.filter(({ completed }) => completed).map(({ lessonId: id }) => id));
  const screen = h("div", { id: "screen" });
  await playIfFilmed(screen, lesson, path, enrollmentId);
  return [h("div", { class: "lesson" },
    h("article", {},
      h("p", { class: "quiet" }, h("a", { href: `#/course/${course.slug}` }, course.title)),
      h("h1", {}, lesson.title),
      screen,
      lesson.externalVideoUrl ? h("p", {}, h("a", { href: lesson.externalVideoUrl, target: "_blank", rel: "noopener noreferrer" }, "Watch the video on its own site")) : null,
      richText(lesson.content),
      form({ id: "complete" }, async () => {
        const { data } = await take(api.PUT("/api/v1/enrollments/{enrollment_id}/progress", { params: { path: { enrollment_id: enrollmentId } }, body: { lessonId: current, completed: true } }));
        if (next) location.hash = `#/learn/${enrollmentId}/${next.id}`;
        else dispatchEvent(new Event("hashchange"));
        say(data.progress === 100 ? "You have completed the course." : `${data.progress} % completed.`);
      }, h("button", { class: "strong" }, next ? "Done, next lesson" : done.has(current) ? "Done" : "Complete the course"))),
    h("nav", { class: "panel", "aria-label": "Lessons" },
      h("label", { class: "progress" }, h("span", {}, `${enrollment.progress} % completed`), h("progress", { max: "100", value: String(enrollment.progress) })),
      h("ol", { class: "outline" }, course.lessons.map(({ id, title }) => h("li", {},
        h("a", { href: `#/learn/${enrollmentId}/${id}`, "aria-current": id === current ? "page" : null }, title), done.has(id) ? h("span", { class: "done", role: "img", "aria-label": "completed" }, "✓") : null))))),
  reviewForm(course)];
}

/** A lesson that anyone may open. */
export async function previewPage({ parts: [slug, lessonId] }) {
  const { data: course } = await take(api.GET("/api/v1/courses/{course_id}", { params: { path: { course_id: slug } } }));
  const path = { course_id: course.id, lesson_id: lessonId };
  const { data: lesson } = await take(api.GET("/api/v1/courses/{course_id}/lessons/{lesson_id}", { params: { path } }));
  const screen = h("div", { id: "screen" });
  await playIfFilmed(screen, lesson, path, null);
  return [h("article", { class: "preview" },
    h("p", { class: "quiet" }, h("a", { href: `#/course/${course.slug}` }, course.title), " / Preview"),
    h("h1", {}, lesson.title),
    screen,
    richText(lesson.content),
    h("p", {}, h("a", { class: "button strong", href: `#/course/${course.slug}` }, "See the whole course")))];
}

/** `videoUrl` is there when the lesson can be played now; `video` tells its author how far the newest one is. */
async function playIfFilmed(screen, lesson, path, enrollmentId) {
  if (lesson.videoUrl) await play(screen, path, enrollmentId).catch((error) => screen.replaceChildren(h("p", { class: "refusal" }, sentenceOf(error))));
}

function reviewForm(course) {
  const section = h("section", { class: "narrow" });
  section.append(h("h2", {}, "Your review"), form({ class: "panel", id: "review" }, async ({ rating, comment }) => {
    await take(api.POST("/api/v1/courses/{course_id}/reviews", { params: { path: { course_id: course.id } }, body: { rating: Number(rating), ...(comment ? { comment } : {}) } }));
    section.replaceChildren(h("p", {}, "Thank you for your review. ", h("a", { href: `#/course/${course.slug}` }, "See it on the course's page")));
    say("Your review is published.");
  }, h("fieldset", { class: "rating" }, h("legend", {}, "How do you like this course?"), [1, 2, 3, 4, 5].map((value) =>
    h("label", {}, h("input", { type: "radio", name: "rating", value: String(value), required: true }), ` ${value} ★`))),
  h("label", { class: "field" }, h("span", {}, "Comment (optional)"), h("textarea", { name: "comment", rows: "3", maxlength: "5000" })),
  h("button", {}, "Publish the review")));
  return section;
}

/** Plays the lesson where it was left, saves the position of who is enrolled, and ends the session when the page is left. */
async function play(screen, path, enrollmentId) {
  const { data: playback } = await take(api.POST("/api/v1/courses/{course_id}/lessons/{lesson_id}/playback", { params: { path } }));
  const video = h("video", { controls: true, playsInline: true, crossorigin: "anonymous" });
  const mark = h("p", { id: "mark", "aria-hidden": "true" }, playback.viewerMark);
  screen.replaceChildren(h("div", { class: "frame" }, video, mark));
  const opened = await openVideo(video, playback, (sentence) => say(sentence, true));
  let savedAt = 0;
  const save = (isNow) => {
    if (!isNow && Date.now() - savedAt < SAVE_MS) return;
    savedAt = Date.now();
    const body = { lessonId: path.lesson_id, positionSeconds: Math.floor(video.currentTime) };
    api.PUT("/api/v1/enrollments/{enrollment_id}/progress", { params: { path: { enrollment_id: enrollmentId } }, body, keepalive: true }).catch(() => {});
  };
  if (enrollmentId) {
    video.addEventListener("timeupdate", () => save(false));
    video.addEventListener("pause", () => save(true));
  }
  const leave = () => {
    removeEventListener("leave", leave);
    removeEventListener("pagehide", leave);
    opened.close();
    // A playback without a sign-in ends by itself.
    if (isSignedIn()) api.DELETE("/api/v1/playback/{playback_id}", { params: { path: { playback_id: playback.id } }, keepalive: true }).catch(() => {});
  };
  addEventListener("leave", leave);
  addEventListener("pagehide", leave);
}
