// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/**
 * The kind of hardware, which decides the kind of kernel: a GPU wants many work-items and tiles in
 * local memory, a CPU one work-item a group with a register tile of vectors and no barrier.
 */
public enum DeviceClass {
  CPU,
  GPU
}
