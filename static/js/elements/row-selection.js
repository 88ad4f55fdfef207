// Selecting rows of a table that redraws itself, and a quiet flash where a row changed.
//   <row-selection>… <input data-all> <input name="id"> <b data-count> <a data-one> <button data-clear></row-selection>
// [data-one] gets the menu and the address of the row that alone is selected.
customElements.define("row-selection", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", ({ target }) => {
      if (target.matches("[data-all]")) this.set(target.checked);
      else this.count();
    });
    this.addEventListener("click", ({ target }) => {
      if (target.closest("[data-clear]")) this.set(false);
    });
    this.cleared = () => this.set(false);
    document.body.addEventListener("rows-changed", this.cleared);
    this.addEventListener("animationend", ({ target }) => target.removeAttribute("data-flash"));
    this.addEventListener("htmx:after:swap", () => this.count());
    new MutationObserver((changes) => this.flash(changes)).observe(this, {
      subtree: true, childList: true, attributeFilter: ["data-mark"],
    });
    this.count();
  }
  disconnectedCallback() {
    document.body.removeEventListener("rows-changed", this.cleared);
  }
  get boxes() {
    return [...this.querySelectorAll("input[name=id]")];
  }
  set(on) {
    for (const box of this.boxes) box.checked = on;
    this.count();
  }
  count() {
    const boxes = this.boxes;
    const rows = boxes.filter((box) => box.checked).map((box) => box.closest("tr"));
    const chosen = rows.length;
    const one = this.querySelector("[data-one]");
    if (one) {
      const own = chosen === 1 ? rows[0].querySelector("a[data-menu]") : null;
      one.dataset.menu = own?.dataset.menu ?? "";
      one.href = own?.href ?? "";
      one.ariaLabel = own?.ariaLabel ?? "Actions";
    }
    const words = this.querySelector("[data-count]");
    if (words && words.textContent !== `${chosen} selected`) words.textContent = `${chosen} selected`;
    const all = this.querySelector("[data-all]");
    if (!all) return;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  flash(changes) {
    const rows = changes.flatMap((change) =>
      change.type === "attributes" ? [change.target] : [...change.addedNodes].filter((node) => node.dataset?.mark));
    for (const row of rows) row.dataset.flash = "";
  }
});
