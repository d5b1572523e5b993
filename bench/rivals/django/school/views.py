"""Listing, course and caller with the REST framework's own serializers and paginator."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from school.models import Course, Lesson, User

ORDERS = {
    "newest": ("-published_at", "-id"),
    "popular": ("-enrollment_count", "-id"),
    "rating": ("-average_rating", "-rating_count", "-id"),
    "price": ("price_minor", "id"),
}


class InstructorSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "name")


class CourseSerializer(serializers.ModelSerializer):
    instructor = InstructorSerializer()

    class Meta:
        model = Course
        fields = (
            *("id", "slug", "title", "subtitle", "excerpt", "price_minor", "currency", "category", "level", "language"),
            *("instructor", "instructor_id", "image_path", "image_alt_text", "average_rating", "rating_count"),
            *("enrollment_count", "lesson_count", "duration_seconds", "status", "version", "published_at"),
            *("created_at", "updated_at"),
        )


class LessonSerializer(serializers.ModelSerializer):
    class Meta:
        model = Lesson
        fields = ("id", "title", "position", "duration_seconds", "is_preview")


class CourseDetailSerializer(CourseSerializer):
    lessons = LessonSerializer(many=True)
    description = serializers.CharField(source="text.description")

    class Meta(CourseSerializer.Meta):
        fields = (*CourseSerializer.Meta.fields, "description", "lessons", "rating_counts")


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "name", "email", "email_verified_at", "role", "bio", "avatar_url", "created_at")


class Pages(PageNumberPagination):
    page_size = 20
    page_size_query_param = "limit"


class CourseList(ListAPIView):
    serializer_class = CourseSerializer
    pagination_class = Pages

    def get_queryset(self) -> Any:
        asked = self.request.query_params
        found = Course.objects.filter(status="published", deleted_at=None).select_related("instructor")
        for name in ("category", "level"):
            if name in asked:
                found = found.filter(**{name: asked[name]})
        if "maxPrice" in asked:
            found = found.filter(price_minor__lte=int(asked["maxPrice"]))
        if word := asked.get("search"):
            like = Q(title__icontains=word) | Q(subtitle__icontains=word) | Q(text__description__icontains=word)
            found = found.filter(like)
        return found.order_by(*ORDERS[asked.get("sort", "newest")])


class CourseDetail(RetrieveAPIView):
    serializer_class = CourseDetailSerializer
    queryset = (
        Course.objects.filter(status="published", deleted_at=None)
        .select_related("instructor", "text")
        .prefetch_related(Prefetch("lessons", Lesson.objects.filter(deleted_at=None).order_by("position")))
    )


class Me(APIView):
    def get(self, request: Any) -> Response:
        if not request.auth:
            raise NotAuthenticated
        return Response(UserSerializer(User.objects.get(pk=request.auth["sub"])).data)
