#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Says of a machine with a GPU, in under nine minutes, whether all of Gander works there and how fast it is: everything
# goes into one folder, part by part, so that what is done stays when the rest is cut off. Runs from a bundle or a
# checkout; on another device than CUDA's it leaves out what needs one.
#
#   bench/gpu-acceptance.sh [--device cuda:0] [--out FOLDER] [--seconds 530] [--python python3]
#                           [--only PART,PART] [--skip PART,PART]
#
#   doctor      Java, drivers, compilers, devices
#   selftest    kernels, gradients, trainings, determinism, memory against the reference
#   steps       whole training steps beside PyTorch's in its modes, in fp32, TF32 and BF16
#   kernels     convolutions and matrix products under the roof, beside PyTorch, which calls cuDNN and cuBLAS
#   libraries   the same beside cuBLAS and cuDNN themselves, without PyTorch
#   tune        the matrix products of gan-mlp
#   sanitizer   compute-sanitizer over kernel checks, where it is installed
#
# Exit code 0 if all parts went well, 1 if one did not, 2 if the command line is wrong.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
gander=$here/gander
all=(doctor selftest steps kernels libraries tune sanitizer)
device=cuda:0
out=gpu-acceptance-$(date +%Y-%m-%d-%H%M%S)
seconds=530
python=python3
parts=("${all[@]}")

usage() {
  printf 'gpu-acceptance: %s\n' "$1" >&2
  sed -n '7,8s/^# *//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

# chosen OPTION PART,PART: the parts as lines, all of them known.
chosen() {
  local part
  for part in ${2//,/ }; do
    [[ " ${all[*]} " == *" $part "* ]] || usage "$1 names '$part', which is no part; there are ${all[*]}"
    echo "$part"
  done
}

while (($# > 0)); do
  (($# > 1)) || usage "$1 has no value behind it"
  case $1 in
    --device) device=$2 ;;
    --out) out=$2 ;;
    --seconds) seconds=$2 ;;
    --python) python=$2 ;;
    --only)
      names=$(chosen "$1" "$2") || exit
      mapfile -t parts <<<"$names"
      ;;
    --skip)
      names=$(chosen "$1" "$2") || exit
      mapfile -t parts < <(printf '%s\n' "${parts[@]}" | grep -vxF "$names")
      ;;
    *) usage "unknown option '$1'" ;;
  esac
  shift 2
done
[[ $seconds =~ ^[1-9][0-9]*$ ]] || usage "--seconds is '$seconds'; it must be a whole number of seconds, at least 1"
[[ ! -e $out ]] || usage "$out is there already: name another folder with --out, or remove it"
mkdir -p "$out" || usage "$out cannot be made: name another folder with --out"
out=$(cd "$out" && pwd -P)
summary=$out/summary.md
failed=0

cuda=false
[[ $device != cuda:* ]] || cuda=true
torch=false
"$python" -c 'import torch' >/dev/null 2>&1 && torch=true

# Gander looks for NVIDIA's libraries in the active Python environment: here the one that has them as packages.
[[ -n ${VIRTUAL_ENV:-} ]] ||
  VIRTUAL_ENV=$("$python" -c 'import nvidia; print(list(nvidia.__path__)[0].rsplit("/", 4)[0])' 2>/dev/null)
export VIRTUAL_ENV

left() {
  echo $((seconds - SECONDS))
}

note() {
  echo "$*" | tee -a "$summary"
}

# run NAME LIMIT COMMAND...: one command within what is left of the time, its output in NAME.log, its end in the
# summary. The first lines of TABLES go into the summary too.
run() {
  local name=$1 limit=$2 begin=$SECONDS code=0 end
  shift 2
  if (($(left) < 5)); then
    note "| $name | not begun: the time is up | |"
    failed=1
    return 1
  fi
  ((limit <= $(left))) || limit=$(left)
  echo "== $name: $*" >&2
  timeout --kill-after=5 "$limit" "$@" >"$out/$name.log" 2>&1 || code=$?
  case $code in
    0) end=good ;;
    124 | 137) end="cut off after $limit s" ;;
    *) end="exit code $code: $(grep -v '^$' "$out/$name.log" | tail -n 1 | tr '|' '/')" ;;
  esac
  ((code == 0)) || failed=1
  note "| $name | $end | $((SECONDS - begin)) s |"
  return "$code"
}

skip() {
  note "| $1 | left out: $2 | |"
}

part_doctor() {
  run doctor 60 "$gander" doctor
  ! $cuda || run nvidia-smi 20 nvidia-smi
}

