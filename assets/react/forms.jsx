import { useEffect, useRef, useState } from "react";

// What a form answers appears where the eye may not be: it takes the focus, so
// that it is seen, scrolled to and read out.
export function Arrival({ children, ...rest }) {
  const ref = useRef(null);
  useEffect(() => ref.current.focus(), []);
  return (
    <div ref={ref} tabIndex={-1} {...rest}>
      {children}
    </div>
  );
}

const newRequest = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

// Stands inside the form of a dialog that edits something with a version. When
// the dialog opens, the form shows what is stored, and the version of just that
// is kept with it, whatever the page learns later; `seen` is a newer version that
// the person was told about. When the server says that this form was saved, the
// dialog closes.
export function EditKeeper({ version, seen, saved }) {
  const ref = useRef(null);
  const latest = useRef(version);
  latest.current = version;
  const [kept, setKept] = useState({ version: 0, request: "" });

  useEffect(() => {
    const dialog = ref.current.closest("dialog");
    const opened = new MutationObserver(() => {
      if (!dialog.open) return;
      ref.current.form.reset();
      setKept({ version: latest.current, request: newRequest() });
    });
    opened.observe(dialog, { attributeFilter: ["open"] });
    return () => opened.disconnect();
  }, []);

  useEffect(() => {
    if (seen) setKept((now) => ({ version: seen, request: newRequest() }));
  }, [seen]);

  useEffect(() => {
    if (saved && saved === kept.request) ref.current.closest("dialog").close();
  }, [saved, kept.request]);

  return (
    <>
      <input ref={ref} type="hidden" name="version" value={kept.version} readOnly />
      <input type="hidden" name="request" value={kept.request} readOnly />
    </>
  );
}
