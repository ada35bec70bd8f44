/** The page at /: what this is, and what else there is. It needs no script, no style sheet and no other host. */
export function landingPage(site: {
  readonly version: string;
  readonly telemetryPath: string;
}): string {
  const links: readonly (readonly [path: string, what: string])[] = [
    [site.telemetryPath, "metrics for Prometheus; some of them with ?collect[]= or ?exclude[]="],
    ["/report", "the latest report as JSON, for this host or with authentication"],
    ["/-/healthy", "answers while the agent runs"],
    ["/-/ready", "answers with 200 while the latest report is fresh"],
  ];
  const items = links.map(
    ([path, what]) => `<li><a href="${html(path)}">${html(path)}</a>: ${html(what)}</li>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>docknet</title></head>
<body>
<h1>docknet</h1>
<p>Agent for the networking of Docker hosts, version ${html(site.version)}.</p>
<ul>
${items.join("\n")}
</ul>
</body>
</html>
`;
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
