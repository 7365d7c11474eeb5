import { useEffect, useRef, useState } from "react";
import { ErrorLine, svgIcon } from "./field_parts.jsx";
import { announce, useRestored } from "./form_drafts.jsx";
import {
  copiedTo,
  DAYS,
  EVERY,
  fieldOf,
  firstDays,
  minutesOfWeek,
  MOST,
  nextStretch,
  parse,
  passesMidnight,
  retold,
  sumText,
  WEEKS,
  write,
} from "./hours_editor.js";

const PLUS = "M5 12h14M12 5v14";
const DOWN = "m6 9 6 6 6-6";
const AWAY = "M18 6 6 18M6 6l12 12";
const COPY =
  "M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2M4 16a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2";

// Keeps the focus where the next thing is done after a stretch came or went.
function useFocus(box, watched) {
  const wanted = useRef(null);
  useEffect(() => {
    if (!wanted.current) return;
    box.current.querySelector(wanted.current)?.focus();
    wanted.current = null;
    announce(box.current);
  }, [watched]);
  return wanted;
}

// The stretches of one day: from, to, another one, away.
function Stretches({ name, called, empty, stretches, error, focus, onChange, more }) {
  const errorId = `${name}-error`;
  const set = (at, changes) =>
    onChange(stretches.map((one, i) => (i === at ? { ...one, ...changes } : one)));
  const add = () => {
    const added = nextStretch(stretches);
    focus.current = `[data-stretch="${added.mark}"] input`;
    onChange([...stretches, added]);
  };
  const remove = (at) => {
    const next = stretches[at + 1] ?? stretches[at - 1];
    focus.current = next
      ? `[data-stretch="${next.mark}"] input`
      : `[data-add="${name}"]`;
    onChange(stretches.filter((_, i) => i !== at));
  };
  const time = (one, at, part, label) => (
    <input
      type="time"
      data-own=""
      className="field-input w-full min-w-0 px-2.5! tabular-nums sm:px-3!"
      aria-label={`${called}, ${label}${stretches.length > 1 ? ` ${at + 1}` : ""}`}
      aria-invalid={error ? "true" : "false"}
      aria-describedby={error ? errorId : undefined}
      value={one[part]}
      onChange={(event) => set(at, { [part]: event.target.value })}
    />
  );
  return (
    <>
      <input type="hidden" data-own="" name={name} value={write(stretches)} readOnly />
      {stretches.map((one, at) => (
        <div
          key={one.mark}
          data-stretch={one.mark}
          className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)_auto] items-center gap-x-1.5"
        >
          {time(one, at, "starts", "from")}
          <span aria-hidden="true" className="text-ink-faint">
            –
          </span>
          {time(one, at, "ends", "to")}
          <button
            type="button"
            className="btn btn-ghost btn-icon"
            aria-label={`Remove hours ${at + 1} of ${called}`}
            title="Remove"
            onClick={() => remove(at)}
          >
            {svgIcon(AWAY)}
          </button>
          {passesMidnight(one) ? (
            <span className="col-span-4 mt-1 text-sm text-ink-soft">Ends the next day</span>
          ) : null}
        </div>
      ))}
      <ErrorLine id={name} error={error} />
      <div className={`flex flex-wrap items-center ${stretches.length ? "-ml-3" : ""}`}>
        {stretches.length ? null : <span className="mr-3 text-ink-faint">{empty}</span>}
        {stretches.length < MOST ? (
          <button
            type="button"
            data-add={name}
            className="btn btn-ghost btn-sm min-h-11!"
            aria-describedby={error ? errorId : undefined}
            onClick={add}
          >
            {svgIcon(PLUS)}
            <span>Add hours</span>
            <span className="sr-only"> to {called}</span>
          </button>
        ) : null}
        {more}
      </div>
    </>
  );
}

// The hours of one date.
export function DayHours({ name, label, empty, initial, error }) {
  const box = useRef(null);
  const [stretches, setStretches] = useState(() => parse(initial));
  const focus = useFocus(box, stretches);
  useRestored(box, (typed) => name in typed && setStretches(parse(typed[name])));
  useEffect(() => void announce(box.current), [stretches]);
  return (
    <fieldset ref={box} className="field min-w-0">
      <legend className="field-label mb-1.5">{label}</legend>
      <Stretches
        {...{ name, empty, stretches, error, focus }}
        called={label}
        onChange={setStretches}
      />
    </fieldset>
  );
}

