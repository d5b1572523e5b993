"""What can go wrong with wish lists."""

from __future__ import annotations

from coursify.core.errors import Conflict, NotFound


class NotWished(NotFound):
    code, message = "not_wished", "This course is not in your wish list."
    remedy = "Add it with `PUT /wishlist/{courseId}`."


class WishlistFull(Conflict):
    code, message = "wishlist_full", "Your wish list has 500 courses. Remove some first."
    remedy = "Remove courses with `DELETE /wishlist/{courseId}`."
    is_final = False
