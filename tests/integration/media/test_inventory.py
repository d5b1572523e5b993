"""The files that the database names are compared with what a store has."""

from __future__ import annotations

import mimetypes

import httpx
import pytest
from tests.support.cloudinary_standin import CloudinaryStandin, cloudinary_store
from tests.support.films import Studio, mp4
from tests.support.http_standin import served
from tests.support.pictures import part, picture
from tests.support.plain_http import PLAIN
from tests.support.s3_standin import S3Standin

from coursify.core.settings import Settings
from coursify.integrations.s3_signing import Signer
from coursify.integrations.s3_store import S3Store
from coursify.modules.media.services.find_missing_objects import find_missing_objects
from coursify.modules.media.store import MediaStore
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_what_a_store_lacks_is_named(
    studio: Studio, run_jobs: RunJobs, resources: Resources, settings: Settings
) -> None:
    folder = settings.media.media_folder
    assert folder is not None
    of_other_tests = set(folder.rglob("*"))
    await studio.upload(mp4())
    await run_jobs()
    assert (await studio.owner.post(f"/courses/{studio.course['id']}/image", **part(picture()))).status_code == 200
    found = await find_missing_objects(resources.database, resources.media)
    # Three sizes of the picture; of the video the original, the poster and a segment.
    assert (found.named, found.missing) == (6, [])

    made = [file for file in folder.rglob("*") if file.is_file() and file not in of_other_tests]
    files = {file.relative_to(folder).as_posix(): file for file in made}
    for standin, named in ((S3Standin(), 6), (CloudinaryStandin(), 4)):
        with served(standin) as url:
            store = _store_at(standin, url)
            assert len((await find_missing_objects(resources.database, store)).missing) == named
            for path, file in files.items():
                await store.put(path, file, content_type=mimetypes.guess_type(path)[0] or "video/mp4")
            found = await find_missing_objects(resources.database, store)
            assert (found.named, found.missing) == (named, [])
            await store.close()

    (segment,) = [path for path in files if path.endswith(".ts")]
    files[segment].unlink()
    assert (await find_missing_objects(resources.database, resources.media)).missing == [segment]


def _store_at(standin: S3Standin | CloudinaryStandin, url: str) -> MediaStore:
    if isinstance(standin, CloudinaryStandin):
        return cloudinary_store(standin, url)
    signer = Signer(url, standin.bucket, standin.region, standin.access_key_id, standin.secret_access_key)
    return S3Store(signer, client=httpx.AsyncClient(**PLAIN))
