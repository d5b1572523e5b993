"""A course as schema.org describes courses (JSON-LD), for search engines. Pure."""

from __future__ import annotations

from typing import Any

import orjson

from coursify.core.currencies import decimal_amount
from coursify.core.pictures import image_url
from coursify.modules.courses.models import CourseDetail
from coursify.modules.courses.models.published import course_address
from coursify.modules.users.models import FORMER_MEMBER

SCHEMA = "https://schema.org"
MEDIA_TYPE = "application/ld+json"


def structured_data(course: CourseDetail, *, public_url: str, school: str) -> bytes:
    """A Course with its offer, its instance and its syllabus; `<` is escaped, so that a page may contain it."""
    address = course_address(public_url, course.slug)
    instructor = {"@type": "Person", "name": course.instructor_name or FORMER_MEMBER}
    described: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Course",
        "@id": address,
        "url": address,
        "name": course.title,
        "description": course.subtitle or course.excerpt,
        "inLanguage": course.language,
        "educationalLevel": None if course.level == "all" else course.level,
        "about": course.category,
        "coursePrerequisites": course.requirements,
        "teaches": course.outcomes,
        "image": image_url(course.image_path),
        "datePublished": course.published_at,
        "dateModified": course.updated_at,
        "author": instructor,
        "provider": {"@type": "Organization", "name": school, "url": public_url},
        "offers": [_offer(course, address)],
        "hasCourseInstance": [
            {
                "@type": "CourseInstance",
                "courseMode": "Online",
                "courseWorkload": _duration(course.duration_seconds),
                "inLanguage": course.language,
                "instructor": instructor,
            }
        ],
        "syllabusSections": [
            {"@type": "Syllabus", "name": lesson["title"], "timeRequired": _duration(lesson["duration_seconds"])}
            for lesson in course.lessons
        ],
        "aggregateRating": _rating(course),
    }
    present = {name: value for name, value in described.items() if value not in (None, [], "")}
    return orjson.dumps(present).replace(b"<", b"\\u003c")


def _offer(course: CourseDetail, address: str) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "category": "Free" if course.is_free else "Paid",
        "price": decimal_amount(course.price_minor or 0, course.currency),
        "priceCurrency": course.currency.upper(),
        "availability": f"{SCHEMA}/InStock",
        "url": address,
    }


def _rating(course: CourseDetail) -> dict[str, Any] | None:
    if not course.rating_count:
        return None
    return {
        "@type": "AggregateRating",
        "ratingValue": float(course.average_rating),
        "ratingCount": course.rating_count,
        "bestRating": 5,
        "worstRating": 1,
    }


def _duration(seconds: int) -> str:
    """ISO 8601, in whole minutes and at least one."""
    hours, minutes = divmod(max(seconds // 60, 1), 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes or not hours else "")
