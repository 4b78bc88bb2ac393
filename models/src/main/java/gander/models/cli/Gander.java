// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.run.Nearest;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code gander} command. Exit codes: 0 done, 1 a check or comparison failed, 2 what was asked
 * cannot be done (one sentence on stderr says why and what to do), 70 Gander itself failed.
 */
@Command(
    name = "gander",
    version = "gander 0.1.0",
    mixinStandardHelpOptions = true,
    description = "Write GPU kernels, declare generative models, train them.",
    synopsisSubcommandLabel = "COMMAND")
public final class Gander implements Runnable {
  private static final int UNUSABLE = 2;
  private static final int FAILED = 70;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs a command line and gives its exit code. */
  public static int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  /** All commands with their options, to be run or only parsed. */
  public static CommandLine commandLine() {
    var line = new CommandLine(new Gander());
    var commands = new ArrayList<CliCommand>();
    ServiceLoader.load(CliCommand.class).forEach(commands::add);
    commands.stream()
        .map(CommandLine::new)
        .sorted(Comparator.comparing(CommandLine::getCommandName))
        .forEach(command -> {
          addKeys(command.getCommandSpec());
          line.addSubcommand(command.getCommandName(), command);
        });
    line.setParameterExceptionHandler(Gander::refuse);
    line.setExecutionExceptionHandler(Gander::fail);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  /** Gives a command that takes a model, or its sub-commands, an option for every setting. */
  private static void addKeys(CommandSpec command) {
    for (CommandSpec mixin : List.copyOf(command.mixins().values())) {
      if (mixin.userObject() instanceof ModelOptions options) {
        options.addKeys(command);
      }
    }
    command.subcommands().values().forEach(sub -> addKeys(sub.getCommandSpec()));
  }

  /** {@code gander} alone shows what there is. */
  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  private static int refuse(ParameterException e, String[] arguments) {
    System.err.println("gander: " + sentence(e));
    return UNUSABLE;
  }

  private static String sentence(ParameterException e) {
    CommandLine line = e.getCommandLine();
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      String word = unmatched.getUnmatched().getFirst();
      boolean option = word.startsWith("-");
      var known =
          option ? line.getCommandSpec().optionsMap().keySet() : line.getSubcommands().keySet();
      if (!known.isEmpty()) {
        return "unknown %s '%s', did you mean '%s'? '%s --help' lists all"
            .formatted(
                option ? "option" : "command",
                word,
                Nearest.to(word, known),
                line.getCommandSpec().qualifiedName());
      }
    }
    String reason = e.getMessage() == null ? "the command line cannot be read" : e.getMessage();
    return reason + "; see '" + line.getCommandSpec().qualifiedName() + " --help'";
  }

  private static int fail(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
    Output.clear();
    if (e instanceof GanderException) {
      System.err.println("gander: " + e.getMessage());
      return UNUSABLE;
    }
    System.err.println("gander has failed; please report this:");
    e.printStackTrace();
    return FAILED;
  }
}
