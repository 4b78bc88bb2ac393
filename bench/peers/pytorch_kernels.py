# SPDX-License-Identifier: Apache-2.0
"""PyTorch's time for single problems of Gander's kernels, one JSON object a line.

{"op": OP, "dims": {...}} makes a problem ready: of all functions and memory layouts of PyTorch that compute it the
fastest is kept, and the answer is {"how": ...}; or {"unable": ...} with the reason. Dimensions have the names of
kernels/README.md. {"runs": N} runs what was made ready N times and answers {"seconds": S}, the median of the runs.
Inputs are stored as the fastest way wants them: what it costs to bring them there is not counted.
"""
import argparse
import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F

LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}

# Where, and in which type, numbers are kept; --device and --math say.
DEVICE = torch.device("cpu")
TYPE = torch.float32


def numbers(*shape):
    return torch.randn(*shape, device=DEVICE, dtype=TYPE)


def matmul(d):
    def stored(rows, columns, transposed):
        x = numbers(d["B"], columns, rows).transpose(1, 2) if transposed else numbers(d["B"], rows, columns)
        return x[0] if d["B"] == 1 else x

    a, b = stored(d["M"], d["K"], d["TA"]), stored(d["K"], d["N"], d["TB"])
    y = torch.matmul(a, b)
    return {"matmul": lambda: torch.matmul(a, b, out=y)}


def convolution(op, d):
    stride, padding, dilation = [d["SH"], d["SW"]], [d["PH"], d["PW"]], [d["DH"], d["DW"]]
    groups = d["G"]
    ways = {}
    for name, layout in LAYOUTS.items():
        x = numbers(d["N"], d["C"], d["H"], d["W"]).contiguous(memory_format=layout)
        y = numbers(d["N"], d["K"], d["P"], d["Q"]).contiguous(memory_format=layout)
        w = numbers(d["K"], d["C"] // groups, d["R"], d["S"]).contiguous(memory_format=layout)

        def backward(which, x=x, y=y, w=w):
            mask = [which == 0, which == 1, False]
            return torch.ops.aten.convolution_backward(
                y, x, w, None, stride, padding, dilation, False, [0, 0], groups, mask)[which]

        def transposed(y=y, w=w):
            span = [dilation[0] * (d["R"] - 1) + 1, dilation[1] * (d["S"] - 1) + 1]
            least = [stride[i] * (d["PQ"[i]] - 1) + span[i] - 2 * padding[i] for i in range(2)]
            left = [d["H"] - least[0], d["W"] - least[1]]
            return F.conv_transpose2d(y, w, None, stride, padding, left, groups, dilation)

        if op == "conv2d":
            ways["conv2d, " + name] = lambda x=x, w=w: F.conv2d(x, w, None, stride, padding, dilation, groups)
        elif op == "conv2d_input":
            ways["convolution_backward, " + name] = lambda f=backward: f(0)
            ways["conv_transpose2d, " + name] = transposed
        else:
            ways["convolution_backward, " + name] = lambda f=backward: f(1)
    return ways


SHAPES = {
    "conv2d": lambda d: [d["N"], d["K"], d["P"], d["Q"]],
    "conv2d_input": lambda d: [d["N"], d["C"], d["H"], d["W"]],
    "conv2d_filter": lambda d: [d["K"], d["C"] // d["G"], d["R"], d["S"]],
    "matmul": lambda d: [d["B"], d["M"], d["N"]][d["B"] == 1:],
}


def seconds(run, count):
    if DEVICE.type == "cuda":
        return seconds_on_gpu(run, count)
    times = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return times


def seconds_on_gpu(run, count):
    """By the device's clock: what it costs the processor to launch is hidden behind the runs before."""
    events = [torch.cuda.Event(enable_timing=True) for _ in range(count + 1)]
    torch.cuda.synchronize()
    events[0].record()
    for i in range(count):
        run()
        events[i + 1].record()
    torch.cuda.synchronize()
    return [events[i].elapsed_time(events[i + 1]) / 1e3 for i in range(count)]


def fastest(op, dims):
    """The name of the fastest way, and the way; or None and why there is none."""
    if op not in SHAPES:
        return None, op + " has no function of its own in PyTorch"
    best, reason = None, "no way"
    for name, run in (matmul(dims) if op == "matmul" else convolution(op, dims)).items():
        try:
            shape = list(run().shape)
        except RuntimeError as e:
            reason = str(e).splitlines()[0]
            continue
        if shape != SHAPES[op](dims):
            reason = "%s gives %s" % (name, shape)
            continue
        least = min(seconds(run, 7))
        if best is None or least < best[0]:
            best = (least, name, run)
    return (best[1], best[2]) if best else (None, reason)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--math", choices=["fp32", "tf32", "bf16"], default="fp32")
    args = parser.parse_args()
    global DEVICE, TYPE
    DEVICE = torch.device(args.device)
    TYPE = torch.bfloat16 if args.math == "bf16" else torch.float32
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    if DEVICE.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = args.math == "tf32"
        torch.backends.cudnn.allow_tf32 = args.math == "tf32"
        torch.backends.cudnn.benchmark = True
    name = torch.cuda.get_device_name(DEVICE) if DEVICE.type == "cuda" else torch.backends.cpu.get_cpu_capability()
    print(json.dumps({"framework": "PyTorch " + torch.__version__, "threads": args.threads, "device": name}),
          flush=True)
    run = None
    with torch.inference_mode():
        for line in sys.stdin:
            request = json.loads(line)
            if "runs" in request:
                answer = {"seconds": statistics.median(seconds(run, request["runs"]))}
            else:
                name, run = fastest(request["op"], request["dims"])
                answer = {"how": name} if name else {"unable": run}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
