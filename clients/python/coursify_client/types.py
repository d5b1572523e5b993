"""Generated from openapi.json by `make clients`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class AccessExplained(TypedDict):
    """Why someone may or may not open a course: their part in it, and every grant there ever was."""

    because: str
    courseId: str
    grants: list[GrantOut]
    mayLearn: bool
    userId: str


class AccessExplainedResponse(TypedDict):
    data: AccessExplained
    message: str
    success: Literal[True]


class ActionIn(TypedDict):
    """What the admin wants remembered of it."""

    note: NotRequired[str | None]


class AdminDecisionOut(TypedDict):
    decidedAt: str
    decidedBy: str
    decision: Literal["no_action", "hide_review", "restore_review", "suspend_sale", "resume_sale"]
    ground: Literal["law", "terms"]
    statement: str


class AdminStats(TypedDict):
    cohorts: list[CohortOut]
    popularBy: Literal["revenue", "enrollments", "views", "trend"]
    popularCourses: list[PopularCourse]
    refreshedAt: str | None
    series: Series
    totals: PlatformTotals


class AdminStatsResponse(TypedDict):
    data: AdminStats
    message: str
    success: Literal[True]


class AppealOut(TypedDict):
    appealedAt: str
    by: Literal["notifier", "affected"]
    text: str | None


class AttachmentList(TypedDict):
    data: list[AttachmentOut]
    message: str
    success: Literal[True]


class AttachmentOut(TypedDict):
    """A file of a lesson. `url` sends it to those who may open the lesson."""

    createdAt: str
    filename: str
    id: str
    size: int
    type: str
    url: str


class AttachmentResponse(TypedDict):
    data: AttachmentOut
    message: str
    success: Literal[True]


class AttentionObject(TypedDict):
    """What the item is about: `payment`, `order`, `refund`, `refund_proposal`, `dispute`, `event`, `job`, `email`,
    `review`, `notice`."""

    id: str
    type: str


class AttentionOut(TypedDict):
    """An item of the work list: why it is there, since when, and what can be done about it.

    Of a resolved one, `resolution` says what ended it: an action, or what happened by itself, without `resolvedBy`."""

    actions: list[Literal["replay", "retry", "settle", "accept", "return", "close", "recheck", "confirm", "dismiss"]]
    id: str
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
    note: str | None
    object: AttentionObject
    resolution: str | None
    resolvedAt: str | None
    resolvedBy: str | None
    since: str
    why: str


class AttentionPage(TypedDict):
    data: list[AttentionOut]
    message: str
    meta: Meta
    success: Literal[True]


class AttentionResponse(TypedDict):
    data: AttentionOut
    message: str
    success: Literal[True]


class AuditLogEntry(TypedDict):
    action: str
    actorId: str | None
    at: str
    details: dict[str, Any]
    id: int
    requestId: str | None
    targetId: str
    targetType: str


class AuditLogEntryPage(TypedDict):
    data: list[AuditLogEntry]
    message: str
    meta: Meta
    success: Literal[True]


class AuthenticatorSecret(TypedDict):
    """Shown once: as text, and as the URI that an authenticator app reads from a QR code."""

    secret: str
    uri: str


class AuthenticatorSecretResponse(TypedDict):
    data: AuthenticatorSecret
    message: str
    success: Literal[True]


class Author(TypedDict):
    avatarUrl: str | None
    name: str


class CaptionsLanguage(TypedDict):
    language: str


class CaptionsOut(TypedDict):
    language: str
    url: str


class CatalogueMeta(TypedDict):
    """`didYouMean`: other words that find more; the page has what they find as well.

    `facets`: how many courses there are with each value of a filter, all other filters kept. Without `facetsExact`
    more courses match than were counted."""

    didYouMean: str | None
    facets: dict[str, list[FacetCountOut]] | None
    facetsExact: bool | None
    limit: int
    nextCursor: str | None
    page: int | None
    total: int
    totalIsExact: bool
    totalPages: int


class CategoryCreate(TypedDict):
    name: str
    order: NotRequired[int]
    slug: str


class CategoryDetail(TypedDict):
    name: str
    order: int
    slug: str


class CategoryDetailResponse(TypedDict):
    data: CategoryDetail
    message: str
    success: Literal[True]


class CategoryUpdate(TypedDict):
    """An absent field stays unchanged; courses follow a new slug."""

    name: NotRequired[str]
    order: NotRequired[int]
    slug: NotRequired[str]


class CategoryWithCount(TypedDict):
    courseCount: int
    name: str
    slug: str


class CategoryWithCountList(TypedDict):
    data: list[CategoryWithCount]
    message: str
    success: Literal[True]


class CertificateOut(TypedDict):
    """`name`, `course` and `instructor` as they were when the course was completed.

    `name` is null when the account was erased; `instructor` when the instructor's was. `url` is the PDF and
    `credentialUrl` the Open Badges 3.0 credential; both answer only while the certificate is valid."""

    code: str
    course: str
    credentialUrl: str
    instructor: str | None
    issuedAt: str
    name: str | None
    revoked: bool
    revokedAt: str | None
    url: str
    valid: bool


class CertificateRef(TypedDict):
    code: str


class CertificateResponse(TypedDict):
    data: CertificateOut
    message: str
    success: Literal[True]


class CheckoutOfCourse(TypedDict):
    """One course or several; prices are ours to know."""

    courseId: str


class CheckoutOfCourses(TypedDict):
    """One course or several; prices are ours to know."""

    courseIds: list[str]


class CheckoutOut(TypedDict):
    """Confirm with Stripe by `clientSecret`; it is null when there is nothing to pay."""

    clientSecret: str | None
    payment: PaymentOut


class CheckoutResponse(TypedDict):
    data: CheckoutOut
    message: str
    success: Literal[True]


class CodeOnly(TypedDict):
    code: str


class CohortMonth(TypedDict):
    learners: int
    month: str


class CohortOut(TypedDict):
    """Those who enrolled in `month` (UTC), and how many of them completed a lesson in each month since."""

    activity: list[CohortMonth]
    enrollments: int
    month: str


class ContactOut(TypedDict):
    email: str
    name: str | None


class CourseCreate(TypedDict):
    category: str
    currency: NotRequired[str | None]
    description: str
    language: NotRequired[str]
    level: NotRequired[Literal["beginner", "intermediate", "advanced", "all"]]
    outcomes: NotRequired[list[str]]
    price: int
    requirements: NotRequired[list[str]]
    subtitle: NotRequired[str | None]
    title: str


class CourseDiffOut(TypedDict):
    """`since` is null before the first decision: then every lesson is new.

    Send `revision` (of the first page) with the approval: it is refused when something was changed after this answer."""

    changes: list[FieldChangeOut]
    courseId: str
    lessons: list[LessonDiffOut]
    revision: str
    since: SnapshotOut | None
    status: Literal["draft", "pending", "published", "rejected"]


class CourseDiffPage(TypedDict):
    """The changed fields of a course, and a page of its changed lessons."""

    data: CourseDiffOut
    message: str
    meta: Meta
    success: Literal[True]


class CourseMe(TypedDict):
    """What the course is to the caller. `progress` is 0 to 100, and null for someone who was never enrolled.

    `mayLearn`: the lessons open to them. `enrollmentId` stays when access has ended. `wished`: it is in the wish list."""

    enrollmentId: str | None
    mayLearn: bool
    progress: int | None
    reviewId: str | None
    wished: bool


class CourseRejection(TypedDict):
    reason: str


class CourseReviewPage(TypedDict):
    """A page of the reviews of one course."""

    data: list[ReviewDetail]
    message: str
    meta: RatingsMeta
    success: Literal[True]


class CourseStats(TypedDict):
    cohorts: list[CohortOut]
    courseId: str
    lessons: list[LessonStats]
    refreshedAt: str | None
    series: Series
    totals: StatsTotals


class CourseStatsResponse(TypedDict):
    data: CourseStats
    message: str
    success: Literal[True]


class CourseSummary(TypedDict):
    """A course in a list. `price` is in the smallest unit of `currency`.

    `excerpt` is the beginning of the description as plain text, at most 300 characters.
    `saleSuspended`: its instructor may not sell, or an admin suspended its sale; it is out of the catalogue, and those
    enrolled keep it.
    `me` is absent for a caller who is not signed in, `expanded` without `expand`."""

    averageRating: float
    category: str | None
    createdAt: str
    currency: str
    durationSeconds: int
    enrollmentCount: int
    excerpt: str
    expanded: NotRequired[Expanded]
    id: str
    imageAltText: str | None
    imageSizes: ImageSizes | None
    imageUrl: str | None
    instructor: InstructorName
    instructorId: str
    language: str
    lessonCount: int
    level: Literal["beginner", "intermediate", "advanced", "all"]
    me: NotRequired[CourseMe]
    price: int | None
    publishedAt: str | None
    ratingCount: int
    saleSuspended: bool
    slug: str
    status: Literal["draft", "pending", "published", "rejected"]
    subtitle: str | None
    title: str
    updatedAt: str
    version: int


class CourseSummaryList(TypedDict):
    data: list[CourseSummary]
    message: str
    success: Literal[True]


class CourseSummaryPage(TypedDict):
    data: list[CourseSummary]
    message: str
    meta: CatalogueMeta
    success: Literal[True]


class CourseUpdate(TypedDict):
    """An absent field stays unchanged; null clears the optional ones."""

    category: NotRequired[str | None]
    currency: NotRequired[str]
    description: NotRequired[str]
    language: NotRequired[str]
    level: NotRequired[Literal["beginner", "intermediate", "advanced", "all"]]
    outcomes: NotRequired[list[str]]
    price: NotRequired[int | None]
    requirements: NotRequired[list[str]]
    subtitle: NotRequired[str | None]
    title: NotRequired[str]


class CourseWithOutline(TypedDict):
    """A course with its description (sanitized HTML), its lessons' titles, and how many gave it one to five stars.

    `requirements` is what learners need before the course, `outcomes` what they can do after it; plain texts.
    `sections` is empty when the author has made none. Lessons without a section come first.
    `me` is absent for a caller who is not signed in, `expanded` without `expand`."""

    averageRating: float
    category: str | None
    createdAt: str
    currency: str
    description: str
    durationSeconds: int
    enrollmentCount: int
    excerpt: str
    expanded: NotRequired[Expanded]
    id: str
    imageAltText: str | None
    imageSizes: ImageSizes | None
    imageUrl: str | None
    instructor: InstructorName
    instructorId: str
    language: str
    lessonCount: int
    lessons: list[OutlineLesson]
    level: Literal["beginner", "intermediate", "advanced", "all"]
    me: NotRequired[CourseMe]
    outcomes: list[str]
    price: int | None
    publishedAt: str | None
    ratingCount: int
    ratingDistribution: dict[str, int]
    rejectionReason: NotRequired[str | None]
    requirements: list[str]
    saleSuspended: bool
    saleSuspensionReason: NotRequired[str | None]
    sections: list[OutlineSection]
    slug: str
    status: Literal["draft", "pending", "published", "rejected"]
    submittedAt: NotRequired[str | None]
    subtitle: str | None
    title: str
    updatedAt: str
    version: int


class CourseWithOutlineResponse(TypedDict):
    data: CourseWithOutline
    message: str
    success: Literal[True]


class Curriculum(TypedDict):
    """The sections of a course and all of its lessons, each in order. Lessons without a section come first."""

    lessons: list[OutlineLesson]
    sections: list[OutlineSection]


class CurriculumInput(TypedDict):
    """The sections of a course in their order. Lessons that are not named are in no section and come first."""

    sections: list[SectionInput]


class CurriculumResponse(TypedDict):
    data: Curriculum
    message: str
    success: Literal[True]


class DecidedOut(TypedDict):
    decidedAt: str
    decision: Literal["no_action", "hide_review", "restore_review", "suspend_sale", "resume_sale"]
    ground: Literal["law", "terms"]
    statement: str


class DecisionOut(TypedDict):
    decidedAt: str
    decidedBy: str
    decision: Literal["hide", "restore", "dismiss"]
    reason: str | None


class DeviceToken(TypedDict):
    """Send it as `X-Device-Token` at the next sign-in: it identifies a known device."""

    deviceToken: str


class DeviceTokenResponse(TypedDict):
    data: DeviceToken
    message: str
    success: Literal[True]


class DidDocument(TypedDict):
    """A DID document, without the envelope."""

    assertionMethod: list[str]
    id: str
    verificationMethod: list[dict[str, Any]]


class EditableCourse(TypedDict):
    """A course as its owner and admins see it; `description` is sanitized HTML, the lists are plain texts."""

    averageRating: float
    category: str | None
    createdAt: str
    currency: str
    description: str
    durationSeconds: int
    enrollmentCount: int
    excerpt: str
    id: str
    imageAltText: str | None
    imageSizes: ImageSizes | None
    imageUrl: str | None
    instructor: InstructorName
    instructorId: str
    language: str
    lessonCount: int
    level: Literal["beginner", "intermediate", "advanced", "all"]
    outcomes: list[str]
    price: int | None
    publishedAt: str | None
    ratingCount: int
    rejectionReason: str | None
    requirements: list[str]
    saleSuspended: bool
    saleSuspensionReason: str | None
    slug: str
    status: Literal["draft", "pending", "published", "rejected"]
    submittedAt: str | None
    subtitle: str | None
    title: str
    updatedAt: str
    version: int


class EditableCourseResponse(TypedDict):
    data: EditableCourse
    message: str
    success: Literal[True]


class EmailChange(TypedDict):
    currentPassword: str
    email: str


class EmailOnly(TypedDict):
    email: str


class EmptyResponse(TypedDict):
    data: dict[str, Any] | None
    message: str
    success: Literal[True]


class EnrollIn(TypedDict):
    courseId: str


class EnrolledCourse(TypedDict):
    id: str
    imageAltText: str | None
    imageSizes: ImageSizes | None
    imageUrl: str | None
    instructor: InstructorRef
    lessonCount: int
    slug: str
    title: str


class EnrollmentDetail(TypedDict):
    certificate: CertificateRef | None
    completedAt: str | None
    completedLessons: int
    courseId: str
    enrollmentDate: str
    firstCompletedAt: str | None
    id: str
    lastActivityAt: str
    lastLessonId: str | None
    lessons: list[LessonProgressOut]
    nextLesson: NextLessonOut | None
    progress: int
    status: Literal["active", "expired", "revoked"]
    totalLessons: int
    userId: str


class EnrollmentDetailResponse(TypedDict):
    data: EnrollmentDetail
    message: str
    success: Literal[True]


class EnrollmentListItem(TypedDict):
    certificate: CertificateRef | None
    completedAt: str | None
    completedLessons: int
    course: EnrolledCourse
    courseId: str
    enrollmentDate: str
    firstCompletedAt: str | None
    id: str
    lastActivityAt: str
    lastLessonId: str | None
    nextLesson: NextLessonOut | None
    progress: int
    status: Literal["active", "expired", "revoked"]
    totalLessons: int
    userId: str


class EnrollmentListItemPage(TypedDict):
    data: list[EnrollmentListItem]
    message: str
    meta: Meta
    success: Literal[True]


class EnrollmentOut(TypedDict):
    """`completedAt` is null exactly while `progress` is below 100, also when lessons were added later.

    `firstCompletedAt` and `certificate` stay. `nextLesson` is where to go on: the lesson used last unless it is
    completed, else the first one that is not; null when all are. `lastActivityAt` begins as the enrollment's date."""

    certificate: CertificateRef | None
    completedAt: str | None
    completedLessons: int
    courseId: str
    enrollmentDate: str
    firstCompletedAt: str | None
    id: str
    lastActivityAt: str
    lastLessonId: str | None
    nextLesson: NextLessonOut | None
    progress: int
    status: Literal["active", "expired", "revoked"]
    totalLessons: int
    userId: str


