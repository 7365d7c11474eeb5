import { useEffect, useRef } from "react";

// What a form answers appears where the eye may not be: it takes the focus, so
// that it is seen, scrolled to and read out.
export function FocusedBlock({ children, ...rest }) {
  const ref = useRef(null);
  useEffect(() => ref.current.focus(), []);
  return (
    <div ref={ref} tabIndex={-1} {...rest}>
      {children}
    </div>
  );
}
