// Small behaviours that need no framework: they work on the first HTML, before
// and after hydration, by listening on the document. Nothing here is needed to
// read a page or to send a form.
(() => {
  const on = (type, listener, capture) =>
    document.addEventListener(type, listener, capture);
  const closest = (event, selector) => event.target.closest?.(selector);

  // A button that refuses clicks for now keeps the focus, which a disabled one would
  // drop. On the window, before anybody else hears of the click; Enter in a form is
  // a click on its button as well.
  addEventListener(
    "click",
    (event) => {
      if (!closest(event, 'button[aria-disabled="true"]')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  // Menus: put a popover under (or above) the button that opens it.
  const place = (panel) => {
    const opener = document.querySelector(`[popovertarget="${panel.id}"]`);
    if (!opener) return;
    const at = opener.getBoundingClientRect();
    const gap = 6;
    const below = at.bottom + gap;
    const fits = below + panel.offsetHeight <= innerHeight;
    panel.style.top = `${fits ? below : Math.max(gap, at.top - gap - panel.offsetHeight)}px`;
    if (at.left + at.right > innerWidth) {
      panel.style.right = `${Math.max(8, document.documentElement.clientWidth - at.right)}px`;
      panel.style.left = "auto";
    } else {
      panel.style.left = `${Math.max(8, at.left)}px`;
      panel.style.right = "auto";
    }
  };
  on(
    "toggle",
    (event) => {
      if (event.newState !== "open" || !event.target.matches?.(".menu")) return;
      place(event.target);
      event.target.querySelector(".menu-item")?.focus({ preventScroll: true });
    },
    true,
  );
  addEventListener("resize", () =>
    document.querySelectorAll(".menu:popover-open").forEach(place),
  );

  on("click", (event) => {
    // A menu entry that leads somewhere closes its menu.
    if (closest(event, ".menu a")) closest(event, ".menu").hidePopover();

    if (closest(event, "[data-reload]")) location.reload();

    const dismiss = closest(event, "[data-dismiss]");
    if (dismiss)
      closest(event, `[data-${dismiss.dataset.dismiss}]`)?.setAttribute("hidden", "");

    const reveal = closest(event, "[data-reveal]");
    if (reveal) {
      const input = document.getElementById(reveal.dataset.reveal);
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      reveal.setAttribute("aria-pressed", String(shown));
    }

    // Browsers without invoker commands open and close dialogs here.
    const invoker = closest(event, "button[commandfor]");
    if (invoker && !("command" in HTMLButtonElement.prototype)) {
      const dialog = document.getElementById(invoker.getAttribute("commandfor"));
      if (invoker.getAttribute("command") === "close") dialog?.close();
      else dialog?.showModal();
    }
    // A click on the veil beside a dialog closes it.
    if (event.target.matches?.("dialog[data-light-dismiss]")) event.target.close();
  });

  // Arrow keys: menus and tab lists.
  const moves = { ArrowRight: 1, ArrowLeft: -1 };
  on("keydown", (event) => {
    const home = closest(event, "[role=tablist], .menu");
    if (!home || event.ctrlKey || event.metaKey || event.altKey) return;
    const menu = home.matches(".menu");
    const items = [
      ...home.querySelectorAll(
        menu ? ".menu-item" : "[role=tab]",
      ),
    ];
    const current = items.indexOf(document.activeElement);
    let step = moves[event.key];
    if (event.key === "ArrowDown") step = 1;
    if (event.key === "ArrowUp") step = -1;
    let next;
    if (event.key === "Home" || event.key === "End") {
      const usable = items.filter((item) => !item.disabled);
      next = usable.at(event.key === "Home" ? 0 : -1);
    } else if (step) {
      let at = current + step;
      for (let tries = 0; tries < items.length && !next; tries++) {
        at = (at + items.length) % items.length;
        if (!items[at].disabled) next = items[at];
        at += step;
      }
    }
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (next.matches("[role=tab]")) next.click();
  });

  // A field that is being put right is forgiven until the form is sent again. What
  // the page believes to be drawn is put back before, so that both stay in step.
  // The error of several choices stands below their group; what is judged anew at
  // every answer is left alone.
  const forgiven = new Map();
  const forgive = ({ target }) => {
    if (target.getAttribute?.("aria-invalid") !== "true") return;
    if (target.closest("[data-judged]")) return;
    const lines = [target, target.closest("fieldset[aria-describedby]")]
      .flatMap((one) => one?.getAttribute("aria-describedby")?.split(" ") ?? [])
      .map((id) => document.getElementById(id))
      .filter((line) => line?.matches(".field-error"));
    target.setAttribute("aria-invalid", "false");
    for (const line of lines) line.hidden = true;
    forgiven.set(target, lines);
  };
  on("input", forgive, true);
  on("change", forgive, true);
  on(
    "submit",
    () => {
      for (const [field, lines] of forgiven) {
        field.setAttribute("aria-invalid", "true");
        for (const line of lines) line.hidden = false;
      }
      forgiven.clear();
      marks.takeRecords();
    },
    true,
  );

  // When the answer to a submitted form marks fields as wrong, the first of
  // them gets the focus, so that the error is heard and seen.
  let submitted = null;
  on("submit", (event) => (submitted = event.target), true);
  on("input", () => (submitted = null), true);
  // What was typed but not sent belongs to whoever was here.
  on("submit", (event) => {
    if (event.target.getAttribute?.("action") !== "/api/auth/logout") return;
    for (const key of Object.keys(sessionStorage))
      if (key.startsWith("portal-typed-")) sessionStorage.removeItem(key);
  });
  const marks = new MutationObserver((changes) => {
    if (!submitted) return;
    if (!changes.some(({ target }) => target.ariaInvalid === "true")) return;
    const form = submitted;
    submitted = null;
    requestAnimationFrame(() =>
      form.querySelector('[aria-invalid="true"]')?.focus(),
    );
  });
  marks.observe(document, { subtree: true, attributeFilter: ["aria-invalid"] });

  // After a deploy the code of a page not yet visited is gone: load the new one,
  // once, and never twice within half a minute.
  const reloadOnce = () => {
    const key = "portal-reloaded-for-code";
    const last = Number(sessionStorage.getItem(key)) || 0;
    if (Date.now() - last < 30000) return false;
    sessionStorage.setItem(key, String(Date.now()));
    location.reload();
    return true;
  };
  addEventListener("vite:preloadError", (event) => {
    if (reloadOnce()) event.preventDefault();
  });
  addEventListener(
    "error",
    (event) => {
      const { target } = event;
      const source = target?.src ?? target?.href ?? "";
      if (/^(SCRIPT|LINK)$/.test(target?.tagName) && source.includes("/assets/"))
        reloadOnce();
    },
    true,
  );

  // A browser's own translation puts <font> elements where text was, or around it.
  // React goes on writing to the text it knows, and names it when it puts something
  // before it or takes it away: the page would show old words, or break. Here that
  // text keeps its place: what is written comes back into the page, for the browser
  // to translate anew.
  const standIns = new WeakMap();
  const inUse = new WeakSet();
  const isFont = (node) => node?.nodeName === "FONT";
  const remember = (records) => {
    for (const { removedNodes, addedNodes, previousSibling, nextSibling } of records) {
      for (const gone of removedNodes) {
        const isText = gone.nodeType === Node.TEXT_NODE;
        if (!isText && !isFont(gone)) continue;
        const around = isText ? [previousSibling, nextSibling] : [];
        const font = [...addedNodes, ...around].find((n) => isFont(n) && !inUse.has(n));
        if (!font) continue;
        standIns.set(gone, font);
        inUse.add(font);
      }
    }
  };
  const translation = new MutationObserver(remember);
  translation.observe(document, { childList: true, subtree: true });
  const standInOf = (node) => {
    remember(translation.takeRecords());
    let font = standIns.get(node);
    while (font && !font.parentNode) font = standIns.get(font);
    return font;
  };
  // The child of a parent that holds, or stands for, a text.
  const childOf = (parent, node) => {
    if (!node || node.parentNode === parent) return node;
    let at = node.parentNode ? node : standInOf(node);
    while (at && at.parentNode !== parent) at = isFont(at.parentNode) ? at.parentNode : null;
    return at ?? node;
  };
  const takeBack = (node) => {
    if (node.nodeType !== Node.TEXT_NODE || node.parentNode) return;
    standInOf(node)?.remove();
    standIns.delete(node);
  };
  const { appendChild, insertBefore, removeChild } = Node.prototype;
  const value = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue");
  Node.prototype.appendChild = function (node) {
    takeBack(node);
    return appendChild.call(this, node);
  };
  Node.prototype.insertBefore = function (node, before) {
    takeBack(node);
    return insertBefore.call(this, node, childOf(this, before));
  };
  Node.prototype.removeChild = function (node) {
    removeChild.call(this, childOf(this, node));
    return node;
  };
  Object.defineProperty(Node.prototype, "nodeValue", {
    ...value,
    set(text) {
      value.set.call(this, text);
      if (this.nodeType !== Node.TEXT_NODE || this.parentNode) return;
      standInOf(this)?.replaceWith(this);
      standIns.delete(this);
    },
  });
})();
