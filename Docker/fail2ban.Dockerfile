# fail2ban as a service of its own: Debian's, with the firewall tools its actions call (and `ip`, by which blocklists learn which
# addresses they must leave alone), and a start script that lets the
# unprivileged backend (group bangui, 10001) at its socket, database and log. It runs as root, since the firewall asks for it;
# on Linux give it the host's network namespace and CAP_NET_ADMIN, CAP_NET_RAW, else its bans reach nobody but itself.
# The development configuration in Docker/fail2ban/etc is laid into /etc/fail2ban where a file is missing, never over one.
# Build from the root of the repository: docker build -f Docker/fail2ban.Dockerfile -t bangui-fail2ban .

FROM docker.io/library/debian:bookworm-slim
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d \
    && chmod 0755 /usr/sbin/policy-rc.d \
    && apt-get update \
    && apt-get install --yes --no-install-recommends fail2ban nftables iptables ipset iproute2 \
    && rm -rf /usr/sbin/policy-rc.d /var/lib/apt/lists/* /var/cache/apt /etc/fail2ban/jail.d/* \
    && groupadd --gid 10001 bangui \
    && mkdir -p /usr/share/bangui /var/log/fail2ban /var/log/watched /var/lib/bangui/blocklists \
    && mv /etc/fail2ban /usr/share/bangui/fail2ban \
    && mkdir /etc/fail2ban
COPY Docker/fail2ban/etc /usr/share/bangui/fail2ban
COPY --chmod=0755 Docker/fail2ban/start /usr/local/bin/start
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --retries=3 --start-period=40s CMD ["fail2ban-client", "ping"]
ENTRYPOINT ["start"]
