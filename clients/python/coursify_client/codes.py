"""Generated from openapi.json by `make clients`; do not edit."""

from __future__ import annotations

from typing import Literal

GetCourseAccessCode = Literal[
    "body_too_large",
    "course_not_found",
    "forbidden",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "user_not_found",
    "validation_failed",
]

ListAttentionCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ActOnAttentionCode = Literal[
    "action_not_possible",
    "amount_not_acceptable",
    "attention_item_not_found",
    "attention_item_resolved",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "payment_disputed",
    "payment_not_refundable",
    "refund_exceeds_payment",
    "refund_not_failed",
    "request_in_progress",
    "second_admin_needed",
    "second_factor_missing",
    "step_up_required",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ListAuditLogCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

CreateCategoryCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "category_exists",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "request_in_progress",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

DeleteCategoryCode = Literal[
    "body_too_large",
    "category_in_use",
    "category_not_found",
    "forbidden",
    "internal_error",
    "not_found",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

UpdateCategoryCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "category_exists",
    "category_not_found",
    "forbidden",
    "internal_error",
    "malformed_json",
    "not_found",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ListAdminCoursesCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

AcknowledgeChangesCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_changed",
    "course_not_found",
    "course_not_published",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ApproveCourseCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_changed",
    "course_incomplete",
    "course_not_found",
    "course_not_pending",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "price_not_chargeable",
    "request_in_progress",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

RejectCourseCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "course_not_pending",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ResumeSaleCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "sale_not_suspended",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetReviewDiffCode = Literal[
    "body_too_large",
    "course_not_found",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "not_found",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

SuspendSaleCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "sale_already_suspended",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ListJobsCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

RetryJobCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "job_not_failed",
    "job_not_found",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ListAdminNoticesCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetAdminNoticeCode = Literal[
    "body_too_large",
    "forbidden",
    "internal_error",
    "not_found",
    "notice_not_found",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

DecideNoticeCode = Literal[
    "another_admin_needed",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "decision_not_possible",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "notice_decided",
    "notice_not_found",
    "request_in_progress",
    "second_factor_missing",
    "subject_deleted",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ListAllPaymentsCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ListAdminReviewsCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

DismissReviewReportsCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "review_not_found",
    "review_not_reported",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

HideReviewCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "review_already_hidden",
    "review_not_found",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

RestoreReviewCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "review_not_found",
    "review_not_hidden",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetAdminStatsCode = Literal[
    "body_too_large",
    "forbidden",
    "internal_error",
    "invalid_period",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ListUsersCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ChangeUserCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "forbidden",
    "internal_error",
    "last_admin",
    "malformed_json",
    "not_found",
    "second_factor_missing",
    "step_up_required",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "user_not_found",
    "validation_failed",
]

ResolveViewerMarkCode = Literal[
    "body_too_large",
    "forbidden",
    "internal_error",
    "not_found",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
    "viewer_mark_not_found",
]

ListWebhookEventsCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ReplayWebhookEventCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "event_not_found",
    "event_not_replayable",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "second_factor_missing",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ListCategoriesCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

CheckCertificateCode = Literal[
    "body_too_large",
    "certificate_not_found",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetCertificateCredentialCode = Literal[
    "body_too_large",
    "certificate_not_found",
    "certificate_revoked",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetCertificatePdfCode = Literal[
    "body_too_large",
    "certificate_not_found",
    "certificate_revoked",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ListCoursesCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "internal_error",
    "page_too_deep",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

CreateCourseCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "forbidden",
    "html_too_long",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "price_not_chargeable",
    "request_in_progress",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unknown_category",
    "unsupported_media_type",
    "validation_failed",
]

ListMyCoursesCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "forbidden",
    "internal_error",
    "page_too_deep",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

DeleteCourseCode = Literal[
    "body_too_large",
    "course_not_found",
    "forbidden",
    "internal_error",
    "not_found",
    "not_your_course",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetCourseCode = Literal[
    "body_too_large",
    "course_not_found",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

UpdateCourseCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_incomplete",
    "course_not_found",
    "forbidden",
    "html_too_long",
    "internal_error",
    "malformed_json",
    "not_found",
    "not_your_course",
    "price_not_chargeable",
    "stale_version",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unknown_category",
    "unsupported_media_type",
    "validation_failed",
]

UpdateCurriculumCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "curriculum_mismatch",
    "forbidden",
    "internal_error",
    "malformed_json",
    "not_found",
    "not_your_course",
    "stale_version",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

RemoveCourseImageCode = Literal[
    "body_too_large",
    "course_not_found",
    "forbidden",
    "internal_error",
    "not_found",
    "not_your_course",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

SetCourseImageCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "forbidden",
    "form_required",
    "internal_error",
    "malformed_form",
    "media_store_unavailable",
    "no_space_left",
    "not_found",
    "not_your_course",
    "picture_invalid",
    "picture_unsupported",
    "storage_quota_exceeded",
    "too_many_requests",
    "too_many_uploads",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

AddLessonCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "forbidden",
    "html_too_long",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "lesson_empty",
    "lesson_outside_section",
    "malformed_json",
    "not_found",
    "not_your_course",
    "request_in_progress",
    "too_many_lessons",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unknown_section",
    "unsupported_media_type",
    "validation_failed",
    "video_host_not_allowed",
]

ReorderLessonsCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "forbidden",
    "internal_error",
    "lesson_order_mismatch",
    "lesson_outside_section",
    "malformed_json",
    "not_found",
    "not_your_course",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

DeleteLessonCode = Literal[
    "body_too_large",
    "course_not_found",
    "forbidden",
    "internal_error",
    "last_lesson",
    "lesson_not_found",
    "not_found",
    "not_your_course",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetLessonCode = Literal[
    "access_closed",
    "body_too_large",
    "internal_error",
    "lesson_not_found",
    "not_enrolled",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

UpdateLessonCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "forbidden",
    "html_too_long",
    "internal_error",
    "lesson_empty",
    "lesson_not_found",
    "lesson_outside_section",
    "malformed_json",
    "not_found",
    "not_your_course",
    "stale_version",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unknown_section",
    "unsupported_media_type",
    "validation_failed",
    "video_host_not_allowed",
]

ListAttachmentsCode = Literal[
    "access_closed",
    "body_too_large",
    "internal_error",
    "lesson_not_found",
    "not_enrolled",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

AddAttachmentCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "forbidden",
    "form_required",
    "internal_error",
    "lesson_not_found",
    "malformed_form",
    "media_store_unavailable",
    "no_space_left",
    "not_found",
    "not_your_course",
    "storage_quota_exceeded",
    "too_many_attachments",
    "too_many_requests",
    "too_many_uploads",
    "unauthorized",
    "unavailable",
    "unsupported_file_type",
    "validation_failed",
]

DeleteAttachmentCode = Literal[
    "attachment_not_found",
    "body_too_large",
    "course_not_found",
    "forbidden",
    "internal_error",
    "lesson_not_found",
    "not_found",
    "not_your_course",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

OpenPlaybackCode = Literal[
    "access_closed",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "lesson_has_no_video",
    "lesson_not_found",
    "malformed_json",
    "not_enrolled",
    "not_found",
    "too_many_requests",
    "too_many_streams",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
    "video_not_ready",
]

DeleteVideoCode = Literal[
    "body_too_large",
    "course_not_found",
    "forbidden",
    "internal_error",
    "lesson_empty",
    "lesson_not_found",
    "not_found",
    "not_your_course",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
    "video_not_found",
]

UploadVideoCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "file_too_large",
    "forbidden",
    "form_required",
    "internal_error",
    "lesson_not_found",
    "malformed_form",
    "media_store_unavailable",
    "no_space_left",
    "not_found",
    "not_your_course",
    "storage_quota_exceeded",
    "too_many_requests",
    "too_many_uploads",
    "unauthorized",
    "unavailable",
    "unsupported_file_type",
    "validation_failed",
]

DeleteCaptionsCode = Literal[
    "body_too_large",
    "captions_not_found",
    "course_not_found",
    "forbidden",
    "internal_error",
    "lesson_not_found",
    "not_found",
    "not_your_course",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

PutCaptionsCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "captions_invalid",
    "captions_type_required",
    "course_not_found",
    "forbidden",
    "internal_error",
    "lesson_not_found",
    "malformed_json",
    "not_found",
    "not_your_course",
    "too_many_captions",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
    "video_not_found",
]

StartVideoUploadCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "file_too_large",
    "forbidden",
    "internal_error",
    "lesson_not_found",
    "malformed_json",
    "media_store_unavailable",
    "not_found",
    "not_your_course",
    "storage_quota_exceeded",
    "too_many_requests",
    "too_many_uploads",
    "unauthorized",
    "unavailable",
    "unsupported_file_type",
    "unsupported_media_type",
    "validation_failed",
]

ListRelatedCoursesCode = Literal[
    "body_too_large",
    "course_not_found",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ListCourseReviewsCode = Literal[
    "body_too_large",
    "course_not_found",
    "cursor_invalid",
    "internal_error",
    "not_found",
    "page_too_deep",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

PostReviewCode = Literal[
    "already_reviewed",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_enrolled",
    "not_found",
    "own_course_review",
    "request_in_progress",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetStructuredDataCode = Literal[
    "body_too_large",
    "course_not_found",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

SearchCourseCode = Literal[
    "body_too_large",
    "course_not_found",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetCourseStatsCode = Literal[
    "body_too_large",
    "course_not_found",
    "forbidden",
    "internal_error",
    "invalid_period",
    "not_found",
    "not_your_course",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

SubmitCourseCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_incomplete",
    "course_not_found",
    "course_not_submittable",
    "email_unverified",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "not_your_course",
    "price_not_chargeable",
    "request_in_progress",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

CountCourseViewCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "internal_error",
    "malformed_json",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetBadgeKeysCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

GetBadgeIssuerCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

GetBadgeStatusListCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "status_list_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ListMyEnrollmentsCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "internal_error",
    "page_too_deep",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

CreateEnrollmentCode = Literal[
    "already_enrolled",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "own_course",
    "payment_in_progress",
    "payment_required",
    "request_in_progress",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetEnrollmentCode = Literal[
    "body_too_large",
    "enrollment_not_found",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetOwnCertificateCode = Literal[
    "body_too_large",
    "certificate_not_found",
    "certificate_revoked",
    "enrollment_not_found",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

UpdateProgressCode = Literal[
    "access_closed",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "enrollment_not_found",
    "internal_error",
    "lesson_not_found",
    "malformed_json",
    "not_found",
    "position_beyond_lesson",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetMyStatsCode = Literal[
    "body_too_large",
    "forbidden",
    "internal_error",
    "invalid_period",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

SendNoticeCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "contact_required",
    "course_not_found",
    "internal_error",
    "lesson_not_found",
    "malformed_json",
    "review_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetNoticeCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "notice_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

AppealDecisionCode = Literal[
    "already_appealed",
    "appeal_too_late",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "not_found",
    "notice_not_decided",
    "notice_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ListNotificationsCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "internal_error",
    "page_too_deep",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ReadAllNotificationsCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "request_in_progress",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ReadNotificationCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "not_found",
    "notification_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ListMyPaymentsCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "internal_error",
    "page_too_deep",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

StartPaymentCode = Literal[
    "already_enrolled",
    "amount_not_chargeable",
    "amount_too_large",
    "amount_too_small",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "currencies_mixed",
    "idempotency_key_invalid",
    "idempotency_key_required",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "own_course",
    "payment_in_progress",
    "payment_provider_refused",
    "payment_provider_unavailable",
    "request_in_progress",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetPaymentConfigCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

QuotePaymentCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

RefundPaymentCode = Literal[
    "amount_not_chargeable",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_in_payment",
    "idempotency_key_invalid",
    "idempotency_key_required",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "payment_disputed",
    "payment_not_found",
    "payment_not_refundable",
    "refund_exceeds_payment",
    "refund_not_allowed",
    "request_in_progress",
    "second_admin_needed",
    "step_up_required",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

PreviewPaymentRefundCode = Literal[
    "amount_not_chargeable",
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_in_payment",
    "internal_error",
    "malformed_json",
    "payment_disputed",
    "payment_not_found",
    "payment_not_refundable",
    "refund_exceeds_payment",
    "refund_not_allowed",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ReceiveStripeEventCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "signature_invalid",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetPaymentCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "payment_not_found",
    "payment_provider_refused",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

EndPlaybackCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetRefundCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "refund_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ListReviewsCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "internal_error",
    "page_too_deep",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

DeleteReviewCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "review_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetReviewCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "review_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

UpdateReviewCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "not_enrolled",
    "not_found",
    "review_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ReplyToReviewCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "forbidden",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "request_in_progress",
    "review_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ReportReviewCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "not_found",
    "own_review_report",
    "request_in_progress",
    "review_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

SuggestSearchesCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

DownloadExportCode = Literal[
    "body_too_large",
    "export_expired",
    "export_not_found",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ForgotPasswordCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

LogInCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "invalid_credentials",
    "malformed_json",
    "second_factor_required",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

VerifySecondFactorCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "invalid_challenge",
    "invalid_code",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

LogOutCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

LogOutEverywhereCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "request_in_progress",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

GetMeCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

UpdateMeCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

RemoveMyAvatarCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

SetMyAvatarCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "form_required",
    "internal_error",
    "malformed_form",
    "media_store_unavailable",
    "no_space_left",
    "picture_invalid",
    "picture_unsupported",
    "storage_quota_exceeded",
    "too_many_requests",
    "too_many_uploads",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

UpdateMyEmailCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "email_taken",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
    "wrong_password",
]

RequestExportCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

GetNotificationPreferencesCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

UpdateNotificationPreferencesCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

UpdateMyPasswordCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
    "wrong_password",
]

ListSessionsCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

EndSessionCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "session_not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

StepUpCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
    "wrong_code",
    "wrong_password",
]

RemoveSecondFactorCode = Literal[
    "body_too_large",
    "internal_error",
    "step_up_required",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

BeginSecondFactorCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "request_in_progress",
    "second_factor_exists",
    "step_up_required",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ConfirmSecondFactorCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "internal_error",
    "malformed_json",
    "request_in_progress",
    "second_factor_exists",
    "second_factor_not_begun",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
    "wrong_code",
]

RefreshTokenCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "invalid_refresh_token",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

RegisterUserCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "email_taken",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ResendVerificationCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ResetPasswordCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "invalid_token",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

VerifyEmailCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "email_taken",
    "internal_error",
    "invalid_token",
    "malformed_json",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

EraseUserCode = Literal[
    "body_too_large",
    "internal_error",
    "last_admin",
    "not_found",
    "step_up_required",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "user_not_found",
    "validation_failed",
]

GetUserCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "user_not_found",
    "validation_failed",
]

UpdateUserCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "user_not_found",
    "validation_failed",
]

ListUserEnrollmentsCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "internal_error",
    "not_found",
    "page_too_deep",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "user_not_found",
    "validation_failed",
]

ReceiveCloudinaryNotificationCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "media_store_unavailable",
    "not_found",
    "notification_refused",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ReceiveSendgridEventsCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "signature_invalid",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
]

ListWishesCode = Literal[
    "body_too_large",
    "cursor_invalid",
    "internal_error",
    "page_too_deep",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

RemoveWishCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetWishCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "not_wished",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

AddWishCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "course_not_found",
    "internal_error",
    "malformed_json",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "validation_failed",
    "wishlist_full",
]

GetFeedCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

DownloadAttachmentCode = Literal[
    "access_closed",
    "asset_not_found",
    "attachment_not_found",
    "body_too_large",
    "internal_error",
    "lesson_not_found",
    "media_store_unavailable",
    "not_enrolled",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetImageCode = Literal[
    "asset_not_found",
    "body_too_large",
    "internal_error",
    "media_store_unavailable",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

HeadImageCode = Literal[
    "asset_not_found",
    "body_too_large",
    "internal_error",
    "media_store_unavailable",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetCaptionsPlaylistCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_refused",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetCaptionsCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_refused",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetFileCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_refused",
    "range_not_satisfiable",
    "too_many_requests",
    "too_many_streams",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

HeadFileCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_refused",
    "too_many_requests",
    "too_many_streams",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetMasterPlaylistCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_refused",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetKeyCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_refused",
    "too_many_requests",
    "too_many_streams",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetPosterCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_refused",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetRenditionPlaylistCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_refused",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

GetSegmentCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "playback_refused",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

AbortUploadCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "upload_locked",
    "upload_not_found",
    "validation_failed",
]

FindUploadOffsetCode = Literal[
    "body_too_large",
    "internal_error",
    "media_store_unavailable",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_file_type",
    "unsupported_tus_version",
    "upload_not_found",
    "validation_failed",
]

DescribeUploadCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

AppendToUploadCode = Literal[
    "body_too_large",
    "checksum_mismatch",
    "internal_error",
    "invalid_upload_header",
    "media_store_unavailable",
    "no_space_left",
    "not_found",
    "offset_stream_required",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_file_type",
    "unsupported_tus_version",
    "upload_locked",
    "upload_not_found",
    "upload_offset_mismatch",
    "validation_failed",
]

TunnelUploadCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "method_not_allowed",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "unsupported_tus_version",
    "upload_locked",
    "upload_not_found",
    "upload_offset_mismatch",
    "validation_failed",
]

CompleteUploadCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "media_store_unavailable",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsupported_file_type",
    "unsupported_media_type",
    "upload_locked",
    "upload_not_found",
    "upload_unfinished",
    "validation_failed",
]

ListUploadPartsCode = Literal[
    "body_too_large",
    "internal_error",
    "media_store_unavailable",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "upload_not_found",
    "validation_failed",
]

GetRobotsTxtCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

GetSitemapIndexCode = Literal[
    "body_too_large",
    "internal_error",
    "too_many_requests",
    "unauthorized",
    "unavailable",
]

GetSitemapCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "validation_failed",
]

ShowUnsubscribePageCode = Literal[
    "body_too_large",
    "internal_error",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsubscribe_link_invalid",
    "validation_failed",
]

UnsubscribeCode = Literal[
    "body_incomplete",
    "body_too_large",
    "body_too_slow",
    "internal_error",
    "malformed_json",
    "not_found",
    "too_many_requests",
    "unauthorized",
    "unavailable",
    "unsubscribe_incomplete",
    "unsubscribe_link_invalid",
    "unsupported_media_type",
    "validation_failed",
]
