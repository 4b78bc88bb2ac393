// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.models.data.ImageSize;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another framework's training step, which runs when it is told to. Closed by its owner. */
final class Peer implements Turns.Steps, AutoCloseable {
  private static final String LAST = "channels_last";
  private static final String GRAPHED = "graphed";

  /** The modes of PyTorch's step that its script knows. */
  static final List<String> MODES =
      List.of(
          "eager", "fused", "compiled", LAST, "compiled_" + LAST, GRAPHED, GRAPHED + "_" + LAST);

  /**
   * Those that make a difference: the order of an image's axes does for a model that has any, CUDA
   * graphs on a GPU.
   */
  static List<String> modes(Model model, DeviceInfo beside) {
    return MODES.stream()
        .filter(mode -> !mode.endsWith(LAST) || model.image().rank() > 1)
        .filter(mode -> !mode.startsWith(GRAPHED) || PeerOptions.onGpu(beside))
        .toList();
  }

  private final String mode;
  private final PeerProcess process;

  private Peer(String mode, PeerProcess process) {
    this.mode = mode;
    this.process = process;
  }

  /**
   * Starts a PyTorch step and waits until it is warm.
   *
   * @param beside the device with which it is compared
   * @throws PeerException if it does not start
   */
  static Peer pytorch(PeerOptions options, RunConfig config, String mode, DeviceInfo beside) {
    var command = new ArrayList<>(options.pytorch("pytorch_step.py", beside));
    command.addAll(words(config));
    option(command, "--mode", mode);
    return new Peer(mode, new PeerProcess(command, PeerOptions.ADVICE));
  }

  /** Which step one of PyTorch's scripts is to run. */
  static List<String> words(RunConfig config) {
    var command = new ArrayList<>(List.of(config.model()));
    option(command, "--loss", config.loss());
    option(command, "--n-critic", Zoo.create(config).batchesPerStep());
    option(command, "--batch", config.batch());
    option(command, "--size", Zoo.size(config));
    option(command, "--channels", Zoo.channels(config));
    option(command, "--classes", config.classes());
    option(command, "--zdim", config.zdim());
    option(command, "--width", config.width());
    return command;
  }

  /** What a config leaves open is as published on the other side too. */
  private static void option(List<String> command, String name, @Nullable Object value) {
    if (value != null) {
      command.add(name);
      command.add(value.toString());
    }
  }

  /**
   * Starts DJL's step, which is a module of its own, and waits until it is warm.
   *
   * @throws GanderException if it is not built, does not know the model or cannot be started
   */
  static Peer djl(RunConfig config, int threads) {
    if (!config.model().equals("gan-mlp")) {
      throw new GanderException(
          "the peer djl knows the step of gan-mlp, not of %s".formatted(config.model()));
    }
    ImageSize size = Zoo.size(config);
    if (size.height() != size.width()) {
      throw new GanderException(
          "the peer djl knows square images, not images of %s".formatted(size));
    }
    Path built = PeerProcess.file("java").resolve("target");
    if (!Files.isDirectory(built.resolve("lib"))) {
      throw new GanderException(
          "the peer djl is not built: run 'mvn -Ppeers -pl bench/peers/java package'");
    }
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Doffline=true", // Everything it needs is in its jars.
            "-DDJL_CACHE_DIR=" + built.resolve("djl"),
            "-cp",
            built.resolve("classes") + File.pathSeparator + built.resolve("lib") + "/*",
            "gander.peer.DjlStep",
            Integer.toString(config.batch()),
            size.toString(),
            Integer.toString(threads));
    return new Peer("djl", new PeerProcess(command, "its libraries are for Linux on x86-64"));
  }

  String mode() {
    return mode;
  }

  /** What it said of itself: framework, version, device, as JSON. */
  String description() {
    return process.description();
  }

  @Override
  public double millisAStep(int steps) {
    return Double.parseDouble(process.ask(Integer.toString(steps))) * 1e3 / steps;
  }

  @Override
  public void close() {
    process.close();
  }
}
