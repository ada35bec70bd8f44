import type { ExpositionFormat } from "../../metrics/exposition.ts";

/** The format that an Accept header prefers; text where it takes neither, or both alike. */
export function preferredFormat(accept: string): ExpositionFormat {
  const ranges = accept.split(",").map(rangeOf);
  const best = (of: (range: Range) => boolean): number =>
    Math.max(0, ...ranges.filter(of).map(({ quality }) => quality));
  const open = best(isOpenMetrics);
  return open > best(isText) && open >= best(isWildcard) ? "openmetrics" : "text";
}

interface Range {
  readonly media: string;
  readonly version: string | undefined;
  readonly quality: number;
}

/** `application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6`. */
function rangeOf(written: string): Range {
  const [media = "", ...parameters] = written
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const parameter = (name: string): string | undefined =>
    parameters.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  const quality = Number(parameter("q") ?? "1");
  return {
    media,
    version: parameter("version"),
    quality: quality >= 0 && quality <= 1 ? quality : 0,
  };
}

/** Version 1.0.0 is what docknet writes; a peer that names none takes it. */
function isOpenMetrics({ media, version }: Range): boolean {
  return media === "application/openmetrics-text" && (version ?? "1.0.0") === "1.0.0";
}

function isText({ media, version }: Range): boolean {
  return media === "text/plain" && (version ?? "0.0.4") === "0.0.4";
}

function isWildcard({ media }: Range): boolean {
  return media === "*/*" || media === "text/*";
}

/** Whether an Accept-Encoding header takes gzip. */
export function acceptsGzip(acceptEncoding: string): boolean {
  return acceptEncoding
    .toLowerCase()
    .split(",")
    .some((part) => /^\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/.test(part));
}
