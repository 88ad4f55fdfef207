// Moves the focus where the server wants it after a redraw, opens what is folded around it and closes menus.
//   <wizard-focus at="leader-image" stamp="3"></wizard-focus>
customElements.define("wizard-focus", class extends HTMLElement {
  static observedAttributes = ["stamp"];
  attributeChangedCallback(name, before, stamp) {
    if (before !== null && before !== stamp) requestAnimationFrame(() => this.move());
  }
  connectedCallback() {
    this.move();
  }
  move() {
    for (const details of document.querySelectorAll("details[data-bad]")) details.open = true;
    const found = document.getElementById(this.getAttribute("at"));
    if (!found) return;
    for (const menu of document.querySelectorAll(":popover-open")) if (!menu.contains(found)) menu.hidePopover();
    for (let at = found; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    found.focus();
  }
});
