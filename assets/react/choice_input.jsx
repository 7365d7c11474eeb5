import { useEffect, useRef } from "react";

const ANSWER_MS = 5000;

// A radio button or checkbox whose state is the server's, but which answers a
// click at once: React's own controlled input would jump back until the server
// has answered. If the answer is no (the value stays), it goes back by itself.
export function Choice({ checked, onChange, ...rest }) {
  const input = useRef(null);
  const wanted = useRef(checked);
  const timer = useRef();
  useEffect(() => {
    wanted.current = checked;
    clearTimeout(timer.current);
    input.current.checked = checked;
  }, [checked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input
      {...rest}
      ref={input}
      defaultChecked={checked}
      onChange={(event) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          if (input.current) input.current.checked = wanted.current;
        }, ANSWER_MS);
        onChange?.(event);
      }}
    />
  );
}
