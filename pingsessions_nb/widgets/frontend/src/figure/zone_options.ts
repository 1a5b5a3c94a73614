/* The zones that a picture offers: UTC, the one here, some of the others. */

export type Option = [value: string, words: string];

const ZONES = [
  "America/Los_Angeles",
  "America/New_York",
  "America/Sao_Paulo",
  "Europe/London",
  "Europe/Paris",
  "Asia/Kolkata",
  "Asia/Singapore",
  "Asia/Tokyo",
  "Australia/Sydney",
];

export function zoneOptions(here = Intl.DateTimeFormat().resolvedOptions().timeZone): Option[] {
  const own: Option[] = here && here !== "UTC" ? [[here, `${named(here)} (here)`]] : [];
  const others = ZONES.filter((zone) => zone !== here);
  return [["UTC", "UTC"], ...own, ...others.map((zone): Option => [zone, named(zone)])];
}

function named(zone: string): string {
  return zone.replaceAll("_", " ").replace(/^[^/]+\//, "");
}
