// Options of a service in a form, with their choices: as rows that are added, ordered
// and taken away, apart from how they are drawn.
let counter = 0;
const marked = (row) => ({ ...row, mark: ++counter });

export const newChoice = (choice = {}) =>
  marked({ key: "", name: "", price: "", minutes: "", ...choice });

export const newOption = (option = {}) =>
  marked({
    key: "",
    name: "",
    kind: "single",
    help: "",
    required: true,
    minimum: "0",
    maximum: "10",
    ...option,
    choices: (option.choices?.length ? option.choices : [{}]).map(newChoice),
  });

const CHOICE_PARTS = ["key", "name", "price", "minutes"];
const OPTION_PARTS = ["key", "name", "kind", "help", "minimum", "maximum"];

const rowsOf = (typed, name, parts) => {
  const found = [];
  for (let at = 0; `${name}.${at}.key` in typed; at++)
    found.push(
      Object.fromEntries(
        parts.map((part) => [part, typed[`${name}.${at}.${part}`] ?? ""]),
      ),
    );
  return found;
};

// The options as they were typed before.
export const restoredOptions = (typed) =>
  rowsOf(typed, "options", OPTION_PARTS).map((option, at) =>
    newOption({
      ...option,
      required: typed[`options.${at}.required`] === "on",
      choices: rowsOf(typed, `options.${at}.choices`, CHOICE_PARTS),
    }),
  );

// What a number counts is one thing: the other choices wait for another kind.
export const shownChoices = ({ kind, choices }) =>
  kind === "quantity" ? choices.slice(0, 1) : choices;
