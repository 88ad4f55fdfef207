// Opens the sign-in form over the page when a request finds no session, then sends it again.
//   <session-guard data-sign-in="/sign-in/"><dialog></dialog></session-guard>
customElements.define("session-guard", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.failed = new Map();
    document.addEventListener("htmx:before:response", (event) => {
      const { ctx } = event.detail;
      if (ctx.response.raw.status === 401) this.ask(ctx);
    });
    document.addEventListener("htmx:config:request", (event) => {
      if (this.dialog.open) event.preventDefault();
    });
    this.dialog.addEventListener("submit", (event) => this.send(event));
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
  }
  async ask(ctx) {
    this.failed.set(ctx.sourceElement, ctx);
    if (this.dialog.open) return;
    this.show(await (await fetch(this.dataset.signIn)).text());
    this.dialog.showModal();
    this.dialog.querySelector("[name=username]").focus();
  }
  show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const form = page.querySelector(".sign-in form");
    if (!form) return this.done(page);
    const title = document.createElement("h2");
    title.id = "sign-in-title";
    title.textContent = "Your session has ended. Sign in to go on.";
    this.dialog.replaceChildren(title, form);
  }
  async send(event) {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target));
    const answer = await fetch(this.dataset.signIn, { method: "POST", body });
    this.show(await answer.text());
  }
  done(page) {
    const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
    document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
    this.dialog.close();
    this.dialog.replaceChildren();
    for (const [element, { sourceEvent }] of this.failed) {
      element.dispatchEvent(new sourceEvent.constructor(sourceEvent.type, sourceEvent));
    }
    this.failed.clear();
  }
});
