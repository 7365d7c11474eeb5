import { useEffect, useRef, useState } from "react";
import { sign } from "./field_parts.jsx";
import { sendFile } from "./upload.jsx";

// Choosing or taking a picture, cutting a square out of it, turning it, and handing
// it in. What leaves this device is the square alone, drawn anew.
const EDGE = 1024;
const STAGE = 288;
const TAKES = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif";
const MOST_MB = 10;
const STEP = 16;
const CAMERA =
  "M14.5 4h-5L7 7H4a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V9a2 2 0 0 0-2-2h-3l-2.5-3zM9 13a3 3 0 1 0 6 0a3 3 0 1 0 -6 0";
const LEFT = "M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8M3 3v5h5";
const RIGHT = "M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8M21 3v5h-5";
const CLOSE = "M18 6 6 18M6 6l12 12";

const start = { zoom: 1, x: 0, y: 0, turn: 0 };

function load(file) {
  return new Promise((resolve, reject) => {
    const url = URL.createObjectURL(file);
    const image = new Image();
    image.onload = () => resolve({ image, url });
    image.onerror = () => {
      URL.revokeObjectURL(url);
      reject(new Error("unreadable"));
    };
    image.src = url;
  });
}

// How large the picture is drawn so that it covers the square, before zooming.
function cover(image, turn) {
  const sideways = turn % 180 !== 0;
  const width = sideways ? image.naturalHeight : image.naturalWidth;
  const height = sideways ? image.naturalWidth : image.naturalHeight;
  return { scale: STAGE / Math.min(width, height), width, height };
}

function within(image, crop) {
  const { scale, width, height } = cover(image, crop.turn);
  const roomX = Math.max(0, (width * scale * crop.zoom - STAGE) / 2);
  const roomY = Math.max(0, (height * scale * crop.zoom - STAGE) / 2);
  return {
    ...crop,
    x: Math.min(roomX, Math.max(-roomX, crop.x)),
    y: Math.min(roomY, Math.max(-roomY, crop.y)),
  };
}

function cut(image, crop) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = EDGE;
  const pen = canvas.getContext("2d");
  const factor = EDGE / STAGE;
  const { scale } = cover(image, crop.turn);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, EDGE, EDGE);
  pen.imageSmoothingQuality = "high";
  pen.translate(EDGE / 2 + crop.x * factor, EDGE / 2 + crop.y * factor);
  pen.rotate((crop.turn * Math.PI) / 180);
  pen.scale(scale * crop.zoom * factor, scale * crop.zoom * factor);
  pen.drawImage(image, -image.naturalWidth / 2, -image.naturalHeight / 2);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}

