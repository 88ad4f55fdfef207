// Makes inputs show what a redraw says, where an element alone would stay as the user left it.
// A redraw leaves the text of the input that has the focus alone: a value that another page
// saved is taken in there, or stands against what is being typed.
//   <wizard-shown><input type="hidden" name="shown" value='{"leader.image": "a/b:1"}'></wizard-shown>
customElements.define("wizard-shown", class extends HTMLElement {
  connectedCallback() {
    this.input = this.firstElementChild;
    this.form = this.closest("form");
    this.remember = () => { this.sent = new FormData(this.form); };
    for (const type of ["change", "submit"]) this.form.addEventListener(type, this.remember, { capture: true });
    this.watch = new MutationObserver(([{ oldValue }]) => this.redrawn(JSON.parse(oldValue), JSON.parse(this.input.value)));
    this.watch.observe(this.input, { attributeFilter: ["value"], attributeOldValue: true });
  }
  disconnectedCallback() {
    for (const type of ["change", "submit"]) this.form.removeEventListener(type, this.remember, { capture: true });
    this.watch.disconnect();
  }
  redrawn(before, shown) {
    for (const each of this.form.elements) {
      if (!(each.name in shown)) continue;
      if (each.options) for (const option of each.options) option.selected = option.defaultSelected;
      else if (/radio|checkbox/.test(each.type)) each.checked = each.defaultChecked;
      else if (each === document.activeElement) this.typed(each, before[each.name], shown);
    }
    this.watch.takeRecords();
  }
  typed(input, before, shown) {
    const { name, value } = input;
    if (value === shown[name] || this.sent?.get(name) !== before) return;
    if (value === before) input.value = shown[name];
    else this.input.value = JSON.stringify({ ...shown, [name]: before });
  }
});
