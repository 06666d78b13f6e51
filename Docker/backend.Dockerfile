# The API: Node 24 runs src/ as it is, so nothing is compiled. No pages (see frontend.Dockerfile), no build tools, no
# npm packages but those of production, and not the Node that runtime/ pins for machines that have an older one.
# Runs as user bangui (10001) on a read-only root; writes only to /var/lib/bangui and /tmp.
# It carries Debian's fail2ban programs (client, regex, server) for reloads, rehearsals and regex tests. No service of
# it runs here: the daemon is in the fail2ban container, reached over /var/run/fail2ban.
# Build from the root of the repository: docker build -f Docker/backend.Dockerfile -t bangui-backend .

FROM docker.io/library/node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional secret is for networks with a registry of their own; it reaches no layer.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --workspaces=false
COPY src src
RUN rm -rf src/ui src/web src/features/*/web
# Networks come as 65 MB of text, of which the compiled 10 MB are used; of the countries one file holds both families.
RUN node src/platform/geo/prepare-networks.ts \
    && ls node_modules/.cache/bangui/networks-*.bin \
    && rm node_modules/@ip-location-db/asn/*.csv \
        node_modules/@ip-location-db/geo-whois-asn-country-mmdb/*-ipv[46].mmdb

FROM docker.io/library/node:24-bookworm-slim
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d \
    && chmod 0755 /usr/sbin/policy-rc.d \
    && apt-get update \
    && apt-get install --yes --no-install-recommends fail2ban \
    && rm -rf /usr/sbin/policy-rc.d /var/lib/apt/lists/* /var/cache/apt /etc/fail2ban/jail.d/* \
    && fail2ban-client -V \
    && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    && groupadd --gid 10001 bangui \
    && useradd --uid 10001 --gid bangui --groups adm --home-dir /var/lib/bangui --no-create-home --shell /usr/sbin/nologin bangui \
    && install -d -o bangui -g bangui -m 0750 /var/lib/bangui \
    && install -d -o bangui -g bangui -m 2775 /var/lib/bangui/blocklists
COPY --chmod=0755 Docker/backend/bangui /usr/local/bin/bangui
COPY Docker/backend/healthcheck.ts /app/healthcheck.ts
WORKDIR /app
COPY package.json ./
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/src src
ENV NODE_ENV=production \
    BANGUI_LISTEN_HOST=0.0.0.0 \
    BANGUI_PORT=8000 \
    BANGUI_DATABASE_PATH=/var/lib/bangui/bangui.db \
    BANGUI_PRACTICE=never
USER bangui
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --retries=3 --start-period=40s CMD ["node", "/app/healthcheck.ts"]
# Exec form: node is process 1 and gets SIGTERM itself. The heap stays small, as in `npm start`.
ENTRYPOINT ["node", "--optimize-for-size", "--max-semi-space-size=4", "src/main.ts"]