class EnrollmentResponse(TypedDict):
    data: EnrollmentOut
    message: str
    success: Literal[True]


class ErasureBegun(TypedDict):
    """The profile is cleared and every session has ended; the other data follows, then the receipt."""

    completedAt: str | None
    id: str
    requestedAt: str
    userId: str


class ErasureBegunResponse(TypedDict):
    data: ErasureBegun
    message: str
    success: Literal[True]


class ErrorBody(TypedDict):
    challenge: NotRequired[str | None]
    code: str
    currency: NotRequired[str | None]
    details: list[ErrorDetail | StreamDetail]
    price: NotRequired[int | None]
    requestId: str


class ErrorDetail(TypedDict):
    field: str
    message: str


class EventOut(TypedDict):
    """An event from outside. `reason` says why it was not applied, or that it brought nothing new."""

    attempts: int
    eventId: str
    handledAt: str | None
    id: str
    objectId: str
    objectType: str
    provider: str
    reason: str | None
    receivedAt: str
    state: Literal["received", "applied", "ignored", "foreign", "parked", "failed"]
    type: str


class EventPage(TypedDict):
    data: list[EventOut]
    message: str
    meta: Meta
    success: Literal[True]


class EventResponse(TypedDict):
    data: EventOut
    message: str
    success: Literal[True]


