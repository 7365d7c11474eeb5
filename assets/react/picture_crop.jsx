import { useEffect, useRef } from "react";
import { svgIcon } from "./field_parts.jsx";

// A picture in a square frame: moved, made larger, turned; and what is cut out of it.
const EDGE = 1024;
const STAGE = 288;
const STEP = 16;
const MOST = 4;
const LEFT = "M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8M3 3v5h5";
const RIGHT = "M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8M21 3v5h-5";

export const uncut = { zoom: 1, x: 0, y: 0, turn: 0 };

// How large the picture is drawn so that it covers the square, before zooming.
function cover(image, turn) {
  const sideways = turn % 180 !== 0;
  const width = sideways ? image.naturalHeight : image.naturalWidth;
  const height = sideways ? image.naturalWidth : image.naturalHeight;
  return { scale: STAGE / Math.min(width, height), width, height };
}

function within(image, crop) {
  const { scale, width, height } = cover(image, crop.turn);
  const zoom = Math.min(MOST, Math.max(1, crop.zoom));
  const roomX = Math.max(0, (width * scale * zoom - STAGE) / 2);
  const roomY = Math.max(0, (height * scale * zoom - STAGE) / 2);
  return {
    ...crop,
    zoom,
    x: Math.min(roomX, Math.max(-roomX, crop.x)),
    y: Math.min(roomY, Math.max(-roomY, crop.y)),
  };
}

export function cut(image, crop) {
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

const middle = (points) => ({
  x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
  y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
});
const spread = ([a, b]) => (b ? Math.hypot(a.x - b.x, a.y - b.y) : 0);

export function CropStage({ image, url, crop, setCrop, round }) {
  const stage = useRef(null);
  const fingers = useRef(new Map());
  useEffect(() => stage.current.focus(), [image]);

  const move = (changes) => setCrop((now) => within(image, { ...now, ...changes(now) }));
  const turn = (by) =>
    move((now) => ({ turn: (now.turn + by + 360) % 360, x: 0, y: 0 }));
  const keys = (event) => {
    const step = event.shiftKey ? STEP / 4 : STEP;
    const by = {
      ArrowLeft: (now) => ({ x: now.x - step }),
      ArrowRight: (now) => ({ x: now.x + step }),
      ArrowUp: (now) => ({ y: now.y - step }),
      ArrowDown: (now) => ({ y: now.y + step }),
      "+": (now) => ({ zoom: now.zoom + 0.1 }),
      "-": (now) => ({ zoom: now.zoom - 0.1 }),
    }[event.key];
    if (!by) return;
    event.preventDefault();
    move(by);
  };
  // One finger moves, two make it larger and smaller.
  const drag = (event) => {
    if (!fingers.current.has(event.pointerId)) return;
    const before = [...fingers.current.values()];
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const now = [...fingers.current.values()];
    const from = middle(before);
    const to = middle(now);
    const larger = spread(before) ? spread(now) / spread(before) : 1;
    move(({ x, y, zoom }) => ({
      x: x + to.x - from.x,
      y: y + to.y - from.y,
      zoom: zoom * larger,
    }));
  };
  const drop = (event) => fingers.current.delete(event.pointerId);
  const { scale } = cover(image, crop.turn);

  return (
    <>
      <div
        ref={stage}
        role="img"
        tabIndex={0}
        aria-label="The picture in its frame. Arrow keys move it, plus and minus make it larger and smaller."
        className={`picture-stage ${round ? "picture-round" : ""}`}
        onKeyDown={keys}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
        }}
        onPointerMove={drag}
        onPointerUp={drop}
        onPointerCancel={drop}
        onWheel={({ deltaY }) =>
          move((now) => ({ zoom: now.zoom + (deltaY < 0 ? 0.1 : -0.1) }))
        }
      >
        <img
          src={url}
          alt=""
          draggable={false}
          style={{
            width: image.naturalWidth * scale,
            height: image.naturalHeight * scale,
            transform: `translate(-50%, -50%) translate(${crop.x}px, ${crop.y}px) rotate(${crop.turn}deg) scale(${crop.zoom})`,
          }}
        />
      </div>
      <p className="field-help -mt-2">Drag the picture into place.</p>
      <label className="flex w-full max-w-72 items-center gap-3">
        <span className="field-label">Size</span>
        <input
          type="range"
          min="1"
          max={MOST}
          step="0.05"
          value={crop.zoom}
          aria-valuetext={`${Math.round(crop.zoom * 100)} %`}
          className="picture-zoom"
          onChange={({ target }) => move(() => ({ zoom: Number(target.value) }))}
        />
      </label>
      <div className="flex flex-wrap justify-center gap-2.5">
        <button type="button" className="btn btn-secondary" onClick={() => turn(-90)}>
          {svgIcon(LEFT)}
          <span>Turn left</span>
        </button>
        <button type="button" className="btn btn-secondary" onClick={() => turn(90)}>
          {svgIcon(RIGHT)}
          <span>Turn right</span>
        </button>
      </div>
    </>
  );
}
