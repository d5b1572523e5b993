// One course: what it is, its lessons, what people say, and the one thing to do next.

import { api, day, findEnrollment, isSignedIn, length, money, take } from "./api.js";
import { picture } from "./catalogue.js";
import { form, h, richText, stars } from "./dom.js";

export async function coursePage({ parts: [slug] }) {
  const { data: course } = await take(api.GET("/api/v1/courses/{course_id}", { params: { path: { course_id: slug }, query: { expand: "category" } } }));
  const path = { course_id: course.id };
  const [reviews, enrollment] = await Promise.all([
    take(api.GET("/api/v1/courses/{course_id}/reviews", { params: { path, query: { limit: 6 } } })),
    findEnrollment(course.id),
  ]);
  api.POST("/api/v1/courses/{course_id}/view", { params: { path } }).catch(() => {});
  return [
    h("article", { class: "course" },
      h("div", { class: "about" },
        h("p", { class: "quiet" }, h("a", { href: "#/" }, "Courses"), course.category ? [" / ", h("a", { href: `#/?category=${course.category}` }, course.expanded?.category?.name ?? course.category)] : null),
        h("h1", {}, course.title),
        course.subtitle ? h("p", { class: "lead" }, course.subtitle) : null,
        h("p", { class: "facts" }, course.ratingCount ? [stars(course.averageRating), ` ${course.averageRating} (${course.ratingCount}) · `] : null,
          `${course.enrollmentCount} ${course.enrollmentCount === 1 ? "learner" : "learners"} · by ${course.instructor.name}`),
        listed("What you will learn", course.outcomes),
        richText(course.description),
        listed("What you need", course.requirements)),
      h("aside", { class: "panel offer", "aria-label": "Enroll" },
        picture(course, "(max-width: 60rem) 100vw, 24rem"),
        h("p", { class: "price" }, course.price === null ? "" : money(course.price, course.currency)),
        await nextStep(course, enrollment),
        course.me && !enrollment ? wishButton(course) : null,
        h("p", { class: "quiet" }, `${course.lessonCount} lessons · ${length(course.durationSeconds)} · ${course.level}`))),
    h("section", {}, h("h2", {}, "Lessons"), outline(course)),
    h("section", {}, h("h2", {}, "Reviews"),
      reviews.data.length ? h("ul", { class: "reviews" }, reviews.data.map(review)) : h("p", { class: "quiet" }, "No reviews yet.")),
  ];
}

/** Plain texts as a list; nothing if there are none. */
function listed(title, texts) {
  return texts.length ? h("section", { class: "listed" }, h("h2", {}, title), h("ul", {}, texts.map((text) => h("li", {}, text)))) : null;
}

async function nextStep(course, enrollment) {
  if (enrollment) return h("a", { class: "button strong", href: `#/learn/${enrollment.id}` }, enrollment.progress ? "Continue learning" : "Start learning");
  if (course.price !== 0) return h("a", { class: "button strong", href: `#/buy/${course.slug}` }, "Buy this course");
  if (!isSignedIn()) return h("a", { class: "button strong", href: "#/sign-up", onclick: () => sessionStorage.setItem("after-sign-in", location.hash) }, "Sign up to enroll");
  return form({}, async () => {
    const { data } = await take(api.POST("/api/v1/enrollments", { body: { courseId: course.id } }));
    location.hash = `#/learn/${data.id}`;
  }, h("button", { class: "strong" }, "Enroll for free"));
}

/** A switch: `aria-pressed` says whether the course is in one's wish list. */
function wishButton({ id, me }) {
  const params = { path: { course_id: id } };
  const draw = (wished) => {
    button.setAttribute("aria-pressed", String(wished));
    button.textContent = wished ? "♥ In your wish list" : "♡ Add to the wish list";
  };
  const button = h("button", { type: "button", onclick: async () => {
    const isWished = button.getAttribute("aria-pressed") === "true";
    const { data } = await take(isWished ? api.DELETE("/api/v1/wishlist/{course_id}", { params }) : api.PUT("/api/v1/wishlist/{course_id}", { params }));
    draw(data.wished);
  } });
  draw(me.wished);
  return button;
}

function outline({ slug, sections, lessons }) {
  const title = (lesson) => lesson.isPreview ? h("a", { href: `#/course/${slug}/${lesson.id}` }, lesson.title) : h("span", {}, lesson.title);
  const item = (lesson) => h("li", {}, title(lesson), lesson.isPreview ? h("span", { class: "tag" }, "Preview") : null, h("span", { class: "quiet" }, length(lesson.durationSeconds)));
  const inNone = lessons.filter(({ sectionId }) => !sectionId);
  return h("div", {},
    sections.map((section) => h("details", { open: true }, h("summary", {}, section.title),
      h("ol", { class: "outline" }, lessons.filter(({ sectionId }) => sectionId === section.id).map(item)))),
    inNone.length ? h("ol", { class: "outline" }, inNone.map(item)) : null);
}

function review({ author, rating, comment, reply, createdAt }) {
  return h("li", {}, h("p", {}, stars(rating), " ", h("strong", {}, author.name), h("span", { class: "quiet" }, ` · ${day(createdAt)}`)),
    comment ? h("p", { class: "typed" }, comment) : null, reply ? h("blockquote", { class: "typed" }, reply) : null);
}
