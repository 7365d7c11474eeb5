// Whose session ended elsewhere is sent to log in; nothing could be saved any more,
// and what they see must not stay on the screen behind a question.
export const mustLogIn = ({ pathname, search }) =>
  pathname === "/login" && new URLSearchParams(search).has("next");

// A change of a form; what is only searched for in it is none.
export const isChange = ({ target }) => target.dataset?.search === undefined;
