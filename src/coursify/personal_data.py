"""One page: what every module has of a person; an export and an erasure go through it in this order."""

from __future__ import annotations

from coursify.core import personal_data as core
from coursify.modules.attention import personal_data as attention
from coursify.modules.certificates import personal_data as certificates
from coursify.modules.courses import personal_data as courses
from coursify.modules.enrollments import personal_data as enrollments
from coursify.modules.identity import personal_data as identity
from coursify.modules.ledger import personal_data as ledger
from coursify.modules.media import personal_data as media
from coursify.modules.notices import personal_data as notices
from coursify.modules.notifications import personal_data as notifications
from coursify.modules.payments import personal_data as payments
from coursify.modules.playback import personal_data as playback
from coursify.modules.privacy import personal_data as privacy
from coursify.modules.privacy.models import PersonalData
from coursify.modules.reviews import personal_data as reviews
from coursify.modules.storefront import personal_data as storefront
from coursify.modules.users import personal_data as users

ROOMS: dict[str, PersonalData] = {
    "users": users,
    "identity": identity,
    "core": core,
    "notifications": notifications,
    "enrollments": enrollments,
    "certificates": certificates,
    "reviews": reviews,
    "storefront": storefront,
    "playback": playback,
    "notices": notices,
    "payments": payments,
    "courses": courses,
    "media": media,
    "ledger": ledger,
    "attention": attention,
    "privacy": privacy,
}
