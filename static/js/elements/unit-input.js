// Takes a unit that is typed or pasted with the number into the select beside it: 16 GB, 500Mi.
//   <unit-input><input><select><option value="M">MB</option></select></unit-input>
customElements.define("unit-input", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", () => this.split(), { capture: true });
  }
  split() {
    const [input, select] = this.querySelectorAll("input, select");
    const [, number, unit] = input.value.trim().match(/^([\d.]+)\s*([A-Za-z]+)$/) ?? [];
    const option = [...select.options].find((each) => unit && [each.value, each.text].includes(unit));
    if (!option) return;
    input.value = number;
    select.value = option.value;
  }
});
