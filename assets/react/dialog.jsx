import { svgIcon } from "./field_parts.jsx";

const CLOSE = "M18 6 6 18M6 6l12 12";

// What every dialog drawn here looks like: a heading while it is `shown`, a button with
// the attributes `closing`, what is inside, and `actions` at the end. As the `dialog` of
// components/ui/dialogs.py. `onCancel` hears of this very dialog only.
export function Dialog({
  dialogRef,
  shown = true,
  label,
  text,
  closing,
  actions,
  actionsClass = "flex flex-col-reverse gap-2.5 sm:flex-row sm:justify-end",
  className = "dialog",
  children,
  onCancel,
  ...rest
}) {
  return (
    <dialog
      {...rest}
      ref={dialogRef}
      className={className}
      aria-label={label}
      onCancel={(event) => {
        if (event.target === dialogRef.current) onCancel?.(event);
      }}
    >
      {shown ? (
        <div className="dialog-head flex items-start gap-3 px-5 sm:px-7">
          <div className="min-w-0 flex-1">
            <h2 className="text-xl">{label}</h2>
            {text ? <p className="mt-1.5 text-ink-soft">{text}</p> : null}
          </div>
          {closing ? (
            <button
              type="button"
              className="btn btn-ghost btn-icon -mr-2.5 -mt-1.5 shrink-0"
              aria-label="Close"
              {...closing}
            >
              {svgIcon(CLOSE)}
            </button>
          ) : null}
        </div>
      ) : null}
      {children}
      {actions ? (
        <div className={`dialog-foot px-5 sm:px-7 ${actionsClass}`}>{actions}</div>
      ) : null}
    </dialog>
  );
}
