#!/bin/sh
# The schedule of docs/operations/backup.md (UTC) in one container: the write-ahead log always, the rest when it is due.
set -u
coursify backup wal &
log=$!
trap 'kill "$log"; wait "$log"; exit 0' TERM INT
while true; do
    sleep 60 &
    wait $!
    case $(date -u +%u-%H:%M) in
        7-02:10) coursify backup full ;;
        *-02:10) coursify backup incremental ;;
        *-04:10) coursify backup verify ;;
        *-05:10) coursify backup prune ;;
        1-06:10) coursify backup inventory ;;
        *:40) coursify backup media ;;
    esac
    # Docker starts the container again, and with it the log.
    kill -0 "$log" 2>/dev/null || exit 1
done
