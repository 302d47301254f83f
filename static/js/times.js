// "3 minutes ago" grows older while the page is open.

const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
const EVERY = 60000; // ms

export function refreshTimes() {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  setInterval(() => {
    if (document.hidden) return;
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      const unit = UNITS.find(([, length]) => seconds >= length);
      if (unit) time.textContent = words.format(-Math.round(seconds / unit[1]), unit[0]);
    }
  }, EVERY);
}
