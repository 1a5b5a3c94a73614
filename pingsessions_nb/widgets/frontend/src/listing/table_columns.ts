/* The columns of the sessions table, what an analyst needs first before the rest. */

export type Kind = "text" | "time" | "span" | "number";

export interface Column {
  key: string;
  title: string;
  kind: Kind;
  width: number;
  warns?: boolean;
  mono?: boolean;
}

/* All columns there are; `time`, `span` and `number` sort by value. */
export const COLUMNS: readonly Column[] = [
  { key: "user", title: "User", kind: "text", width: 140 },
  { key: "created_at", title: "Created", kind: "time", width: 148 },
  { key: "place", title: "Last place", kind: "text", width: 178 },
  { key: "address", title: "Last address", kind: "text", width: 124 },
  { key: "browser", title: "Browser", kind: "text", width: 128 },
  { key: "signals", title: "Signals", kind: "text", width: 168, warns: true },
  { key: "status", title: "Status", kind: "text", width: 84 },
  { key: "duration", title: "Duration", kind: "span", width: 96 },
  { key: "os", title: "System", kind: "text", width: 132 },
  { key: "device_type", title: "Device", kind: "text", width: 110 },
  { key: "last_sign_on_ip", title: "Sign-on address", kind: "text", width: 132 },
  { key: "active_at", title: "Last active", kind: "time", width: 162 },
  { key: "location_count", title: "Locations", kind: "number", width: 98 },
  { key: "session_id", title: "Session", kind: "text", width: 270 },
  { key: "user_id", title: "User ID", kind: "text", width: 270 },
];

/* Those that are named, in their order; of no name there is no column. */
export function namedColumns(names: readonly string[]): Column[] {
  return names.flatMap((name) => COLUMNS.filter(({ key }) => key === name));
}

/* The widths at which as many whole columns as there is room for share it; the rest wait at the
   right. */
export function columnWidths(columns: readonly Column[], room: number): number[] {
  let taken = 0;
  let shown = 0;
  for (const { width } of columns) {
    if (taken + width > room && shown) break;
    taken += width;
    shown += 1;
  }
  const share = Math.max(1, room / Math.max(1, taken));
  return columns.map(({ width }, place) => (place < shown ? width * share : width));
}