products=kernels/matmul
for op in conv2d conv2d_input conv2d_filter conv2d_statistics conv2d_input_statistics; do
  products+=,kernels/$op
done

part_selftest() {
  run selftest 180 "$gander" selftest --device "$device" --problems 4 --out "$out/selftest.jsonl"
  $cuda || return
  # What rounds its operands is not among the kernels of fp32.
  local math
  for math in tf32 bf16; do
    run "selftest-$math" 60 "$gander" selftest --device "$device" --problems 4 --math "$math" \
      --only "$products" --out "$out/selftest-$math.jsonl"
  done
}

# What PyTorch is asked for, where it is there.
peer=()
! $torch || peer=(--peer pytorch --python "$python")

part_steps() {
  $torch || skip "steps beside PyTorch" "$python has no torch"
  run step-gan-mlp 90 "$gander" bench step gan-mlp --batch 128 --device "$device" --rounds 5 "${peer[@]}" \
    --out "$out/step-gan-mlp.jsonl"
  local math modes=() # All of them in fp32, those that start soon in the others.
  for math in fp32 tf32 bf16; do
    run "step-dcgan-$math" 120 "$gander" bench step dcgan --batch 128 --device "$device" --math "$math" --rounds 5 \
      "${peer[@]}" "${modes[@]}" --out "$out/step-dcgan-$math.jsonl"
    $cuda || break
    ! $torch || modes=(--modes fused,channels_last,graphed,graphed_channels_last)
  done
}

part_kernels() {
  $torch || skip "kernels beside PyTorch" "$python has no torch"
  local math
  for math in fp32 tf32 bf16; do
    run "kernels-$math" 60 "$gander" bench kernels conv2d conv2d_input conv2d_filter --problem N=64 \
      --device "$device" --math "$math" --rounds 5 "${peer[@]}" \
      --out "$out/kernels-$math.jsonl" --picture "$out/roofline-$math.png"
    run "matmul-$math" 40 "$gander" bench kernels matmul --device "$device" --math "$math" --rounds 5 "${peer[@]}" \
      --out "$out/matmul-$math.jsonl"
    $cuda || break # Other devices have one math.
  done
}

part_libraries() {
  if ! $cuda; then
    skip libraries "cuBLAS and cuDNN are for CUDA's devices"
    return
  fi
  local math before=$failed
  for math in fp32 tf32 bf16; do
    run "libraries-matmul-$math" 40 "$gander" bench kernels matmul --device "$device" --math "$math" --rounds 5 \
      --peer nvidia --out "$out/libraries-matmul-$math.jsonl"
    if grep -q "the peer 'nvidia' did not start: no " "$out/libraries-matmul-$math.log"; then
      skip libraries "neither cuBLAS nor cuDNN is found"
      failed=$before
      return
    fi
    run "libraries-conv-$math" 60 "$gander" bench kernels conv2d conv2d_input conv2d_filter --problem N=64 \
      --device "$device" --math "$math" --rounds 5 --peer nvidia --out "$out/libraries-conv-$math.jsonl"
  done
}

part_tune() {
  run tune 60 "$gander" tune gan-mlp --device "$device" --minutes 0.5 --save-to "$out/tuned"
}

part_sanitizer() {
  if ! $cuda || ! command -v compute-sanitizer >/dev/null; then
    skip sanitizer "it takes CUDA's device and compute-sanitizer on the PATH"
    return
  fi
  local tool
  for tool in memcheck racecheck synccheck; do
    run "sanitizer-$tool" 40 compute-sanitizer --tool "$tool" --error-exitcode 1 --target-processes all \
      "$gander" check --device "$device" --tiny --in-process --bare
  done
}

{
  echo "# Gander on $device"
  echo
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ), $("$gander" --version 2>/dev/null | head -n 1), $(uname -srm)"
  echo
  echo "| part | end | time |"
  echo "|---|---|---|"
} >"$summary"

for part in "${parts[@]}"; do
  "part_$part"
done

# The lines of the logs that a reader wants first.
{
  echo
  for log in "$out"/selftest.log "$out"/tune.log "$out"/kernels-*.log "$out"/matmul-*.log "$out"/libraries-*.log \
    "$out"/step-*.log; do
    [[ -f $log ]] || continue
    echo "## $(basename "$log" .log)"
    echo
    echo '```'
    tail -n 40 "$log"
    echo '```'
    echo
  done
} >>"$summary"
echo "all in $out, $summary first" >&2
exit "$failed"
