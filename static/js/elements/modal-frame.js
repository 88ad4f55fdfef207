// Shows as a modal what htmx puts into its dialog; what is closed is emptied.
//   <modal-frame><dialog id="dialog"></dialog></modal-frame>
//   <a href="/thing/delete/" hx-get="/thing/delete/" hx-target="#dialog">Delete…</a>
// [data-close] inside closes; so does the event "dialog-done" (header HX-Trigger).
customElements.define("modal-frame", class extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    const filled = () => {
      if (dialog.childElementCount && !dialog.open) dialog.showModal();
    };
    new MutationObserver(filled).observe(dialog, { childList: true });
    dialog.addEventListener("close", () => {
      dialog.replaceChildren();
      if (document.activeElement === document.body) document.getElementById("main").focus();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) {
        event.preventDefault();
        dialog.close();
      }
    });
    document.body.addEventListener("dialog-done", () => dialog.close());
  }
});