class Expanded(TypedDict):
    """What `expand` asked for."""

    category: NotRequired[ExpandedCategory]
    instructor: NotRequired[ExpandedInstructor]


class ExpandedCategory(TypedDict):
    name: str
    slug: str


class ExpandedInstructor(TypedDict):
    """An instructor as in `GET /users/{id}`, without their courses."""

    avatarUrl: str | None
    bio: str | None
    id: str
    name: str


class ExportState(TypedDict):
    """`progress` in percent; `url` appears with `ready` and works until `expiresAt`, without a credential."""

    expiresAt: str
    id: str
    progress: int
    requestedAt: str
    status: Literal["preparing", "ready"]
    url: str | None


class ExportStateResponse(TypedDict):
    data: ExportState
    message: str
    success: Literal[True]


class FacetCountOut(TypedDict):
    """`value` is what the filter takes: of prices `free` or `paid`, of ratings the least."""

    count: int
    value: str


class Failure(TypedDict):
    """Every failure of every route has this shape."""

    data: dict[str, Any] | None
    error: ErrorBody
    message: str
    success: Literal[False]


class FieldChangeOut(TypedDict):
    """A field with its old and new value; a text has a unified `diff` of its paragraphs instead, unless `isTooLong`.

    The numbers in the hunks count from two paragraphs before the first change."""

    after: str | int | bool | None
    before: str | int | bool | None
    diff: str | None
    field: str
    isTooLong: bool


