#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The comparison of CVAE, CGAN and CVAE-GAN, with what each part of the latter is for: trains all of them on a labelled
# data set from three seeds and evaluates them. A run that is there already is gone on with.
#   bench/conditional.sh DATA RUNS
set -euo pipefail
gander=$(dirname "${BASH_SOURCE[0]}")/../gander
data=${1:?a folder of labelled pictures, such as Fashion-MNIST}
runs=${2:?a folder for the runs}
settings=(--data "$data" --size 32 --channels 1 --width 16 --zdim 64 --batch 64 --steps 2000 --checkpoint-every 0)

train() {
  local run=$runs/$1-$seed
  shift
  if [[ -e $run ]]; then
    "$gander" resume "$run"
  else
    "$gander" train "$@" "${settings[@]}" --seed "$seed" --out "$run"
  fi
}

mkdir -p "$runs"
for seed in 1 2 3; do
  train cvae cvae
  train cgan cgan
  train cvae-gan cvae-gan --matching 0.3
  train cvae-gan-without-d cvae-gan --matching 0.3 --without d
  train cvae-gan-without-c cvae-gan --matching 0.3 --without c
  train cvae-gan-without-image cvae-gan --matching 0.3 --without image
  train cvae-gan-published cvae-gan
done
"$gander" evaluate "$runs" --judge "$runs/judge.safetensors"
