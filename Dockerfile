# One image for every role: docker run … shopgraph serve router, serve users, …
# The program is static, so that the image holds nothing else: no shell, no
# package manager, no other program to attack.

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags="-s -w" -o /shopgraph ./cmd/shopgraph

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /shopgraph /shopgraph
# By number, because there is no /etc/passwd: an orchestrator can see that this is not root.
USER 65532:65532
ENTRYPOINT ["/shopgraph"]
CMD ["help"]