class FullProfile(TypedDict):
    """A person as they, or an admin, see them."""

    avatarUrl: str | None
    bio: str | None
    courses: list[CourseSummary]
    createdAt: str
    email: str | None
    emailVerified: bool
    id: str
    name: str
    role: Literal["student", "instructor", "admin"]


class FullProfileResponse(TypedDict):
    data: FullProfile
    message: str
    success: Literal[True]


class GrantOut(TypedDict):
    grantedAt: str
    id: str
    isLive: bool
    reason: str | None
    revokedAt: str | None
    sourceId: str
    sourceType: Literal["order_line", "free", "admin"]
    validUntil: str | None


class HideReason(TypedDict):
    """The review's author gets the reason by email."""

    reason: str


class ImageSizes(TypedDict):
    """A picture whose longest side is at most 320, 640 or 1,280 pixels."""

    large: str
    medium: str
    small: str


class InstructorName(TypedDict):
    avatarUrl: str | None
    id: str
    name: str


class InstructorProfile(TypedDict):
    """An instructor as everyone sees them."""

    avatarUrl: str | None
    bio: str | None
    courses: list[CourseSummary]
    id: str
    name: str


class InstructorProfileResponse(TypedDict):
    data: InstructorProfile
    message: str
    success: Literal[True]


class InstructorRef(TypedDict):
    avatarUrl: str | None
    id: str
    name: str | None


class InstructorStats(TypedDict):
    cohorts: list[CohortOut]
    popularBy: Literal["revenue", "enrollments", "views", "trend"]
    popularCourses: list[PopularCourse]
    refreshedAt: str | None
    series: Series
    totals: StatsTotals


class InstructorStatsResponse(TypedDict):
    data: InstructorStats
    message: str
    success: Literal[True]


class IssuerProfile(TypedDict):
    """An Open Badges 3.0 profile, without the envelope."""

    id: str
    name: str
    type: list[str]
    url: str


class JobOut(TypedDict):
    """A job that waits, runs or has failed; one that succeeded is deleted. `lastError` is the type of the error."""

    arguments: dict[str, Any]
    attempts: int
    changedAt: str | None
    createdAt: str | None
    id: int
    kind: str
    lastError: str | None
    queue: str
    scheduledAt: str | None
    status: Literal["queued", "running", "failed"]


class JobPage(TypedDict):
    data: list[JobOut]
    message: str
    meta: Meta
    success: Literal[True]


class JobResponse(TypedDict):
    data: JobOut
    message: str
    success: Literal[True]


class LessonCreate(TypedDict):
    """Without `sectionId` the lesson joins the section at its place: at the end, the last one."""

    content: NotRequired[str | None]
    durationSeconds: NotRequired[int]
    externalVideoUrl: NotRequired[str | None]
    isPreview: NotRequired[bool]
    order: NotRequired[int | None]
    sectionId: NotRequired[str | None]
    title: str


class LessonDetail(TypedDict):
    """A lesson as its author sees it."""

    content: str | None
    courseId: str
    durationSeconds: int
    externalVideoUrl: str | None
    id: str
    isPreview: bool
    order: int
    sectionId: str | None
    title: str
    version: int
    video: LessonVideoOut | None
    videoUrl: str | None


class LessonDetailList(TypedDict):
    data: list[LessonDetail]
    message: str
    success: Literal[True]


class LessonDetailResponse(TypedDict):
    data: LessonDetail
    message: str
    success: Literal[True]


class LessonDiffOut(TypedDict):
    """A lesson that is new, gone or different; what a new one says is at its own address."""

    change: Literal["added", "removed", "changed"]
    changes: list[FieldChangeOut]
    id: str
    order: int | None
    orderBefore: int | None
    title: str


class LessonOrder(TypedDict):
    lessonIds: list[str]


class LessonOut(TypedDict):
    """A lesson with its content; `progress` is null for someone who is not enrolled.

    `videoUrl` begins a playback with POST. `video` is for the course's instructor and admins only."""

    content: str | None
    courseId: str
    durationSeconds: int
    externalVideoUrl: str | None
    id: str
    isPreview: bool
    nextLessonId: str | None
    order: int
    previousLessonId: str | None
    progress: LessonProgressState | None
    sectionId: str | None
    title: str
    video: LessonVideoOut | None
    videoUrl: str | None


class LessonProgressOut(TypedDict):
    completed: bool
    completedAt: str | None
    lessonId: str
    positionSeconds: int


class LessonProgressState(TypedDict):
    completed: bool
    positionSeconds: int


class LessonResponse(TypedDict):
    data: LessonOut
    message: str
    success: Literal[True]


class LessonStats(TypedDict):
    """`lost`: how many fewer completed this lesson than the one before it."""

    completions: int
    lessonId: str
    lost: int
    order: int
    title: str


class LessonUpdate(TypedDict):
    """An absent field stays unchanged; `order` moves the lesson within its section, `sectionId` to another one."""

    content: NotRequired[str | None]
    durationSeconds: NotRequired[int]
    externalVideoUrl: NotRequired[str | None]
    isPreview: NotRequired[bool]
    order: NotRequired[int | None]
    sectionId: NotRequired[str | None]
    title: NotRequired[str]


class LessonVideoOut(TypedDict):
    """The newest video of a lesson. `progress` is in percent, and `reason` says why it was rejected."""

    captions: list[CaptionsLanguage]
    durationSeconds: int | None
    progress: int
    reason: str | None
    status: Literal["uploading", "processing", "ready", "rejected"]


class LessonVideoResponse(TypedDict):
    data: LessonVideoOut
    message: str
    success: Literal[True]


class LinkToken(TypedDict):
    token: str


class Login(TypedDict):
    email: str
    password: str


class Logout(TypedDict):
    refreshToken: NotRequired[str | None]


class MailEventsReceived(TypedDict):
    """How many of the events were not delivered before."""

    new: int


class MailEventsReceivedResponse(TypedDict):
    data: MailEventsReceived
    message: str
    success: Literal[True]


class Me(TypedDict):
    """Your account, and what is left to do: confirm the address, set up the second factor that an admin needs."""

    avatarUrl: str | None
    bio: str | None
    createdAt: str
    email: str | None
    emailVerified: bool
    id: str
    name: str
    role: Literal["student", "instructor", "admin"]
    todo: list[Literal["confirm_email", "set_up_second_factor"]]


class MeResponse(TypedDict):
    data: Me
    message: str
    success: Literal[True]


