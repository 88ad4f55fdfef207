// Folds the navigation to icons and remembers it in a cookie; on phones it opens and closes.
//   <nav-fold><button aria-expanded="false" aria-controls="nav">…</button></nav-fold>
const YEAR = 365 * 24 * 60 * 60;

customElements.define("nav-fold", class extends HTMLElement {
  connectedCallback() {
    const root = document.documentElement;
    const button = this.querySelector("button");
    const wide = matchMedia("(width >= 75rem)").matches;
    const phone = matchMedia("(width < 47.5rem)");
    const start = () => {
      button.ariaExpanded = !phone.matches && (root.dataset.nav ?? (wide ? "full" : "icons")) === "full";
    };
    start();
    phone.addEventListener("change", start);
    button.addEventListener("click", () => {
      const open = button.ariaExpanded !== "true";
      button.ariaExpanded = open;
      if (phone.matches) return;
      root.dataset.nav = open ? "full" : "icons";
      document.cookie = `nav=${root.dataset.nav}; path=/; max-age=${YEAR}; samesite=lax`;
    });
  }
});
