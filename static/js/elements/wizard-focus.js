// Moves the focus where the server wants it after a redraw, and opens what is folded around it.
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
    for (let at = found; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    found.focus();
  }
});
