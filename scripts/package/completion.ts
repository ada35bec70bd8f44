import { commandLine, subcommands } from "./command-line.ts";

/** Completion for bash: commands, their flags, and the choices that a flag has. */
export function bashCompletion(): string {
  const commands = subcommands(commandLine());
  const cases = commands.map((command) => {
    const flags = command.options
      .filter(({ hidden }) => !hidden)
      .flatMap(({ short, long }) => [short, long]);
    const words = [...flags, "--help"].filter((flag) => flag !== undefined).join(" ");
    return `    ${command.name()}) words="${words}" ;;`;
  });
  const choices = new Map(
    commands
      .flatMap(({ options }) => options)
      .flatMap(({ long, argChoices }) =>
        long === undefined || long === null || argChoices === undefined
          ? []
          : [[long, argChoices.join(" ")] as const],
      ),
  );
  const values = [...choices].map(
    ([flag, words]) => `    ${flag}) COMPREPLY=($(compgen -W "${words}" -- "$word")); return ;;`,
  );
  return `# bash completion for docknet
_docknet() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words=
  case $before in
${values.join("\n")}
    --bundle | --config.file | -o | --output) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map((command) => command.name()).join(" ")} help --help --version"
  else
    case \${COMP_WORDS[1]} in
${cases.join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _docknet docknet
`;
}
