# The command line in a small image:
#
#     docker build -t watermark .
#     docker run --rm -v "$PWD:/work" watermark embed finals --out marked --key title.key --registry registry.db
#
# Keys are mounted, never copied into the image; mounted secrets are often readable by others: --allow-open-key.
FROM rust:1-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked -p watermark-cli

FROM debian:bookworm-slim
# For films; pictures need nothing.
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/target/release/watermark /usr/local/bin/watermark
COPY --from=build /source/LICENSE-MIT /source/LICENSE-APACHE /usr/share/doc/watermark/
# What is written belongs to whoever runs it: docker run --user "$(id -u):$(id -g)".
WORKDIR /work
USER 1000:1000
ENTRYPOINT ["watermark"]
