#!/bin/bash
# Dumps MySQL's databases into /backups, removes dumps that are too many or too old, and tells it in job_runs.
# Environment: MYSQL_HOST, MYSQL_PORT, MYSQL_PWD (cinecote_backup's), BACKUP_KEEP, BACKUP_MAX_AGE_DAYS.
set -euo pipefail
folder=/backups
server=(-h"$MYSQL_HOST" -P"$MYSQL_PORT" -ucinecote_backup)
query() { mysql "${server[@]}" --connect-timeout=10 -N -B cinecote -e "$1"; }

end() { # end STATUS COUNTS
  query "UPDATE job_runs SET status = '$1', finished_at = UTC_TIMESTAMP(6), counts = '$2' WHERE id = $run"
}

query "UPDATE job_runs SET status = 'interrupted', finished_at = UTC_TIMESTAMP(6) WHERE job = 'backup' AND status = 'running'"
run=$(query "INSERT INTO job_runs (job, started_at, status, counts) VALUES ('backup', UTC_TIMESTAMP(6), 'running', '{}'); SELECT LAST_INSERT_ID()")
trap 'end failed "{}"' ERR
trap 'end interrupted "{}"; exit 1' TERM INT

rm -f "$folder"/*.partial
name=$(date -u +%Y-%m-%dT%H%M%SZ).sql.gz
echo "dumping to $name"
# One transaction: a state that was, of both databases, while they go on being written.
mysqldump "${server[@]}" --databases cinecote mlflow --add-drop-database --single-transaction --no-tablespaces \
  --set-gtid-purged=OFF --routines --triggers --events --hex-blob --loose-skip-masking-policies --default-character-set=utf8mb4 \
  | gzip >"$folder/$name.partial"
# A dump that ends as it should says so; nothing else counts as one.
gunzip -c "$folder/$name.partial" | tail -n 1 | grep -q '^-- Dump completed'
sync "$folder/$name.partial"
mv "$folder/$name.partial" "$folder/$name"

# Only once a new one is whole are old ones let go. To find, what is N days old isn't +N yet.
find "$folder" -name '*.sql.gz' -mtime "+$((BACKUP_MAX_AGE_DAYS - 1))" -print -delete
ls "$folder"/*.sql.gz | sort -r | tail -n "+$((BACKUP_KEEP + 1))" | while read -r old; do
  echo "removing $old"
  rm -f "$old"
done

kept=$(ls "$folder"/*.sql.gz | wc -l)
bytes=$(stat -c %s "$folder/$name")
free=$(($(stat -f -c '%a * %S' "$folder")))
trap - ERR TERM INT
end succeeded "{\"kept\": $kept, \"bytes\": $bytes, \"free_bytes\": $free}"
echo "$name: $bytes bytes; $kept kept, $free bytes free"
