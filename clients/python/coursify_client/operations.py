"""Generated from openapi.json by `make clients`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, cast

from coursify_client import types
from coursify_client.transport import Transport


class Operations(Transport):
    """158 operations, by their ids."""

    def get_course_access(
        self,
        *,
        course_id: str,
        user_id: str | None = None,
    ) -> types.AccessExplainedResponse:
        """Why one may or may not open a course; an admin may ask for another person."""
        return cast(
            "types.AccessExplainedResponse",
            self.send(
                "GET",
                "/api/v1/access/explain",
                query={"courseId": course_id, "userId": user_id},
            ),
        )

    def list_attention(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        kind: Literal[
            "event_failed",
            "job_failed",
            "email_failed",
            "email_unknown",
            "email_undelivered",
            "order_refused",
            "wrong_amount",
            "paid_twice",
            "refund_failed",
            "refund_mismatch",
            "refund_proposed",
            "dispute_open",
            "dispute_mismatch",
            "money_difference",
            "review_reported",
            "notice_open",
        ]
        | None = None,
        state: Literal["open", "resolved"] | None = None,
    ) -> types.AttentionPage:
        """What needs a person, or what was resolved (`state=resolved`), newest first."""
        return cast(
            "types.AttentionPage",
            self.send(
                "GET",
                "/api/v1/admin/attention",
                query={"page": page, "limit": limit, "cursor": cursor, "kind": kind, "state": state},
            ),
        )

    def act_on_attention(
        self,
        item_id: str,
        action: str,
        body: types.ActionIn,
        *,
        idempotency_key: str | None = None,
    ) -> types.AttentionResponse:
        """Do one of an item's `actions`; those that move money want a recent sign-in."""
        return cast(
            "types.AttentionResponse",
            self.send(
                "POST",
                f"/api/v1/admin/attention/{self.quote(item_id)}/{self.quote(action)}",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def list_audit_log(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        actor_id: str | None = None,
        target_id: str | None = None,
        action: str | None = None,
    ) -> types.AuditLogEntryPage:
        """List who changed what, newest first."""
        return cast(
            "types.AuditLogEntryPage",
            self.send(
                "GET",
                "/api/v1/admin/audit-log",
                query={
                    "page": page,
                    "limit": limit,
                    "cursor": cursor,
                    "actorId": actor_id,
                    "targetId": target_id,
                    "action": action,
                },
            ),
        )

    def create_category(
        self,
        body: types.CategoryCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.CategoryDetailResponse:
        """Add a category to the catalogue."""
        return cast(
            "types.CategoryDetailResponse",
            self.send(
                "POST",
                "/api/v1/admin/categories",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def delete_category(
        self,
        slug: str,
    ) -> types.EmptyResponse:
        """Delete a category that has no courses."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/admin/categories/{self.quote(slug)}",
            ),
        )

    def update_category(
        self,
        slug: str,
        body: types.CategoryUpdate,
    ) -> types.CategoryDetailResponse:
        """Change what is given of a category; its courses follow a new slug."""
        return cast(
            "types.CategoryDetailResponse",
            self.send(
                "PUT",
                f"/api/v1/admin/categories/{self.quote(slug)}",
                body=body,
            ),
        )

    def list_admin_courses(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["draft", "pending", "published", "rejected"] | None = None,
    ) -> types.OwnCourseSummaryPage:
        """Courses of every owner and status; with `status=pending` those that wait, longest first."""
        return cast(
            "types.OwnCourseSummaryPage",
            self.send(
                "GET",
                "/api/v1/admin/courses",
                query={"page": page, "limit": limit, "cursor": cursor, "status": status},
            ),
        )

    def acknowledge_changes(
        self,
        course_id: str,
        body: types.ReadRevision,
        *,
        idempotency_key: str | None = None,
    ) -> types.EmptyResponse:
        """Mark the changes of a published course as read: the next diff begins here. Learners and owner see nothing."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "POST",
                f"/api/v1/admin/courses/{self.quote(course_id)}/acknowledge-changes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def approve_course(
        self,
        course_id: str,
        *,
        body: types.ReadRevision | None | None = None,
        idempotency_key: str | None = None,
    ) -> types.EditableCourseResponse:
        """Put a course that waits on sale; with a `revision`, only when nothing was changed since that diff."""
        return cast(
            "types.EditableCourseResponse",
            self.send(
                "POST",
                f"/api/v1/admin/courses/{self.quote(course_id)}/approve",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def reject_course(
        self,
        course_id: str,
        body: types.CourseRejection,
        *,
        idempotency_key: str | None = None,
    ) -> types.EditableCourseResponse:
        """Send a course that waits back to its owner, with the reason."""
        return cast(
            "types.EditableCourseResponse",
            self.send(
                "POST",
                f"/api/v1/admin/courses/{self.quote(course_id)}/reject",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def resume_sale(
        self,
        course_id: str,
        *,
        idempotency_key: str | None = None,
    ) -> types.EditableCourseResponse:
        """End the suspension; the course is on sale again where its instructor may sell."""
        return cast(
            "types.EditableCourseResponse",
            self.send(
                "POST",
                f"/api/v1/admin/courses/{self.quote(course_id)}/resume-sale",
                header={"Idempotency-Key": idempotency_key},
            ),
        )

    def get_review_diff(
        self,
        course_id: str,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> types.CourseDiffPage:
        """What changed in a course since it was last approved or rejected; lessons by page, in their order."""
        return cast(
            "types.CourseDiffPage",
            self.send(
                "GET",
                f"/api/v1/admin/courses/{self.quote(course_id)}/review-diff",
                query={"page": page, "limit": limit, "cursor": cursor},
            ),
        )

    def suspend_sale(
        self,
        course_id: str,
        body: types.SaleSuspension,
        *,
        idempotency_key: str | None = None,
    ) -> types.EditableCourseResponse:
        """Take a course off sale, with a reason that its instructor gets by email. Those enrolled keep it."""
        return cast(
            "types.EditableCourseResponse",
            self.send(
                "POST",
                f"/api/v1/admin/courses/{self.quote(course_id)}/suspend-sale",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def list_jobs(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["queued", "running", "failed"] | None = None,
        kind: str | None = None,
    ) -> types.JobPage:
        """The jobs that wait, run or have failed, newest first; those that succeeded are deleted."""
        return cast(
            "types.JobPage",
            self.send(
                "GET",
                "/api/v1/admin/jobs",
                query={"page": page, "limit": limit, "cursor": cursor, "status": status, "kind": kind},
            ),
        )

    def retry_job(
        self,
        job_id: str,
        *,
        idempotency_key: str | None = None,
    ) -> types.JobResponse:
        """Run a failed job once more."""
        return cast(
            "types.JobResponse",
            self.send(
                "POST",
                f"/api/v1/admin/jobs/{self.quote(job_id)}/retry",
                header={"Idempotency-Key": idempotency_key},
            ),
        )

    def list_admin_notices(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["open", "decided", "appealed", "closed"] | None = None,
    ) -> types.NoticeForAdminsPage:
        """Notices of one status or all, newest first; `open` and `appealed` ones wait for a decision."""
        return cast(
            "types.NoticeForAdminsPage",
            self.send(
                "GET",
                "/api/v1/admin/notices",
                query={"page": page, "limit": limit, "cursor": cursor, "status": status},
            ),
        )

    def get_admin_notice(
        self,
        notice_id: str,
    ) -> types.NoticeForAdminsResponse:
        """One notice with its words, both sides, the decisions and the appeal."""
        return cast(
            "types.NoticeForAdminsResponse",
            self.send(
                "GET",
                f"/api/v1/admin/notices/{self.quote(notice_id)}",
            ),
        )

    def decide_notice(
        self,
        notice_id: str,
        body: types.NoticeDecision,
        *,
        idempotency_key: str | None = None,
    ) -> types.NoticeForAdminsResponse:
        """Decide about an open notice or an appeal; it is carried out, and both sides get the statement by email."""
        return cast(
            "types.NoticeForAdminsResponse",
            self.send(
                "POST",
                f"/api/v1/admin/notices/{self.quote(notice_id)}/decide",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def list_all_payments(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        course_id: str | None = None,
        status: Literal[
            "pending", "processing", "succeeded", "failed", "canceled", "partially_refunded", "refunded", "disputed"
        ]
        | None = None,
        from_: str | None = None,
        to: str | None = None,
        user_id: str | None = None,
    ) -> types.PaymentPage:
        """Everybody's payments, newest first."""
        return cast(
            "types.PaymentPage",
            self.send(
                "GET",
                "/api/v1/admin/payments",
                query={
                    "page": page,
                    "limit": limit,
                    "cursor": cursor,
                    "courseId": course_id,
                    "status": status,
                    "from": from_,
                    "to": to,
                    "userId": user_id,
                },
            ),
        )

    def list_admin_reviews(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["reported", "hidden", "visible"] | None = None,
    ) -> types.ModeratedReviewPage:
        """Reviews of every course, newest first; with `status=reported` those that wait for a decision."""
        return cast(
            "types.ModeratedReviewPage",
            self.send(
                "GET",
                "/api/v1/admin/reviews",
                query={"page": page, "limit": limit, "cursor": cursor, "status": status},
            ),
        )

    def dismiss_review_reports(
        self,
        review_id: str,
        *,
        body: types.OptionalReason | None | None = None,
        idempotency_key: str | None = None,
    ) -> types.ModeratedReviewResponse:
        """Close the open reports: the review stays as it is, and those who reported it get an email."""
        return cast(
            "types.ModeratedReviewResponse",
            self.send(
                "POST",
                f"/api/v1/admin/reviews/{self.quote(review_id)}/dismiss-reports",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def hide_review(
        self,
        review_id: str,
        body: types.HideReason,
        *,
        idempotency_key: str | None = None,
    ) -> types.ModeratedReviewResponse:
        """Hide a review; it counts nowhere. Its author gets the reason, and those who reported it the result."""
        return cast(
            "types.ModeratedReviewResponse",
            self.send(
                "POST",
                f"/api/v1/admin/reviews/{self.quote(review_id)}/hide",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def restore_review(
        self,
        review_id: str,
        *,
        body: types.OptionalReason | None | None = None,
        idempotency_key: str | None = None,
    ) -> types.ModeratedReviewResponse:
        """Make a hidden review visible again; it counts with the rating that it has now."""
        return cast(
            "types.ModeratedReviewResponse",
            self.send(
                "POST",
                f"/api/v1/admin/reviews/{self.quote(review_id)}/restore",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def get_admin_stats(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        interval: Literal["day", "week", "month"] | None = None,
        timezone: str | None = None,
        popular: Literal["revenue", "enrollments", "views", "trend"] | None = None,
        currency: str | None = None,
        format: Literal["json", "csv"] | None = None,
        table: Literal["series", "popularCourses", "cohorts", "lessons"] | None = None,
    ) -> types.AdminStatsResponse:
        """Statistics of the whole platform, as JSON or CSV. A fact is counted within two minutes."""
        return cast(
            "types.AdminStatsResponse",
            self.send(
                "GET",
                "/api/v1/admin/stats",
                query={
                    "from": from_,
                    "to": to,
                    "interval": interval,
                    "timezone": timezone,
                    "popular": popular,
                    "currency": currency,
                    "format": format,
                    "table": table,
                },
            ),
        )

    def list_users(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        search: str | None = None,
        role: Literal["student", "instructor", "admin"] | None = None,
        status: Literal["active", "suspended", "erased"] | None = None,
    ) -> types.UserForAdminsPage:
        """List users, newest first. `search` matches a part of a name or an email address."""
        return cast(
            "types.UserForAdminsPage",
            self.send(
                "GET",
                "/api/v1/admin/users",
                query={
                    "page": page,
                    "limit": limit,
                    "cursor": cursor,
                    "search": search,
                    "role": role,
                    "status": status,
                },
            ),
        )

    def change_user(
        self,
        user_id: str,
        body: types.UserChange,
    ) -> types.UserForAdminsResponse:
        """Change someone's role, suspend or restore them; the last active admin stays one.

        Courses of someone who is suspended or teaches no longer go off sale; those enrolled keep them."""
        return cast(
            "types.UserForAdminsResponse",
            self.send(
                "PUT",
                f"/api/v1/admin/users/{self.quote(user_id)}",
                body=body,
            ),
        )

    def resolve_viewer_mark(
        self,
        mark: str,
    ) -> types.ViewerResponse:
        """Who played the video in which this mark was seen, in the last 30 days. The audit log has the search."""
        return cast(
            "types.ViewerResponse",
            self.send(
                "GET",
                f"/api/v1/admin/viewer-marks/{self.quote(mark)}",
            ),
        )

    def list_webhook_events(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        state: Literal["received", "applied", "ignored", "foreign", "parked", "failed"] | None = None,
    ) -> types.EventPage:
        """Events from outside, newest first."""
        return cast(
            "types.EventPage",
            self.send(
                "GET",
                "/api/v1/admin/webhook-events",
                query={"page": page, "limit": limit, "cursor": cursor, "state": state},
            ),
        )

    def replay_webhook_event(
        self,
        event_key: str,
        *,
        idempotency_key: str | None = None,
    ) -> types.EventResponse:
        """Handle an event once more; one that was applied already changes nothing."""
        return cast(
            "types.EventResponse",
            self.send(
                "POST",
                f"/api/v1/admin/webhook-events/{self.quote(event_key)}/replay",
                header={"Idempotency-Key": idempotency_key},
            ),
        )

    def list_categories(
        self,
    ) -> types.CategoryWithCountList:
        """The categories, with the number of published courses in each."""
        return cast(
            "types.CategoryWithCountList",
            self.send(
                "GET",
                "/api/v1/categories",
            ),
        )

    def check_certificate(
        self,
        code: str,
    ) -> types.CertificateResponse:
        """Whether a certificate is valid now, and what it says. Codes are read in any case, with or without hyphens."""
        return cast(
            "types.CertificateResponse",
            self.send(
                "GET",
                f"/api/v1/certificates/{self.quote(code)}",
            ),
        )

    def get_certificate_credential(
        self,
        code: str,
    ) -> bytes:
        """A valid certificate as an Open Badges 3.0 credential: a JWT that is signed with Ed25519."""
        return self.fetch(
            "GET",
            f"/api/v1/certificates/{self.quote(code)}/credential",
        )

    def get_certificate_pdf(
        self,
        code: str,
    ) -> bytes:
        """A valid certificate as PDF."""
        return self.fetch(
            "GET",
            f"/api/v1/certificates/{self.quote(code)}/pdf",
        )

    def list_courses(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        category: str | None = None,
        level: str | None = None,
        language: str | None = None,
        instructor_id: str | None = None,
        ids: str | None = None,
        currency: str | None = None,
        min_price: int | None = None,
        max_price: int | None = None,
        free: Literal["true", "false"] | None = None,
        min_rating: float | None = None,
        duration: str | None = None,
        has_captions: Literal["true", "false"] | None = None,
        published_after: str | None = None,
        search: str | None = None,
        facets: str | None = None,
        expand: str | None = None,
        sort: Literal["newest", "popular", "trending", "rating", "price", "-price", "relevance"] | None = None,
    ) -> types.CourseSummaryPage:
        """The catalogue: published courses, filtered, searched, sorted, by page or by cursor.

        With a credential, `me` says what each course is to the caller."""
        return cast(
            "types.CourseSummaryPage",
            self.send(
                "GET",
                "/api/v1/courses",
                query={
                    "page": page,
                    "limit": limit,
                    "cursor": cursor,
                    "category": category,
                    "level": level,
                    "language": language,
                    "instructorId": instructor_id,
                    "ids": ids,
                    "currency": currency,
                    "minPrice": min_price,
                    "maxPrice": max_price,
                    "free": free,
                    "minRating": min_rating,
                    "duration": duration,
                    "hasCaptions": has_captions,
                    "publishedAfter": published_after,
                    "search": search,
                    "facets": facets,
                    "expand": expand,
                    "sort": sort,
                },
            ),
        )

    def create_course(
        self,
        body: types.CourseCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.EditableCourseResponse:
        """Begin a course; it is a draft until it is submitted and approved."""
        return cast(
            "types.EditableCourseResponse",
            self.send(
                "POST",
                "/api/v1/courses",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def list_my_courses(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["draft", "pending", "published", "rejected"] | None = None,
    ) -> types.OwnCourseWithCountersPage:
        """Your own courses of one status or all, newest first; a rejected one says why. Deleted ones are not listed."""
        return cast(
            "types.OwnCourseWithCountersPage",
            self.send(
                "GET",
                "/api/v1/courses/mine",
                query={"page": page, "limit": limit, "cursor": cursor, "status": status},
            ),
        )

    def delete_course(
        self,
        course_id: str,
    ) -> types.EmptyResponse:
        """Take a course out of the catalogue for good. Those enrolled keep it."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/courses/{self.quote(course_id)}",
            ),
        )

    def get_course(
        self,
        course_id: str,
        *,
        expand: str | None = None,
    ) -> types.CourseWithOutlineResponse:
        """A course with the titles of its lessons, while it is on sale; its learners, owner and admins see it always.

        With a credential, `me` says what the course is to the caller."""
        return cast(
            "types.CourseWithOutlineResponse",
            self.send(
                "GET",
                f"/api/v1/courses/{self.quote(course_id)}",
                query={"expand": expand},
            ),
        )

    def update_course(
        self,
        course_id: str,
        body: types.CourseUpdate,
        *,
        if_match: str | None = None,
    ) -> types.EditableCourseResponse:
        """Change what is given of a course. With `If-Match`, only the version that you read."""
        return cast(
            "types.EditableCourseResponse",
            self.send(
                "PUT",
                f"/api/v1/courses/{self.quote(course_id)}",
                header={"if-match": if_match},
                body=body,
            ),
        )

    def update_curriculum(
        self,
        course_id: str,
        body: types.CurriculumInput,
        *,
        if_match: str | None = None,
    ) -> types.CurriculumResponse:
        """Replace the sections and their lessons. Lessons that are not named come first; no section removes no lesson."""
        return cast(
            "types.CurriculumResponse",
            self.send(
                "PUT",
                f"/api/v1/courses/{self.quote(course_id)}/curriculum",
                header={"if-match": if_match},
                body=body,
            ),
        )

    def remove_course_image(
        self,
        course_id: str,
    ) -> types.EmptyResponse:
        """Remove the picture of a course and its text."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/courses/{self.quote(course_id)}/image",
            ),
        )

    def set_course_image(
        self,
        course_id: str,
        body: dict[str, Any],
    ) -> types.PictureResponse:
        """Upload the picture of a course: PNG, JPEG or WebP, and a text for who cannot see it.

        It is turned upright and stored without its metadata, in three sizes. An upload without `altText` removes the text."""
        return cast(
            "types.PictureResponse",
            self.send(
                "POST",
                f"/api/v1/courses/{self.quote(course_id)}/image",
                form=body,
            ),
        )

    def add_lesson(
        self,
        course_id: str,
        body: types.LessonCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.LessonDetailResponse:
        """Add a lesson: at the end of the course or of `sectionId`, or at `order`."""
        return cast(
            "types.LessonDetailResponse",
            self.send(
                "POST",
                f"/api/v1/courses/{self.quote(course_id)}/lessons",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def reorder_lessons(
        self,
        course_id: str,
        body: types.LessonOrder,
    ) -> types.LessonDetailList:
        """Put the lessons in a new order: name each exactly once. Lessons of a section stay together."""
        return cast(
            "types.LessonDetailList",
            self.send(
                "PUT",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/order",
                body=body,
            ),
        )

    def delete_lesson(
        self,
        course_id: str,
        lesson_id: str,
    ) -> types.EmptyResponse:
        """Remove a lesson; those behind it move up."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}",
            ),
        )

    def get_lesson(
        self,
        course_id: str,
        lesson_id: str,
    ) -> types.LessonResponse:
        """A lesson with its content: for learners, its instructor and admins; a preview for anyone."""
        return cast(
            "types.LessonResponse",
            self.send(
                "GET",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}",
            ),
        )

    def update_lesson(
        self,
        course_id: str,
        lesson_id: str,
        body: types.LessonUpdate,
        *,
        if_match: str | None = None,
    ) -> types.LessonDetailResponse:
        """Change what is given of a lesson; its id and everyone's progress stay."""
        return cast(
            "types.LessonDetailResponse",
            self.send(
                "PUT",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}",
                header={"if-match": if_match},
                body=body,
            ),
        )

    def list_attachments(
        self,
        course_id: str,
        lesson_id: str,
    ) -> types.AttachmentList:
        """The files of a lesson, in the order in which they were added."""
        return cast(
            "types.AttachmentList",
            self.send(
                "GET",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/attachments",
            ),
        )

    def add_attachment(
        self,
        course_id: str,
        lesson_id: str,
        body: dict[str, Any],
    ) -> types.AttachmentResponse:
        """Add a file to a lesson as the part `file` of a form. Those who may open the lesson download it."""
        return cast(
            "types.AttachmentResponse",
            self.send(
                "POST",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/attachments",
                form=body,
            ),
        )

    def delete_attachment(
        self,
        course_id: str,
        lesson_id: str,
        attachment_id: str,
    ) -> types.EmptyResponse:
        """Remove a file from a lesson."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/attachments/{self.quote(attachment_id)}",
            ),
        )

    def open_playback(
        self,
        course_id: str,
        lesson_id: str,
    ) -> types.PlaybackResponse:
        """Play the video of a lesson: an address for twelve hours, bound to the caller's sign-in."""
        return cast(
            "types.PlaybackResponse",
            self.send(
                "POST",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/playback",
            ),
        )

    def delete_video(
        self,
        course_id: str,
        lesson_id: str,
    ) -> types.EmptyResponse:
        """Remove the video of a lesson, and the one that is being uploaded."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/video",
            ),
        )

    def upload_video(
        self,
        course_id: str,
        lesson_id: str,
        body: dict[str, Any],
    ) -> types.LessonVideoResponse:
        """Upload a small video as the part `file` of a form, at most 200 MB. For larger ones begin an upload."""
        return cast(
            "types.LessonVideoResponse",
            self.send(
                "POST",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/video",
                form=body,
            ),
        )

    def delete_captions(
        self,
        course_id: str,
        lesson_id: str,
        language: str,
    ) -> types.EmptyResponse:
        """Remove the captions of one language."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/video/captions/{self.quote(language)}",
            ),
        )

    def put_captions(
        self,
        course_id: str,
        lesson_id: str,
        language: str,
        body: bytes,
    ) -> types.LessonVideoResponse:
        """Add captions as WebVTT, or replace those of the language. They belong to the newest video."""
        return cast(
            "types.LessonVideoResponse",
            self.send(
                "PUT",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/video/captions/{self.quote(language)}",
                content=body,
                content_type="text/vtt",
            ),
        )

    def start_video_upload(
        self,
        course_id: str,
        lesson_id: str,
        body: types.VideoAnnouncement,
    ) -> types.UploadResponse:
        """Begin the upload of a video. The one that learners play now goes on until the new one is ready."""
        return cast(
            "types.UploadResponse",
            self.send(
                "POST",
                f"/api/v1/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/video/upload",
                body=body,
            ),
        )

    def list_related_courses(
        self,
        course_id: str,
    ) -> types.CourseSummaryList:
        """Up to 12 courses on sale that its learners learn as well, then those with the same words or category."""
        return cast(
            "types.CourseSummaryList",
            self.send(
                "GET",
                f"/api/v1/courses/{self.quote(course_id)}/related",
            ),
        )

    def list_course_reviews(
        self,
        course_id: str,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> types.CourseReviewPage:
        """The reviews of a course, newest first; `meta` has the ratings of all of them."""
        return cast(
            "types.CourseReviewPage",
            self.send(
                "GET",
                f"/api/v1/courses/{self.quote(course_id)}/reviews",
                query={"page": page, "limit": limit, "cursor": cursor},
            ),
        )

    def post_review(
        self,
        course_id: str,
        body: types.ReviewCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.ReviewDetailResponse:
        """Rate a course that you may learn, with 1 to 5 stars and a comment."""
        return cast(
            "types.ReviewDetailResponse",
            self.send(
                "POST",
                f"/api/v1/courses/{self.quote(course_id)}/reviews",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def get_structured_data(
        self,
        course_id: str,
    ) -> bytes:
        """A course on sale as a schema.org Course with offer and instance, to be put into a page."""
        return self.fetch(
            "GET",
            f"/api/v1/courses/{self.quote(course_id)}/schema.jsonld",
        )

    def search_course(
        self,
        course_id: str,
        *,
        q: str | None = None,
    ) -> types.SpokenPassageList:
        """Where the captions of a course have all words: the lesson and the second. At most 100 passages."""
        return cast(
            "types.SpokenPassageList",
            self.send(
                "GET",
                f"/api/v1/courses/{self.quote(course_id)}/search",
                query={"q": q},
            ),
        )

    def get_course_stats(
        self,
        course_id: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        interval: Literal["day", "week", "month"] | None = None,
        timezone: str | None = None,
        popular: Literal["revenue", "enrollments", "views", "trend"] | None = None,
        currency: str | None = None,
        format: Literal["json", "csv"] | None = None,
        table: Literal["series", "popularCourses", "cohorts", "lessons"] | None = None,
    ) -> types.CourseStatsResponse:
        """Statistics of one course and of its lessons, as JSON or CSV. A fact is counted within two minutes."""
        return cast(
            "types.CourseStatsResponse",
            self.send(
                "GET",
                f"/api/v1/courses/{self.quote(course_id)}/stats",
                query={
                    "from": from_,
                    "to": to,
                    "interval": interval,
                    "timezone": timezone,
                    "popular": popular,
                    "currency": currency,
                    "format": format,
                    "table": table,
                },
            ),
        )

    def submit_course(
        self,
        course_id: str,
        *,
        idempotency_key: str | None = None,
    ) -> types.EditableCourseResponse:
        """Ask for approval. The course needs a title, a description, a price and lessons with content."""
        return cast(
            "types.EditableCourseResponse",
            self.send(
                "POST",
                f"/api/v1/courses/{self.quote(course_id)}/submit",
                header={"Idempotency-Key": idempotency_key},
            ),
        )

    def count_course_view(
        self,
        course_id: str,
    ) -> types.EmptyResponse:
        """Report that a course on sale is viewed. A viewer counts once a day; its owner and admins do not count."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "POST",
                f"/api/v1/courses/{self.quote(course_id)}/view",
            ),
        )

    def get_badge_keys(
        self,
    ) -> types.DidDocument:
        """The public keys that verify credentials: the document of the issuer's `did:web`."""
        return cast(
            "types.DidDocument",
            self.send(
                "GET",
                "/api/v1/credentials/did.json",
            ),
        )

    def get_badge_issuer(
        self,
    ) -> types.IssuerProfile:
        """The school as issuer of Open Badges."""
        return cast(
            "types.IssuerProfile",
            self.send(
                "GET",
                "/api/v1/credentials/issuer",
            ),
        )

    def get_badge_status_list(
        self,
        number: str,
    ) -> bytes:
        """Which credentials are revoked: a BitstringStatusList of 131,072 bits, as a signed JWT."""
        return self.fetch(
            "GET",
            f"/api/v1/credentials/status/{self.quote(number)}",
        )

    def list_my_enrollments(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        course_id: str | None = None,
        sort: Literal["newest", "activity"] | None = None,
    ) -> types.EnrollmentListItemPage:
        """Your enrollments, newest first; with `sort=activity` the course that you used last first."""
        return cast(
            "types.EnrollmentListItemPage",
            self.send(
                "GET",
                "/api/v1/enrollments",
                query={"page": page, "limit": limit, "cursor": cursor, "courseId": course_id, "sort": sort},
            ),
        )

    def create_enrollment(
        self,
        body: types.EnrollIn,
        *,
        idempotency_key: str | None = None,
    ) -> types.EnrollmentResponse:
        """Enroll in a free course, or in one that was paid and is not open yet."""
        return cast(
            "types.EnrollmentResponse",
            self.send(
                "POST",
                "/api/v1/enrollments",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def get_enrollment(
        self,
        enrollment_id: str,
    ) -> types.EnrollmentDetailResponse:
        """One enrollment with its progress lesson by lesson."""
        return cast(
            "types.EnrollmentDetailResponse",
            self.send(
                "GET",
                f"/api/v1/enrollments/{self.quote(enrollment_id)}",
            ),
        )

    def get_own_certificate(
        self,
        enrollment_id: str,
    ) -> bytes:
        """Your certificate of a course that you completed, as PDF."""
        return self.fetch(
            "GET",
            f"/api/v1/enrollments/{self.quote(enrollment_id)}/certificate",
        )

    def update_progress(
        self,
        enrollment_id: str,
        body: types.ProgressIn,
    ) -> types.EnrollmentDetailResponse:
        """Save progress; it never goes backwards."""
        return cast(
            "types.EnrollmentDetailResponse",
            self.send(
                "PUT",
                f"/api/v1/enrollments/{self.quote(enrollment_id)}/progress",
                body=body,
            ),
        )

    def get_my_stats(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        interval: Literal["day", "week", "month"] | None = None,
        timezone: str | None = None,
        popular: Literal["revenue", "enrollments", "views", "trend"] | None = None,
        currency: str | None = None,
        format: Literal["json", "csv"] | None = None,
        table: Literal["series", "popularCourses", "cohorts", "lessons"] | None = None,
    ) -> types.InstructorStatsResponse:
        """Statistics of all your courses together, as JSON or CSV. A fact is counted within two minutes."""
        return cast(
            "types.InstructorStatsResponse",
            self.send(
                "GET",
                "/api/v1/instructors/me/stats",
                query={
                    "from": from_,
                    "to": to,
                    "interval": interval,
                    "timezone": timezone,
                    "popular": popular,
                    "currency": currency,
                    "format": format,
                    "table": table,
                },
            ),
        )

    def send_notice(
        self,
        body: types.NoticeCreate,
    ) -> types.NoticeResponse:
        """Tell us about a course, a lesson or a review that is illegal or against the rules. You get a receipt by email."""
        return cast(
            "types.NoticeResponse",
            self.send(
                "POST",
                "/api/v1/notices",
                body=body,
            ),
        )

    def get_notice(
        self,
        reference: str,
        *,
        token: str | None = None,
    ) -> types.NoticeResponse:
        """How a notice stands and what was decided, for its sender and for the person whom it affects."""
        return cast(
            "types.NoticeResponse",
            self.send(
                "GET",
                f"/api/v1/notices/{self.quote(reference)}",
                query={"token": token},
            ),
        )

    def appeal_decision(
        self,
        reference: str,
        body: types.NoticeAppeal,
    ) -> types.NoticeResponse:
        """Appeal against the decision about a notice: once, by either side, within six months. Another admin decides."""
        return cast(
            "types.NoticeResponse",
            self.send(
                "POST",
                f"/api/v1/notices/{self.quote(reference)}/appeal",
                body=body,
            ),
        )

    def list_notifications(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        unread: Literal["true", "false"] | None = None,
    ) -> types.NotificationPage:
        """Your notifications, newest first; they are kept for 180 days."""
        return cast(
            "types.NotificationPage",
            self.send(
                "GET",
                "/api/v1/notifications",
                query={"page": page, "limit": limit, "cursor": cursor, "unread": unread},
            ),
        )

    def read_all_notifications(
        self,
        *,
        idempotency_key: str | None = None,
    ) -> types.ReadResponse:
        """Mark everything as read."""
        return cast(
            "types.ReadResponse",
            self.send(
                "POST",
                "/api/v1/notifications/read-all",
                header={"Idempotency-Key": idempotency_key},
            ),
        )

    def read_notification(
        self,
        notification_id: str,
    ) -> types.NotificationResponse:
        """Mark a notification as read; `readAt` keeps the first time."""
        return cast(
            "types.NotificationResponse",
            self.send(
                "PUT",
                f"/api/v1/notifications/{self.quote(notification_id)}/read",
            ),
        )

    def list_my_payments(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        course_id: str | None = None,
        status: Literal[
            "pending", "processing", "succeeded", "failed", "canceled", "partially_refunded", "refunded", "disputed"
        ]
        | None = None,
        from_: str | None = None,
        to: str | None = None,
    ) -> types.PaymentPage:
        """Your payments, newest first; of one course, one status or one time where that is asked."""
        return cast(
            "types.PaymentPage",
            self.send(
                "GET",
                "/api/v1/payments",
                query={
                    "page": page,
                    "limit": limit,
                    "cursor": cursor,
                    "courseId": course_id,
                    "status": status,
                    "from": from_,
                    "to": to,
                },
            ),
        )

    def start_payment(
        self,
        body: types.CheckoutIn,
        *,
        idempotency_key: str,
    ) -> types.CheckoutResponse:
        """Buy: prices are frozen on the order, and Stripe waits for the payment method."""
        return cast(
            "types.CheckoutResponse",
            self.send(
                "POST",
                "/api/v1/payments",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def get_payment_config(
        self,
    ) -> types.PaymentConfigResponse:
        """What a client needs to confirm a payment with Stripe."""
        return cast(
            "types.PaymentConfigResponse",
            self.send(
                "GET",
                "/api/v1/payments/config",
            ),
        )

    def quote_payment(
        self,
        body: types.QuoteIn,
    ) -> types.QuoteResponse:
        """What these courses cost the caller now, and what speaks against buying them; nothing is stored."""
        return cast(
            "types.QuoteResponse",
            self.send(
                "POST",
                "/api/v1/payments/quote",
                body=body,
            ),
        )

    def refund_payment(
        self,
        body: types.RefundIn,
        *,
        idempotency_key: str,
    ) -> types.StartedRefundResponse:
        """Ask for money back; Stripe settles it, and access follows."""
        return cast(
            "types.StartedRefundResponse",
            self.send(
                "POST",
                "/api/v1/payments/refund",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def preview_payment_refund(
        self,
        body: types.RefundPreviewIn,
    ) -> types.RefundPreviewResponse:
        """What a refund would do to money, access and, for admins, shares; nothing is stored."""
        return cast(
            "types.RefundPreviewResponse",
            self.send(
                "POST",
                "/api/v1/payments/refund/preview",
                body=body,
            ),
        )

    def receive_stripe_event(
        self,
    ) -> types.ReceivedResponse:
        """Stripe's events: 200 only once they are stored durably. What is not signed costs no connection."""
        return cast(
            "types.ReceivedResponse",
            self.send(
                "POST",
                "/api/v1/payments/webhook",
            ),
        )

    def get_payment(
        self,
        payment_id: str,
    ) -> types.PaymentResponse:
        """One payment; while it is open, Stripe is asked about it (at most once in 3 s)."""
        return cast(
            "types.PaymentResponse",
            self.send(
                "GET",
                f"/api/v1/payments/{self.quote(payment_id)}",
            ),
        )

    def end_playback(
        self,
        playback_id: str,
    ) -> types.EmptyResponse:
        """End one of your playback sessions, on this device or another."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/playback/{self.quote(playback_id)}",
            ),
        )

    def get_refund(
        self,
        refund_id: str,
    ) -> types.RefundResponse:
        """One refund, for its buyer and admins."""
        return cast(
            "types.RefundResponse",
            self.send(
                "GET",
                f"/api/v1/refunds/{self.quote(refund_id)}",
            ),
        )

    def list_reviews(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        course_id: str | None = None,
        user_id: str | None = None,
    ) -> types.ReviewDetailPage:
        """Reviews of published courses, newest first; of one course or one person where that is asked."""
        return cast(
            "types.ReviewDetailPage",
            self.send(
                "GET",
                "/api/v1/reviews",
                query={"page": page, "limit": limit, "cursor": cursor, "courseId": course_id, "userId": user_id},
            ),
        )

    def delete_review(
        self,
        review_id: str,
    ) -> types.EmptyResponse:
        """Delete your review, also after your access has ended."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/reviews/{self.quote(review_id)}",
            ),
        )

    def get_review(
        self,
        review_id: str,
    ) -> types.ReviewDetailResponse:
        """One review; a hidden one only for its author and admins."""
        return cast(
            "types.ReviewDetailResponse",
            self.send(
                "GET",
                f"/api/v1/reviews/{self.quote(review_id)}",
            ),
        )

    def update_review(
        self,
        review_id: str,
        body: types.ReviewUpdate,
    ) -> types.ReviewDetailResponse:
        """Change your review, while you have access to the course."""
        return cast(
            "types.ReviewDetailResponse",
            self.send(
                "PUT",
                f"/api/v1/reviews/{self.quote(review_id)}",
                body=body,
            ),
        )

    def reply_to_review(
        self,
        review_id: str,
        body: types.ReviewReply,
        *,
        idempotency_key: str | None = None,
    ) -> types.ReviewDetailResponse:
        """Answer a review of your course; a second answer replaces the first."""
        return cast(
            "types.ReviewDetailResponse",
            self.send(
                "POST",
                f"/api/v1/reviews/{self.quote(review_id)}/reply",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def report_review(
        self,
        review_id: str,
        body: types.ReviewReport,
        *,
        idempotency_key: str | None = None,
    ) -> types.ReportResponse:
        """Report a review to the administrators. A second report of the same review returns the first one."""
        return cast(
            "types.ReportResponse",
            self.send(
                "POST",
                f"/api/v1/reviews/{self.quote(review_id)}/report",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def suggest_searches(
        self,
        *,
        q: str | None = None,
    ) -> types.SuggestionList:
        """Titles, instructors and categories with words that begin as typed, the most popular first."""
        return cast(
            "types.SuggestionList",
            self.send(
                "GET",
                "/api/v1/search/suggest",
                query={"q": q},
            ),
        )

    def download_export(
        self,
        export_id: str,
        *,
        signature: str | None = None,
    ) -> bytes:
        """The archive behind a signed link."""
        return self.fetch(
            "GET",
            f"/api/v1/users/exports/{self.quote(export_id)}",
            query={"signature": signature},
        )

    def forgot_password(
        self,
        body: types.EmailOnly,
    ) -> types.EmptyResponse:
        """Send a link that sets a new password. The response is the same for every email address."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "POST",
                "/api/v1/users/forgot-password",
                body=body,
            ),
        )

    def log_in(
        self,
        body: types.Login,
        *,
        x_device_token: str | None = None,
    ) -> types.SignedInSessionResponse:
        """Sign in. Send `deviceToken` as `X-Device-Token` at the next sign-in: it identifies a known device."""
        return cast(
            "types.SignedInSessionResponse",
            self.send(
                "POST",
                "/api/v1/users/login",
                header={"X-Device-Token": x_device_token},
                body=body,
            ),
        )

    def verify_second_factor(
        self,
        body: types.SecondFactorLogin,
    ) -> types.SignedInSessionResponse:
        """Complete a sign-in with its challenge and a code of the authenticator app, or a recovery code."""
        return cast(
            "types.SignedInSessionResponse",
            self.send(
                "POST",
                "/api/v1/users/login/second-factor",
                body=body,
            ),
        )

    def log_out(
        self,
        *,
        body: types.Logout | None | None = None,
    ) -> types.EmptyResponse:
        """End this session. Its tokens are invalid immediately."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "POST",
                "/api/v1/users/logout",
                body=body,
            ),
        )

    def log_out_everywhere(
        self,
        *,
        idempotency_key: str | None = None,
    ) -> types.EmptyResponse:
        """End all of your sessions, on every device."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "POST",
                "/api/v1/users/logout-all",
                header={"Idempotency-Key": idempotency_key},
            ),
        )

    def get_me(
        self,
    ) -> types.MeResponse:
        """Get your own account, and what is left to do in it."""
        return cast(
            "types.MeResponse",
            self.send(
                "GET",
                "/api/v1/users/me",
            ),
        )

    def update_me(
        self,
        body: types.ProfileUpdate,
    ) -> types.MeResponse:
        """Change name, biography (plain text) or picture (an https address)."""
        return cast(
            "types.MeResponse",
            self.send(
                "PUT",
                "/api/v1/users/me",
                body=body,
            ),
        )

    def remove_my_avatar(
        self,
    ) -> types.EmptyResponse:
        """Remove your picture, whether it was uploaded or is an address."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                "/api/v1/users/me/avatar",
            ),
        )

    def set_my_avatar(
        self,
        body: dict[str, Any],
    ) -> types.PictureResponse:
        """Upload a picture of yourself: PNG, JPEG or WebP. It is turned upright and stored without its metadata."""
        return cast(
            "types.PictureResponse",
            self.send(
                "PUT",
                "/api/v1/users/me/avatar",
                form=body,
            ),
        )

    def update_my_email(
        self,
        body: types.EmailChange,
    ) -> types.UserDetailResponse:
        """Request a new email address. It takes effect when it is confirmed; a confirmed current address is notified.

        Another spelling of the current address, such as other capitals, takes effect at once."""
        return cast(
            "types.UserDetailResponse",
            self.send(
                "PUT",
                "/api/v1/users/me/email",
                body=body,
            ),
        )

    def request_export(
        self,
    ) -> types.ExportStateResponse:
        """All your personal data as one JSON document: repeat until `status` is `ready`, then follow `url`."""
        return cast(
            "types.ExportStateResponse",
            self.send(
                "GET",
                "/api/v1/users/me/export",
            ),
        )

    def get_notification_preferences(
        self,
    ) -> types.PreferencesResponse:
        """Which emails you get besides the transactional ones."""
        return cast(
            "types.PreferencesResponse",
            self.send(
                "GET",
                "/api/v1/users/me/notifications",
            ),
        )

    def update_notification_preferences(
        self,
        body: types.PreferencesUpdate,
    ) -> types.PreferencesResponse:
        """Switch kinds of emails on or off; emails that are queued already follow it."""
        return cast(
            "types.PreferencesResponse",
            self.send(
                "PUT",
                "/api/v1/users/me/notifications",
                body=body,
            ),
        )

    def update_my_password(
        self,
        body: types.PasswordChange,
    ) -> types.EmptyResponse:
        """Change your password. All other sessions end."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "PUT",
                "/api/v1/users/me/password",
                body=body,
            ),
        )

    def list_sessions(
        self,
    ) -> types.SessionSummaryList:
        """Your active sessions, the most recently used first."""
        return cast(
            "types.SessionSummaryList",
            self.send(
                "GET",
                "/api/v1/users/me/sessions",
            ),
        )

    def end_session(
        self,
        session_id: str,
    ) -> types.EmptyResponse:
        """End one of your sessions."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                f"/api/v1/users/me/sessions/{self.quote(session_id)}",
            ),
        )

    def step_up(
        self,
        body: types.StepUp,
    ) -> types.StepUpGrantedResponse:
        """Confirm your password, and a code if you have a second factor: allows sensitive operations for 10 minutes."""
        return cast(
            "types.StepUpGrantedResponse",
            self.send(
                "POST",
                "/api/v1/users/me/step-up",
                body=body,
            ),
        )

    def remove_second_factor(
        self,
    ) -> types.EmptyResponse:
        """Disable two-factor authentication and delete its recovery codes."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "DELETE",
                "/api/v1/users/me/totp",
            ),
        )

    def begin_second_factor(
        self,
        *,
        idempotency_key: str | None = None,
    ) -> types.AuthenticatorSecretResponse:
        """Create a secret for your authenticator app. It takes effect when a first code confirms it."""
        return cast(
            "types.AuthenticatorSecretResponse",
            self.send(
                "POST",
                "/api/v1/users/me/totp",
                header={"Idempotency-Key": idempotency_key},
            ),
        )

    def confirm_second_factor(
        self,
        body: types.CodeOnly,
        *,
        idempotency_key: str | None = None,
    ) -> types.RecoveryCodesResponse:
        """Enable two-factor authentication with a first code. The recovery codes are shown only now."""
        return cast(
            "types.RecoveryCodesResponse",
            self.send(
                "POST",
                "/api/v1/users/me/totp/confirm",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
        )

    def refresh_token(
        self,
        body: types.Refresh,
    ) -> types.TokenPairResponse:
        """Exchange a refresh token for a new pair of tokens. Sending a used refresh token again ends the session."""
        return cast(
            "types.TokenPairResponse",
            self.send(
                "POST",
                "/api/v1/users/refresh-token",
                body=body,
            ),
        )

    def register_user(
        self,
        body: types.Registration,
    ) -> types.SignedInSessionResponse:
        """Sign up as a student or an instructor. Returns a session; an email asks to confirm the address."""
        return cast(
            "types.SignedInSessionResponse",
            self.send(
                "POST",
                "/api/v1/users/register",
                body=body,
            ),
        )

    def resend_verification(
        self,
        body: types.EmailOnly,
    ) -> types.EmptyResponse:
        """Send the confirmation link again. The response is the same for every email address."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "POST",
                "/api/v1/users/resend-verification",
                body=body,
            ),
        )

    def reset_password(
        self,
        body: types.PasswordReset,
    ) -> types.DeviceTokenResponse:
        """Set a new password with the token of a link, which is valid once and for 20 minutes. All sessions end."""
        return cast(
            "types.DeviceTokenResponse",
            self.send(
                "POST",
                "/api/v1/users/reset-password",
                body=body,
            ),
        )

    def verify_email(
        self,
        body: types.LinkToken,
    ) -> types.UserDetailResponse:
        """Confirm an email address with the token of its link: the address of a sign-up or of a requested change."""
        return cast(
            "types.UserDetailResponse",
            self.send(
                "POST",
                "/api/v1/users/verify-email",
                body=body,
            ),
        )

    def erase_user(
        self,
        user_id: str,
    ) -> types.ErasureBegunResponse:
        """Erase your own account, or any account as an admin. Sessions end and the profile is cleared at once."""
        return cast(
            "types.ErasureBegunResponse",
            self.send(
                "DELETE",
                f"/api/v1/users/{self.quote(user_id)}",
            ),
        )

    def get_user(
        self,
        user_id: str,
    ) -> bytes:
        """An instructor's public profile with the courses on sale; oneself and admins see the full account."""
        return self.fetch(
            "GET",
            f"/api/v1/users/{self.quote(user_id)}",
        )

    def update_user(
        self,
        user_id: str,
        body: types.ProfileUpdate,
    ) -> types.UserDetailResponse:
        """Change a profile like `PUT /users/me`: your own, or any profile as an admin."""
        return cast(
            "types.UserDetailResponse",
            self.send(
                "PUT",
                f"/api/v1/users/{self.quote(user_id)}",
                body=body,
            ),
        )

    def list_user_enrollments(
        self,
        user_id: str,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        course_id: str | None = None,
        sort: Literal["newest", "activity"] | None = None,
    ) -> types.EnrollmentListItemPage:
        """A person's enrollments, for themselves and for admins."""
        return cast(
            "types.EnrollmentListItemPage",
            self.send(
                "GET",
                f"/api/v1/users/{self.quote(user_id)}/enrollments",
                query={"page": page, "limit": limit, "cursor": cursor, "courseId": course_id, "sort": sort},
            ),
        )

    def receive_cloudinary_notification(
        self,
    ) -> types.EmptyResponse:
        """Cloudinary reports an upload. It is asked whether that is so; 404 where media are stored elsewhere."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "POST",
                "/api/v1/webhooks/cloudinary",
            ),
        )

    def receive_sendgrid_events(
        self,
    ) -> types.MailEventsReceivedResponse:
        """SendGrid's events about emails: 200 only once they are applied. What is not signed costs no connection."""
        return cast(
            "types.MailEventsReceivedResponse",
            self.send(
                "POST",
                "/api/v1/webhooks/sendgrid",
            ),
        )

    def list_wishes(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> types.WishlistPage:
        """The courses in your wish list, the one added last first. One that went off sale comes back with its sale."""
        return cast(
            "types.WishlistPage",
            self.send(
                "GET",
                "/api/v1/wishlist",
                query={"page": page, "limit": limit, "cursor": cursor},
            ),
        )

    def remove_wish(
        self,
        course_id: str,
    ) -> types.WishResponse:
        """Remove a course from your wish list; one that is not in it stays out of it."""
        return cast(
            "types.WishResponse",
            self.send(
                "DELETE",
                f"/api/v1/wishlist/{self.quote(course_id)}",
            ),
        )

    def get_wish(
        self,
        course_id: str,
    ) -> types.WishResponse:
        """Whether a course is in your wish list."""
        return cast(
            "types.WishResponse",
            self.send(
                "GET",
                f"/api/v1/wishlist/{self.quote(course_id)}",
            ),
        )

    def add_wish(
        self,
        course_id: str,
    ) -> types.WishResponse:
        """Add a course to your wish list; adding it again changes nothing. A list has at most 500 courses."""
        return cast(
            "types.WishResponse",
            self.send(
                "PUT",
                f"/api/v1/wishlist/{self.quote(course_id)}",
            ),
        )

    def get_feed(
        self,
    ) -> bytes:
        """The newest courses on sale as an Atom feed."""
        return self.fetch(
            "GET",
            "/feed.xml",
        )

    def download_attachment(
        self,
        course_id: str,
        lesson_id: str,
        attachment_id: str,
    ) -> bytes:
        """Download a file. Access is checked at each request."""
        return self.fetch(
            "GET",
            f"/media/courses/{self.quote(course_id)}/lessons/{self.quote(lesson_id)}/attachments/{self.quote(attachment_id)}",
        )

    def get_image(
        self,
        folder: str,
        name: str,
    ) -> bytes:
        """A picture in one of its sizes. The address changes with the content, so it may be cached for ever."""
        return self.fetch(
            "GET",
            f"/media/images/{self.quote(folder)}/{self.quote(name)}",
        )

    def head_image(
        self,
        folder: str,
        name: str,
    ) -> bytes:
        """A picture in one of its sizes. The address changes with the content, so it may be cached for ever."""
        return self.fetch(
            "HEAD",
            f"/media/images/{self.quote(folder)}/{self.quote(name)}",
        )

    def get_captions_playlist(
        self,
        token: str,
        language: str,
    ) -> bytes:
        """The captions of one language, as HLS lists them."""
        return self.fetch(
            "GET",
            f"/media/playback/{self.quote(token)}/captions/{self.quote(language)}.m3u8",
        )

    def get_captions(
        self,
        token: str,
        language: str,
    ) -> bytes:
        """The captions of one language (WebVTT)."""
        return self.fetch(
            "GET",
            f"/media/playback/{self.quote(token)}/captions/{self.quote(language)}.vtt",
        )

    def get_file(
        self,
        token: str,
    ) -> bytes:
        """The file, or the byte range that is asked for. While it is sent, the gate is asked once a second."""
        return self.fetch(
            "GET",
            f"/media/playback/{self.quote(token)}/file",
        )

    def head_file(
        self,
        token: str,
    ) -> bytes:
        """The size and type of the file."""
        return self.fetch(
            "HEAD",
            f"/media/playback/{self.quote(token)}/file",
        )

    def get_master_playlist(
        self,
        token: str,
    ) -> bytes:
        """The renditions and captions of the video (HLS)."""
        return self.fetch(
            "GET",
            f"/media/playback/{self.quote(token)}/index.m3u8",
        )

    def get_key(
        self,
        token: str,
        number: str,
    ) -> bytes:
        """The 16 bytes that decrypt five segments. Refused from the second in which access ends."""
        return self.fetch(
            "GET",
            f"/media/playback/{self.quote(token)}/keys/{self.quote(number)}",
        )

    def get_poster(
        self,
        token: str,
    ) -> bytes:
        """The picture to show before the video plays."""
        return self.fetch(
            "GET",
            f"/media/playback/{self.quote(token)}/poster.webp",
        )

    def get_rendition_playlist(
        self,
        token: str,
        rendition: str,
    ) -> bytes:
        """The segments of one rendition, and where the key of each is."""
        return self.fetch(
            "GET",
            f"/media/playback/{self.quote(token)}/{self.quote(rendition)}.m3u8",
        )

    def get_segment(
        self,
        path: str,
    ) -> bytes:
        """Six seconds of a video, encrypted."""
        return self.fetch(
            "GET",
            f"/media/segments/{self.quote(path)}",
        )

    def abort_upload(
        self,
        token: str,
    ) -> None:
        """Give the upload up; nothing of it is kept."""
        self.fetch(
            "DELETE",
            f"/media/uploads/{self.quote(token)}",
        )

    def find_upload_offset(
        self,
        token: str,
    ) -> None:
        """How many bytes have arrived."""
        self.fetch(
            "HEAD",
            f"/media/uploads/{self.quote(token)}",
        )

    def describe_upload(
        self,
        token: str,
    ) -> None:
        """What this server of tus can do."""
        self.fetch(
            "OPTIONS",
            f"/media/uploads/{self.quote(token)}",
        )

    def append_to_upload(
        self,
        token: str,
    ) -> None:
        """Send the bytes from `Upload-Offset` on. With the last ones the upload is complete, and the video is processed."""
        self.fetch(
            "PATCH",
            f"/media/uploads/{self.quote(token)}",
        )

    def tunnel_upload(
        self,
        token: str,
    ) -> None:
        """For clients that can only POST: `X-HTTP-Method-Override: PATCH`, `HEAD` or `DELETE`."""
        self.fetch(
            "POST",
            f"/media/uploads/{self.quote(token)}",
        )

    def complete_upload(
        self,
        token: str,
    ) -> types.EmptyResponse:
        """Every byte has been sent: the video is processed. It may be called twice."""
        return cast(
            "types.EmptyResponse",
            self.send(
                "POST",
                f"/media/uploads/{self.quote(token)}/complete",
            ),
        )

    def list_upload_parts(
        self,
        token: str,
        *,
        first: int,
        last: int,
    ) -> types.PartsResponse:
        """More addresses of parts, at most 100; `nextParts` has the next ones."""
        return cast(
            "types.PartsResponse",
            self.send(
                "GET",
                f"/media/uploads/{self.quote(token)}/parts",
                query={"first": first, "last": last},
            ),
        )

    def get_robots_txt(
        self,
    ) -> bytes:
        """What robots may read, and where the sitemap is."""
        return self.fetch(
            "GET",
            "/robots.txt",
        )

    def get_sitemap_index(
        self,
    ) -> bytes:
        """The sitemaps of all courses on sale."""
        return self.fetch(
            "GET",
            "/sitemap.xml",
        )

    def get_sitemap(
        self,
        number: str,
    ) -> bytes:
        """Some 10,000 courses on sale."""
        return self.fetch(
            "GET",
            f"/sitemap/{self.quote(number)}.xml",
        )

    def show_unsubscribe_page(
        self,
        token: str,
    ) -> bytes:
        """A page with a button. Opening it changes nothing, because mail scanners open links."""
        return self.fetch(
            "GET",
            f"/unsubscribe/{self.quote(token)}",
        )

    def unsubscribe(
        self,
        token: str,
        body: bytes,
    ) -> bytes:
        """Switch one kind of email off (RFC 8058). Needs no sign-in; a second time changes nothing."""
        return self.fetch(
            "POST",
            f"/unsubscribe/{self.quote(token)}",
            content=body,
            content_type="application/x-www-form-urlencoded",
        )
