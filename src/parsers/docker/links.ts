import type { ContainerLink } from "../../model/docker.ts";

/** `--link` as Docker keeps it: `db`, `db:database` on a network of one's own, `/db:/web/database` on the default bridge. */
export function linksOf(texts: readonly string[]): readonly ContainerLink[] {
  return texts.flatMap((text) => {
    const [container = "", alias = container] = text.split(":").map(lastName);
    return container === "" || alias === "" ? [] : [{ container, alias }];
  });
}

function lastName(path: string): string {
  return path.split("/").at(-1) ?? "";
}
