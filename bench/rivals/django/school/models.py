"""The tables of the school, as Django sees them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class User(models.Model):
    id = models.UUIDField(primary_key=True)
    email = models.TextField(null=True)
    email_verified_at = models.DateTimeField(null=True)
    name = models.TextField(null=True)
    bio = models.TextField(null=True)
    avatar_url = models.TextField(null=True)
    role = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "users"


class Course(models.Model):
    id = models.UUIDField(primary_key=True)
    instructor = models.ForeignKey(User, models.CASCADE)
    slug = models.TextField()
    title = models.TextField()
    subtitle = models.TextField(null=True)
    excerpt = models.TextField()
    price_minor = models.BigIntegerField(null=True)
    currency = models.TextField()
    category = models.TextField(null=True)
    level = models.TextField()
    language = models.TextField()
    image_path = models.TextField(null=True)
    image_alt_text = models.TextField(null=True)
    average_rating = models.DecimalField(max_digits=3, decimal_places=2)
    rating_count = models.BigIntegerField()
    rating_counts = ArrayField(models.IntegerField())
    enrollment_count = models.BigIntegerField()
    lesson_count = models.IntegerField()
    duration_seconds = models.BigIntegerField()
    status = models.TextField()
    version = models.IntegerField()
    published_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "courses"


class CourseText(models.Model):
    course = models.OneToOneField(Course, models.CASCADE, primary_key=True, related_name="text")
    description = models.TextField()

    class Meta:
        managed = False
        db_table = "course_texts"


class Lesson(models.Model):
    id = models.UUIDField(primary_key=True)
    course = models.ForeignKey(Course, models.CASCADE, related_name="lessons")
    title = models.TextField()
    position = models.IntegerField(null=True)
    is_preview = models.BooleanField()
    duration_seconds = models.IntegerField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "lessons"
