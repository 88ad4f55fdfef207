// Tells polls that nobody touched the page for ten minutes, and says when polls fail.
//   <idle-watch><div hidden>The list could not be loaded…</div> <section hx-get hx-trigger="every 2s, refresh">…</idle-watch>
const LONG = 10 * 60 * 1000;

customElements.define("idle-watch", class extends HTMLElement {
  connectedCallback() {
    this.touched = Date.now();
    for (const kind of ["pointermove", "pointerdown", "keydown", "scroll"]) {
      document.addEventListener(kind, () => this.touch(), { capture: true, passive: true });
    }
    this.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
      if (this.idle && this.polls(ctx)) ctx.request.action += "&idle=1";
    });
    this.addEventListener("htmx:error", ({ detail: { ctx } }) => this.tell(ctx, false));
    this.addEventListener("htmx:response:error", ({ detail: { ctx } }) => this.tell(ctx, ctx.response.status === 401));
    this.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => this.tell(ctx, true));
    this.addEventListener("htmx:after:request", ({ detail: { ctx } }) => this.tell(ctx, ctx.response.status < 400));
  }
  get idle() {
    return Date.now() - this.touched > LONG;
  }
  polls(ctx) {
    return ctx?.sourceElement?.getAttribute("hx-trigger")?.startsWith("every");
  }
  touch() {
    const wasIdle = this.idle;
    this.touched = Date.now();
    if (wasIdle) this.querySelector("[hx-trigger^=every]")?.dispatchEvent(new Event("refresh"));
  }
  tell(ctx, well) {
    if (this.polls(ctx)) this.querySelector(":scope > [role=alert]")?.toggleAttribute("hidden", well);
  }
});
