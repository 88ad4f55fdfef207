// Places popover menus where the browser has no anchor positioning. Once a page.
//   <menu-placer></menu-placer>
customElements.define("menu-placer", class extends HTMLElement {
  connectedCallback() {
    if (CSS.supports("position-area", "bottom span-left")) return;
    document.addEventListener("toggle", (event) => this.place(event), true);
  }
  place({ target: menu, newState, source }) {
    if (newState !== "open" || !menu.matches(".menu[popover]")) return;
    const button = source ?? document.querySelector(`[popovertarget="${menu.id}"]`);
    if (!button) return;
    const at = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = menu;
    const below = at.bottom + height + 8 < innerHeight;
    const left = menu.matches(".menu-start") ? at.left : at.right - width;
    menu.style.position = "fixed";
    menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    menu.style.top = `${below ? at.bottom : Math.max(8, at.top - height - 8)}px`;
  }
});
