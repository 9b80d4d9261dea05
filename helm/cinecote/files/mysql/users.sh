#!/bin/bash
# Makes MySQL's databases and users, each with the rights that it needs and the password that the environment holds.
# usage: users.sh HOST; safe to repeat, and how a password is changed.
set -euo pipefail
host=$1

for name in ROOT OWNER API READER MLFLOW BACKUP; do
  variable=MYSQL_${name}_PASSWORD
  # They stand in SQL here and in addresses elsewhere.
  [[ ${!variable:-} =~ ^[A-Za-z0-9_-]{16,}$ ]] || {
    echo "$variable must be at least 16 letters, digits, - or _" >&2
    exit 1
  }
done

as_root() { MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql -h"$host" -uroot --connect-timeout=5 "$@"; }
until as_root -e 'SELECT 1' >/dev/null 2>&1; do
  [ "$SECONDS" -lt 300 ] || { echo "MySQL doesn't answer on $host" >&2; exit 1; }
  sleep 1
done

user() { # user NAME PASSWORD
  echo "CREATE USER IF NOT EXISTS '$1'@'%' IDENTIFIED BY '$2';"
  echo "ALTER USER '$1'@'%' IDENTIFIED BY '$2';"
}

{
  echo "CREATE DATABASE IF NOT EXISTS cinecote CHARACTER SET utf8mb4;"
  echo "CREATE DATABASE IF NOT EXISTS mlflow CHARACTER SET utf8mb4;"
  user cinecote_owner "$MYSQL_OWNER_PASSWORD"
  user cinecote_api "$MYSQL_API_PASSWORD"
  user cinecote_reader "$MYSQL_READER_PASSWORD"
  user cinecote_mlflow "$MYSQL_MLFLOW_PASSWORD"
  user cinecote_backup "$MYSQL_BACKUP_PASSWORD"
  # CREATE on the single tables lets the rights on them be given before they are made.
  cat <<'SQL'
GRANT ALL ON cinecote.* TO 'cinecote_owner'@'%';
GRANT ALL ON mlflow.* TO 'cinecote_mlflow'@'%';
GRANT SELECT ON cinecote.* TO 'cinecote_reader'@'%';
GRANT SELECT ON cinecote.* TO 'cinecote_api'@'%';
GRANT CREATE, INSERT ON cinecote.predictions TO 'cinecote_api'@'%';
GRANT CREATE, INSERT ON cinecote.promotions TO 'cinecote_api'@'%';
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON cinecote.* TO 'cinecote_backup'@'%';
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON mlflow.* TO 'cinecote_backup'@'%';
GRANT CREATE, INSERT, UPDATE ON cinecote.job_runs TO 'cinecote_backup'@'%';
SQL
} | as_root
