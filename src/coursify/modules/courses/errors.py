"""What can go wrong with courses, lessons and categories, by name."""

from __future__ import annotations

from coursify.core.errors import Conflict, Forbidden, Invalid, NotFound, UnsupportedMedia


class CourseNotFound(NotFound):
    code, message = "course_not_found", "Course not found."


class LessonNotFound(NotFound):
    code, message = "lesson_not_found", "Lesson not found in this course."


class VideoNotFound(NotFound):
    code, message = "video_not_found", "This lesson has no video."


class CaptionsNotFound(NotFound):
    code, message = "captions_not_found", "The video has no captions in this language."


class AttachmentNotFound(NotFound):
    code, message = "attachment_not_found", "Attachment not found in this lesson."


class CategoryNotFound(NotFound):
    code, message = "category_not_found", "Category not found."


class NotYourCourse(Forbidden):
    code, message = "not_your_course", "Only the course's instructor may do this."


class UnknownCategory(Invalid):
    code, message = "unknown_category", "Unknown category. `GET /categories` lists the categories."
    remedy = "Choose a slug from `GET /categories`."


class PriceNotChargeable(Invalid):
    code, message = "price_not_chargeable", "This price cannot be charged. `details` gives the limits."
    remedy = "Show the limits in `details` at the field `price`."


class HtmlTooLong(Invalid):
    code, message = "html_too_long", "This text is too long. `details` names the field."


class VideoHostNotAllowed(Invalid):
    code, message = "video_host_not_allowed", "Videos of this host cannot be shown here. `details` lists the hosts."
    remedy = "Show the hosts in `details` at the field `externalVideoUrl`."


class CategoryExists(Conflict):
    code, message = "category_exists", "A category with this slug or name exists already."
    remedy = "Choose another slug or name."


class CategoryInUse(Conflict):
    code, message = "category_in_use", "This category has courses. Move them first."
    remedy = "Move the courses to another category first."


class CourseIncomplete(Conflict):
    code, message = "course_incomplete", "The course is not complete. `details` lists what is missing."
    remedy = "Show what `details` lists as missing."


class LessonEmpty(Conflict):
    code, message = "lesson_empty", "Every lesson of a course on sale needs content."
    remedy = "Add content to the lesson."


class CourseNotSubmittable(Conflict):
    code, message = "course_not_submittable", "Only a draft or a rejected course can be submitted."


class CourseNotPending(Conflict):
    code, message = "course_not_pending", "This course is not waiting for approval."


class CourseChanged(Conflict):
    code, message = "course_changed", "This course was changed after you looked at it."
    remedy = "Load `review-diff` again, look at what is new, and send its `revision`."


class CourseNotPublished(Conflict):
    code, message = "course_not_published", "This course is not published."


class SaleAlreadySuspended(Conflict):
    code, message = "sale_already_suspended", "The sale of this course is suspended already."


class SaleNotSuspended(Conflict):
    code, message = "sale_not_suspended", "No admin has suspended the sale of this course."


class LastLesson(Conflict):
    code, message = "last_lesson", "A course on sale or waiting for approval needs at least one lesson."
    remedy = "Add another lesson first."


class TooManyLessons(Conflict):
    code, message = "too_many_lessons", "A course has at most 1,000 lessons."
    remedy = "Delete a lesson, or divide the course."


class TooManySections(Conflict):
    code, message = "too_many_sections", "A course has at most 200 sections."
    remedy = "Delete a section, or divide the course."


class LessonOutsideSection(Invalid):
    code = "lesson_outside_section"
    message = "The lessons of a section stay together. `PUT /courses/{id}/curriculum` moves lessons between sections."
    remedy = "Send the whole order with `PUT /courses/{id}/curriculum`."


class UnknownSection(Invalid):
    code, message = "unknown_section", "This section is not in this course."
    remedy = "Load the course again and choose one of its `sections`."


class CurriculumMismatch(Invalid):
    code, message = "curriculum_mismatch", "Name only sections and lessons of this course, each at most once."
    remedy = "Show what `details` lists, load the course again and send the curriculum anew."


class TooManyAttachments(Conflict):
    code, message = "too_many_attachments", "A lesson has at most 50 attachments."
    remedy = "Delete an attachment first."


class TooManyCaptions(Conflict):
    code, message = "too_many_captions", "A video has captions in at most 50 languages."
    remedy = "Delete captions first."


class CaptionsTypeRequired(UnsupportedMedia):
    code, message = "captions_type_required", "Send captions as `Content-Type: text/vtt`, unencoded."
    remedy = "Send the header `Content-Type: text/vtt` and no `Content-Encoding`."


class LessonOrderMismatch(Invalid):
    code, message = "lesson_order_mismatch", "Send every lesson of the course exactly once."
    remedy = "Load the lessons again and send the id of each one once."
