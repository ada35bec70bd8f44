/** PATH of the lab's programs: `su` without `-` leaves root without the system folders. */
export function programPath(): string {
  return [process.env["PATH"] ?? "/usr/bin:/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(
    ":",
  );
}
