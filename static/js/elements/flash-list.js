// Toasts: each stays until it is dismissed.
//   <flash-list><div class="flash">… <button data-close>…</button></div></flash-list>
customElements.define("flash-list", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      event.target.closest("[data-close]")?.closest(".flash").remove();
    });
  }
});