export function PictureEditor({ label, picture, onUploaded, onRemove, className }) {
  const dialog = useRef(null);
  const chooser = useRef(null);
  const taker = useRef(null);
  const stage = useRef(null);
  const opener = useRef(null);
  const stop = useRef(() => {});
  const drag = useRef(null);
  const [chosen, setChosen] = useState(null);
  const [crop, setCrop] = useState(start);
  const [share, setShare] = useState(null);
  const [wrong, setWrong] = useState("");
  const busy = share !== null;

  const clear = () => {
    stop.current();
    if (chosen?.url) URL.revokeObjectURL(chosen.url);
    setChosen(null);
    setCrop(start);
    setShare(null);
    setWrong("");
  };
  useEffect(() => () => stop.current(), []);
  useEffect(() => {
    if (chosen?.image) stage.current?.focus();
  }, [chosen]);

  const take = async (file) => {
    if (!file) return;
    clear();
    if (/svg/.test(file.type) || /\.svgz?$/i.test(file.name))
      return setWrong("Please choose a JPEG, PNG, WebP or HEIC picture.");
    if (file.size > MOST_MB * 1_000_000)
      return setWrong(
        `This file is larger than ${MOST_MB} MB. Please choose a smaller one.`,
      );
    try {
      setChosen({ file, ...(await load(file)) });
    } catch {
      // Not every browser shows HEIC; the server reads it.
      setChosen({ file });
    }
  };
  const move = (changes) =>
    setCrop((now) => within(chosen.image, { ...now, ...changes(now) }));
  const send = async () => {
    setWrong("");
    setShare(0);
    const square = chosen.image ? await cut(chosen.image, crop) : chosen.file;
    stop.current = sendFile("picture", square, {
      name: chosen.image ? "picture.jpg" : chosen.file.name,
      progress: setShare,
      done: ({ id }) => {
        onUploaded(id);
        dialog.current.close();
      },
      fail: (sentence) => {
        setShare(null);
        setWrong(sentence);
      },
    });
  };

  const keys = (event) => {
    const step = event.shiftKey ? STEP / 4 : STEP;
    const by = {
      ArrowLeft: (now) => ({ x: now.x - step }),
      ArrowRight: (now) => ({ x: now.x + step }),
      ArrowUp: (now) => ({ y: now.y - step }),
      ArrowDown: (now) => ({ y: now.y + step }),
      "+": (now) => ({ zoom: Math.min(4, now.zoom + 0.1) }),
      "-": (now) => ({ zoom: Math.max(1, now.zoom - 0.1) }),
    }[event.key];
    if (!by) return;
    event.preventDefault();
    move(by);
  };
  const scale = chosen?.image ? cover(chosen.image, crop.turn).scale : 1;
  const percent = Math.round((share ?? 0) * 100);

  return (
    <>
      <button
        ref={opener}
        type="button"
        aria-label={label}
        title={label}
        className={className}
        onClick={() => dialog.current.showModal()}
      >
        {sign(CAMERA)}
      </button>
      <dialog
        ref={dialog}
        className="dialog"
        aria-label={label}
        onClose={() => {
          clear();
          opener.current?.focus();
        }}
        onClick={(event) => {
          if (event.target === dialog.current) dialog.current.close();
        }}
      >
        <div className="flex items-start gap-3 px-5 pt-5 sm:px-7 sm:pt-6">
          <h2 className="min-w-0 flex-1 text-xl">{label}</h2>
          <button
            type="button"
            className="btn btn-ghost btn-icon -mr-2.5 -mt-1.5 shrink-0"
            aria-label="Close"
            onClick={() => dialog.current.close()}
          >
            {sign(CLOSE)}
          </button>
        </div>
        <div className="flex flex-col items-center gap-5 px-5 py-5 sm:px-7">
          {chosen?.image ? (
            <>
              <div
                ref={stage}
                role="img"
                tabIndex={0}
                aria-label="Your picture in its frame. Arrow keys move it, plus and minus make it larger and smaller."
                className="picture-stage"
                onKeyDown={keys}
                onPointerDown={(event) => {
                  event.currentTarget.setPointerCapture(event.pointerId);
                  drag.current = { x: event.clientX - crop.x, y: event.clientY - crop.y };
                }}
                onPointerMove={(event) => {
                  if (!drag.current) return;
                  const { x, y } = drag.current;
                  const to = { x: event.clientX - x, y: event.clientY - y };
                  move(() => to);
                }}
                onPointerUp={() => (drag.current = null)}
                onPointerCancel={() => (drag.current = null)}
                onWheel={(event) => {
                  const by = event.deltaY < 0 ? 0.1 : -0.1;
                  move((now) => ({ zoom: Math.min(4, Math.max(1, now.zoom + by)) }));
                }}
              >
                <img
                  src={chosen.url}
                  alt=""
                  draggable={false}
                  style={{
                    width: chosen.image.naturalWidth * scale,
                    height: chosen.image.naturalHeight * scale,
                    transform: `translate(-50%, -50%) translate(${crop.x}px, ${crop.y}px) rotate(${crop.turn}deg) scale(${crop.zoom})`,
                  }}
                />
              </div>
              <label className="flex w-full max-w-72 items-center gap-3">
                <span className="field-label">Size</span>
                <input
                  type="range"
                  min="1"
                  max="4"
                  step="0.05"
                  value={crop.zoom}
                  className="picture-zoom"
                  onChange={(event) => move(() => ({ zoom: Number(event.target.value) }))}
                />
              </label>
              <div className="flex flex-wrap justify-center gap-2.5">
                <button
                  type="button"
                  className="btn btn-secondary"
                  onClick={() =>
                    move((now) => ({ turn: (now.turn + 270) % 360, x: 0, y: 0 }))
                  }
                >
                  {sign(LEFT)}
                  <span>Turn left</span>
                </button>
                <button
                  type="button"
                  className="btn btn-secondary"
                  onClick={() =>
                    move((now) => ({ turn: (now.turn + 90) % 360, x: 0, y: 0 }))
                  }
                >
                  {sign(RIGHT)}
                  <span>Turn right</span>
                </button>
              </div>
            </>
          ) : chosen ? (
            <p className="text-ink-soft">
              This browser cannot show {chosen.file.name}. It is cut to a square from its
              middle.
            </p>
          ) : picture ? (
            <img
              src={picture}
              alt="Your picture"
              width="288"
              height="288"
              className="size-56 rounded-full object-cover"
            />
          ) : (
            <p className="text-ink-soft">
              JPEG, PNG, WebP or HEIC, up to {MOST_MB} MB. It is yours: only you and the
              business see it.
            </p>
          )}
          {busy ? (
            <div className="w-full">
              <progress className="w-full" max="1" value={share} aria-label="Upload" />
              <p className="field-help tabular-nums" role="status">
                {share < 1 ? `Uploading, ${percent} %` : "Checking the picture"}
              </p>
            </div>
          ) : null}
          <p role="alert" className="field-error empty:hidden">
            {wrong}
          </p>
          <input
            ref={chooser}
            type="file"
            accept={TAKES}
            hidden
            data-picture-file=""
            onChange={(event) => {
              take(event.target.files[0]);
              event.target.value = "";
            }}
          />
          <input
            ref={taker}
            type="file"
            accept="image/*"
            capture="user"
            hidden
            onChange={(event) => {
              take(event.target.files[0]);
              event.target.value = "";
            }}
          />
        </div>
        <div className="flex flex-wrap gap-2.5 px-5 pb-5 sm:justify-end sm:px-7 sm:pb-6 max-sm:*:flex-1">
          {picture && !chosen ? (
            <button
              type="button"
              className="btn btn-danger"
              onClick={() => {
                onRemove();
                dialog.current.close();
              }}
            >
              Remove picture
            </button>
          ) : null}
          <button
            type="button"
            className="btn btn-secondary picture-take"
            disabled={busy}
            onClick={() => taker.current.click()}
          >
            Take a photo
          </button>
          <button
            type="button"
            className={`btn ${chosen ? "btn-secondary" : "btn-primary"}`}
            disabled={busy}
            onClick={() => chooser.current.click()}
          >
            {chosen ? "Choose another" : "Choose a picture"}
          </button>
          {chosen ? (
            <button
              type="button"
              className="btn btn-primary"
              disabled={busy}
              onClick={send}
            >
              Save
            </button>
          ) : null}
        </div>
      </dialog>
    </>
  );
}
