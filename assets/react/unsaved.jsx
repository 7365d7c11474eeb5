import { useEffect, useRef, useState } from "react";
import { useBlocker, useNavigate } from "react-router";

// Whose session ended elsewhere is sent to log in; nothing could be saved any more,
// and what they see must not stay on the screen behind a question.
export const mustLogIn = ({ pathname, search }) =>
  pathname === "/login" && new URLSearchParams(search).has("next");

// Mounted only while there is something to lose: the router knows one blocker.
function Hold({ ask, leave }) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      ask.current &&
      currentLocation.pathname !== nextLocation.pathname &&
      !mustLogIn(nextLocation),
  );
  useEffect(() => {
    if (blocker.state === "blocked") leave(() => blocker.proceed(), () => blocker.reset());
  }, [blocker.state]);
  useEffect(() => {
    const warn = (event) => ask.current && event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);
  return null;
}

// Stands inside a form. Once something was typed, whoever closes the dialog, follows
// a link or leaves the portal is asked first. `saved` is the request that was stored
// last, see EditKeeper; `next`, on a page of its own, is where that leads.
export function AskBeforeLeaving({ saved, next }) {
  const marker = useRef(null);
  const question = useRef(null);
  const ask = useRef(false);
  const going = useRef(null);
  const [typed, setTyped] = useState(false);
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();

  const note = (value) => {
    ask.current = value;
    setTyped(value);
  };
  const leave = (proceed, stay) => {
    going.current = { proceed, stay };
    setAsking(true);
    if (!question.current.open) question.current.showModal();
  };

  useEffect(() => {
    const form = marker.current.closest("form");
    const dialog = form.closest("dialog");
    const changed = (event) => {
      if (!question.current?.contains(event.target)) note(true);
    };
    const clean = () => note(false);
    form.addEventListener("input", changed);
    form.addEventListener("reset", clean);
    const close = () =>
      leave(() => {
        dialog.close();
        form.reset();
      });
    const cancel = (event) => {
      if (event.target !== dialog || !ask.current) return;
      event.preventDefault();
      close();
    };
    const click = (event) => {
      if (!ask.current || question.current?.contains(event.target)) return;
      const closer = event.target.closest(`[commandfor="${dialog.id}"][command="close"]`);
      if (event.target !== dialog && !closer) return;
      event.preventDefault();
      event.stopPropagation();
      close();
    };
    dialog?.addEventListener("cancel", cancel);
    dialog?.addEventListener("click", click, true);
    return () => {
      form.removeEventListener("input", changed);
      form.removeEventListener("reset", clean);
      dialog?.removeEventListener("cancel", cancel);
      dialog?.removeEventListener("click", click, true);
    };
  }, []);

  useEffect(() => {
    const request = marker.current.closest("form").elements.request?.value;
    if (!saved || saved !== request) return;
    note(false);
    if (next) navigate(next);
  }, [saved, next]);

  const answer = (discard) => {
    question.current.close();
    setAsking(false);
    const { proceed, stay } = going.current ?? {};
    going.current = null;
    if (!discard) return stay?.();
    note(false);
    proceed?.();
  };

  return (
    <>
      <span ref={marker} hidden />
      {typed ? <Hold ask={ask} leave={leave} /> : null}
      <dialog
        ref={question}
        className="dialog"
        aria-label="Leave without saving?"
        onCancel={(event) => {
          event.preventDefault();
          event.stopPropagation();
          answer(false);
        }}
      >
        {asking ? (
          <>
            <div className="px-5 pt-5 sm:px-7 sm:pt-6">
              <h2 className="text-xl">Leave without saving?</h2>
              <p className="mt-1.5 text-ink-soft">What you entered would be lost.</p>
            </div>
            <div className="flex flex-col-reverse gap-2.5 px-5 py-5 sm:flex-row sm:justify-end sm:px-7 sm:pb-6">
              <button type="button" className="btn btn-danger" onClick={() => answer(true)}>
                Discard changes
              </button>
              <button
                type="button"
                className="btn btn-primary"
                autoFocus
                onClick={() => answer(false)}
              >
                Keep editing
              </button>
            </div>
          </>
        ) : null}
      </dialog>
    </>
  );
}

const newRequest = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

// The id of this form's request, on a page of its own; the same until it is stored,
// so that what is sent twice has one effect.
export function RequestKeeper() {
  const [request, setRequest] = useState("");
  useEffect(() => setRequest(newRequest()), []);
  return <input type="hidden" name="request" value={request} readOnly />;
}
