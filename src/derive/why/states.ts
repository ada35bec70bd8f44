import type { Container } from "../../model/docker.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import type { Look } from "./look.ts";
import type { ContainerSide, Side, Sides } from "./sides.ts";
import { inspected, type WhyHost } from "./why-host.ts";

/** Whether both ends run: who does not sends and answers nothing. */
export function lookAtStates({ moving }: WhyHost, { from, to }: Sides): Look {
  const sides = containersOf([from, to]);
  const unique = [...new Map(sides.map(({ container }) => [container.id, container])).values()];
  return {
    causes: unique.flatMap(stateFinding),
    unknown: unique
      .filter(({ name }) => moving.includes(name))
      .map(({ name }) => {
        const text = `${name} changed while docknet looked: ask again`;
        return { topic: "state", text, isNeeded: true };
      }),
    seen: unique
      .filter(({ state }) => state === "running")
      .map(({ name, startedAt }) => {
        const since = startedAt === undefined ? "" : ` since ${startedAt.replace(/\.\d+Z$/, "Z")}`;
        return { topic: "state", text: `${name} runs${since}` };
      }),
  };
}

/** Whether a container has a network stack that packets can come from and go to. */
export function hasNetwork({ state }: Container): boolean {
  return state === "running" || state === "paused";
}

function containersOf(sides: readonly Side[]): readonly ContainerSide[] {
  return sides.flatMap((side) => (side.kind === "container" ? [side] : []));
}

function stateFinding(container: Container): readonly WhyFinding[] {
  const { name, state, error } = container;
  if (state === "running") return [];
  const why = error === undefined ? "" : ` (${error})`;
  const evidence = [
    inspected(container, "{{.State.Status}} {{.State.Error}}", `${state} ${error ?? ""}`.trimEnd()),
  ];
  if (state === "paused")
    return [
      {
        kind: "container-paused",
        topic: "state",
        evidence,
        message: `${name} is paused: its processes stand still, so it neither asks nor answers`,
        remedy: {
          summary: "Let it go on",
          commands: [`docker unpause ${name}`],
          persistent: [],
        },
      },
    ];
  const start = state === "restarting" ? [] : [`docker start ${name}`];
  return [
    {
      kind: "container-not-running",
      topic: "state",
      evidence,
      message: `${name} ${stateWords[state]}${why}: it has no network`,
      remedy: {
        summary:
          state === "restarting"
            ? "Its first process ends again and again; its log says why"
            : "Start it; where it ends again, its log says why",
        commands: [...start, `docker logs --tail 20 ${name}`],
        persistent: [],
      },
    },
  ];
}

const stateWords: Readonly<Record<Exclude<Container["state"], "running" | "paused">, string>> = {
  created: "was never started",
  restarting: "is restarting",
  removing: "is being removed",
  exited: "has exited",
  dead: "is dead",
};