class Meta(TypedDict):
    """The position of a page in its list. `total` is exact unless `totalIsExact` is false: then it is 10000 or more."""

    limit: int
    nextCursor: str | None
    page: int | None
    total: int
    totalIsExact: bool
    totalPages: int


class ModeratedReviewOut(TypedDict):
    """A review as admins see it, with the newest twenty reports and the last decision."""

    author: Author
    comment: str | None
    courseId: str
    createdAt: str
    id: str
    lastDecision: DecisionOut | None
    openReportCount: int
    rating: int
    repliedAt: str | None
    reply: str | None
    reportCount: int
    reports: list[ReceivedReport]
    status: Literal["visible", "hidden"]
    updatedAt: str
    userId: str


class ModeratedReviewPage(TypedDict):
    data: list[ModeratedReviewOut]
    message: str
    meta: Meta
    success: Literal[True]


class ModeratedReviewResponse(TypedDict):
    data: ModeratedReviewOut
    message: str
    success: Literal[True]


class NextAction(TypedDict):
    """`confirm` the payment with Stripe.js, `authenticate` it there, or `wait` for the bank or the school."""

    type: Literal["confirm", "authenticate", "wait"]


class NextLessonOut(TypedDict):
    id: str
    order: int
    title: str


class NoticeAppeal(TypedDict):
    """`token` is for those who are not signed in."""

    text: str
    token: NotRequired[str | None]


class NoticeContact(TypedDict):
    email: str
    name: NotRequired[str | None]


class NoticeCreate(TypedDict):
    """`contact` (an address, or name and address) is for those who are not signed in; only notices about child abuse
    may come without. `goodFaith`: the sender believes in good faith that what they write is accurate and complete."""

    contact: NotRequired[NoticeContact | str | None]
    goodFaith: NotRequired[Literal[True, None]]
    reason: Literal[
        "illegal_content",
        "child_abuse",
        "hate_speech",
        "violence",
        "fraud",
        "defamation",
        "copyright",
        "privacy",
        "personal_data",
        "abuse",
        "spam",
        "off_topic",
        "objection",
        "other",
    ]
    subject: NoticeSubject
    text: str


class NoticeDecision(TypedDict):
    """`statement` goes to both sides: what is the case, and why it is against the law or the terms, or is not."""

    decision: Literal["no_action", "hide_review", "restore_review", "suspend_sale", "resume_sale"]
    ground: NotRequired[Literal["law", "terms"]]
    statement: str


class NoticeForAdmins(TypedDict):
    """A notice with its words and both sides; words and contact are deleted a year after the last decision."""

    affectedId: str
    appeal: AppealOut | None
    contact: ContactOut | None
    createdAt: str
    decisions: list[AdminDecisionOut]
    goodFaith: bool | None
    id: str
    notifierId: str | None
    reason: Literal[
        "illegal_content",
        "child_abuse",
        "hate_speech",
        "violence",
        "fraud",
        "defamation",
        "copyright",
        "privacy",
        "personal_data",
        "abuse",
        "spam",
        "off_topic",
        "objection",
        "other",
    ]
    reference: str
    status: Literal["open", "decided", "appealed", "closed"]
    subject: SubjectOut
    text: str | None


class NoticeForAdminsPage(TypedDict):
    data: list[NoticeForAdmins]
    message: str
    meta: Meta
    success: Literal[True]


class NoticeForAdminsResponse(TypedDict):
    data: NoticeForAdmins
    message: str
    success: Literal[True]


class NoticeOut(TypedDict):
    """A notice as both sides see it; the second decision is about the appeal."""

    appealableUntil: str | None
    appealedAt: str | None
    createdAt: str
    decisions: list[DecidedOut]
    id: str
    reason: Literal[
        "illegal_content",
        "child_abuse",
        "hate_speech",
        "violence",
        "fraud",
        "defamation",
        "copyright",
        "privacy",
        "personal_data",
        "abuse",
        "spam",
        "off_topic",
        "objection",
        "other",
    ]
    reference: str
    status: Literal["open", "decided", "appealed", "closed"]
    subject: SubjectOut


class NoticeResponse(TypedDict):
    data: NoticeOut
    message: str
    success: Literal[True]


class NoticeSubject(TypedDict):
    id: str
    type: Literal["course", "lesson", "review"]


class NotificationMeta(TypedDict):
    """`unread` counts up to 10,000."""

    limit: int
    nextCursor: str | None
    page: int | None
    total: int
    totalIsExact: bool
    totalPages: int
    unread: int


class NotificationOut(TypedDict):
    """`title` and `body` are in English and made when they are read; decide by `kind`."""

    body: str
    courseId: str | None
    createdAt: str
    id: str
    kind: Literal[
        "course_approved",
        "course_rejected",
        "sale_suspended",
        "sale_resumed",
        "refund_succeeded",
        "refund_failed",
        "review_answered",
        "review_hidden",
        "review_restored",
        "certificate_issued",
        "new_lessons",
    ]
    readAt: str | None
    target: NotificationTarget
    title: str


class NotificationPage(TypedDict):
    """One page of the list, and how many are unread."""

    data: list[NotificationOut]
    message: str
    meta: NotificationMeta
    success: Literal[True]


class NotificationResponse(TypedDict):
    data: NotificationOut
    message: str
    success: Literal[True]


class NotificationTarget(TypedDict):
    """What the notification leads to."""

    id: str
    type: Literal["course", "refund", "review", "enrollment"]


class OptionalReason(TypedDict):
    reason: NotRequired[str | None]


class OutlineLesson(TypedDict):
    durationSeconds: int
    id: str
    isPreview: bool
    order: int
    sectionId: str | None
    title: str


class OutlineSection(TypedDict):
    id: str
    order: int
    title: str


class OwnCourseSummary(TypedDict):
    """A course in a list of its owner or of admins."""

    averageRating: float
    category: str | None
    createdAt: str
    currency: str
    durationSeconds: int
    enrollmentCount: int
    excerpt: str
    id: str
    imageAltText: str | None
    imageSizes: ImageSizes | None
    imageUrl: str | None
    instructor: InstructorName
    instructorId: str
    language: str
    lessonCount: int
    level: Literal["beginner", "intermediate", "advanced", "all"]
    price: int | None
    publishedAt: str | None
    ratingCount: int
    rejectionReason: str | None
    saleSuspended: bool
    saleSuspensionReason: str | None
    slug: str
    status: Literal["draft", "pending", "published", "rejected"]
    submittedAt: str | None
    subtitle: str | None
    title: str
    updatedAt: str
    version: int


