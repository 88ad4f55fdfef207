// Counts the posts of one opened page, so that the server can drop one that comes late.
//   <wizard-count><input type="hidden" name="count" value="1"></wizard-count>
customElements.define("wizard-count", class extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.count = 0;
    this.next = () => {
      const input = this.firstElementChild;
      this.count = Math.max(this.count + 1, Number(input.value));
      input.value = this.count;
    };
    for (const type of ["change", "submit"]) this.form.addEventListener(type, this.next, { capture: true });
  }
  disconnectedCallback() {
    for (const type of ["change", "submit"]) this.form.removeEventListener(type, this.next, { capture: true });
  }
});
