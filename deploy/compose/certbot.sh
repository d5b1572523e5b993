#!/bin/sh
# Asks Let's Encrypt for a certificate of SITE_NAME, renews it where it is due, and copies it to where nginx reads it.
# ACME_SERVER names another authority. nginx takes a new certificate at its next reload: docs/operations/compose.md.
set -eu
: "${SITE_NAME:?}"
certificate=/etc/letsencrypt/live/$SITE_NAME
while true; do
    certbot certonly --non-interactive --agree-tos --webroot --webroot-path /var/lib/acme --domain "$SITE_NAME" \
        --keep-until-expiring --no-random-sleep-on-renew ${ACME_SERVER:+--server "$ACME_SERVER"} \
        ${ACME_EMAIL:+--email "$ACME_EMAIL"} $([ -n "${ACME_EMAIL:-}" ] || echo --register-unsafely-without-email)
    cp -L "$certificate/fullchain.pem" "$certificate/privkey.pem" /tls/
    sleep 43200
done
