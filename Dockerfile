# syntax=docker/dockerfile:1
# The server as one static program in an empty image, run by nobody in particular.
# Docker says for which system; the compiler needs no emulation to build for it.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG TARGETOS TARGETARCH
ARG LDFLAGS="-s -w"
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags="$LDFLAGS" -o /out/betterauth ./cmd/betterauth && mkdir -p /out/data

FROM scratch
# Certificates, for OAuth providers and mail; an empty folder of the user's, for SQLite and the secret.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/betterauth /betterauth
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME ["/data"]
EXPOSE 3210
STOPSIGNAL SIGTERM
ENTRYPOINT ["/betterauth"]
CMD ["serve", "--listen", "0.0.0.0:3210"]
