import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { describedBy } from "./field_parts.jsx";
import { announce } from "./form_drafts.jsx";
import {
  HEIGHT,
  WIDTH,
  asDrawn,
  asTyped,
  firstMethod,
  isDrawn,
  pointOn,
  typedName,
} from "./signature.js";
import { WAITS, failedWords, sendFile, useHeldForm } from "./upload.jsx";

const PAUSE_MS = 600;

// Drawn with a finger, a pen or a mouse, or typed: the keyboard is enough. A drawing
// is handed in as soon as the hand rests.
function Pad({ id, onDrawn, onWrong, onBegin }) {
  const canvas = useRef(null);
  const last = useRef(null);
  const timer = useRef(null);
  const stop = useRef(() => {});
  const [empty, setEmpty] = useState(true);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      stop.current();
    },
    [],
  );
  const at = (event) => pointOn(canvas.current.getBoundingClientRect(), event);
  const line = (from, to) => {
    const pen = canvas.current.getContext("2d");
    pen.lineWidth = 3;
    pen.lineCap = "round";
    pen.strokeStyle = "#1b1b3a";
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  };
  const begin = (event) => {
    event.preventDefault();
    canvas.current.setPointerCapture(event.pointerId);
    clearTimeout(timer.current);
    stop.current();
    onBegin();
    setEmpty(false);
    last.current = at(event);
    line(last.current, last.current);
  };
  const move = (event) => {
    if (!last.current) return;
    const to = at(event);
    line(last.current, to);
    last.current = to;
  };
  const hand = (blob) => {
    stop.current = sendFile("signature", blob, {
      name: "signature.png",
      done: (view) => {
        onDrawn(view.id);
      },
      fail: onWrong,
    });
  };
  const end = () => {
    if (!last.current) return;
    last.current = null;
    announce(canvas.current);
    timer.current = setTimeout(() => canvas.current?.toBlob(hand), PAUSE_MS);
  };
  const clear = () => {
    clearTimeout(timer.current);
    stop.current();
    canvas.current.getContext("2d").clearRect(0, 0, WIDTH, HEIGHT);
    setEmpty(true);
    onDrawn("");
  };
  return (
    <span className="signature-pad">
      <canvas
        ref={canvas}
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={empty ? "Nothing drawn yet" : "Your drawn signature"}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      />
      {empty ? (
        <span className="signature-hint" aria-hidden="true">
          Sign here
        </span>
      ) : (
        <button type="button" className="btn btn-ghost btn-sm" onClick={clear}>
          Clear
        </button>
      )}
    </span>
  );
}

export function SignatureInput({ field, id, name, error }) {
  const [way, setWay] = useState(() => firstMethod(field));
  const [value, setValue] = useState(field.value);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const box = useRef(null);
  const follows = useRef(false); // whether the focus is on what goes now
  const hold = useHeldForm(box);
  const fresh = useRef(null); // the file of a drawing that was just handed in
  useEffect(() => {
    if (fresh.current === null) return;
    // Only now the field holds it.
    announce(box.current);
    if (fresh.current) hold.arrived();
    fresh.current = null;
  }, [value]);
  const begin = () => {
    setBusy(true);
    setWrong("");
    hold.begin();
  };
  const fail = (sentence) => {
    setBusy(false);
    setWrong(failedWords(sentence, hold.failed()));
  };
  const choose = (next) => {
    setWay(next);
    fail("");
    setValue(next === "kept" ? field.value : "");
    announce(box.current);
    follows.current = true;
  };
  const focus = () => document.getElementById(id)?.focus();
  // The button that was pressed is gone now; later, somebody may have gone on.
  useLayoutEffect(() => {
    if (follows.current) focus();
    follows.current = false;
  }, [way]);
  const typed = typedName(value);
  return (
    <span className="flex flex-col gap-2.5" ref={box}>
      <input type="hidden" name={name} value={value} readOnly />
      {way === "kept" ? (
        <span className="signature-kept">
          {field.file.id ? <img src={field.file.url} alt="" /> : null}
          <span>{field.text}</span>
          <button
            type="button"
            id={id}
            className="btn btn-secondary btn-sm"
            onClick={() => choose("draw")}
          >
            Sign again
          </button>
        </span>
      ) : null}
      {way === "draw" ? (
        <>
          <Pad
            id={id}
            onDrawn={(file) => {
              setValue(asDrawn(file));
              if (!file) {
                fail("");
                focus();
              }
              setBusy(false);
              fresh.current = file;
            }}
            onWrong={fail}
            onBegin={begin}
          />
          <button
            type="button"
            id={id}
            aria-invalid={error ? "true" : "false"}
            className="btn btn-ghost btn-sm w-fit"
            onClick={() => choose("type")}
          >
            Type your name instead
          </button>
        </>
      ) : null}
      {way === "type" ? (
        <>
          <label className="field">
            <span className="text-sm text-ink-soft">Type your name</span>
            <input
              id={id}
              type="text"
              autoComplete="name"
              maxLength={120}
              className="field-input signature-typed"
              value={typed}
              {...describedBy(id, error, field.help)}
              onChange={(event) => setValue(asTyped(event.target.value))}
            />
          </label>
          <button
            type="button"
            className="btn btn-ghost btn-sm w-fit"
            onClick={() => choose("draw")}
          >
            Draw it instead
          </button>
        </>
      ) : null}
      <span role="status" className="field-help">
        {busy
          ? hold.waits
            ? WAITS
            : "Keeping your signature"
          : isDrawn(value) && way === "draw"
            ? "Your signature is ready."
            : ""}
      </span>
      <span role="alert" className="field-error">
        {wrong}
      </span>
    </span>
  );
}
