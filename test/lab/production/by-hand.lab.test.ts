import { afterAll, beforeAll, expect, test } from "vitest";
import { debianRoot } from "../../../scripts/package/debian-root.ts";
import { describeLab } from "../support/describe-lab.ts";
import { type Lab, openLab } from "../support/lab.ts";
import { startSwitch } from "../support/lan-switch.ts";
import { waitFor } from "../support/wait-for.ts";
import { dockerHostPackages } from "./support/docker-host-packages.ts";
import { documentedCommandsOf } from "./support/documented-commands.ts";
import {
  bootMachine,
  type Machine,
  mustOnMachine,
  onMachine,
  sharedFolder,
} from "./support/machine.ts";
import { madePackages } from "./support/made-packages.ts";

const firstStep = "install -m 0755";
const lastStep = "systemctl enable";

describeLab("an installation by hand, without the Debian package", () => {
  let lab: Lab;
  let machine: Machine;

  beforeAll(async () => {
    const { executable, folder } = await madePackages();
    const tree = await debianRoot({ suite: "bookworm", packages: dockerHostPackages });
    lab = await openLab();
    const lanSwitch = await startSwitch(lab);
    const files = [executable, `${folder}/docknet.service`];
    machine = await bootMachine(lab, { name: "m1", number: 1, lanSwitch, tree, files });
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("is done by the commands of the documentation, and the agent sees the host", async () => {
    const commands = documentedCommandsOf("docs/install.md");
    const start = commands.findIndex((command) => command.startsWith(firstStep));
    const end = commands.findIndex((command) => command.startsWith(lastStep));
    expect(end - start).toBe(4);
    for (const command of commands.slice(start, end + 1)) {
      await mustOnMachine(machine, `cd ${sharedFolder} && ${command}`);
    }
    const metrics = async () => {
      const { stdout } = await onMachine(machine, "curl -sf http://127.0.0.1:10323/metrics");
      return stdout.includes("docknet_up 1\n") ? true : undefined;
    };
    await waitFor(metrics, { what: "the agent has asked Docker", timeoutMs: 30_000 });
    expect(await mustOnMachine(machine, "systemctl is-enabled docknet")).toBe("enabled");
  });
});
