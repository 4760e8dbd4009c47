const DAY_MS = 86_400_000;
const FORMAT = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' };

/** Reads a time as the API writes it: `2026-11-24 10:00:00` or ISO 8601, in UTC. Returns null for anything else. */
function parseTime(value) {
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(value);
  const time = parts ? new Date(`${parts[1]}T${parts[2]}Z`) : new Date(NaN);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Makes the content that shows a time of the API; what is not a time is shown as it is. */
function shownTime(value) {
  const time = parseTime(value);
  if (time === null) {
    return value || 'not stated';
  }
  const made = element('time', `${time.toLocaleString('en-GB', FORMAT)} UTC`);
  made.dateTime = time.toISOString();
  return made;
}

/** Says in how many days a time of the API is, such as ` (in 3 days)`; nothing if it is past or not a time. */
function daysAhead(value) {
  const time = parseTime(value);
  if (time === null || time <= Date.now()) {
    return '';
  }
  const days = Math.round((time - Date.now()) / DAY_MS);
  if (days === 0) {
    return ' (in less than a day)';
  }
  return days === 1 ? ' (in 1 day)' : ` (in ${days} days)`;
}
