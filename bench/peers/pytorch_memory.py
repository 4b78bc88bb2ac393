# SPDX-License-Identifier: Apache-2.0
"""The peak memory of the training steps of pytorch_step.py on a CPU, beside what lasts from step to step.

    python3 pytorch_memory.py dcgan --batch 64 --size 64 --channels 3

Prints one line of JSON, in bytes:

    parameters, optimizerState
                what lasts from step to step: the sizes of the tensors
    allocated   the most that PyTorch's allocator had given out at once in a step, beyond these: activations, gradients
                and what the optimizer takes besides its state; exact, and the same in every step (the profiler reports
                each request). What oneDNN takes for itself does not go through this allocator.
    requested   the sum of all that was asked for in a step, which is what no reuse would take
    resident    the most by which the process's resident memory grew in a step, after free memory had been given back to
                the system; it varies, and the median of the repeats is given
    repeats     how many steps were measured (--repeats); allocated must be the same in all of them
"""
import ctypes
import gc
import json
import statistics

import torch

import pytorch_step as steps


def forget(step):
    """Gradients belong to a step, though PyTorch keeps them until the next."""
    for optimizer in step.optimizers:
        optimizer.zero_grad(set_to_none=True)
    gc.collect()


def allocations(step):
    """Bytes of every request of a step in order; negative when they are given back."""
    forget(step)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        step.run()
        forget(step)
    events = [e for e in profile.profiler.kineto_results.events() if e.name() == "[memory]"]
    return [e.nbytes() for e in sorted(events, key=lambda e: e.start_ns())]


def peak(sizes):
    most = now = 0
    for size in sizes:
        now += size
        most = max(most, now)
    if now != 0:
        raise SystemExit(f"{now} bytes of a step are not accounted for: it is not steady yet")
    return most


def status(word):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(word))


def resident(step):
    forget(step)
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    with open("/proc/self/clear_refs", "w") as peaks:
        peaks.write("5")  # The peak of resident memory begins anew.
    before = status("VmRSS")
    step.run()
    return status("VmHWM") - before


def size(tensors):
    return sum(t.numel() * t.element_size() for t in tensors)


def main():
    args = steps.parsed(__doc__, lambda parser: parser.add_argument("--repeats", type=int, default=1))
    if args.device != "cpu":
        raise SystemExit("memory is measured on the CPU: leave out --device")
    step = steps.step_of(args, torch.device("cpu"))
    step.run()  # The first makes the optimizers' state.
    peaks, requested = set(), set()
    for _ in range(args.repeats):
        sizes = allocations(step)
        peaks.add(peak(sizes))
        requested.add(sum(s for s in sizes if s > 0))
    if len(peaks) > 1:
        raise SystemExit(f"steps differ in their peaks: {sorted(peaks)}")
    state = [t for o in step.optimizers for s in o.state.values() for t in s.values()]
    print(json.dumps({
        "framework": "PyTorch " + torch.__version__, "mode": args.mode, "threads": args.threads,
        "parameters": size(p for o in step.optimizers for g in o.param_groups for p in g["params"]),
        "optimizerState": size(state),
        "allocated": peaks.pop(), "requested": max(requested),
        "resident": int(statistics.median(resident(step) for _ in range(args.repeats))), "repeats": args.repeats}), flush=True)


if __name__ == "__main__":
    main()
