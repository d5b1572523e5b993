"""One use case per file; the file is named like its function."""

from coursify.modules.reviews.services.delete_review import delete_review
from coursify.modules.reviews.services.list_course_reviews import list_course_reviews
from coursify.modules.reviews.services.list_reviews import list_reviews
from coursify.modules.reviews.services.post_review import post_review
from coursify.modules.reviews.services.reply_to_review import reply_to_review
from coursify.modules.reviews.services.show_review import show_review
from coursify.modules.reviews.services.update_review import update_review

__all__ = [
    "delete_review",
    "list_course_reviews",
    "list_reviews",
    "post_review",
    "reply_to_review",
    "show_review",
    "update_review",
]
