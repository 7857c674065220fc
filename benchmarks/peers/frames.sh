#!/usr/bin/env bash
# Times `kinora frames` beside one plain ffmpeg pass that yields the same frames: frames.sh CLIP FRAMES [ROUNDS]
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)"
clip=$1 count=$2 rounds=${3:-5}
indices="$("$root/kinora" frames "$clip" --frames "$count" | awk '$2 ~ /^[0-9]+$/ && $1 ~ /^[0-9]+$/ {print $2}')"
wanted="$(for index in $indices; do printf 'eq(n\\,%d)+' "$index"; done)"
plain() { ffmpeg -v error -nostdin -i "$clip" -an -sn -vf "select='${wanted%+}'" -fps_mode passthrough -f rawvideo -pix_fmt rgb24 -y /dev/null; }
own() { "$root/kinora" frames "$clip" --frames "$count" >/dev/null; }
TIMEFORMAT=%R
for round in $(seq "$rounds"); do
    printf 'round %s: kinora ' "$round"
    { time own; } 2>&1 | tr '\n' ' '
    printf 's, ffmpeg '
    { time plain; } 2>&1 | tr '\n' ' '
    echo s
done
