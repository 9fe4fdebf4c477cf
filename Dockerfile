# One image for every role: docker run … shopgraph serve router, serve users, …
# The program is static, so that the image holds nothing else: no shell, no
# package manager, no other program to attack.

FROM --platform=$BUILDPLATFORM node:24-slim AS playground
WORKDIR /src
COPY router/server/playground/package.json router/server/playground/package-lock.json ./
RUN --mount=type=cache,target=/cache npm ci --no-audit --no-fund --cache /cache
COPY router/server/playground .
RUN npm run build

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
COPY --from=playground /src/dist router/server/playground/dist
ARG TARGETOS TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/cache \
    GOCACHE=/cache CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags="-s -w" -o /shopgraph ./cmd/shopgraph

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /shopgraph /shopgraph
COPY schema/supergraph.graphql /schema/supergraph.graphql
# By number, because there is no /etc/passwd: an orchestrator can see that this is not root.
USER 65532:65532
ENTRYPOINT ["/shopgraph"]
CMD ["help"]
