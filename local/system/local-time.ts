/** `2026-11-21 12:00:00` in the timezone of this machine: what `--at "before …"` takes, and restic as `--time`. */
export function localTime(moment: Date): string {
  const part = (value: number) => String(value).padStart(2, '0');
  const day = `${moment.getFullYear()}-${part(moment.getMonth() + 1)}-${part(moment.getDate())}`;
  return `${day} ${part(moment.getHours())}:${part(moment.getMinutes())}:${part(moment.getSeconds())}`;
}
