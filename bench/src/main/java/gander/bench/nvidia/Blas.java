// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import static gander.runtime.NativeCalls.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gander.runtime.MathMode;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** Matrix products by cuBLAS, which chooses its kernels itself. */
final class Blas implements Functions {
  private static final String GEMM = "cublasGemmEx";
  private static final String BATCHED = "cublasGemmStridedBatchedEx";

  /** {@code CUBLAS_COMPUTE_32F} and {@code CUBLAS_COMPUTE_32F_FAST_TF32}. */
  private static final int COMPUTE_32F = 68;

  private static final int COMPUTE_32F_FAST_TF32 = 77;

  /** {@code CUBLAS_GEMM_DEFAULT}. */
  private static final int DEFAULT_ALGORITHM = -1;

  private static final String SET_WORKSPACE = "cublasSetWorkspace_v2";

  /** What cuBLAS takes itself on the GPUs that want most. */
  private static final long WORKSPACE_BYTES = 32L << 20;

  private static final Map<String, FunctionDescriptor> FUNCTIONS =
      Map.of(
          SET_WORKSPACE,
          status(ADDRESS, ADDRESS, JAVA_LONG),
          GEMM,
          status(
              ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, // handle to k
              ADDRESS, // alpha
              ADDRESS, JAVA_INT, JAVA_INT, // A
              ADDRESS, JAVA_INT, JAVA_INT, // B
              ADDRESS, // beta
              ADDRESS, JAVA_INT, JAVA_INT, // C
              JAVA_INT, JAVA_INT), // compute type, algorithm
          BATCHED,
          status(
              ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, // handle to k
              ADDRESS, // alpha
              ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG, // A
              ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG, // B
              ADDRESS, // beta
              ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG, // C
              JAVA_INT, JAVA_INT, JAVA_INT)); // batches, compute type, algorithm

  private final NvidiaLibrary library;
  private final Gpu gpu;
  private final int compute;
  private final MemorySegment one;
  private final MemorySegment zero;

  Blas(Gpu gpu, MathMode math, Owner owner) {
    this.gpu = gpu;
    library = new NvidiaLibrary(NvidiaLibrary.Kind.CUBLAS, FUNCTIONS, gpu, owner);
    // Without it a product that is captured would allocate and free some within the graph.
    MemorySegment workspace = gpu.allocate(WORKSPACE_BYTES, owner);
    library.call(SET_WORKSPACE, library.handle(), workspace, WORKSPACE_BYTES);
    compute = math == MathMode.TF32 ? COMPUTE_32F_FAST_TF32 : COMPUTE_32F;
    one = gpu.factor(1);
    zero = gpu.factor(0);
  }

  @Override
  public String version() {
    return library.version();
  }

  @Override
  public boolean computes(String op) {
    return op.equals("matmul");
  }

  /**
   * What is row-major to Gander is transposed to cuBLAS, whose matrices are column-major: so it
   * multiplies {@code y' = B' A'}, and its first matrix is Gander's second. {@code CUBLAS_OP_T} is
   * 1, like Gander's {@code TA} and {@code TB}.
   */
  @Override
  public List<Way> ways(String op, Dims dims, Owner owner) {
    int batches = dims.of("B");
    int m = dims.of("M");
    int n = dims.of("N");
    int k = dims.of("K");
    int ta = dims.of("TA");
    int tb = dims.of("TB");
    int type = gpu.type().cuda;
    MemorySegment a = gpu.numbers(dims.product("B", "M", "K"), owner); // [B,M,K] or [B,K,M]
    MemorySegment b = gpu.numbers(dims.product("B", "K", "N"), owner); // [B,K,N] or [B,N,K]
    MemorySegment y = gpu.allocate(dims.product("B", "M", "N") * gpu.type().bytes, owner);
    int rowOfA = ta == 1 ? m : k;
    int rowOfB = tb == 1 ? k : n;
    Runnable run =
        batches == 1
            ? library.bind(
                GEMM,
                library.handle(),
                tb,
                ta,
                n,
                m,
                k,
                one,
                b,
                type,
                rowOfB,
                a,
                type,
                rowOfA,
                zero,
                y,
                type,
                n,
                compute,
                DEFAULT_ALGORITHM)
            : library.bind(
                BATCHED,
                library.handle(),
                tb,
                ta,
                n,
                m,
                k,
                one,
                b,
                type,
                rowOfB,
                dims.product("K", "N"),
                a,
                type,
                rowOfA,
                dims.product("M", "K"),
                zero,
                y,
                type,
                n,
                dims.product("M", "N"),
                batches,
                compute,
                DEFAULT_ALGORITHM);
    return List.of(new Way(batches == 1 ? GEMM : BATCHED, run));
  }
}
