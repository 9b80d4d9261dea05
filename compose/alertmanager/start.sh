#!/bin/sh
# Starts Alertmanager with the receivers that the environment names; its configuration reads no variables itself.
set -eu
umask 077
made=/tmp/alertmanager.yml

quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/''/g")"; }

receivers() {
  if [ -n "${CINECOTE_ALERT_WEBHOOK_URL:-}" ]; then
    echo "    webhook_configs:"
    echo "      - url: $(quoted "$CINECOTE_ALERT_WEBHOOK_URL")"
    echo "        send_resolved: true"
  fi
  if [ -n "${CINECOTE_ALERT_EMAIL_TO:-}" ]; then
    echo "    email_configs:"
    echo "      - to: $(quoted "$CINECOTE_ALERT_EMAIL_TO")"
    echo "        from: $(quoted "${CINECOTE_ALERT_EMAIL_FROM:-$CINECOTE_ALERT_EMAIL_TO}")"
    echo "        smarthost: $(quoted "$CINECOTE_ALERT_SMTP_HOST")"
    echo "        send_resolved: true"
    if [ -n "${CINECOTE_ALERT_SMTP_USERNAME:-}" ]; then
      echo "        auth_username: $(quoted "$CINECOTE_ALERT_SMTP_USERNAME")"
      echo "        auth_password: $(quoted "${CINECOTE_ALERT_SMTP_PASSWORD:-}")"
    fi
  fi
}

refused() { echo "$1" >&2; exit 2; }
[ -n "${CINECOTE_ALERT_WEBHOOK_URL:-}${CINECOTE_ALERT_EMAIL_TO:-}" ] \
  || refused "CINECOTE_ALERT_WEBHOOK_URL or CINECOTE_ALERT_EMAIL_TO must say who is told"
[ -z "${CINECOTE_ALERT_EMAIL_TO:-}" ] || [ -n "${CINECOTE_ALERT_SMTP_HOST:-}" ] \
  || refused "CINECOTE_ALERT_SMTP_HOST must name the mail server, as host:port"
{
  # What begins together is told together; what lasts is told again twice a day.
  cat <<'ROUTE'
route:
  receiver: told
  group_by: [alertname, namespace]
  group_wait: 10s
  group_interval: 5m
  repeat_interval: 12h
receivers:
  - name: told
ROUTE
  receivers
} >"$made"

amtool check-config "$made"
exec alertmanager --config.file="$made" --storage.path=/alertmanager --cluster.listen-address= "$@"
