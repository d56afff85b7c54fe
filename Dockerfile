# Switchyard's images, each a target: switchyard (the proxy; the default is the last stage), switchctl,
# toy (the application of the rehearsal), prometheus (Debian's, with our rules).
#
#   docker build --network host --build-arg VERSION=v20240101-abc1234 --build-arg GIT_SHA=abc1234 \
#     --target switchyard -t switchyard:v20240101-abc1234 .
#
# Needs BuildKit (DOCKER_BUILDKIT=1 before Docker 23). Without a registry: scripts/base-image first.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
WORKDIR /src
COPY scripts/install-dependencies scripts/
RUN scripts/install-dependencies build && rm -rf /var/lib/apt/lists/*
ENV LANG=C.UTF-8 CCACHE_DIR=/ccache CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=1
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY config config
COPY proxy proxy
COPY control control
# Everything once without a version, so that a new version recompiles one file and links.
RUN --mount=type=cache,target=/ccache \
    cmake --preset release -DSY_TESTS=OFF -DSY_BENCH=OFF >/dev/null && \
    cmake --build build/release --target switchyard switchyard-toy
COPY scripts/runtime-packages scripts/
RUN for program in switchyard switchyard-toy; do \
      scripts/runtime-packages build/release/bin/$program >/$program.packages || exit 1; done
ARG VERSION=dev
ARG GIT_SHA=""
RUN --mount=type=cache,target=/ccache \
    cmake --preset release >/dev/null && \
    cmake --build build/release --target switchyard switchyard-toy && \
    mkdir /out && cp build/release/bin/switchyard build/release/bin/switchyard-toy /out/ && \
    strip /out/*

FROM build AS build-switchctl
RUN --mount=type=cache,target=/ccache \
    cmake --build build/release --target switchctl && \
    scripts/runtime-packages build/release/bin/switchctl >/switchctl.packages && \
    cp build/release/bin/switchctl /out/ && strip /out/switchctl

# A program's base: the shared libraries it needs and nothing else that was not there.
FROM ${BASE} AS toy-base
COPY --from=build /switchyard-toy.packages /tmp/packages
RUN apt-get update -qq && xargs apt-get install -qq --yes --no-install-recommends </tmp/packages >/dev/null \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /tmp/packages

FROM ${BASE} AS switchyard-base
COPY --from=build /switchyard.packages /tmp/packages
RUN apt-get update -qq && xargs apt-get install -qq --yes --no-install-recommends \
      ca-certificates </tmp/packages >/dev/null \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /tmp/packages \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/switchyard \
    && install --directory /etc/switchyard

FROM ${BASE} AS switchctl-base
COPY --from=build-switchctl /switchctl.packages /tmp/packages
RUN apt-get update -qq && xargs apt-get install -qq --yes --no-install-recommends \
      ca-certificates </tmp/packages >/dev/null \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /tmp/packages

FROM ${BASE} AS prometheus
ARG VERSION=dev
ARG GIT_SHA=""
ARG CREATED=""
ARG SOURCE=""
LABEL org.opencontainers.image.title="switchyard-prometheus" \
      org.opencontainers.image.description="Debian's Prometheus" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${GIT_SHA}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}"
RUN apt-get update -qq && apt-get install -qq --yes --no-install-recommends prometheus >/dev/null \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /var/lib/prometheus \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/prometheus
USER 10001:10001
VOLUME /var/lib/prometheus
EXPOSE 9090
ENTRYPOINT ["/usr/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", \
     "--storage.tsdb.path=/var/lib/prometheus", "--storage.tsdb.retention.time=1d", \
     "--web.console.libraries=/usr/share/prometheus/web/console_libraries", \
     "--web.console.templates=/usr/share/prometheus/web/consoles"]

FROM toy-base AS toy
COPY --from=build /out/switchyard-toy /usr/local/bin/
ARG VERSION=dev
ARG GIT_SHA=""
ARG CREATED=""
ARG SOURCE=""
# How the application behaves from its start, as PUT /_demo/knobs: {"error_rate":0.5} is a bad version.
ARG TOY_KNOBS="{}"
ENV VERSION=${VERSION} GIT_SHA=${GIT_SHA} TOY_KNOBS=${TOY_KNOBS} BUILD_TIME=${CREATED} \
    TOY_ADDRESS=0.0.0.0 TOY_PORT=8080
LABEL org.opencontainers.image.title="switchyard-toy" \
      org.opencontainers.image.description="One service of the toy application" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${GIT_SHA}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 10001:10001
EXPOSE 8080
# Fails the build when a library is missing.
RUN ["switchyard-toy", "--help"]
HEALTHCHECK --interval=2s --timeout=2s --start-period=10s --retries=3 CMD ["switchyard-toy", "--ask"]
ENTRYPOINT ["switchyard-toy"]

FROM switchctl-base AS switchctl
COPY --from=build-switchctl /out/switchctl /usr/local/bin/
ARG VERSION=dev
ARG GIT_SHA=""
ARG CREATED=""
ARG SOURCE=""
LABEL org.opencontainers.image.title="switchctl" \
      org.opencontainers.image.description="Deploys and rolls back through Switchyard" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${GIT_SHA}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 10001:10001
WORKDIR /work
RUN ["switchctl", "--help"]
ENTRYPOINT ["switchctl"]

FROM switchyard-base AS switchyard
COPY --from=build /out/switchyard /usr/local/bin/
ARG VERSION=dev
ARG GIT_SHA=""
ARG CREATED=""
ARG SOURCE=""
LABEL org.opencontainers.image.title="switchyard" \
      org.opencontainers.image.description="A reverse proxy for blue/green switching" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${GIT_SHA}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 10001:10001
VOLUME /var/lib/switchyard
EXPOSE 8080 9900
RUN ["switchyard", "version"]
# The proxy that the configuration describes answers /livez.
HEALTHCHECK --interval=2s --timeout=3s --start-period=10s --retries=3 CMD ["switchyard", "check", "--live"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["switchyard"]
CMD ["run"]
