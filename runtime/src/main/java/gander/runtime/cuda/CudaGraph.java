// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static jcuda.driver.JCudaDriver.*;

import gander.runtime.Geometry;
import gander.runtime.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.driver.CUDA_KERNEL_NODE_PARAMS;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUgraphNode;

/** An executable CUDA graph on a device's stream. Closed by its owner, before the device. */
final class CudaGraph implements AutoCloseable {
  private static final double NANOS_OF_MILLI = 1e6;

  /**
   * A launch ready to go.
   *
   * @param arguments off the heap, eight bytes each, so that the driver need not pin anything
   */
  record Call(Launch launch, CUfunction function, Pointer arguments) {}

  private final CudaDevice device;
  private final String label;
  private final CUgraphExec graph = new CUgraphExec();
  private final List<CUevent> events = new ArrayList<>();

  private CudaGraph(CudaDevice device, String label) {
    this.device = device;
    this.label = label;
  }

  /**
   * Kernels in an order.
   *
   * @param waits for each call the earlier ones that it comes behind
   */
  static CudaGraph of(
      CudaDevice device, String label, List<Call> calls, List<List<Integer>> waits) {
    var made = new CudaGraph(device, label);
    made.instantiate(graph -> {
      var nodes = new ArrayList<CUgraphNode>();
      for (int i = 0; i < calls.size(); i++) {
        List<CUgraphNode> before = waits.get(i).stream().map(nodes::get).toList();
        nodes.add(made.kernel(graph, before, calls.get(i)));
      }
    });
    return made;
  }

  /**
   * Kernels one behind the other, with an event before the first and behind each. What launching
   * costs the processor is in none of the times, which would hide a kernel of few microseconds.
   */
  static CudaGraph timed(CudaDevice device, String label, List<Call> calls) {
    var made = new CudaGraph(device, label);
    made.instantiate(graph -> {
      CUgraphNode last = made.event(graph, List.of());
      for (Call call : calls) {
        last = made.event(graph, List.of(made.kernel(graph, List.of(last), call)));
      }
    });
    return made;
  }

  private interface Filling {
    void fill(CUgraph graph);
  }

  private void instantiate(Filling filling) {
    Check check = device.check();
    var nodes = new CUgraph();
    check.that(cuGraphCreate(nodes, 0), "cuGraphCreate", label);
    try {
      filling.fill(nodes);
      check.that(cuGraphInstantiate(graph, nodes, 0L), "cuGraphInstantiate", label);
    } catch (RuntimeException e) {
      events.forEach(event -> cuEventDestroy(event));
      throw e;
    } finally {
      cuGraphDestroy(nodes);
    }
    try {
      check.that(cuGraphUpload(graph, device.stream()), "cuGraphUpload", label);
    } catch (RuntimeException e) {
      cuGraphExecDestroy(graph);
      events.forEach(event -> cuEventDestroy(event));
      throw e;
    }
  }

  private CUgraphNode kernel(CUgraph graph, List<CUgraphNode> before, Call call) {
    Geometry g = call.launch().geometry();
    var parameters = new CUDA_KERNEL_NODE_PARAMS();
    parameters.func = call.function();
    parameters.gridDimX = g.gridX();
    parameters.gridDimY = g.gridY();
    parameters.gridDimZ = g.gridZ();
    parameters.blockDimX = g.blockX();
    parameters.blockDimY = g.blockY();
    parameters.blockDimZ = g.blockZ();
    parameters.sharedMemBytes = g.sharedBytes();
    parameters.kernelParams = call.arguments();
    var node = new CUgraphNode();
    int code =
        cuGraphAddKernelNode(
            node, graph, before.toArray(CUgraphNode[]::new), before.size(), parameters);
    device.check().that(code, "cuGraphAddKernelNode", call.launch().describe());
    return node;
  }

  private CUgraphNode event(CUgraph graph, List<CUgraphNode> before) {
    Check check = device.check();
    var event = new CUevent();
    check.that(cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT), "cuEventCreate", label);
    events.add(event);
    var node = new CUgraphNode();
    int code =
        cuGraphAddEventRecordNode(
            node, graph, before.toArray(CUgraphNode[]::new), before.size(), event);
    check.that(code, "cuGraphAddEventRecordNode", label);
    return node;
  }

  /** Queues it. */
  void launch() {
    device.check().that(cuGraphLaunch(graph, device.stream()), "cuGraphLaunch", label);
  }

  /** What each kernel of a timed graph took, when its last launch is over. */
  long[] nanos() {
    float[] millis = {0};
    return IntStream.range(0, events.size() - 1)
        .mapToLong(i -> {
          device
              .check()
              .that(
                  cuEventElapsedTime(millis, events.get(i), events.get(i + 1)),
                  "cuEventElapsedTime",
                  label);
          return Math.round(millis[0] * NANOS_OF_MILLI);
        })
        .toArray();
  }

  @Override
  public void close() {
    device.release(() -> cuGraphExecDestroy(graph), "cuGraphExecDestroy", label);
    for (CUevent event : events) {
      device.release(() -> cuEventDestroy(event), "cuEventDestroy", label);
    }
  }
}
