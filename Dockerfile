# Images of the API (`api`), of the process that prints certificates (`documents`), of the worker and of backups.
#
#   docker build --target api --tag coursify-api .
#
# BASE is any Debian with Python 3.11 or newer in its packages. docs/operations/image.md has the sizes.
ARG BASE=debian:bookworm-slim
ARG BACKUP_BASE=postgres:18-bookworm

# Everything that production installs, in a virtual environment of its own.
# hadolint ignore=DL3006
FROM ${BASE} AS build
SHELL ["/bin/sh", "-euc"]
# hadolint ignore=DL3008,DL3009
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils ca-certificates python3 python3-pip
WORKDIR /build
COPY requirements-tools.lock requirements-prod.lock requirements.lock ./
RUN python3 -m pip install --no-cache-dir --no-deps --target uv --require-hashes --requirement requirements-tools.lock \
    && python3 -m venv --without-pip /opt/coursify \
    && python3 -m pip --python /opt/coursify/bin/python install --no-cache-dir --no-compile --no-deps --require-hashes \
        --requirement requirements-prod.lock \
    && find /opt/coursify -name '*.so*' -type f -exec strip --strip-unneeded {} +
COPY LICENSE README.md pyproject.toml ./
COPY src/coursify src/coursify
RUN uv/bin/uv build --quiet --wheel --offline --no-config --out-dir . . \
    && python3 -m pip --python /opt/coursify/bin/python install --no-cache-dir --no-compile --no-deps --no-index ./*.whl
COPY deploy/compile_loaded.py deploy/
RUN /opt/coursify/bin/python deploy/compile_loaded.py

# A part of the environment for each image: typesetting and its fonts are 105 MB, which only `documents` needs. Debian
# has the time zones; nothing is compiled, type-checked or tested there, the database
# is PostgreSQL, and only Python is highlighted. What Stripe's SDK calls params are types for checkers alone.
FROM build AS build-api
RUN python3 -m pip --python /opt/coursify/bin/python uninstall --quiet --yes typst manimgx-fonts manimgx-fonts-cjk tzdata \
    && find /opt/coursify -type f -regextype egrep -regex '.*\.(pyi|pyx|pxd|c|h)' -delete \
    && find /opt/coursify -path '*/pygments/lexers/*.py' ! -name '__init__.py' ! -name '_mapping.py' ! -name python.py \
        ! -name special.py -delete \
    && find /opt/coursify -regextype egrep -regex \
        '.*/(stripe/params|croniter/tests|(alembic|mako|sqlalchemy)/testing|sqlalchemy/dialects/(mssql|mysql|oracle|sqlite))' \
        -prune -exec rm -r {} +

# A worker listens on no port. The transcoder is taken from the lock that has it.
FROM build-api AS build-worker
RUN python3 -m pip --python /opt/coursify/bin/python uninstall --quiet --yes granian \
    && sed -n '/^imageio-ffmpeg==/,/[^\\]$/p' requirements.lock > media.lock \
    && python3 -m pip --python /opt/coursify/bin/python install --no-cache-dir --no-compile --no-deps --require-hashes \
        --requirement media.lock

# Debian, its Python and an account without rights: no compiler, no pip.
# hadolint ignore=DL3006
FROM ${BASE} AS runtime
# hadolint ignore=DL3008
RUN --mount=type=bind,from=build,source=/opt/coursify,target=/opt/coursify \
    --mount=type=bind,from=build,source=/build/deploy,target=/mnt \
    apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && find /usr/lib/python3* -name '*.pyc' -delete \
    && /opt/coursify/bin/python /mnt/compile_loaded.py \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/* /usr/share/doc/* /usr/share/man/* \
    && useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent coursify \
    && install --directory --owner coursify --group coursify /var/lib/coursify
ENV PATH=/opt/coursify/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /

FROM runtime AS worker
COPY --from=build-worker /opt/coursify /opt/coursify
HEALTHCHECK NONE
CMD ["coursify", "worker"]

FROM runtime AS listening
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=3)"]
CMD ["coursify", "serve", "--host", "0.0.0.0"]

# The commands of backups beside PostgreSQL's own programs, which they call.
# hadolint ignore=DL3006
FROM ${BACKUP_BASE} AS backup
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && apt-get clean && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent coursify \
    && install --directory --owner coursify --group coursify /var/lib/coursify /var/backups/coursify
ENV PATH=/opt/coursify/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
COPY --from=build-api /opt/coursify /opt/coursify
HEALTHCHECK NONE
CMD ["coursify", "backup", "wal"]

FROM listening AS documents
COPY --from=build /opt/coursify /opt/coursify

FROM listening AS api
COPY --from=build-api /opt/coursify /opt/coursify
