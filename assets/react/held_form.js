// While something of a form is on its way, the form waits: what is not there yet
// would be left out. Sent meanwhile, it is sent by itself as soon as all has arrived,
// once however often somebody asked; if something does not arrive, it is not sent.
// `send` sends it, `show` hears whether it waits.
export class HeldForm {
  constructor(send, show) {
    this.send = send;
    this.show = show;
    this.parts = new Set();
    this.waits = false;
  }

  begin(part) {
    this.parts.add(part);
  }

  // Whether the form has to wait.
  submit(sender) {
    if (!this.parts.size) return false;
    this.sender = sender;
    this.#wait(true);
    return true;
  }

  arrived(part) {
    if (!this.parts.delete(part) || this.parts.size || !this.waits) return;
    this.#wait(false);
    this.send(this.sender);
  }

  // Whether somebody waited for it.
  failed(part) {
    const waited = this.parts.delete(part) && this.waits;
    if (waited) this.#wait(false);
    return waited;
  }

  #wait(waits) {
    if (this.waits === waits) return;
    this.waits = waits;
    this.show(waits);
  }
}