class OwnCourseSummaryPage(TypedDict):
    data: list[OwnCourseSummary]
    message: str
    meta: Meta
    success: Literal[True]


class OwnCourseWithCounters(TypedDict):
    """A course of one's own, with what it has had since the beginning."""

    averageRating: float
    category: str | None
    createdAt: str
    currency: str
    durationSeconds: int
    enrollmentCount: int
    enrollments: int
    excerpt: str
    id: str
    imageAltText: str | None
    imageSizes: ImageSizes | None
    imageUrl: str | None
    instructor: InstructorName
    instructorId: str
    language: str
    lessonCount: int
    level: Literal["beginner", "intermediate", "advanced", "all"]
    price: int | None
    publishedAt: str | None
    ratingCount: int
    rejectionReason: str | None
    revenue: list[RevenueOut]
    saleSuspended: bool
    saleSuspensionReason: str | None
    slug: str
    status: Literal["draft", "pending", "published", "rejected"]
    submittedAt: str | None
    subtitle: str | None
    title: str
    updatedAt: str
    version: int
    views: int


class OwnCourseWithCountersPage(TypedDict):
    data: list[OwnCourseWithCounters]
    message: str
    meta: Meta
    success: Literal[True]


class PartsOut(TypedDict):
    """`nextParts` is the address of the next page."""

    nextParts: str | None
    parts: list[UploadPartOut]


class PartsResponse(TypedDict):
    data: PartsOut
    message: str
    success: Literal[True]


class PasswordChange(TypedDict):
    currentPassword: str
    password: str


class PasswordReset(TypedDict):
    password: str
    token: str


class PaymentConfig(TypedDict):
    """What a client needs to confirm an intent."""

    apiBase: str
    currency: str
    publishableKey: str


class PaymentConfigResponse(TypedDict):
    data: PaymentConfig
    message: str
    success: Literal[True]


class PaymentFailure(TypedDict):
    """Why the last attempt was declined; the same intent may be tried again."""

    code: str
    message: str


class PaymentItem(TypedDict):
    amount: int
    courseId: str
    discount: int
    imageSizes: ImageSizes | None
    imageUrl: str | None
    refundedAmount: int
    slug: str
    title: str
    unitAmount: int


class PaymentOut(TypedDict):
    """A payment; `courseId` is null for several courses: see `items`. `amountReceived` may differ from `amount`."""

    amount: int
    amountReceived: int
    courseId: str | None
    createdAt: str
    currency: str
    enrollmentIds: list[str]
    id: str
    items: list[PaymentItem]
    lastError: PaymentFailure | None
    nextAction: NextAction | None
    orderId: str
    paidAt: str | None
    refundable: RefundableOut
    refundedAmount: int
    refunds: list[PaymentRefund]
    status: Literal[
        "pending", "processing", "succeeded", "failed", "canceled", "partially_refunded", "refunded", "disputed"
    ]
    transactionId: str | None
    userId: str


class PaymentPage(TypedDict):
    data: list[PaymentOut]
    message: str
    meta: Meta
    success: Literal[True]


class PaymentRefund(TypedDict):
    amount: int
    createdAt: str
    currency: str
    failureReason: str | None
    id: str
    status: Literal["requested", "pending", "succeeded", "failed"]


class PaymentResponse(TypedDict):
    data: PaymentOut
    message: str
    success: Literal[True]


class PictureOut(TypedDict):
    """The picture in three sizes; `imageUrl` is the one in the middle."""

    altText: str | None
    imageSizes: ImageSizes
    imageUrl: str


class PictureResponse(TypedDict):
    data: PictureOut
    message: str
    success: Literal[True]


class PlatformTotals(TypedDict):
    """`users` are all accounts that are not erased, `courses` all that are not deleted."""

    checkouts: int
    completions: int
    courses: int
    enrollments: int
    payments: int
    publishedCourses: int
    ratings: int
    revenue: list[RevenueOut]
    users: int
    views: int


class PlaybackOut(TypedDict):
    """`resumeAt` is in seconds. Draw `viewerMark` over the picture. Captions are also in the playlist of `hls`."""

    captions: list[CaptionsOut]
    expiresAt: str
    id: str
    posterUrl: str | None
    resumeAt: int
    type: Literal["hls", "file"]
    url: str
    viewerMark: str


class PlaybackResponse(TypedDict):
    data: PlaybackOut
    message: str
    success: Literal[True]


class PopularCourse(TypedDict):
    """`score` is what the ranking is by: an amount in `currency`, a number, or the trending score."""

    courseId: str
    currency: str | None
    enrollments: int
    revenue: list[RevenueOut]
    score: int
    slug: str
    title: str
    views: int


class PreferencesOut(TypedDict):
    """Which emails you get. Receipts, refunds, links, security and decisions are always sent."""

    courseNews: bool
    digest: bool


class PreferencesResponse(TypedDict):
    data: PreferencesOut
    message: str
    success: Literal[True]


class PreferencesUpdate(TypedDict):
    """An absent field stays as it is."""

    courseNews: NotRequired[bool]
    digest: NotRequired[bool]


class PreviewLineOut(TypedDict):
    """`access`: whether this purchase keeps the course open; another grant may."""

    access: Literal["kept", "ended"]
    amount: int
    courseId: str
    shares: RefundShares | None
    title: str


class ProfileUpdate(TypedDict):
    """An absent field stays unchanged; null clears it."""

    avatarUrl: NotRequired[str | None]
    bio: NotRequired[str | None]
    name: NotRequired[str]


class ProgressItemIn(TypedDict):
    """What happened in one lesson; `completed: false` and an older position take nothing back."""

    completed: NotRequired[bool | None]
    lessonId: str
    positionSeconds: NotRequired[int | None]


class ProgressOfLesson(TypedDict):
    """One lesson, or up to 100 `items` that are kept all or none."""

    completed: NotRequired[bool | None]
    lessonId: str
    positionSeconds: NotRequired[int | None]


class ProgressOfLessons(TypedDict):
    """One lesson, or up to 100 `items` that are kept all or none."""

    items: list[ProgressItemIn]


