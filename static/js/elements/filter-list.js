// Leaves those of its items that hold the typed words; without script all are there.
//   <filter-list items=".tile" stamp="3"><input type="search"><span role="status"></span><div class="tile">…</div></filter-list>
customElements.define("filter-list", class extends HTMLElement {
  static observedAttributes = ["stamp"];
  attributeChangedCallback(name, before) {
    if (before !== null) requestAnimationFrame(() => this.filter());
  }
  connectedCallback() {
    this.addEventListener("input", (event) => event.target.type === "search" && this.filter());
    // what is searched for is no answer: the form around it is not posted
    this.addEventListener("change", (event) => event.target.type === "search" && event.stopPropagation());
    this.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.type === "search") event.preventDefault();
    });
  }
  filter() {
    const text = this.querySelector("[type=search]").value.trim().toLowerCase();
    const items = [...this.querySelectorAll(this.getAttribute("items"))];
    for (const item of items) {
      const held = item.textContent.toLowerCase();
      const fits = text.split(/\s+/).every((word) => held.includes(word));
      item.hidden = !fits && !item.querySelector(":checked");
    }
    const left = items.filter((item) => !item.hidden).length;
    this.querySelector("[role=status]").textContent = text ? `${left} of ${items.length} shown` : "";
  }
});
