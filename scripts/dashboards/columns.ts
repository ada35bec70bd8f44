import { alertSettings } from "./alerts.ts";
import type { Column, Link } from "./plan.ts";

const checkPage: Link = {
  title: "What it means and what to do",
  url: `${alertSettings.docs}/checks/\${__data.fields.check}.md`,
};

const hostPage: Link = {
  title: "This host",
  url: `/d/docknet-host?\${datasource:queryparam}&\${job:queryparam}&var-instance=\${__data.fields.instance}&\${__url_time_range}`,
};

/** Columns that several tables have. */
export const columns = {
  job: { label: "job" },
  instance: { label: "instance", link: hostPage },
  check: { label: "check", link: checkPage },
  subject: { label: "subject" },
  severity: {
    label: "severity",
    colours: [
      { text: "critical", colour: "red" },
      { text: "warning", colour: "orange" },
      { text: "info", colour: "blue" },
    ],
  },
  role: { label: "role" },
  since: { value: "first seen", unit: "dateTimeFromNow" },
} as const satisfies Readonly<Record<string, Column>>;
