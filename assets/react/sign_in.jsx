import { useEffect, useRef } from "react";
import { plainPath } from "./paths.js";

const LAST_TICKET = "portal-last-ticket";

// Posts the ticket of a right password as soon as there is one: a navigation,
// so that the answer can set the HttpOnly cookie and the socket opens anew.
export function TicketForm({ action, ticket, next }) {
  const form = useRef(null);
  useEffect(() => {
    // A ticket works once. One that the server still remembers after a reload
    // must not be posted again, or the page would post it for ever.
    if (!ticket || sessionStorage.getItem(LAST_TICKET) === ticket) return;
    sessionStorage.setItem(LAST_TICKET, ticket);
    form.current.submit();
  }, [ticket]);
  return (
    <form ref={form} method="post" action={action} hidden>
      <input type="hidden" name="ticket" value={ticket} />
      <input type="hidden" name="next" value={next} />
    </form>
  );
}

// A page that depends on who is signed in *in this browser* must not be shown on
// a socket that was opened before: another tab may have signed in or out since.
// Reached within the app, it loads itself anew, once.
export function FreshVisit() {
  useEffect(() => {
    const path = (address) => plainPath(new URL(address, location.href).pathname);
    const [loaded] = performance.getEntriesByType("navigation");
    if (loaded && path(loaded.name) !== path(location.href)) location.reload();
  }, []);
  return null;
}

// Fills the form it stands beside with an example.
export function FillButton({ form, values, children, ...rest }) {
  const fill = () => {
    const filled = document.getElementById(form);
    for (const [name, value] of Object.entries(values))
      filled.elements.namedItem(name).value = value;
    filled.querySelector("[type=submit]").focus();
  };
  return (
    <button type="button" onClick={fill} {...rest}>
      {children}
    </button>
  );
}
