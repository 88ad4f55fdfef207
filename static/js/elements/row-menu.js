// One menu for all rows: its items are fetched when it opens, so they are never old.
//   <row-menu><div class="menu" popover></div></row-menu> … <a href="/thing/" data-menu="/thing/menu/">
customElements.define("row-menu", class extends HTMLElement {
  connectedCallback() {
    this.menu = this.firstElementChild;
    this.opened = (event) => this.open(event);
    document.addEventListener("click", this.opened);
    this.menu.addEventListener("toggle", ({ newState }) => {
      this.button?.setAttribute("aria-expanded", newState === "open");
    });
    this.menu.addEventListener("click", ({ target }) => {
      if (!target.closest("[hx-get]")) return;
      this.menu.hidePopover();
      this.button.focus();
    });
  }
  disconnectedCallback() {
    document.removeEventListener("click", this.opened);
  }
  async open(event) {
    const button = event.target.closest("a[data-menu]");
    if (!button || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.button = button;
    await htmx.ajax("GET", button.dataset.menu, { target: this.menu, swap: "innerHTML" });
    if (!this.menu.childElementCount) return;
    this.menu.showPopover({ source: button });
    this.menu.querySelector("a, button")?.focus();
  }
});
