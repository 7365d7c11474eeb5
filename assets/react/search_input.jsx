import { useEffect, useRef } from "react";

// A search field that shows what is asked for, also after it was asked elsewhere
// (the back button, "Show all"), but never takes away what somebody is typing.
export function SearchInput({ asked, ...rest }) {
  const input = useRef(null);
  useEffect(() => {
    if (document.activeElement !== input.current) input.current.value = asked;
  }, [asked]);
  return <input {...rest} ref={input} type="search" defaultValue={asked} />;
}
