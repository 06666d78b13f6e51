# The pages and the way to the API: Debian's nginx, unprivileged (10002), port 8080, on a read-only root; writes to /tmp only.
# Environment: BACKEND_URL (http://backend:8000), LISTEN_PORT (8080), and two settings it shares with the backend:
# BANGUI_CORS_ALLOWED_ORIGINS and BANGUI_TRUSTED_PROXIES (a proxy in front that ends TLS). Docker/nginx/start says how they are used.
# Build from the root of the repository: docker build -f Docker/frontend.Dockerfile -t bangui-frontend .

FROM docker.io/library/node:24-bookworm-slim AS pages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
    npm ci --workspaces=false
COPY index.html vite.config.ts tsconfig.json tsconfig.web.json ./
COPY src src
RUN node node_modules/vite/bin/vite.js build

FROM docker.io/library/debian:bookworm-slim
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d \
    && chmod 0755 /usr/sbin/policy-rc.d \
    && apt-get update \
    && apt-get install --yes --no-install-recommends nginx-light \
    && rm -rf /usr/sbin/policy-rc.d /var/lib/apt/lists/* /var/cache/apt /var/www/html /etc/nginx/sites-enabled/* \
    && groupadd --gid 10002 bangui-pages \
    && useradd --uid 10002 --gid bangui-pages --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin bangui-pages
COPY Docker/nginx/nginx.conf Docker/nginx/security-headers.conf Docker/nginx/to-backend.conf /etc/bangui/
COPY --chmod=0755 Docker/nginx/start Docker/nginx/healthcheck /usr/local/bin/
COPY --from=pages /app/dist/web /usr/share/bangui
USER bangui-pages
EXPOSE 8080
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=30s --timeout=10s --retries=3 --start-period=40s CMD ["healthcheck"]
ENTRYPOINT ["start"]