// The hours of every week, or of two weeks in turn.
export function HoursEditor({ names, initial, byWeeks, thisWeek, errors }) {
  const box = useRef(null);
  const [days, setDays] = useState(() => firstDays(initial));
  const [two, setTwo] = useState(Boolean(byWeeks));
  const [shown, setShown] = useState("a");
  const [now, setNow] = useState(thisWeek || "a");
  const [copying, setCopying] = useState(null);
  const focus = useFocus(box, days);

  useRestored(box, (typed) => {
    setDays(firstDays(typed));
    setTwo(typed.by_weeks === "on");
    if (typed.this_week) setNow(typed.this_week);
  });
  // What is wrong is shown, whichever week it is in.
  useEffect(() => {
    const wrong = WEEKS.find((week) => DAYS.some((day) => errors?.[fieldOf(week, day)]));
    if (two && wrong) setShown(wrong);
  }, [errors]);
  useEffect(() => void announce(box.current), [days, two, now]);

  const tell = (both) => {
    setDays((known) => retold(known, both));
    setTwo(both);
  };
  const weeks = two ? WEEKS : [EVERY];
  const visible = two ? shown : EVERY;

  const dayRow = (week, day) => {
    const name = fieldOf(week, day);
    const stretches = days[name];
    const called = two ? `${names[day]} of week ${week.toUpperCase()}` : names[day];
    const open = copying === name;
    return (
      <div
        key={name}
        role="group"
        aria-label={called}
        className="grid gap-x-4 gap-y-1.5 border-t border-line py-3 first:border-0 sm:grid-cols-[7.5rem_minmax(0,1fr)]"
      >
        <span className="flex min-h-11 items-center self-start font-semibold">
          {names[day]}
        </span>
        <div className="flex min-w-0 flex-col gap-1.5">
          <Stretches
            {...{ name, called, stretches, focus }}
            empty="Not working"
            error={errors?.[name]}
            onChange={(next) => setDays((known) => ({ ...known, [name]: next }))}
            more={
              <button
                type="button"
                className="btn btn-ghost btn-sm min-h-11!"
                aria-expanded={open}
                onClick={() => setCopying(open ? null : name)}
              >
                {svgIcon(COPY)}
                <span>Copy</span>
                <span className="sr-only"> {called} to other days</span>
              </button>
            }
          />
          {open ? (
            <CopyTo
              {...{ names, day, called }}
              onCopy={(to) => {
                setDays((known) => copiedTo(known, week, day, to));
                setCopying(null);
                focus.current = `[data-add="${name}"]`;
              }}
            />
          ) : null}
        </div>
      </div>
    );
  };

  return (
    <div ref={box} className="flex flex-col gap-4">
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          name="by_weeks"
          data-own=""
          className="tick"
          checked={two}
          onChange={(event) => tell(event.target.checked)}
        />
        <span>Different hours every other week</span>
      </label>
      {two ? (
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <div role="group" aria-label="Week" className="flex gap-2">
            {WEEKS.map((week) => (
              <button
                key={week}
                type="button"
                aria-pressed={shown === week}
                className="inline-flex min-h-11 items-center rounded-full border border-line-strong bg-surface px-4 text-[0.9375rem] font-semibold text-ink-soft aria-pressed:border-transparent aria-pressed:bg-ink aria-pressed:text-canvas"
                onClick={() => setShown(week)}
              >
                Week {week.toUpperCase()}
              </button>
            ))}
          </div>
          <label className="flex items-center gap-2.5">
            <span className="text-[0.9375rem]">This week is</span>
            <span className="relative">
              <select
                name="this_week"
                data-own=""
                className="field-input w-32"
                value={now}
                onChange={(event) => setNow(event.target.value)}
              >
                <option value="a">week A</option>
                <option value="b">week B</option>
              </select>
              {svgIcon(
                DOWN,
                "icon pointer-events-none absolute right-3 top-1/2 -translate-y-1/2 text-ink-faint",
              )}
            </span>
          </label>
        </div>
      ) : null}
      {weeks.map((week) => (
        <div key={week} hidden={week !== visible}>
          {DAYS.map((day) => dayRow(week, day))}
          <p className="border-t border-line pt-3 text-sm text-ink-soft" aria-live="polite">
            {sumText(minutesOfWeek(days, week))} a week
          </p>
        </div>
      ))}
    </div>
  );
}

function CopyTo({ names, day, called, onCopy }) {
  const [ticked, setTicked] = useState(() => DAYS.filter((one) => one < 5 && one !== day));
  const toggle = (one) =>
    setTicked((now) =>
      now.includes(one) ? now.filter((other) => other !== one) : [...now, one],
    );
  return (
    <fieldset className="min-w-0 rounded-2xl bg-sunken p-3.5">
      <legend className="sr-only">Copy {called} to</legend>
      <div className="flex flex-wrap gap-1.5">
        {DAYS.filter((one) => one !== day).map((one) => (
          <label key={one} className="choice choice-small">
            <input
              type="checkbox"
              data-own=""
              className="tick"
              checked={ticked.includes(one)}
              onChange={() => toggle(one)}
            />
            <span>{names[one]}</span>
          </label>
        ))}
      </div>
      <button
        type="button"
        className="btn btn-secondary btn-sm mt-3 min-h-11!"
        disabled={!ticked.length}
        onClick={() => onCopy(ticked)}
      >
        Copy to these days
      </button>
    </fieldset>
  );
}
