import { useEffect, useRef } from "react";

// A native modal dialog whose being open is a prop. The browser traps focus,
// closes on Escape and gives focus back; this only keeps the prop and the
// element in step and asks to be dismissed instead of closing on its own.
export function Modal({ open, onDismiss, children, ...rest }) {
  const ref = useRef(null);
  useEffect(() => {
    const dialog = ref.current;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      {...rest}
      onCancel={(event) => {
        event.preventDefault();
        onDismiss?.();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onDismiss?.();
      }}
    >
      {open ? children : null}
    </dialog>
  );
}
