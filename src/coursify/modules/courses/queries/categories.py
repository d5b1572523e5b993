"""SQL of categories."""

from __future__ import annotations

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, find_value
from coursify.modules.courses.models import Category, CategoryWithCount
from coursify.modules.courses.queries.catalogue import ON_SALE


async def list_categories_with_counts(db: Connection) -> list[CategoryWithCount]:
    """Every category in order, with the number of courses on sale in it."""
    return await fetch_all(
        db,
        CategoryWithCount,
        f"""
        SELECT category.slug, category.name, count(course.id) AS course_count
        FROM categories AS category
        LEFT JOIN courses AS course
            ON course.category = category.slug AND {ON_SALE}
        GROUP BY category.slug ORDER BY category.position, category.slug COLLATE "C"
        """,
    )


async def list_categories(db: Connection) -> list[Category]:
    """Every category in order."""
    return await fetch_all(
        db, Category, 'SELECT slug, name, position FROM categories ORDER BY position, slug COLLATE "C"'
    )


async def hold_category(db: Connection, slug: str) -> str | None:
    """The slug, kept from deletion until this transaction ends; None when there is no such category."""
    return await find_value(db, str, "SELECT slug FROM categories WHERE slug = %(slug)s FOR KEY SHARE", slug=slug)


async def lock_category(db: Connection, slug: str) -> Category | None:
    return await fetch_optional(
        db,
        Category,
        "SELECT slug, name, position FROM categories WHERE slug = %(slug)s FOR UPDATE",
        slug=slug,
    )


async def insert_category(db: Connection, *, slug: str, name: str, position: int) -> Category | None:
    """The new category, or None when its slug or name is taken."""
    return await fetch_optional(
        db,
        Category,
        """
        INSERT INTO categories (slug, name, position) VALUES (%(slug)s, %(name)s, %(position)s)
        ON CONFLICT DO NOTHING
        RETURNING slug, name, position
        """,
        slug=slug,
        name=name,
        position=position,
    )


async def update_category_fields(db: Connection, slug: str, *, category: Category) -> Category:
    """Store `category` in the row that is called `slug`; its courses follow a new slug."""
    return await fetch_one(
        db,
        Category,
        """
        UPDATE categories SET slug = %(new_slug)s, name = %(name)s, position = %(position)s WHERE slug = %(slug)s
        RETURNING slug, name, position
        """,
        slug=slug,
        new_slug=category.slug,
        name=category.name,
        position=category.position,
    )


async def clear_category_of_deleted_courses(db: Connection, slug: str) -> int:
    return await execute(
        db,
        "UPDATE courses SET category = NULL WHERE category = %(slug)s AND deleted_at IS NOT NULL",
        slug=slug,
    )


async def delete_category(db: Connection, slug: str) -> int:
    """Refused by PostgreSQL (ForeignKeyViolation) while it has a course."""
    return await execute(db, "DELETE FROM categories WHERE slug = %(slug)s", slug=slug)
