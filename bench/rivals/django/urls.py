"""Where what is answered."""

from __future__ import annotations

from django.urls import path
from school.views import CourseDetail, CourseList, Me

urlpatterns = [
    path("api/v1/courses", CourseList.as_view()),
    path("api/v1/courses/<uuid:pk>", CourseDetail.as_view()),
    path("api/v1/users/me", Me.as_view()),
]
