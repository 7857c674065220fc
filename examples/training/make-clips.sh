#!/usr/bin/env bash
# Makes 50 small mp4 clips and a data file of texts for them, to try training with:
#   examples/training/make-clips.sh DIR     writes DIR/clip-00.mp4 ... and DIR/clips.jsonl
set -euo pipefail
out="${1:?name a directory to write to}"
mkdir -p "$out"

places=(harbour desert meadow glacier city forest quarry island valley bridge)
grounds=(navy khaki limegreen white gray darkgreen sienna gold purple black)
things=(lantern kite barge tram feather)
verbs=("drifts to the left" "climbs to the sky" "glides to the right" "sinks to the ground" "crosses from corner to corner")
colours=(orange red cyan magenta yellow)
paths=("x=w*(1-t/2):y=h/3" "x=w/3:y=h*(1-t/2)" "x=w*t/2-24:y=h/3" "x=w/3:y=h*t/2-24" "x=w*t/2-24:y=h*t/2-24")

: >"$out/clips.jsonl"
for place in 0 1 2 3 4 5 6 7 8 9; do
    for thing in 0 1 2 3 4; do
        name="$(printf 'clip-%02d.mp4' $((place * 5 + thing)))"
        path="${paths[$thing]//w/W}"
        ffmpeg -nostdin -v error -y -f lavfi -i "color=c=${grounds[$place]}:s=128x128:r=12:d=2" -f lavfi -i "color=c=${colours[$thing]}:s=40x40:r=12:d=2" \
            -filter_complex "[0][1]overlay=${path//h/H}:eval=frame" -pix_fmt yuv420p "$out/$name"
        echo "{\"video\": \"$name\", \"text\": \"Over the ${places[$place]} a paper ${things[$thing]} ${verbs[$thing]}.\"}" >>"$out/clips.jsonl"
    done
done
echo "$out/clips.jsonl: $(wc -l <"$out/clips.jsonl") clips"
