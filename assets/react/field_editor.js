const YES_NO = [
  { key: "yes", name: "Yes" },
  { key: "no", name: "No" },
];
export const possibleAnswers = ({ kind, choices }) =>
  kind === "yes_no" ? YES_NO : (choices ?? []).filter(({ retired }) => !retired);

// The fields whose answer can decide that another, `own`, is shown.
export const decidersFor = (fields, own) =>
  (fields ?? []).filter(
    (field) => field.key !== own && !field.archived && possibleAnswers(field).length,
  );

export const tickedAnswers = (typed, group) =>
  Object.keys(typed)
    .filter((name) => name.startsWith(`${group}.`) && typed[name])
    .map((name) => name.slice(group.length + 1));

// What is typed into the form (a FormData or Map), as the field that a customer would
// get. What only the server can say, such as that a number is none, does not stop it.
export function fieldOf(typed, today) {
  const read = (name) => (typed.get(name) ?? "").trim();
  const kind = read("kind");
  const number = kind === "number";
  const date = kind === "date";
  const choices = [];
  for (let at = 0; typed.has(`choices.${at}.name`); at++) {
    const name = read(`choices.${at}.name`);
    if (name) choices.push({ key: String(at), name });
  }
  return {
    key: "",
    name: read("name") || "Name of the field",
    kind,
    help: read("help"),
    unit: number ? read("unit") : "",
    minimum: number ? read("minimum") : date && read("period") === "future" ? today : "",
    maximum: number ? read("maximum") : date && read("period") === "past" ? today : "",
    step: Number(read("decimals")) ? "0.1" : "1",
    max_length: 0,
    choices,
    required: typed.has("required"),
    editable: typed.has("editable_by.customer"),
    seen: typed.has("visible_to.customer"),
    shown: true,
    value: "",
    values: [],
    text: "",
    earlier: "",
    file: { id: "", name: "" },
  };
}
