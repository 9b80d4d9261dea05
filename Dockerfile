# Every component's image: docker build --build-arg COMPONENT=services/api -t cinecote-api .
# The base of all of them, by tag; a digest is given by --build-arg PYTHON_IMAGE=python@sha256:…
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ARG UV_VERSION=0.13.9
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 UV_COMPILE_BYTECODE=1
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore "uv==${UV_VERSION}" && uv venv /app
WORKDIR /build
ARG COMPONENT
# What others wrote comes first, from the two declarations alone: it changes less often than our code.
COPY requirements.lock ./
COPY libs/cinecote/pyproject.toml libs/cinecote/
COPY ${COMPONENT}/pyproject.toml ${COMPONENT}/
RUN --mount=type=cache,target=/root/.cache/uv \
    for folder in libs/cinecote "${COMPONENT}"; do \
      module="${folder}/src/cinecote$([ "${folder}" = libs/cinecote ] || echo "_${folder##*/}")" \
      && mkdir -p "${module}" && touch "${module}/__init__.py" || exit 1; \
    done \
 && uv pip install -p /app --no-sources -c requirements.lock ./libs/cinecote "./${COMPONENT}"
COPY libs/cinecote libs/cinecote
COPY ${COMPONENT} ${COMPONENT}
RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip install -p /app --no-sources --no-deps --reinstall ./libs/cinecote "./${COMPONENT}" \
 && ln -s "cinecote-${COMPONENT##*/}" /app/bin/component \
 && ln -s "$(/app/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" /app/packages
# What a model's card tells of the code behind it, where there is no work tree to ask.
ARG GIT_COMMIT=
RUN printf '{"commit": "%s", "lock_sha256": "%s"}' "${GIT_COMMIT}" "$(sha256sum requirements.lock | cut -d ' ' -f 1)" \
    > /app/built.json
# `skaffold dev` says so: files that change are put into the running container, where watchfiles starts it anew.
ARG SKAFFOLD_RUN_MODE
RUN --mount=type=cache,target=/root/.cache/uv \
    [ "${SKAFFOLD_RUN_MODE}" != dev ] || uv pip install -p /app -c requirements.lock watchfiles

FROM ${PYTHON_IMAGE}
ARG COMPONENT
COPY ${COMPONENT}/pyproject.toml /tmp/
# What a component's libraries need of the system stands in its declaration too.
RUN packages="$(python -c 'import tomllib; \
      print(*tomllib.load(open("/tmp/pyproject.toml", "rb")).get("tool", {}).get("cinecote", {}).get("system-packages", []))')" \
 && rm /tmp/pyproject.toml \
 && if [ -n "${packages}" ]; then \
      apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages} && rm -rf /var/lib/apt/lists/*; \
    fi
# Where compose mounts volumes, which take their owner from here; on a cluster the kubelet gives them one.
RUN install -d -o 10001 -g 10001 /var/lib/cinecote /var/lib/artifacts
COPY --from=build /app /app
ARG SKAFFOLD_RUN_MODE
RUN [ "${SKAFFOLD_RUN_MODE}" != dev ] || chown -R 10001:10001 /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
USER 10001:10001
WORKDIR /tmp
ENTRYPOINT ["component"]
