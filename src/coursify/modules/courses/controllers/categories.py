"""Categories in the hands of admins."""

from __future__ import annotations

from fastapi import Response

from coursify.core.http import Db, Router, SignedIn, failures, reply
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CategoryExists, CategoryInUse, CategoryNotFound
from coursify.modules.courses.guards import CategorySlug
from coursify.modules.courses.schemas.incoming import CategoryCreate, CategoryUpdate
from coursify.modules.courses.schemas.outgoing import CategoryDetail
from coursify.modules.courses.services.create_category import create_category
from coursify.modules.courses.services.delete_category import delete_category
from coursify.modules.courses.services.update_category import update_category

router = Router(tag="admin")


@router.post(
    "/admin/categories",
    operation_id="create_category",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[CategoryDetail],
    status_code=201,
    responses=failures(CategoryExists),
)
async def post_category(caller: SignedIn, body: CategoryCreate, db: Db) -> Response:
    """Add a category to the catalogue."""
    category = await create_category(db, caller=caller, slug=body.slug, name=body.name, position=body.order)
    return reply(CategoryDetail.of(category), "Category created.", status=201)


@router.put(
    "/admin/categories/{slug}",
    operation_id="update_category",
    policy=Policy(Who.ADMIN),
    response_model=Envelope[CategoryDetail],
    responses=failures(CategoryNotFound, CategoryExists),
)
async def put_category(slug: CategorySlug, caller: SignedIn, body: CategoryUpdate, db: Db) -> Response:
    """Change what is given of a category; its courses follow a new slug."""
    category = await update_category(db, caller=caller, slug=slug, changes=body.changes())
    return reply(CategoryDetail.of(category), "Category updated.")


@router.delete(
    "/admin/categories/{slug}",
    operation_id="delete_category",
    policy=Policy(Who.ADMIN),
    response_model=Envelope[None],
    responses=failures(CategoryNotFound, CategoryInUse),
)
async def remove_category(slug: CategorySlug, caller: SignedIn, db: Db) -> Response:
    """Delete a category that has no courses."""
    await delete_category(db, caller=caller, slug=slug)
    return reply(None, "Category deleted.")
