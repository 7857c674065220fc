#!/usr/bin/env bash
# Trains a small adapter twice: undisturbed, and killed with SIGKILL at random moments and resumed each time. Both must end with the same bytes.
# tests/kill-resume.sh [KILLS [SEED]]     30 kills by default; prints what differs and exits 1 if anything does
set -uo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
kills="${1:-30}" RANDOM="${2:-1}"
bootstrap="$root/tests/fixtures/toybox-bootstrap"
kinora="$root/src/Kinora.Cli/bin/Release/net10.0/kinora"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3

for i in 00 01 02 03 04 05; do
    echo "{\"video\":\"$bootstrap/clips/toybox-$i.mp4\",\"text\":\"Clip number $i shows a toy that moves.\"}"
done >clips.jsonl
echo '{"video":"missing.mp4","text":"This clip is not there."}' >>clips.jsonl
cat >recipe.yaml <<'YAML'
train: [{parameters: "multi_modal_projector.*"}]
lora: {rank: 4, alpha: 8, targets: [q_proj, v_proj, gate_proj], dropout: 0.1}
optimizer: {learning_rate: 1e-3}
batch_size: 3
steps: 60
memory: {gradient_checkpointing: true}
save: {every_steps: 2, keep_last: 3}
YAML
train=("$kinora" train recipe.yaml --model "$bootstrap/checkpoint" --data clips.jsonl)

"${train[@]}" --out calm >calm.log 2>&1 || { cat calm.log; exit 1; }
steps() { grep '"kind":"step"' "$1/log.jsonl" | sed 's/,"tokens_per_second.*//'; }

done=0 runs=0 status=0
: >killed.log
while [ $done -lt "$kills" ]; do
    rm -rf killed
    runs=$((runs + 1))
    while true; do
        if [ -f killed/recipe.yaml ]; then "$kinora" train resume killed >>killed.log 2>&1 & else rm -rf killed; "${train[@]}" --out killed >>killed.log 2>&1 & fi
        pid=$!
        if [ $done -lt "$kills" ]; then
            # From the start of the program to some seconds into its steps.
            sleep "$((RANDOM % 5)).$((RANDOM % 900 + 100))"
            kill -9 $pid 2>/dev/null && done=$((done + 1))
            wait $pid 2>/dev/null && break
        else
            wait $pid || { tail -3 killed.log; exit 1; }
            break
        fi
    done
    cmp calm/adapter/adapter_model.safetensors killed/adapter/adapter_model.safetensors || status=1
    cmp calm/checkpoints/step-00000060/state.safetensors killed/checkpoints/step-00000060/state.safetensors || status=1
    diff <(steps calm) <(steps killed) >/dev/null || { echo "the logs' steps differ"; status=1; }
done

echo "killed $done times in $runs runs, $(grep -c '^Going on' killed.log) times resumed from a checkpoint: $([ $status = 0 ] && echo 'the same bytes' || echo DIFFERENT)"
exit $status
