/** The one file of systeminformation that docknet runs: its index loads twenty others, of printers, batteries and graphics. */
declare module "systeminformation/lib/memory.js" {
  /** Bytes by name, such as `total` and `available`. */
  const memory: { mem(): Promise<Readonly<Record<string, number | null>>> };
  export = memory;
}
