#!/bin/bash
# Brings MySQL's databases back as a dump in /backups has them: BACKUP names it, or the newest is taken.
# Environment: MYSQL_HOST, MYSQL_PORT, MYSQL_PWD (root's). What is there now is dropped.
set -euo pipefail
cd /backups
name=${BACKUP:-$(ls -- *.sql.gz 2>/dev/null | sort | tail -n 1)}
[ -n "$name" ] || { echo "there is no backup to restore" >&2; exit 2; }
[ -f "$name" ] || { echo "there is no backup $name; there are:" >&2; ls -- *.sql.gz >&2; exit 2; }

# Before anything is dropped: half a dump would leave half a database.
gunzip -c "$name" | tail -n 1 | grep -q '^-- Dump completed' || { echo "$name is no whole dump" >&2; exit 2; }
echo "restoring $name"
client=(mysql -h"$MYSQL_HOST" -P"$MYSQL_PORT" -uroot --connect-timeout=10 --default-character-set=utf8mb4)
gunzip -c "$name" | "${client[@]}"
# What was under way then, the backup itself among it, won't end any more.
"${client[@]}" cinecote -e "UPDATE job_runs SET status = 'interrupted', finished_at = UTC_TIMESTAMP(6) WHERE status = 'running'"
echo "restored $name"
