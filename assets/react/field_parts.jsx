// What fields drawn here look like: as those of components/fields.py.
export const svgIcon = (d, className = "icon") => (
  <svg className={className} viewBox="0 0 24 24" aria-hidden="true">
    <path d={d} />
  </svg>
);

const WARNING = "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M12 8v4M12 16h.01";

export function ErrorLine({ id, error }) {
  if (!error) return null;
  return (
    <p className="field-error" id={`${id}-error`}>
      {svgIcon(WARNING, "icon mt-0.5 size-4")}
      <span>{error}</span>
    </p>
  );
}

// The attributes that tie a control to what is said about it.
export function describedBy(id, error, help) {
  const by = [error ? `${id}-error` : "", help ? `${id}-help` : ""];
  return {
    "aria-describedby": by.filter(Boolean).join(" ") || undefined,
    "aria-invalid": error ? "true" : "false",
  };
}

const Optional = () => (
  <span className="ml-2 text-sm font-normal text-ink-faint" aria-hidden="true">
    optional
  </span>
);

// A label above a control, and its help and error below. A `group` is made of
// several controls, so its label is a legend.
export function Frame({ id, label, required, error, help, group, children }) {
  const below = (
    <>
      <ErrorLine id={id} error={error} />
      {help ? (
        <p className="field-help" id={`${id}-help`}>
          {help}
        </p>
      ) : null}
    </>
  );
  if (group)
    return (
      <fieldset className="min-w-0" {...describedBy(id, error, help)} aria-invalid={undefined}>
        <legend className="field-label mb-1.5">
          {label}
          {required ? null : <Optional />}
        </legend>
        <div className="field">
          {children}
          {below}
        </div>
      </fieldset>
    );
  return (
    <div className="field">
      <label className="field-label" id={`${id}-label`} htmlFor={id}>
        {label}
        {required ? null : <Optional />}
      </label>
      {children}
      {below}
    </div>
  );
}
