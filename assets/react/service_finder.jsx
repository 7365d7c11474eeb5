import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useLocation } from "react-router";
import { LONGEST_QUERY, findServices, readSearch, writeSearch } from "./service_finder.js";

// Searching and filtering the catalogue where it already is: in the page. The
// address says what is looked for, so that it can be sent to somebody and
// survives a reload; the server draws the same selection into the first HTML.
const Finding = createContext(null);

// Browsers limit how often an address may be replaced.
const ADDRESS_DELAY_MS = 250;
function save(asked) {
  const search = writeSearch(asked);
  if (search === window.location.search) return;
  history.replaceState(history.state, "", window.location.pathname + search);
}

export function ServiceFinder({ categories, children }) {
  const location = useLocation();
  const [asked, setAsked] = useState(() => readSearch(window.location.search));
  const field = useRef(null);
  const saving = useRef(0);

  // What is typed is saved when the typing pauses or leaves the field, all else
  // at once: the address has to be right before a link is followed.
  const ask = (next, typing = false) => {
    setAsked(next);
    clearTimeout(saving.current);
    if (typing) saving.current = setTimeout(() => save(next), ADDRESS_DELAY_MS);
    else save(next);
  };
  useEffect(() => () => clearTimeout(saving.current), []);

  // A link to this page with another filter, or the back button.
  const visit = useRef(location.key);
  useEffect(() => {
    if (visit.current === location.key) return;
    visit.current = location.key;
    setAsked(readSearch(window.location.search));
  }, [location.key]);

  const found = useMemo(() => findServices(categories, asked), [categories, asked]);

  return (
    <Finding.Provider value={{ asked, ask, found, field }}>
      {children}
    </Finding.Provider>
  );
}

export function FinderForm({ children, ...rest }) {
  return (
    <form {...rest} onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  );
}

export function FinderInput(props) {
  const { asked, ask, field } = useContext(Finding);
  return (
    <input
      {...props}
      ref={field}
      value={asked.query}
      maxLength={LONGEST_QUERY}
      onChange={(event) => ask({ ...asked, query: event.target.value }, true)}
      onBlur={() => ask(asked)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !asked.query) return;
        event.preventDefault();
        ask({ ...asked, query: "" });
      }}
    />
  );
}

// A link, so that it works before and without this script and can be copied.
export function FinderLink({ category, everything, children, ...rest }) {
  const { asked, ask, field } = useContext(Finding);
  const target = { query: everything ? "" : asked.query, category };
  const current = !everything && asked.category === category;
  return (
    <a
      {...rest}
      href={`/services${writeSearch(target)}`}
      aria-current={current ? "true" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        ask(target);
        // The link that was clicked disappears with the empty result.
        if (everything) field.current?.focus();
      }}
    >
      {children}
    </a>
  );
}

export function FinderCount({ one, many, ...rest }) {
  const { found } = useContext(Finding);
  const count = found.services.size;
  return (
    <p role="status" {...rest}>
      {`${count} ${count === 1 ? one : many}`}
    </p>
  );
}

export function FinderShelf({ slug, children, ...rest }) {
  const { found } = useContext(Finding);
  return (
    <section {...rest} hidden={!found.categories.has(slug)}>
      {children}
    </section>
  );
}

export function FinderItem({ slug, children, ...rest }) {
  const { found } = useContext(Finding);
  return (
    <li {...rest} hidden={!found.services.has(slug)}>
      {children}
    </li>
  );
}

export function FinderEmpty({ children, ...rest }) {
  const { found } = useContext(Finding);
  return (
    <div {...rest} hidden={found.services.size > 0}>
      {children}
    </div>
  );
}