class QuoteConflict(TypedDict):
    """Why a line (`courseIds.0`) or the whole cart (`courseIds`) cannot be bought."""

    code: str
    field: str
    message: str


class QuoteIn(TypedDict):
    """The courses of a cart; prices are ours to know."""

    courseIds: list[str]


class QuoteLineOut(TypedDict):
    amount: int
    courseId: str
    discount: int
    listAmount: int


class QuoteOut(TypedDict):
    """What the courses cost this buyer now; `lines` holds those that can be bought."""

    amount: int
    conflicts: list[QuoteConflict]
    currency: str
    lines: list[QuoteLineOut]


class QuoteResponse(TypedDict):
    data: QuoteOut
    message: str
    success: Literal[True]


class RatingsMeta(TypedDict):
    """The place of the page, and the ratings of all visible reviews of the course."""

    averageRating: float
    distribution: dict[str, int]
    limit: int
    nextCursor: str | None
    page: int | None
    ratingCount: int
    total: int
    totalIsExact: bool
    totalPages: int


class ReadOut(TypedDict):
    """How many were unread."""

    marked: int


class ReadResponse(TypedDict):
    data: ReadOut
    message: str
    success: Literal[True]


class ReadRevision(TypedDict):
    """The `revision` of the review-diff that was read."""

    revision: str


class Received(TypedDict):
    """`isNew` is false for an event that was delivered before."""

    isNew: bool


class ReceivedReport(TypedDict):
    comment: str | None
    createdAt: str
    isOpen: bool
    reason: Literal["spam", "abuse", "off_topic", "personal_data", "other"]
    reporterId: str


class ReceivedResponse(TypedDict):
    data: Received
    message: str
    success: Literal[True]


class RecoveryCodes(TypedDict):
    """Shown once. Each code replaces a code of the authenticator app once."""

    recoveryCodes: list[str]


class RecoveryCodesResponse(TypedDict):
    data: RecoveryCodes
    message: str
    success: Literal[True]


class Refresh(TypedDict):
    refreshToken: str


class RefundIn(TypedDict):
    """As a preview, and why."""

    amount: NotRequired[int | None]
    courseId: NotRequired[str | None]
    paymentId: str
    reason: NotRequired[str | None]


class RefundOut(TypedDict):
    """A refund. `cause`: asked for here, made at the provider, a course paid twice, or money of a wrong amount."""

    amount: int
    cause: Literal["request", "provider", "duplicate", "wrong_amount"]
    createdAt: str
    currency: str
    failureReason: str | None
    id: str
    paymentId: str
    reason: str | None
    settledAt: str | None
    status: Literal["requested", "pending", "succeeded", "failed"]


class RefundPreviewIn(TypedDict):
    """The whole rest of a payment, or of one of its courses, or a part of it."""

    amount: NotRequired[int | None]
    courseId: NotRequired[str | None]
    paymentId: str


class RefundPreviewOut(TypedDict):
    """What the refund would do; asking for it stores nothing."""

    amount: int
    currency: str
    lines: list[PreviewLineOut]
    needsSecondAdmin: bool
    paymentId: str
    refundedAmount: int


class RefundPreviewResponse(TypedDict):
    data: RefundPreviewOut
    message: str
    success: Literal[True]


class RefundResponse(TypedDict):
    data: RefundOut
    message: str
    success: Literal[True]


class RefundShares(TypedDict):
    """Who gives back how much of a line; for admins only."""

    instructor: int
    platform: int


class RefundableOut(TypedDict):
    """What the caller may ask back now. `until` is the end of the buyer's term; `reason` says why the amount is 0."""

    amount: int
    reason: Literal["not_paid", "disputed", "nothing_left", "term_over", "on_hold", None]
    until: str | None


class Registration(TypedDict):
    email: str
    name: str
    password: str
    role: NotRequired[Literal["student", "instructor"]]


class ReportOut(TypedDict):
    """The receipt of a report."""

    comment: str | None
    createdAt: str
    id: str
    isOpen: bool
    reason: Literal["spam", "abuse", "off_topic", "personal_data", "other"]
    reviewId: str


class ReportResponse(TypedDict):
    data: ReportOut
    message: str
    success: Literal[True]


class RevenueOut(TypedDict):
    """`net` is `gross` less `refunded`; `fees` and `instructorShare` are parts of what was received."""

    currency: str
    discount: int
    fees: int
    gross: int
    instructorShare: int
    net: int
    refunded: int


class ReviewCreate(TypedDict):
    comment: NotRequired[str | None]
    rating: int


class ReviewDetail(TypedDict):
    """`mine`: the caller wrote it."""

    author: Author
    comment: str | None
    courseId: str
    createdAt: str
    id: str
    mine: bool
    rating: int
    repliedAt: str | None
    reply: str | None
    status: Literal["visible", "hidden"]
    updatedAt: str
    userId: str


class ReviewDetailPage(TypedDict):
    data: list[ReviewDetail]
    message: str
    meta: Meta
    success: Literal[True]


class ReviewDetailResponse(TypedDict):
    data: ReviewDetail
    message: str
    success: Literal[True]


class ReviewReply(TypedDict):
    reply: str


class ReviewReport(TypedDict):
    """Why the review should be looked at; the comment is for the administrators alone."""

    comment: NotRequired[str | None]
    reason: Literal["spam", "abuse", "off_topic", "personal_data", "other"]


class ReviewUpdate(TypedDict):
    """An absent field stays unchanged; null clears the comment."""

    comment: NotRequired[str | None]
    rating: NotRequired[int]


class SaleSuspension(TypedDict):
    """The instructor gets the reason by email."""

    reason: str


class SecondFactorLogin(TypedDict):
    """The challenge of a sign-in, and a code of the authenticator app or a recovery code."""

    challenge: str
    code: str


class SectionInput(TypedDict):
    """A section that exists has its `id`; one without is new."""

    id: NotRequired[str | None]
    lessonIds: list[str]
    title: str


Series = TypedDict(
    "Series",
    {
        "approximate": "bool",
        "from": "str",
        "interval": "Literal['day', 'week', 'month']",
        "rows": "list[SeriesRow]",
        "timezone": "str",
        "to": "str",
    },
)


