// Keeps relative times true between redraws. Once a page, for every <time datetime data-exact>.
//   <live-times></live-times>
const UNITS = [[86400, "day"], [3600, "h"], [60, "min"], [1, "s"]];

const age = (seconds) => {
  const [size, unit] = UNITS.find(([least]) => seconds >= least) ?? UNITS[3];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${unit === "day" && count > 1 ? "s" : ""}`;
};

customElements.define("live-times", class extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.tick(), 1000);
  }
  disconnectedCallback() {
    clearInterval(this.timer);
  }
  tick() {
    const now = Date.now();
    for (const time of document.querySelectorAll("time[data-exact]")) {
      const text = `${age(Math.max(0, (now - Date.parse(time.dateTime)) / 1000))}${"for" in time.dataset ? "" : " ago"}`;
      if (time.textContent !== text) time.textContent = text;
    }
  }
});
