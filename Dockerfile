# docker build -t twindesk .
# docker run --env-file twindesk.env -p 8080:8080 -v twindesk-data:/data twindesk

FROM rust:1.95-slim-trixie AS build
WORKDIR /build

# The dependencies alone, with empty sources in place of ours: this layer stays until a manifest changes.
# The simulator and the harness are members of the workspace, so their manifests must be there; they are not built.
COPY Cargo.toml Cargo.lock ./
COPY chaos/Cargo.toml chaos/
COPY simulator/Cargo.toml simulator/
RUN mkdir -p src chaos/src simulator/src \
    && echo 'fn main() {}' | tee src/main.rs > chaos/src/main.rs \
    && touch src/lib.rs simulator/src/lib.rs \
    && cargo build --release --locked --no-default-features --bin twindesk \
    && rm -r src

# The portal. Cargo goes by the time of a file: ours may be older than the empty ones.
COPY catalogues catalogues/
COPY migrations migrations/
COPY static static/
COPY templates templates/
COPY src src/
RUN find src -name '*.rs' -exec touch {} + \
    && cargo build --release --locked --no-default-features --bin twindesk \
    && mkdir /data

# The C library, CA certificates, time zones and a user 65532; no shell.
FROM gcr.io/distroless/cc-debian13:nonroot
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Twindesk" \
    org.opencontainers.image.description="A self-service web portal for Azure Digital Twins" \
    org.opencontainers.image.licenses="MIT OR Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"

COPY --from=build /build/target/release/twindesk /usr/local/bin/twindesk
COPY --from=build --chown=65532:65532 /data /data

ENV TWINDESK_LISTEN=0.0.0.0:8080 \
    TWINDESK_DATABASE_URL=sqlite:/data/twindesk.db
WORKDIR /data
VOLUME /data
EXPOSE 8080
USER 65532:65532
# Pages and steps under way have ten seconds: docker stop --time 12. Backup and restore: docs/operations.md.
STOPSIGNAL SIGTERM
# There is no shell and no curl: the program asks itself, at the address of TWINDESK_LISTEN.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["/usr/local/bin/twindesk", "health"]
ENTRYPOINT ["/usr/local/bin/twindesk"]
CMD ["serve"]