class SeriesRow(TypedDict):
    """One period: from the day `start` to the day `end`. Views and daily counts are of the UTC days of these dates."""

    checkouts: int
    completions: int
    dailyLearners: int
    dailyViewers: int
    end: str
    endsAt: str
    enrollments: int
    payments: int
    ratings: int
    revenue: list[RevenueOut]
    signUps: int
    start: str
    startsAt: str
    views: int


class SessionSummary(TypedDict):
    """One sign-in; `current` marks the session of this request."""

    createdAt: str
    current: bool
    expiresAt: str
    id: str
    lastUsedAt: str
    userAgent: str | None


class SessionSummaryList(TypedDict):
    data: list[SessionSummary]
    message: str
    success: Literal[True]


class SignedInSession(TypedDict):
    """The tokens of a new session; `expiresIn` is the lifetime of the access token in seconds."""

    accessToken: str
    deviceToken: str
    expiresIn: int
    refreshToken: str
    tokenType: Literal["Bearer"]
    user: UserDetail


class SignedInSessionResponse(TypedDict):
    data: SignedInSession
    message: str
    success: Literal[True]


class SnapshotOut(TypedDict):
    decidedBy: str
    decision: Literal["approved", "rejected", "acknowledged"]
    takenAt: str


class SpokenPassageList(TypedDict):
    data: list[SpokenPassageOut]
    message: str
    success: Literal[True]


class SpokenPassageOut(TypedDict):
    """`second` is where the caption begins."""

    language: str
    lessonId: str
    lessonTitle: str
    order: int
    second: int
    text: str


class StartedRefund(TypedDict):
    refund: RefundOut


class StartedRefundResponse(TypedDict):
    data: StartedRefund
    message: str
    success: Literal[True]


class StatsTotals(TypedDict):
    """Since the beginning."""

    checkouts: int
    completions: int
    enrollments: int
    payments: int
    ratings: int
    revenue: list[RevenueOut]
    views: int


class StepUp(TypedDict):
    """`code` is required if a second factor is enabled."""

    code: NotRequired[str | None]
    password: str


class StepUpGranted(TypedDict):
    expiresAt: str


class StepUpGrantedResponse(TypedDict):
    data: StepUpGranted
    message: str
    success: Literal[True]


class StreamDetail(TypedDict):
    """A device that plays, with `too_many_streams`."""

    device: str
    id: str
    startedAt: str


class SubjectOut(TypedDict):
    courseId: str
    courseTitle: str
    id: str
    type: Literal["course", "lesson", "review"]


class SuggestionList(TypedDict):
    data: list[SuggestionOut]
    message: str
    success: Literal[True]


class SuggestionOut(TypedDict):
    """`slug` is that of the course or category; for an instructor it is the id, as in `GET /users/{id}`."""

    kind: Literal["course", "instructor", "category"]
    slug: str
    text: str


class TokenPair(TypedDict):
    accessToken: str
    expiresIn: int
    refreshToken: str
    tokenType: Literal["Bearer"]


class TokenPairResponse(TypedDict):
    data: TokenPair
    message: str
    success: Literal[True]


class UploadOut(TypedDict):
    """A new upload, which exists already. Its addresses need no access token, and nobody can guess them.

    `tus`: send the file to `uploadUrl` with any client of tus 1.0. `s3-multipart`: `PUT` pieces of `partSize` bytes to
    the addresses of `parts` and `nextParts`, then `POST` to `completeUrl`. `cloudinary`: send a form with `fields` and
    `file` to `uploadUrl`, then `POST` to `completeUrl`. `DELETE` at `abortUrl` gives the upload up."""

    abortUrl: str
    completeUrl: NotRequired[str | None]
    fields: NotRequired[dict[str, str] | None]
    nextParts: NotRequired[str | None]
    partSize: NotRequired[int | None]
    parts: NotRequired[list[UploadPartOut] | None]
    protocol: Literal["tus", "s3-multipart", "cloudinary"]
    uploadUrl: NotRequired[str | None]


class UploadPartOut(TypedDict):
    """`PUT` the bytes of this part to `url`."""

    number: int
    url: str


class UploadResponse(TypedDict):
    data: UploadOut
    message: str
    success: Literal[True]


class UserChange(TypedDict):
    """An absent field stays unchanged. Neither can be null."""

    role: NotRequired[Literal["student", "instructor", "admin"]]
    status: NotRequired[Literal["active", "suspended"]]


class UserDetail(TypedDict):
    """A user, as the user sees it."""

    avatarUrl: str | None
    bio: str | None
    createdAt: str
    email: str | None
    emailVerified: bool
    id: str
    name: str
    role: Literal["student", "instructor", "admin"]


class UserDetailResponse(TypedDict):
    data: UserDetail
    message: str
    success: Literal[True]


class UserForAdmins(TypedDict):
    avatarUrl: str | None
    bio: str | None
    createdAt: str
    email: str | None
    emailVerified: bool
    id: str
    name: str
    role: Literal["student", "instructor", "admin"]
    status: Literal["active", "suspended", "erased"]


class UserForAdminsPage(TypedDict):
    data: list[UserForAdmins]
    message: str
    meta: Meta
    success: Literal[True]


class UserForAdminsResponse(TypedDict):
    data: UserForAdmins
    message: str
    success: Literal[True]


class VideoAnnouncement(TypedDict):
    """A file that will be uploaded. Its extension, type and content have to agree."""

    filename: str
    size: int
    type: str


class ViewerOut(TypedDict):
    """Who played under a mark. `user` is null for a preview without a sign-in."""

    courseId: str
    device: str
    endedAt: str | None
    lessonId: str
    playbackId: str
    startedAt: str
    user: ViewerUser | None
    viewerMark: str


class ViewerResponse(TypedDict):
    data: ViewerOut
    message: str
    success: Literal[True]


class ViewerUser(TypedDict):
    email: str | None
    id: str
    name: str | None


class WishOut(TypedDict):
    """Whether a course is in the wish list."""

    courseId: str
    wished: bool


class WishResponse(TypedDict):
    data: WishOut
    message: str
    success: Literal[True]


class WishlistPage(TypedDict):
    """A page of a wish list."""

    data: list[CourseSummary]
    message: str
    meta: Meta
    success: Literal[True]


CheckoutIn = CheckoutOfCourse | CheckoutOfCourses


ProgressIn = ProgressOfLesson | ProgressOfLessons
