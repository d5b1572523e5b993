"""One use case per file; the file is named like its function."""

from coursify.modules.courses.services.add_lesson import add_lesson
from coursify.modules.courses.services.align_sales import align_sales
from coursify.modules.courses.services.approve_course import approve_course
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.change_seller import change_seller
from coursify.modules.courses.services.check_category import check_category
from coursify.modules.courses.services.check_complete import check_complete
from coursify.modules.courses.services.check_price import check_price
from coursify.modules.courses.services.clean_html import clean_html
from coursify.modules.courses.services.create_category import create_category
from coursify.modules.courses.services.create_course import create_course
from coursify.modules.courses.services.delete_category import delete_category
from coursify.modules.courses.services.delete_course import delete_course
from coursify.modules.courses.services.delete_lesson import delete_lesson
from coursify.modules.courses.services.find_course_page import find_course_page
from coursify.modules.courses.services.list_for_admins import list_for_admins
from coursify.modules.courses.services.list_own_courses import list_own_courses
from coursify.modules.courses.services.reject_course import reject_course
from coursify.modules.courses.services.reorder_lessons import reorder_lessons
from coursify.modules.courses.services.submit_course import submit_course
from coursify.modules.courses.services.update_category import update_category
from coursify.modules.courses.services.update_course import update_course
from coursify.modules.courses.services.update_lesson import update_lesson

__all__ = [
    "add_lesson",
    "align_sales",
    "approve_course",
    "browse_catalogue",
    "change_seller",
    "check_category",
    "check_complete",
    "check_price",
    "clean_html",
    "create_category",
    "create_course",
    "delete_category",
    "delete_course",
    "delete_lesson",
    "find_course_page",
    "list_for_admins",
    "list_own_courses",
    "reject_course",
    "reorder_lessons",
    "submit_course",
    "update_category",
    "update_course",
    "update_lesson",
]
