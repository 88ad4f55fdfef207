// Lets the items of an ordered list be dragged; the buttons in them do the same by keyboard.
//   <pool-order><ol><li><input type="hidden" name="nodePools" value="a"><span class="grip"></span>…</li></ol></pool-order>
customElements.define("pool-order", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.take(event));
  }
  take(event) {
    const item = event.target.closest(".grip")?.closest("li");
    if (!item) return;
    event.preventDefault();
    const before = this.names();
    const move = ({ clientY }) => this.place(item, clientY);
    item.classList.add("is-dragged");
    const drop = () => {
      removeEventListener("pointermove", move);
      item.classList.remove("is-dragged");
      if (this.names() !== before) item.dispatchEvent(new Event("change", { bubbles: true }));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", drop, { once: true });
    addEventListener("pointercancel", drop, { once: true });
  }
  place(item, y) {
    const others = [...item.parentElement.children].filter((each) => each !== item);
    const below = others.find((each) => y < each.getBoundingClientRect().top + each.offsetHeight / 2);
    if (below !== item.nextElementSibling || !below) item.parentElement.insertBefore(item, below ?? null);
  }
  names() {
    return [...this.querySelectorAll("input")].map((input) => input.value).join();
  }
});
